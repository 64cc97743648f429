// Readings of Chinese characters.
#pragma once

#include <string_view>
#include <vector>

namespace partnergraph {

// The pinyin readings of a simplified or traditional character, without tones ("ü" as "v"), the
// most usual first, at most four; empty for other code points. The views are valid forever.
std::vector<std::string_view> PinyinReadings(char32_t c);

}  // namespace partnergraph
