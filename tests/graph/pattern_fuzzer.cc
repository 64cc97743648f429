// Any bytes as a pattern query: parsed, or refused with a place inside the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "graph/pattern_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace partnergraph;
  // In memory of its own, without a terminating zero: a read behind it is seen.
  const std::vector<char> exact(data, data + size);
  const std::string_view text(exact.data(), exact.size());
  static const std::vector<PatternParameter> parameters = {
      {"n", {std::string("name")}}, {"i", {int64_t{1}}}, {"l", {int64_t{1}, 2.5}, true}};
  const auto query = ParsePattern(text, parameters);
  if (!query.ok()) {
    if (!absl::IsInvalidArgument(query.status())) std::abort();
    return 0;
  }
  for (const PatternExpression& expression : query->expressions) {
    if (expression.begin > expression.end || expression.end > size) std::abort();
    for (const PatternExpressionIndex operand : expression.operands) {
      if (operand >= query->expressions.size()) std::abort();
    }
  }
  for (const PatternEdge& edge : query->edges) {
    if (edge.left >= query->nodes.size() || edge.right >= query->nodes.size()) std::abort();
    if (edge.hops_min > edge.hops_max || edge.hops_max > kPatternLengthMax) std::abort();
  }
  if (query->text != text || query->items.empty()) std::abort();
  return 0;
}
