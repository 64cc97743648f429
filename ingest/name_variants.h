// Spellings that one article uses for one name, beyond the short forms that can be derived from it
// (name_forms.h): beginnings, ends and initials of a longer name, and names with characters left
// out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ingest/document.h"

namespace partnergraph {

// Longest name that is looked at, in characters, so that the work per name is bounded.
inline constexpr size_t kVariantCharsMax = 60;

// Keys (see NameKey) of what may stand for the name elsewhere in its article, best first. A text
// that uses one of them as a name most likely means this one.
//   companies  Orbrook of "Orbrook North America", OMN of OrbrookMediaNetwork, 省局 of 江西省局
//   people     "Jane" and "Hale" of "Jane Hale", 海尔 of 沃尔特·海尔
//   products   "Harbor East" of "Harbor East Project", 云帆 of 岭产云帆, 天眼 of 天眼APP
std::vector<std::u32string> NameVariants(MentionType type, std::u32string_view name);

// Whether an organization's name is another with characters left out: 岭南联交所 of
// 岭南联合产权交易所. Not 岭装公司 of 岭装北美公司, nor 中国银行 of 中国工商银行: a place or the
// trade of a bank tells two organizations apart.
bool IsContraction(std::u32string_view name, std::u32string_view longer);

}  // namespace partnergraph
