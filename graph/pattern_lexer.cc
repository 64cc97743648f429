#include "graph/pattern_lexer.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

constexpr std::string_view kTwoCharSymbols[] = {"..", "<>", "<=", ">=", "=~", "!="};
constexpr std::string_view kOneCharSymbols = "()[]{},:;.|=<>-*+/%!&^";

// Characters of Chinese input methods that look like ours.
struct Lookalike {
  char32_t code_point;
  char ascii;
};
constexpr Lookalike kLookalikes[] = {
    {0xFF08, '('}, {0xFF09, ')'}, {0xFF1A, ':'}, {0xFF0C, ','}, {0x2018, '\''}, {0x2019, '\''},
    {0x201C, '"'}, {0x201D, '"'}, {0xFF5B, '{'}, {0xFF5D, '}'}, {0xFF1E, '>'},  {0xFF1C, '<'},
    {0xFF1D, '='}, {0x2014, '-'}, {0x2013, '-'}, {0xFF0D, '-'}, {0xFF5C, '|'},  {0xFF04, '$'},
    {0x3001, ','}, {0xFF0E, '.'}, {0x3010, '['}, {0x3011, ']'}};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendUtf8(char32_t code_point, std::string& out) {
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xC0 | code_point >> 6));
    out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | code_point >> 12));
    out.push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | code_point >> 18));
    out.push_back(static_cast<char>(0x80 | (code_point >> 12 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code_point >> 6 & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (code_point & 0x3F)));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<PatternToken>> Run() {
    std::vector<PatternToken> tokens;
    do {
      PG_RETURN_IF_ERROR(SkipSpace());
      PatternToken token;
      token.begin = at_;
      PG_RETURN_IF_ERROR(Next(token));
      token.end = at_;
      tokens.push_back(std::move(token));
    } while (tokens.back().kind != PatternToken::Kind::kEnd);
    return tokens;
  }

 private:
  absl::Status Error(size_t offset, std::string_view message) const {
    return PatternError(text_, offset, message);
  }

  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool AtEnd() const { return at_ >= text_.size(); }

  // The code point at `at_` and the offset behind it.
  char32_t CodePoint(size_t& behind) const {
    behind = at_;
    return NextCodePoint(text_, behind);
  }

  absl::Status SkipSpace() {
    while (!AtEnd()) {
      if (Peek() == '/' && Peek(1) == '/') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (Peek() == '/' && Peek(1) == '*') {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return Error(at_, "this comment has no end, want '*/'");
        at_ = end + 2;
      } else {
        size_t behind;
        const char32_t c = CodePoint(behind);
        if (u_isUWhiteSpace(static_cast<UChar32>(c)) == 0 && c != 0xFEFF) return absl::OkStatus();
        at_ = behind;
      }
    }
    return absl::OkStatus();
  }

  absl::Status Next(PatternToken& token) {
    if (AtEnd()) return absl::OkStatus();
    const char c = Peek();
    if (c == '\'' || c == '"') return String(token);
    if (c == '`') return QuotedName(token);
    if (c == '$') return Parameter(token);
    if (IsDigit(c)) return Number(token);
    if (Name(token)) return CheckName(token);
    token.kind = PatternToken::Kind::kSymbol;
    for (const std::string_view symbol : kTwoCharSymbols) {
      if (text_.substr(at_, 2) != symbol) continue;
      token.text = symbol;
      at_ += 2;
      return absl::OkStatus();
    }
    if (kOneCharSymbols.find(c) == std::string_view::npos) return StrangeCharacter();
    token.text = c;
    ++at_;
    return absl::OkStatus();
  }

  absl::Status StrangeCharacter() const {
    size_t behind;
    const char32_t c = CodePoint(behind);
    for (const Lookalike& lookalike : kLookalikes) {
      if (lookalike.code_point != c) continue;
      return Error(at_,
                   absl::StrFormat("U+%04X looks like %c but is another character: write %c",
                                   static_cast<uint32_t>(c), lookalike.ascii, lookalike.ascii));
    }
    return Error(at_, absl::StrCat("no word of the language begins with ",
                                   Quoted(text_.substr(at_, behind - at_)),
                                   absl::StrFormat(" (U+%04X)", static_cast<uint32_t>(c))));
  }

  // Takes a bare name, of any script.
  bool Name(PatternToken& token) {
    const size_t begin = at_;
    while (!AtEnd()) {
      size_t behind;
      const auto c = static_cast<UChar32>(CodePoint(behind));
      const bool fits = c == '_' || (at_ == begin ? u_isIDStart(c) : u_isIDPart(c)) != 0;
      if (!fits || u_isIDIgnorable(c) != 0) break;
      at_ = behind;
    }
    token.kind = PatternToken::Kind::kName;
    token.text = text_.substr(begin, at_ - begin);
    return at_ > begin;
  }

  absl::Status CheckName(const PatternToken& token) const {
    if (token.text.size() <= kPatternNameBytesMax) return absl::OkStatus();
    return Error(token.begin, absl::StrCat("this name has ", token.text.size(),
                                           " bytes, want at most ", kPatternNameBytesMax));
  }

  absl::Status QuotedName(PatternToken& token) {
    const size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) return Error(at_, "this name has no end, want '`'");
    token.kind = PatternToken::Kind::kName;
    token.quoted = true;
    token.text = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    if (token.text.empty()) return Error(token.begin, "a name in backticks is empty");
    return CheckName(token);
  }

  absl::Status Parameter(PatternToken& token) {
    ++at_;
    PatternToken name;
    const size_t begin = at_;
    if (!Name(name)) {
      while (IsDigit(Peek())) ++at_;
      name.text = text_.substr(begin, at_ - begin);
    }
    if (name.text.empty()) return Error(token.begin, "expected a parameter's name behind '$'");
    token.kind = PatternToken::Kind::kParameter;
    token.text = std::move(name.text);
    return CheckName(token);
  }

  absl::Status Number(PatternToken& token) {
    const auto digits = [this] {
      while (IsDigit(Peek())) ++at_;
    };
    digits();
    token.kind = PatternToken::Kind::kInteger;
    // "1..3" is a range, not a fraction.
    if (Peek() == '.' && IsDigit(Peek(1))) {
      token.kind = PatternToken::Kind::kDecimal;
      ++at_;
      digits();
    }
    if ((Peek() == 'e' || Peek() == 'E') &&
        (IsDigit(Peek(1)) || ((Peek(1) == '-' || Peek(1) == '+') && IsDigit(Peek(2))))) {
      token.kind = PatternToken::Kind::kDecimal;
      at_ += 2;
      digits();
    }
    token.text = text_.substr(token.begin, at_ - token.begin);
    PatternToken name;
    const size_t end = at_;
    if (Name(name)) {
      return Error(token.begin,
                   absl::StrCat("a number ends in letters: ",
                                Quoted(text_.substr(token.begin, at_ - token.begin)),
                                "; a name begins with a letter or stands in backticks"));
    }
    at_ = end;
    if (token.kind == PatternToken::Kind::kInteger &&
        (!absl::SimpleAtoi(token.text, &token.integer) || token.integer > INT64_MAX)) {
      return Error(token.begin, absl::StrCat(Quoted(token.text), " is too large a number"));
    }
    if (!absl::SimpleAtod(token.text, &token.decimal)) {
      return Error(token.begin, absl::StrCat(Quoted(token.text), " is no number"));
    }
    return absl::OkStatus();
  }

  absl::Status String(PatternToken& token) {
    const char quote = Peek();
    ++at_;
    token.kind = PatternToken::Kind::kString;
    while (Peek() != quote || AtEnd()) {
      if (AtEnd()) {
        return Error(token.begin,
                     absl::StrCat("this string has no end, want ", std::string(1, quote)));
      }
      if (Peek() != '\\') {
        token.text.push_back(Peek());
        ++at_;
        continue;
      }
      PG_RETURN_IF_ERROR(Escape(token.text));
    }
    ++at_;
    return absl::OkStatus();
  }

  absl::Status Escape(std::string& out) {
    const size_t begin = at_;
    const char letter = Peek(1);
    at_ += 2;
    static constexpr std::string_view kLetters = "\\'\"`ntrbf";
    static constexpr std::string_view kMeant = "\\'\"`\n\t\r\b\f";
    const size_t known = kLetters.find(letter);
    if (letter != '\0' && known != std::string_view::npos) {
      out.push_back(kMeant[known]);
      return absl::OkStatus();
    }
    if (letter != 'u' && letter != 'U') {
      return Error(begin,
                   "this is no escape; there are \\\\ \\' \\\" \\` \\n \\t \\r \\b \\f \\uXXXX and "
                   "\\UXXXXXXXX");
    }
    const std::optional<char32_t> unit = Hex(letter == 'u' ? 4 : 8);
    if (!unit.has_value()) {
      return Error(begin, letter == 'u' ? "\\u wants 4 hexadecimal digits"
                                        : "\\U wants 8 hexadecimal digits");
    }
    char32_t code_point = *unit;
    if (code_point >= 0xD800 && code_point < 0xDC00 && Peek() == '\\' && Peek(1) == 'u') {
      at_ += 2;
      const std::optional<char32_t> low = Hex(4);
      if (low.has_value() && *low >= 0xDC00 && *low < 0xE000) {
        code_point = 0x10000 + ((code_point - 0xD800) << 10) + (*low - 0xDC00);
      }
    }
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
      return Error(begin, "this escape is no Unicode character");
    }
    AppendUtf8(code_point, out);
    return absl::OkStatus();
  }

  std::optional<char32_t> Hex(size_t digits) {
    const std::string_view hex = text_.substr(std::min(at_, text_.size()), digits);
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
    if (hex.size() != digits || error != std::errc() || end != hex.data() + digits) {
      return std::nullopt;
    }
    at_ += digits;
    return static_cast<char32_t>(value);
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::Status PatternError(std::string_view text, size_t offset, std::string_view message) {
  offset = std::min(offset, text.size());
  size_t line = 1, column = 1;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column;
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("line ", line, ", column ", column, " (byte ", offset, "): ", ToAbsl(message)));
}

absl::StatusOr<std::vector<PatternToken>> LexPattern(std::string_view text) {
  if (text.size() > kPatternTextBytesMax) {
    return PatternError(
        "", 0,
        absl::StrCat("the text has ", text.size(), " bytes, want at most ", kPatternTextBytesMax));
  }
  if (const std::optional<size_t> invalid = FindInvalidUtf8(text); invalid.has_value()) {
    return PatternError(text, *invalid, "the text is not UTF-8 from here on");
  }
  return Lexer(text).Run();
}

std::string ShowToken(const PatternToken& token) {
  switch (token.kind) {
    case PatternToken::Kind::kEnd:
      return "the end of the text";
    case PatternToken::Kind::kString:
      return absl::StrCat("the string ", Quoted(token.text, 40));
    case PatternToken::Kind::kParameter:
      return absl::StrCat("'$", token.text, "'");
    default:
      return absl::StrCat("'", token.text, "'");
  }
}

}  // namespace partnergraph
