// What stands around the part of a company's name that tells it from others: legal forms and
// places.
#pragma once

#include <string>
#include <string_view>

namespace partnergraph {

// `words` is a folded name (see NormalizeName): lower case, simplified, words parted by single
// spaces. Returns it without legal forms, longest first and repeatedly: at its end (股份有限公司,
// 集团, "co ltd", "gmbh"), in front where languages put them there (株式会社, "the"), and, when
// there was one, without the province or city in front of what is left. Something always stays: a
// form is dropped only if a word (two characters of Chinese, Japanese or Korean) is left.
std::u32string StripLegalForm(std::u32string_view words);

// True for a folded place that companies put in brackets: 中国, 香港, 深圳, "hong kong", "china".
bool IsPlaceName(std::u32string_view text);

}  // namespace partnergraph
