#include "graph/name_similarity.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "unicode/utf8.h"

namespace partnergraph {
namespace {

// Bounds the work, which grows with the product of the lengths.
constexpr size_t kCharsMax = 64;
// A contained name of fewer bytes (a Chinese character, two letters) says nothing.
constexpr size_t kContainedBytesMin = 4;

std::u32string Decode(std::string_view key) {
  std::u32string chars;
  for (size_t i = 0; i < key.size() && chars.size() < kCharsMax;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(key.data(), i, key.size(), c);
    chars.push_back(static_cast<char32_t>(c));
  }
  return chars;
}

// Levenshtein distance.
size_t EditDistance(const std::u32string& a, const std::u32string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

float NameSimilarity(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  const std::u32string x = Decode(a), y = Decode(b);
  const size_t longest = std::max(x.size(), y.size());
  if (x.empty() || y.empty()) return 0;
  const float edited =
      static_cast<float>(longest - EditDistance(x, y)) / static_cast<float>(longest);
  if (a.size() < kContainedBytesMin || b.find(a) == std::string_view::npos) return edited;
  const float contained = 0.6f + 0.4f * static_cast<float>(a.size()) / static_cast<float>(b.size());
  return std::max(edited, contained);
}

}  // namespace partnergraph
