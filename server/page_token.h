// Cursors of pages: opaque, tamper-proof, and good for one request only. Thread-safe.
//
//   offset  size  field
//   0       1     version: 1
//   1       n     position, as the query below understands it
//   1 + n   16    SipHash-2-4-128 under the database's key of: version, method, hash of the
//                 request's other arguments, position
//
// in base64url without padding. A cursor of another database, method or request fails the check
// like one that was altered.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "server/sip_hash.h"

namespace partnergraph {

// Longest cursor that is looked at, in bytes.
inline constexpr size_t kCursorBytesMax = 2048;

class PageTokens {
 public:
  explicit PageTokens(const SipKey& key) : key_(key) {}

  // The cursor for going on at `position` (not empty) with `request`. Its fields `page` and
  // `consistency` are not part of what the cursor is bound to, nor those that only say how much of
  // each item is wanted: `summaries_only` and `asked_node_as_id`.
  std::string Seal(const google::protobuf::Message& request, std::string_view position) const;

  // The position in `cursor`; empty for an empty cursor. INVALID_ARGUMENT that names page.cursor
  // when it was not sealed here for this request.
  absl::StatusOr<std::string> Open(const google::protobuf::Message& request,
                                   std::string_view cursor) const;

 private:
  SipTag Sign(const google::protobuf::Message& request, std::string_view position) const;

  SipKey key_;
};

}  // namespace partnergraph
