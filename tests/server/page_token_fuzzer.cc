// Cursors and read tokens from strangers: no bytes may crash the decoders, and none that were not
// sealed here may pass.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "partnergraph/v1/graph_service.pb.h"
#include "server/page_token.h"
#include "server/read_token.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace partnergraph;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static const PageTokens tokens(SipKey{1, 2, 3});
  v1::ListEdgesRequest request;
  request.set_node_id(7);
  if (!input.empty() && tokens.Open(request, input).ok()) std::abort();
  (void)ReadTokens(42).Check(input, Sequence{1}, "token").ok();
  // What was sealed opens to the same position.
  if (!input.empty() && size < 512) {
    const auto opened = tokens.Open(request, tokens.Seal(request, input));
    if (!opened.ok() || *opened != input) std::abort();
  }
  return 0;
}
