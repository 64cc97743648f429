#include "ingest/training/annotated_names.h"

#include <algorithm>

namespace partnergraph {

std::vector<Span> OccurrencesOf(std::string_view text, const Document& document) {
  std::vector<Span> spans;
  const std::vector<uint32_t>& offsets = document.offsets;
  const auto position = [&](size_t byte) {
    return static_cast<uint32_t>(std::lower_bound(offsets.begin(), offsets.end(), byte) -
                                 offsets.begin());
  };
  for (size_t at = document.text.find(text); at != std::string::npos;
       at = document.text.find(text, at + text.size())) {
    spans.push_back({position(at), position(at + text.size())});
  }
  return spans;
}

}  // namespace partnergraph
