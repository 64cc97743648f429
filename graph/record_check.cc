#include "graph/record_check.h"

#include "absl/strings/str_cat.h"
#include "graph/deal_term.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNodeKinds = static_cast<uint32_t>(NodeKind::kPartnership);
constexpr uint32_t kStatuses = static_cast<uint32_t>(FactStatus::kDenied);
constexpr uint32_t kTermKinds = static_cast<uint32_t>(DealTermKind::kCapital);
constexpr uint32_t kTermBounds = static_cast<uint32_t>(TermBound::kAtMost);

absl::Status CheckNumber(const char* what, uint32_t number, uint32_t min, uint32_t max) {
  if (number >= min && number <= max) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(what, " ", number, ", which does not exist"));
}

// Values are shown as they are: only numbers of enumerations must exist.
absl::Status CheckTerm(const storage::v1::DealTermRecord& term) {
  absl::Status status = CheckNumber("term record has kind", term.kind(), 1, kTermKinds);
  if (status.ok()) status = CheckNumber("term record has bound", term.bound(), 0, kTermBounds);
  return status;
}

// What aggregates a fact takes from here must hold as if it were evidence.
absl::Status CheckImported(const storage::v1::ImportedFactRecord& imported) {
  absl::Status status = CheckNumber("imported fact has status", imported.status(), 1, kStatuses);
  for (int i = 0; i < imported.terms_size() && status.ok(); ++i) {
    status = CheckTerm(imported.terms(i));
  }
  return status;
}

}  // namespace

absl::Status CheckRecord(const storage::v1::NodeRecord& node) {
  return CheckNumber("node record has kind", node.kind(), 1, kNodeKinds);
}

absl::Status CheckRecord(const storage::v1::FactRecord& fact) {
  absl::Status status;
  if (fact.edge_type() != 0 && !IsEdgeTypeNumber(fact.edge_type())) {
    status = absl::DataLossError(
        absl::StrCat("fact record has edge type ", fact.edge_type(), ", which does not exist"));
  }
  if (status.ok()) status = CheckNumber("fact record has status", fact.status(), 1, kStatuses);
  for (int i = 0; i < fact.terms_size() && status.ok(); ++i) status = CheckTerm(fact.terms(i));
  if (status.ok() && fact.has_imported()) status = CheckImported(fact.imported());
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
  absl::Status status = CheckNumber("evidence record has status", evidence.status(), 1, kStatuses);
  for (int i = 0; i < evidence.terms_size() && status.ok(); ++i) {
    const storage::v1::DealTermRecord& term = evidence.terms(i);
    const uint64_t end = uint64_t{term.begin()} + term.size();
    if (term.size() == 0 || end > UINT32_MAX) {
      return absl::DataLossError("evidence record has a term whose span is none");
    }
    status = CheckTerm(term);
  }
  return status;
}

}  // namespace partnergraph
