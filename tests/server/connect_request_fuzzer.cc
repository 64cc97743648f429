// Feeds the parser of Connect requests: the first byte chooses method and media type, the rest is
// the body or the query. What is accepted must be a request that the service can parse.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "server/connect_request.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace partnergraph;
  static const ConnectMethods* const methods = [] {
    auto found = ConnectMethods::ForServices({"partnergraph.v1.GraphService",
                                              "partnergraph.v1.IngestService",
                                              "partnergraph.v1.AdminService"});
    if (!found.ok()) std::abort();
    return new ConnectMethods(*std::move(found));
  }();
  static constexpr std::string_view kPaths[] = {"/partnergraph.v1.GraphService/SearchNodes",
                                                "/partnergraph.v1.GraphService/Neighborhood",
                                                "/partnergraph.v1.IngestService/IngestArticle",
                                                "/partnergraph.v1.IngestService/IngestArticles"};
  static constexpr std::string_view kTypes[] = {"application/json", "application/proto",
                                                "application/connect+json",
                                                "application/connect+proto"};
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  ConnectHttpRequest request;
  request.path = kPaths[data[0] & 3];
  request.content_type = kTypes[(data[0] >> 2) & 3];
  request.is_get = (data[0] & 16) != 0;
  (request.is_get ? request.query : request.body) = rest;
  if ((data[0] & 32) != 0) request.timeout_ms = rest;

  ConnectCallRequest call;
  if (ParseConnectRequest(*methods, request, &call)) return 0;
  for (const std::string& message : call.messages) {
    if (!call.method->DecodeRequest(ConnectCodec::kProto, message).ok()) std::abort();
  }
  return 0;
}
