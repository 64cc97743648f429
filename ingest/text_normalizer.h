// Characters as they came to characters that rules can compare: one to one, so that positions stay
// the same.
#pragma once

#include <string>
#include <string_view>

#include "ingest/document.h"

namespace partnergraph {

// Appends the UTF-8 form of one code point.
void AppendUtf8(char32_t c, std::string& bytes);

// The normalized form of one character: full-width forms to half-width, traditional to simplified,
// typographic variants of dots, dashes, spaces and corner brackets to one form each. Latin letters
// keep their case.
char32_t NormalizeChar(char32_t c);

// Whether a text has no character but spaces and line ends, as NormalizeChar makes them. What "no
// text" means everywhere. REQUIRES: well-formed UTF-8.
bool IsBlankText(std::string_view utf8);

// The language of a stretch, from its scripts: English when Latin letters prevail, traditional when
// more than one in twenty of the Chinese characters is a form that simplified text does not use.
// `raw` and `chars` are the same stretch before and after normalization.
Language DetectLanguage(std::u32string_view raw, std::u32string_view chars);

// "zh", "zh-Hant", "en".
std::string_view LanguageName(Language language);

}  // namespace partnergraph
