#include "server/page_token.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "graph/quoted.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

constexpr char kVersion = 1;

// The request's other arguments in one order of bytes.
std::string CanonicalBytes(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  copy->DiscardUnknownFields();
  for (const char* name : {"page", "consistency", "summaries_only", "asked_node_as_id"}) {
    const auto* field = copy->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) copy->GetReflection()->ClearField(copy.get(), field);
  }
  // A filter without a condition is the same as none.
  const auto* filter = copy->GetDescriptor()->FindFieldByName("filter");
  if (filter != nullptr && copy->GetReflection()->HasField(*copy, filter) &&
      copy->GetReflection()->GetMessage(*copy, filter).ByteSizeLong() == 0) {
    copy->GetReflection()->ClearField(copy.get(), filter);
  }
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    copy->SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string_view Bytes(const SipTag& tag) {
  return {reinterpret_cast<const char*>(tag.data()), tag.size()};
}

// Equal in a time that does not depend on where they differ.
bool EqualTags(std::string_view left, std::string_view right) {
  unsigned char difference = left.size() == right.size() ? 0 : 1;
  for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
    difference |= static_cast<unsigned char>(left[i] ^ right[i]);
  }
  return difference == 0;
}

absl::Status CursorError() {
  return FieldError("page.cursor", "was altered or comes from another request", "CURSOR_INVALID");
}

}  // namespace

SipTag PageTokens::Sign(const google::protobuf::Message& request, std::string_view position) const {
  // The type of the request names the method; each part but the last is of a known length.
  std::string input(1, kVersion);
  input += Bytes(SipHash128(key_, request.GetDescriptor()->full_name()));
  input += Bytes(SipHash128(key_, CanonicalBytes(request)));
  input += position;
  return SipHash128(key_, input);
}

std::string PageTokens::Seal(const google::protobuf::Message& request,
                             std::string_view position) const {
  std::string bytes(1, kVersion);
  bytes += position;
  bytes += Bytes(Sign(request, position));
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<std::string> PageTokens::Open(const google::protobuf::Message& request,
                                             std::string_view cursor) const {
  if (cursor.empty()) return std::string();
  std::string bytes;
  const size_t fixed = 1 + SipTag().size();
  if (cursor.size() > kCursorBytesMax || !absl::WebSafeBase64Unescape(ToAbsl(cursor), &bytes) ||
      bytes.size() <= fixed || bytes[0] != kVersion) {
    return CursorError();
  }
  // One spelling only: base64 ignores padding and the unused bits of the last character.
  if (absl::WebSafeBase64Escape(bytes) != cursor) return CursorError();
  const std::string_view position(bytes.data() + 1, bytes.size() - fixed);
  const std::string_view tag(bytes.data() + bytes.size() - SipTag().size(), SipTag().size());
  if (!EqualTags(tag, Bytes(Sign(request, position)))) return CursorError();
  return std::string(position);
}

}  // namespace partnergraph
