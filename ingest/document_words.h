// How a document writes its English words.
#pragma once

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ingest/recognition.h"

namespace partnergraph {

// Which words stand in lower case somewhere, so are no names, and how often each is capitalized.
// Words of mail and web addresses do not count.
class DocumentWords {
 public:
  explicit DocumentWords(const Recognition& recognition);

  bool IsCommon(std::u32string_view word) const { return lower_.contains(Key(word)); }
  int CapitalizedCount(std::u32string_view word) const {
    const auto it = capitalized_.find(Key(word));
    return it == capitalized_.end() ? 0 : it->second;
  }
  // Whether the word is a stock code somewhere: "(NASDAQ: X)".
  bool IsTicker(std::u32string_view word) const { return tickers_.contains(Key(word)); }

 private:
  static std::u32string Key(std::u32string_view word);

  absl::flat_hash_set<std::u32string> lower_;
  absl::flat_hash_set<std::u32string> tickers_;
  absl::flat_hash_map<std::u32string, int> capitalized_;
};

}  // namespace partnergraph
