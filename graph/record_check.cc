#include "graph/record_check.h"

#include "absl/strings/str_cat.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNodeKinds = static_cast<uint32_t>(NodeKind::kPartnership);
constexpr uint32_t kStatuses = static_cast<uint32_t>(FactStatus::kDenied);

absl::Status CheckNumber(const char* what, uint32_t number, uint32_t min, uint32_t max) {
  if (number >= min && number <= max) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(what, " ", number, ", which does not exist"));
}

}  // namespace

absl::Status CheckRecord(const storage::v1::NodeRecord& node) {
  return CheckNumber("node record has kind", node.kind(), 1, kNodeKinds);
}

absl::Status CheckRecord(const storage::v1::FactRecord& fact) {
  const auto types = static_cast<uint32_t>(EdgeTypes().size());
  absl::Status status = CheckNumber("fact record has edge type", fact.edge_type(), 0, types);
  if (status.ok()) status = CheckNumber("fact record has status", fact.status(), 1, kStatuses);
  return status;
}

absl::Status CheckRecord(const storage::v1::EvidenceRecord& evidence) {
  const int spans = evidence.span_begins_size();
  bool valid = spans > 0 && spans == evidence.span_sizes_size();
  for (int i = 0; i < spans && valid; ++i) {
    const uint64_t begin = evidence.span_begins(i), size = evidence.span_sizes(i);
    valid = size > 0 && begin + size <= UINT32_MAX;
  }
  if (!valid) return absl::DataLossError("evidence record has spans that are none");
  return CheckNumber("evidence record has status", evidence.status(), 1, kStatuses);
}

}  // namespace partnergraph
