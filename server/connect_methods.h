// The methods that may be called over HTTP, found by path, and their messages as JSON or binary.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"

namespace partnergraph {

// How the messages of a call are written.
enum class ConnectCodec { kJson, kProto };

// One method of a service of this program. Immutable.
class ConnectMethod {
 public:
  explicit ConnectMethod(const google::protobuf::MethodDescriptor* descriptor);

  // "/partnergraph.v1.GraphService/GetNode", which is also gRPC's name for it.
  const std::string& path() const { return path_; }
  bool client_streaming() const { return descriptor_->client_streaming(); }
  bool streaming() const {
    return descriptor_->client_streaming() || descriptor_->server_streaming();
  }
  // Whether it may be called by GET.
  bool has_no_side_effects() const;

  // Returns the request in protobuf's binary form. INVALID_ARGUMENT, with the place for JSON, when
  // `message` is not one of the method's requests.
  absl::StatusOr<std::string> DecodeRequest(ConnectCodec codec, std::string_view message) const;

  // Returns a reply, given in binary form, as `codec` writes it. INTERNAL when it is not one of the
  // method's replies.
  absl::StatusOr<std::string> EncodeReply(ConnectCodec codec, std::string bytes) const;

 private:
  const google::protobuf::MethodDescriptor* descriptor_;
  std::string path_;
};

// Immutable, hence thread-safe.
class ConnectMethods {
 public:
  // INVALID_ARGUMENT when a service is not one that is compiled in.
  static absl::StatusOr<ConnectMethods> ForServices(const std::vector<std::string>& services);

  // Returns null when there is none. The result lives as long as this object.
  const ConnectMethod* Find(std::string_view path) const;

  // Whether `path` names one of the services, whatever its method: such a path is never a file.
  bool NamesService(std::string_view path) const;

 private:
  std::map<std::string, ConnectMethod, std::less<>> methods_;
  std::vector<std::string> prefixes_;
};

}  // namespace partnergraph
