// Whether decoded records hold what their readers rely on: numbers of the vocabulary that exist,
// and columns of one length. Only damaged bytes, or a bug of the writer, do not.
#pragma once

#include "absl/status/status.h"
#include "partnergraph/storage/v1/record.pb.h"

namespace partnergraph {

// DATA_LOSS saying what does not exist.
absl::Status CheckRecord(const storage::v1::NodeRecord& node);
absl::Status CheckRecord(const storage::v1::FactRecord& fact);
absl::Status CheckRecord(const storage::v1::EvidenceRecord& evidence);
// Records of which every value is allowed.
template <typename Record>
absl::Status CheckRecord(const Record&) {
  return absl::OkStatus();
}

}  // namespace partnergraph
