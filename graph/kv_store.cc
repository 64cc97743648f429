#include "graph/kv_store.h"

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"

namespace partnergraph {

std::string_view ColumnFamilyName(ColumnFamily cf) {
  static constexpr std::string_view kNames[kColumnFamilyCount] = {
      "node", "adj",  "fact", "ident", "hist", "evid", "art",
      "a2f",  "name", "gram", "merge", "stat", "log",  "meta"};
  return kNames[static_cast<size_t>(cf)];
}

size_t BatchBytes(std::span<const KvWrite> writes) {
  size_t bytes = 0;
  for (const KvWrite& write : writes) {
    bytes += write.key.size() + (write.value.has_value() ? write.value->size() : 0);
  }
  return bytes;
}

absl::Status CheckLimits(std::span<const KvWrite> writes, std::string_view idempotency_key,
                         const KvLimits& limits) {
  for (const KvWrite& write : writes) {
    if (write.key.size() > limits.key_bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat("key of ", write.key.size(), " bytes in family ",
                       ToAbsl(ColumnFamilyName(write.cf)), ", at most ", limits.key_bytes_max));
    }
    if (write.value.has_value() && write.value->size() > limits.value_bytes_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat("value of ", write.value->size(), " bytes in family ",
                       ToAbsl(ColumnFamilyName(write.cf)), ", at most ", limits.value_bytes_max));
    }
  }
  if (idempotency_key.size() > limits.key_bytes_max) {
    return absl::ResourceExhaustedError(absl::StrCat("idempotency key of ", idempotency_key.size(),
                                                     " bytes, at most ", limits.key_bytes_max));
  }
  if (const size_t bytes = BatchBytes(writes); bytes > limits.batch_bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat("batch of ", bytes, " bytes, at most ", limits.batch_bytes_max));
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
