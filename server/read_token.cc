#include "server/read_token.h"

#include <xxhash.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

constexpr char kVersion = 1;
constexpr size_t kBodyBytes = 17;
constexpr size_t kTokenBytes = 21;

void Append(std::string& bytes, uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
}

uint64_t Load(std::string_view bytes, size_t offset) {
  uint64_t value = 0;
  for (size_t i = 0; i < 8; ++i) {
    value |= uint64_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
  }
  return value;
}

std::string EncodeBytes(uint64_t database_id, uint64_t sequence) {
  std::string bytes(1, kVersion);
  Append(bytes, database_id, 8);
  Append(bytes, sequence, 8);
  Append(bytes, XXH3_64bits(bytes.data(), kBodyBytes) & 0xffffffff, 4);
  return bytes;
}

}  // namespace

std::string ReadTokens::Encode(Sequence sequence) const {
  // Many answers in a row are of one state.
  struct Token {
    uint64_t database_id = 0;
    Sequence sequence{};
    std::string text;
  };
  thread_local Token last;
  if (last.text.empty() || last.database_id != database_id_ || last.sequence != sequence) {
    last = {database_id_, sequence,
            absl::WebSafeBase64Escape(EncodeBytes(database_id_, ToInt(sequence)))};
  }
  return last.text;
}

absl::Status ReadTokens::Check(std::string_view token, Sequence reached,
                               std::string_view field) const {
  if (token.empty()) return absl::OkStatus();
  std::string bytes;
  if (token.size() > 2 * kTokenBytes || !absl::WebSafeBase64Unescape(ToAbsl(token), &bytes) ||
      bytes.size() != kTokenBytes || bytes != EncodeBytes(Load(bytes, 1), Load(bytes, 9))) {
    return FieldError(field, "is not a read_token or write_token", "TOKEN_INVALID");
  }
  if (Load(bytes, 1) != database_id_) {
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(ToAbsl(field), ": the token is of another database")),
                      "TOKEN_FOREIGN");
  }
  if (Load(bytes, 9) > ToInt(reached)) {
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(ToAbsl(field), ": the token is of sequence ", Load(bytes, 9),
                                       ", the database has reached ", ToInt(reached))),
                      "TOKEN_NOT_REACHED");
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
