// Traditional to simplified Chinese, one code point for one, so that positions in a text stay
// valid.
#pragma once

namespace partnergraph {

// The simplified form of a traditional character or common variant; any other code point as it is.
// A character with several simplified forms maps to the most frequent one. A few characters that
// simplified text uses too map as well (乾 -> 干), so compare only text of which both sides were
// mapped. Mapping twice changes nothing. Constant time.
char32_t ToSimplified(char32_t c);

}  // namespace partnergraph
