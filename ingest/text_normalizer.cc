#include "ingest/text_normalizer.h"

#include "graph/simplified.h"
#include "graph/utf8.h"
#include "ingest/character.h"

namespace partnergraph {

void AppendUtf8(char32_t c, std::string& bytes) {
  if (c < 0x80) {
    bytes += static_cast<char>(c);
  } else if (c < 0x800) {
    bytes += static_cast<char>(0xC0 | c >> 6);
    bytes += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    bytes += static_cast<char>(0xE0 | c >> 12);
    bytes += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    bytes += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    bytes += static_cast<char>(0xF0 | c >> 18);
    bytes += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    bytes += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    bytes += static_cast<char>(0x80 | (c & 0x3F));
  }
}

char32_t NormalizeChar(char32_t c) {
  if (c < 0x80) return c == U'\t' || c == U'\r' || c == U'\f' || c == U'\v' ? U' ' : c;
  if (c >= 0x4E00) {
    if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
    switch (c) {
      case 0xFF61:
        return U'。';
      case 0xFF62:
        return U'“';
      case 0xFF63:
        return U'”';
      case 0xFF64:
        return U'、';
      case 0xFF65:
        return U'·';
      default:
        return ToSimplified(c);
    }
  }
  switch (c) {
    case 0x00A0:
    case 0x3000:
    case 0x2002:
    case 0x2003:
    case 0x2009:
    case 0x202F:
    case 0x0085:
      return U' ';
    case 0x2028:
    case 0x2029:
      return U'\n';
    case 0x2022:  // Bullets and middle dots between the parts of a transliterated name.
    case 0x2027:
    case 0x2219:
    case 0x22C5:
    case 0x30FB:
      return U'·';
    case 0x2010:
    case 0x2011:
      return U'-';
    case 0x2013:
    case 0x2015:
    case 0x2500:
      return U'—';
    case 0x201B:
      return U'‘';
    case 0x201F:
    case 0x300C:
    case 0x301D:
      return U'“';
    case 0x300D:
    case 0x301E:
      return U'”';
    case 0x300E:
      return U'‘';
    case 0x300F:
      return U'’';
    case 0x3008:
    case 0xFE3F:
      return U'《';
    case 0x3009:
      return U'》';
    default:
      return ToSimplified(c);
  }
}

bool IsBlankText(std::string_view utf8) {
  for (size_t position = 0; position < utf8.size();) {
    if (!IsSpace(NormalizeChar(NextCodePoint(utf8, position)))) return false;
  }
  return true;
}

Language DetectLanguage(std::u32string_view raw, std::u32string_view chars) {
  size_t han = 0, latin = 0, traditional = 0;
  for (size_t i = 0; i < chars.size(); ++i) {
    if (IsHan(chars[i])) {
      ++han;
      traditional += raw[i] != chars[i];
    } else {
      latin += IsLatin(chars[i]);
    }
  }
  // One Chinese character carries about what three Latin letters do.
  if (han * 3 < latin) return Language::kEnglish;
  return traditional * 20 > han ? Language::kTraditionalChinese : Language::kSimplifiedChinese;
}

std::string_view LanguageName(Language language) {
  switch (language) {
    case Language::kTraditionalChinese:
      return "zh-Hant";
    case Language::kEnglish:
      return "en";
    default:
      return "zh";
  }
}

}  // namespace partnergraph
