// Connections to a server.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "grpcpp/channel.h"

namespace partnergraph::client {

inline constexpr std::string_view kDefaultAddress = "127.0.0.1:50051";

// Largest message that is accepted from a server, in bytes.
inline constexpr int kReceiveBytesMax = 64 << 20;

// Longest time for one attempt to connect, in milliseconds. A server that refuses is known at once;
// one that does not answer, by then.
inline constexpr int kConnectMsMax = 5'000;

struct ChannelOptions {
  // host:port or unix:PATH.
  std::string address{kDefaultAddress};
  // Channels to one address share a connection unless this is set.
  bool own_connection = false;
  // Whether reads are tried again, as DefaultServiceConfig() says. Keeping what a second attempt
  // would need costs time at each call; who measures or counts failures does without.
  bool retries = true;
};

// The channel connects on its first call. It goes straight to the address, whatever http_proxy
// says.
std::shared_ptr<grpc::Channel> OpenChannel(const ChannelOptions& options);

// The gRPC service config that OpenChannel() sets unless told not to retry: reads (all of
// GraphService and AdminService, and PreviewArticle) are tried up to 4 times when the server is
// UNAVAILABLE; writes are not, because their first attempt may have been stored. Deadlines are per
// call: ClientOptions::timeout.
std::string_view DefaultServiceConfig();

}  // namespace partnergraph::client
