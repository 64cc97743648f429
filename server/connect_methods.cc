#include "server/connect_methods.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "graph/quoted.h"
#include "partnergraph/v1/admin_service.pb.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "partnergraph/v1/ingest_service.pb.h"

namespace partnergraph {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

std::unique_ptr<Message> NewMessage(const Descriptor* descriptor) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor);
  return std::unique_ptr<Message>(prototype->New());
}

// Descriptors are found by name only when something names their files to the linker.
void LinkDescriptors() {
  v1::GetStatsRequest::descriptor();
  v1::GetNodeRequest::descriptor();
  v1::IngestArticleRequest::descriptor();
}

}  // namespace

ConnectMethod::ConnectMethod(const google::protobuf::MethodDescriptor* descriptor)
    : descriptor_(descriptor),
      path_(absl::StrCat("/", descriptor->service()->full_name(), "/", descriptor->name())) {}

bool ConnectMethod::has_no_side_effects() const {
  return descriptor_->options().idempotency_level() ==
         google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

absl::StatusOr<std::string> ConnectMethod::DecodeRequest(ConnectCodec codec,
                                                         std::string_view message) const {
  const Descriptor* type = descriptor_->input_type();
  std::unique_ptr<Message> request = NewMessage(type);
  if (codec == ConnectCodec::kProto) {
    // Parsed here too, so that what does not parse is refused in the same words for both codecs.
    if (!request->ParseFromArray(message.data(), static_cast<int>(message.size()))) {
      return absl::InvalidArgumentError(
          absl::StrCat("the request's bytes are not a ", type->full_name()));
    }
    return std::string(message);
  }
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const auto status = google::protobuf::util::JsonStringToMessage({message.data(), message.size()},
                                                                  request.get(), options);
  if (!status.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the request is not the JSON of a ", type->full_name(), ": ", status.message().ToString()));
  }
  return request->SerializeAsString();
}

absl::StatusOr<std::string> ConnectMethod::EncodeReply(ConnectCodec codec,
                                                       std::string bytes) const {
  if (codec == ConnectCodec::kProto) return bytes;
  const Descriptor* type = descriptor_->output_type();
  std::unique_ptr<Message> reply = NewMessage(type);
  std::string text;
  if (!reply->ParseFromString(bytes) ||
      !google::protobuf::util::MessageToJsonString(*reply, &text).ok()) {
    return absl::InternalError(
        absl::StrCat("the reply of ", path_, " is not a ", type->full_name()));
  }
  return text;
}

absl::StatusOr<ConnectMethods> ConnectMethods::ForServices(
    const std::vector<std::string>& services) {
  LinkDescriptors();
  ConnectMethods methods;
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    if (service == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("no service ", Quoted(name)));
    }
    methods.prefixes_.push_back(absl::StrCat("/", name, "/"));
    for (int i = 0; i < service->method_count(); ++i) {
      ConnectMethod method(service->method(i));
      std::string path = method.path();
      methods.methods_.emplace(std::move(path), std::move(method));
    }
  }
  return methods;
}

const ConnectMethod* ConnectMethods::Find(std::string_view path) const {
  const auto it = methods_.find(path);
  return it == methods_.end() ? nullptr : &it->second;
}

bool ConnectMethods::NamesService(std::string_view path) const {
  for (const std::string& prefix : prefixes_) {
    if (path.substr(0, prefix.size()) == prefix) return true;
  }
  return false;
}

}  // namespace partnergraph
