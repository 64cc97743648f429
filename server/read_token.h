// Tokens that name a state of one database: what a read saw, or what includes a write. Thread-safe.
//
//   offset  size  field
//   0       1     version: 1
//   1       8     database id, little-endian
//   9       8     sequence, little-endian
//   17      4     low half of XXH3 of the bytes before: tells a typing error from another database
//
// in base64url without padding. A token is no secret: making one up gains nothing.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"

namespace partnergraph {

class ReadTokens {
 public:
  explicit ReadTokens(uint64_t database_id) : database_id_(database_id) {}

  std::string Encode(Sequence sequence) const;

  // OK when `token` is empty or of this database and not beyond `reached`. INVALID_ARGUMENT naming
  // `field` for what is no token; FAILED_PRECONDITION for one of another database or beyond
  // `reached`.
  absl::Status Check(std::string_view token, Sequence reached, std::string_view field) const;

 private:
  uint64_t database_id_;
};

}  // namespace partnergraph
