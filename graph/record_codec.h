// Records to and from stored bytes.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/record_check.h"
#include "graph/status_macros.h"
#include "partnergraph/storage/v1/record.pb.h"

// The records of the present format, without the version in their names.
namespace partnergraph::storage {
using namespace v1;
}  // namespace partnergraph::storage

namespace partnergraph {

// The same record always has the same bytes.
std::string EncodeRecord(const google::protobuf::MessageLite& record);

// DATA_LOSS for bytes that are no such record, and for records that CheckRecord refuses; `what`
// names it.
template <typename Record>
absl::StatusOr<Record> DecodeRecord(std::string_view bytes, std::string_view what) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::DataLossError(
        absl::StrCat(ToAbsl(what), " of ", bytes.size(), " bytes cannot be decoded"));
  }
  PG_RETURN_IF_ERROR(CheckRecord(record));
  return record;
}

}  // namespace partnergraph
