// How alike two names are.
#pragma once

#include <string_view>

namespace partnergraph {

// Similarity of two keys (see name_key.h) in [0, 1]: the share of characters that stay when one is
// edited into the other, or, when one contains the other, at least 0.6 and more the more of it that
// is. Looks at the first 64 characters. Symmetric.
float NameSimilarity(std::string_view a, std::string_view b);

}  // namespace partnergraph
