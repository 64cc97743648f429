#include "graph/format_version.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "graph/keys.h"
#include "graph/record_codec.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr char kMagic[] = "partnergraph";

absl::Status WriteVersion(KvStore& store, uint32_t version,
                          const std::optional<std::string>& before) {
  storage::FormatRecord record;
  record.set_magic(kMagic);
  record.set_version(version);
  const KvWrite write{ColumnFamily::kMeta, std::string(kFormatKey), EncodeRecord(record)};
  const KvExpectation expectation{ColumnFamily::kMeta, std::string(kFormatKey), before};
  return store.Commit({&write, 1}, {&expectation, 1}, "");
}

absl::Status CheckEmpty(KvStore& store) {
  for (int i = 0; i < kColumnFamilyCount; ++i) {
    const auto cf = static_cast<ColumnFamily>(i);
    const KvRange all{"", std::string(8, '\xFF'), 1};
    bool empty = true;
    PG_RETURN_IF_ERROR(store
                           .MultiScan(nullptr, cf, {&all, 1}, {},
                                      [&](size_t, std::string_view, std::string_view) {
                                        empty = false;
                                        return false;
                                      })
                           .status());
    if (!empty) {
      return absl::FailedPreconditionError(
          absl::StrCat(store.Name(), " holds data without a format version, in family ",
                       ToAbsl(ColumnFamilyName(cf)), ": it is not a partnergraph database"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PrepareFormat(KvStore& store, uint32_t version, std::span<const MigrationStep> steps) {
  PG_ASSIGN_OR_RETURN(std::optional<std::string> stored,
                      store.Get(nullptr, ColumnFamily::kMeta, kFormatKey));
  if (!stored.has_value()) {
    PG_RETURN_IF_ERROR(CheckEmpty(store));
    return WriteVersion(store, version, std::nullopt);
  }
  while (true) {
    const auto record = DecodeRecord<storage::FormatRecord>(*stored, "format version");
    if (!record.ok() || record->magic() != kMagic) {
      return absl::FailedPreconditionError(
          absl::StrCat(store.Name(), " is not a partnergraph database"));
    }
    if (record->version() > version) {
      return absl::FailedPreconditionError(
          absl::StrCat(store.Name(), " has format version ", record->version(),
                       ", written by a newer program; this one reads up to ", version));
    }
    if (record->version() == version) return absl::OkStatus();
    const MigrationStep* step = nullptr;
    for (const MigrationStep& candidate : steps) {
      if (candidate.from == record->version()) step = &candidate;
    }
    if (step == nullptr) {
      return absl::DataLossError(absl::StrCat(store.Name(), " has format version ",
                                              record->version(),
                                              ", from which there is no migration"));
    }
    PG_RETURN_IF_ERROR(step->migrate(store));
    PG_RETURN_IF_ERROR(WriteVersion(store, record->version() + 1, stored));
    PG_ASSIGN_OR_RETURN(stored, store.Get(nullptr, ColumnFamily::kMeta, kFormatKey));
  }
}

absl::Status PrepareFormat(KvStore& store) { return PrepareFormat(store, kFormatVersion, {}); }

}  // namespace partnergraph
