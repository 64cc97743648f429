#include "graph/name_key.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <utility>

#include "graph/legal_form.h"
#include "graph/pinyin.h"
#include "graph/simplified.h"
#include "unicode/normalizer2.h"
#include "unicode/uchar.h"
#include "unicode/unistr.h"
#include "unicode/uscript.h"

namespace partnergraph {
namespace {

// Longest run of marks that reaches ICU, whose normalization is quadratic in it: the bound of
// Unicode Standard Annex 15's stream-safe text.
constexpr int kMarkRunMax = 30;

// What needs no tables. Most names of many imports are of nothing else.
constexpr bool IsAscii(char32_t c) { return c < 0x80; }
constexpr bool IsAsciiAlphanumeric(char32_t c) {
  return (c >= U'0' && c <= U'9') || (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
}

bool IsMark(char32_t c) {
  return !IsAscii(c) && (U_GET_GC_MASK(static_cast<UChar32>(c)) & U_GC_M_MASK) != 0;
}

// What keys keep: letters, marks and digits, and the signs that tell names apart (C++, C#, AT&T).
bool IsKeyChar(char32_t c) {
  if (c == U'+' || c == U'#' || c == U'&') return true;
  if (IsAscii(c)) return IsAsciiAlphanumeric(c);
  return (U_GET_GC_MASK(static_cast<UChar32>(c)) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

// Apostrophes do not part words: "Macy's" is one.
bool IsApostrophe(char32_t c) { return c == U'\'' || c == U'\u2019' || c == U'\u02BC'; }

bool IsOpeningBracket(char32_t c) {
  return c == U'(' || c == U'[' || c == U'{' || c == U'〔' || c == U'【';
}
bool IsClosingBracket(char32_t c) {
  return c == U')' || c == U']' || c == U'}' || c == U'〕' || c == U'】';
}

// At most `bytes_max` bytes, whole code points.
std::string_view Cut(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  size_t size = bytes_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::u32string ToUtf32(const icu::UnicodeString& text) {
  std::u32string chars;
  chars.reserve(static_cast<size_t>(text.length()));
  for (int32_t i = 0; i < text.length();) {
    const UChar32 c = text.char32At(i);
    i += U16_LENGTH(c);
    chars.push_back(static_cast<char32_t>(c));
  }
  return chars;
}

bool IsAllAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAscii(static_cast<uint8_t>(c)); });
}

std::u32string ToUtf32(std::string_view utf8) {
  if (IsAllAscii(utf8)) return {utf8.begin(), utf8.end()};
  return ToUtf32(icu::UnicodeString::fromUTF8({utf8.data(), static_cast<int32_t>(utf8.size())}));
}

std::string ToKey(std::u32string_view chars) {
  std::string key;
  key.reserve(std::min(chars.size(), kNameKeyBytesMax));
  for (char32_t c : chars) {
    if (IsAscii(c) && key.size() < kNameKeyBytesMax) {
      key.push_back(static_cast<char>(c));
      continue;
    }
    char bytes[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<UChar32>(c));
    if (key.size() + static_cast<size_t>(length) > kNameKeyBytesMax) break;
    key.append(bytes, static_cast<size_t>(length));
  }
  return key;
}

// Compatibility forms, case and traditional characters folded; punctuation and white space still
// there.
std::u32string Fold(std::string_view name) {
  const std::string_view cut = Cut(name, kNameBytesMax);
  if (IsAllAscii(cut)) {
    // Folding is lower case, and nothing else.
    std::u32string chars(cut.begin(), cut.end());
    for (char32_t& c : chars) {
      if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
    }
    return chars;
  }
  icu::UnicodeString capped;
  int marks = 0;
  for (char32_t c : ToUtf32(cut)) {
    marks = IsMark(c) ? marks + 1 : 0;
    // U+FFFD stands for bytes that are not UTF-8.
    if (marks <= kMarkRunMax && c != U'\uFFFD') capped.append(static_cast<UChar32>(c));
  }
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(error);
  icu::UnicodeString folded = U_SUCCESS(error) ? normalizer->normalize(capped, error) : capped;
  // Without ICU's data the name still has to find itself.
  if (U_FAILURE(error)) folded = capped;
  std::u32string chars = ToUtf32(folded);
  for (char32_t& c : chars) c = ToSimplified(c);
  return chars;
}

// Key characters only; other visible characters when there is no key character at all.
std::u32string Squash(std::u32string_view folded) {
  std::u32string key;
  key.reserve(folded.size());
  bool only_signs = true;
  for (char32_t c : folded) {
    if (!IsKeyChar(c)) continue;
    key.push_back(c);
    only_signs = only_signs && (c == U'+' || c == U'#' || c == U'&');
  }
  if (!only_signs) return key;
  std::u32string visible;
  for (char32_t c : folded) {
    if (!u_isUWhiteSpace(static_cast<UChar32>(c)) && !u_iscntrl(static_cast<UChar32>(c))) {
      visible.push_back(c);
    }
  }
  return visible;
}

// The words of a folded name: runs of key characters with single spaces between. Brackets that hold
// nothing but a place are left out.
std::u32string ToWords(std::u32string_view folded) {
  std::u32string words;
  const auto append = [&words](std::u32string_view text) {
    bool gap = !words.empty();
    for (char32_t c : text) {
      if (IsKeyChar(c)) {
        if (gap && !words.empty() && words.back() != U' ') words.push_back(U' ');
        words.push_back(c);
        gap = false;
      } else if (!IsApostrophe(c)) {
        gap = true;
      }
    }
  };
  size_t from = 0;
  for (size_t i = 0; i < folded.size(); ++i) {
    if (!IsOpeningBracket(folded[i])) continue;
    size_t end = i + 1;
    while (end < folded.size() && !IsClosingBracket(folded[end])) ++end;
    if (end == folded.size()) break;
    if (!IsPlaceName(folded.substr(i + 1, end - i - 1))) continue;
    append(folded.substr(from, i - from));
    from = end + 1;
    i = end;
  }
  append(folded.substr(from));
  return words;
}

// Latin letters without accents; marks of other scripts belong to their letters.
std::u32string DropAccents(const std::u32string& chars) {
  if (std::all_of(chars.begin(), chars.end(), IsAscii)) return chars;
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(error);
  if (U_FAILURE(error)) return chars;
  std::u32string plain;
  for (char32_t c : chars) {
    if (uscript_getScript(static_cast<UChar32>(c), &error) != USCRIPT_LATIN || c < 0x80) {
      plain.push_back(c);
      continue;
    }
    icu::UnicodeString parts;
    if (!nfd->getDecomposition(static_cast<UChar32>(c), parts)) {
      plain.push_back(c);
      continue;
    }
    for (char32_t part : ToUtf32(parts)) {
      if (!IsMark(part)) plain.push_back(part);
    }
  }
  return plain;
}

bool IsHan(char32_t c) {
  if (IsAscii(c)) return false;
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_UNIFIED_IDEOGRAPH);
}

// Scripts written without spaces, of which two characters carry what three letters do.
bool IsCjk(char32_t c) {
  if (IsAscii(c)) return false;
  UErrorCode error = U_ZERO_ERROR;
  switch (uscript_getScript(static_cast<UChar32>(c), &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL:
    case USCRIPT_BOPOMOFO:
      return true;
    default:
      return false;
  }
}

void AddDistinct(std::vector<std::string>& values, std::string value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) {
    values.push_back(std::move(value));
  }
}

// MakeNameGrams of a key of one run of three-letter grams.
std::vector<std::string> AsciiGrams(std::string_view key) {
  constexpr size_t kSize = 3;
  if (key.size() <= kSize) {
    return key.empty() ? std::vector<std::string>() : std::vector<std::string>{std::string(key)};
  }
  std::array<uint32_t, kNameGramsMax> known;  // The letters of a gram in one number.
  std::vector<std::string> grams;
  grams.reserve(std::min(key.size() - kSize + 1, kNameGramsMax));
  for (size_t i = 0; i + kSize <= key.size() && grams.size() < kNameGramsMax; ++i) {
    uint32_t letters = 0;
    for (size_t j = i; j < i + kSize; ++j) letters = letters << 8 | static_cast<uint8_t>(key[j]);
    const auto end = known.begin() + static_cast<ptrdiff_t>(grams.size());
    if (std::find(known.begin(), end, letters) != end) continue;
    known[grams.size()] = letters;
    grams.emplace_back(key.substr(i, kSize));
  }
  return grams;
}

// CoreName of a folded name.
std::u32string CoreOf(const std::u32string& folded) {
  const std::u32string words = ToWords(folded);
  if (words.empty()) return Squash(folded);
  return DropAccents(Squash(StripLegalForm(words)));
}

// The rows of a name that is folded, with its core.
std::vector<NameKey> KeysOf(const std::u32string& folded, std::string core) {
  std::vector<NameKey> keys;
  std::string normalized = ToKey(Squash(folded));
  if (normalized.empty()) return keys;
  PinyinKeys pinyin = MakePinyinKeys(core);
  if (core != normalized) keys.push_back({NameKeyKind::kCore, std::move(core)});
  keys.push_back({NameKeyKind::kNormalized, std::move(normalized)});
  for (std::string& key : pinyin.full) keys.push_back({NameKeyKind::kPinyin, std::move(key)});
  for (std::string& key : pinyin.initials) keys.push_back({NameKeyKind::kInitials, std::move(key)});
  std::sort(keys.begin(), keys.end());
  return keys;
}

}  // namespace

std::string NormalizeName(std::string_view name) { return ToKey(Squash(Fold(name))); }

std::string CoreName(std::string_view name) { return ToKey(CoreOf(Fold(name))); }

PinyinKeys MakePinyinKeys(std::string_view key) {
  if (IsAllAscii(key)) return {};
  const std::u32string chars = ToUtf32(key);
  if (std::none_of(chars.begin(), chars.end(), IsHan)) return {};
  // Combinations so far. A character whose readings would make too many adds only its most usual
  // ones, so the characters in front, which prefixes are made of, keep all of theirs.
  std::vector<std::string> full = {""}, initials = {""};
  const auto extend = [](std::vector<std::string>& keys, const std::vector<std::string>& readings) {
    const size_t count =
        std::min(readings.size(), std::max<size_t>(1, kPinyinKeysMax / keys.size()));
    std::vector<std::string> extended;
    for (size_t i = 0; i < count; ++i) {
      for (const std::string& prefix : keys) {
        AddDistinct(extended, prefix.size() + readings[i].size() <= kNameKeyBytesMax
                                  ? prefix + readings[i]
                                  : prefix);
      }
    }
    keys = std::move(extended);
  };
  for (char32_t c : chars) {
    std::vector<std::string> sounds, letters;
    for (std::string_view reading : PinyinReadings(c)) {
      AddDistinct(sounds, std::string(reading));
      AddDistinct(letters, std::string(reading.substr(0, 1)));
    }
    if (sounds.empty()) sounds = letters = {ToKey({&c, 1})};
    extend(full, sounds);
    extend(initials, letters);
  }
  return {.full = std::move(full), .initials = std::move(initials)};
}

std::vector<std::string> MakeNameGrams(std::string_view key) {
  if (IsAllAscii(key)) return AsciiGrams(key);
  const std::u32string chars = ToUtf32(key);
  const std::u32string_view view = chars;
  std::vector<std::string> grams;
  for (size_t begin = 0; begin < chars.size();) {
    const bool cjk = IsCjk(chars[begin]);
    size_t end = begin + 1;
    while (end < chars.size() && IsCjk(chars[end]) == cjk) ++end;
    const size_t size = std::min<size_t>(cjk ? 2 : 3, end - begin);
    for (size_t i = begin; i + size <= end; ++i) {
      if (grams.size() == kNameGramsMax) return grams;
      AddDistinct(grams, ToKey(view.substr(i, size)));
    }
    begin = end;
  }
  return grams;
}

std::vector<NameKey> MakeNameKeys(std::string_view name) {
  const std::u32string folded = Fold(name);
  return KeysOf(folded, ToKey(CoreOf(folded)));
}

NameIndexKeys MakeNameIndexKeys(std::string_view name) {
  const std::u32string folded = Fold(name);
  const std::string core = ToKey(CoreOf(folded));
  return {KeysOf(folded, core), MakeNameGrams(core)};
}

}  // namespace partnergraph
