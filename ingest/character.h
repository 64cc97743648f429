// Classes of characters that the rules ask about. All take normalized characters.
#pragma once

#include <string_view>

namespace partnergraph {

inline bool IsHan(char32_t c) {
  return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3007 ||
         (c >= 0x20000 && c <= 0x323AF);
}
inline bool IsUpper(char32_t c) {
  return (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}
inline bool IsLower(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= 0xDF && c <= 0x24F && c != 0xF7);
}
inline bool IsLatin(char32_t c) { return IsUpper(c) || IsLower(c); }
inline bool IsDigit(char32_t c) { return c >= U'0' && c <= U'9'; }
inline bool IsSpace(char32_t c) { return c == U' ' || c == U'\n' || c == 0x200B || c == 0xFEFF; }
inline bool IsAlphanumeric(char32_t c) { return IsLatin(c) || IsDigit(c); }

// A capital after a small letter: SenseTime.
inline bool IsCamelCase(std::u32string_view text) {
  for (size_t i = 1; i < text.size(); ++i) {
    if (IsUpper(text[i]) && IsLower(text[i - 1])) return true;
  }
  return false;
}

// Lower case of ASCII and Latin-1 letters.
inline char32_t ToLower(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  if (c >= 0xC0 && c <= 0xDE && c != 0xD7) return c + 32;
  return c;
}

// Numerals of Chinese running text, 零 to 九 and the powers of ten.
inline bool IsHanNumeral(char32_t c) {
  return std::u32string_view(U"〇零一二三四五六七八九十百千万亿两").find(c) !=
         std::u32string_view::npos;
}

// Marks that may follow the end of a sentence and belong to it.
inline bool IsCloser(char32_t c) {
  return std::u32string_view(U"”’)]》〉】\"'").find(c) != std::u32string_view::npos;
}

}  // namespace partnergraph
