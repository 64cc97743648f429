#include "ingest/sentence_splitter.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "ingest/character.h"
#include "ingest/text_normalizer.h"

namespace partnergraph {
namespace {

// A round bracket is looked into this far for its end; a longer aside is split like other text.
constexpr uint32_t kBracketCharsMax = 120;

constexpr std::array<std::u32string_view, 36> kAbbreviations = {
    U"mr",   U"mrs", U"ms",  U"dr",  U"prof", U"st",  U"jr",  U"sr",     U"vs",
    U"no",   U"gen", U"sen", U"rep", U"gov",  U"hon", U"rev", U"jan",    U"feb",
    U"mar",  U"apr", U"jun", U"jul", U"aug",  U"sep", U"oct", U"nov",    U"dec",
    U"sept", U"e.g", U"i.e", U"u.s", U"u.k",  U"u.n", U"etc", U"approx", U"fig"};
// Forms that end a sentence only when a word follows that commonly begins one.
constexpr std::array<std::u32string_view, 16> kNameEnds = {
    U"pte", U"pty", U"sdn",  U"bhd", U"inc", U"corp", U"co",  U"ltd",
    U"llc", U"plc", U"bros", U"cos", U"s.a", U"n.v",  U"l.p", U"a.s"};
constexpr std::array<std::u32string_view, 24> kStarters = {
    U"the", U"a",  U"an",  U"in",    U"it",  U"this",  U"that", U"these",
    U"we",  U"he", U"she", U"they",  U"our", U"its",   U"for",  U"with",
    U"as",  U"at", U"on",  U"under", U"by",  U"about", U"both", U"to"};
// What a line begins with that tells about the publisher or the company, not the news.
constexpr std::array<std::u32string_view, 18> kBoilerplate = {U"关于",
                                                              U"责任编辑",
                                                              U"责编",
                                                              U"编辑:",
                                                              U"来源:",
                                                              U"文/",
                                                              U"记者",
                                                              U"免责声明",
                                                              U"about ",
                                                              U"contact",
                                                              U"media contact",
                                                              U"press contact",
                                                              U"forward-looking",
                                                              U"forward looking",
                                                              U"for more information",
                                                              U"safe harbor",
                                                              U"source:",
                                                              U"cautionary"};

template <size_t kSize>
bool Contains(const std::array<std::u32string_view, kSize>& words, std::u32string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::u32string LowerCase(std::u32string_view text) {
  std::u32string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  return lower;
}

// Cuts one document.
class Splitter {
 public:
  explicit Splitter(Document& document) : document_(document), chars_(document.chars) {}

  void Run() {
    const auto size = static_cast<uint32_t>(chars_.size());
    uint32_t paragraph = 0;
    for (uint32_t begin = 0; begin <= size; ++paragraph) {
      const size_t newline = chars_.find(U'\n', begin);
      const uint32_t end = newline == chars_.npos ? size : static_cast<uint32_t>(newline);
      const size_t sentences_before = document_.sentences.size();
      SplitLine({begin, end}, paragraph);
      if (document_.sentences.size() == sentences_before) --paragraph;
      begin = end + 1;
    }
  }

 private:
  void SplitLine(Span line, uint32_t paragraph) {
    if (line.size() == 0) return;
    const bool title = line.begin < document_.body_begin;
    const bool boilerplate = !title && IsBoilerplate(line);
    FindListItems(line);
    uint32_t begin = line.begin;
    uint32_t bracket_end = 0;  // Nothing is split before it.
    size_t item = 0;
    for (uint32_t i = line.begin; i < line.end; ++i) {
      if (item < items_.size() && items_[item] == i) {
        Add({begin, i}, paragraph, title, boilerplate);
        begin = i;
        ++item;
      }
      if (i < bracket_end) continue;
      if (chars_[i] == U'(') {
        const size_t close = chars_.substr(i, std::min(kBracketCharsMax, line.end - i)).find(U')');
        if (close != chars_.npos) bracket_end = i + static_cast<uint32_t>(close) + 1;
        continue;
      }
      if (!EndsSentence(i, line)) continue;
      uint32_t end = i + 1;
      while (end < line.end && (IsCloser(chars_[end]) || IsEndMark(end))) ++end;
      Add({begin, end}, paragraph, title, boilerplate);
      begin = end;
      i = end - 1;
    }
    Add({begin, line.end}, paragraph, title, boilerplate);
  }

  // 。！？… as they came: a half-width ? or ! in Chinese text is dirt more often than an end.
  bool IsEndMark(uint32_t i) const {
    const char32_t c = document_.raw[i];
    return c == U'。' || c == U'！' || c == U'？' || c == 0xFF61;
  }

  bool EndsSentence(uint32_t i, Span line) const {
    if (IsEndMark(i)) return true;
    const char32_t c = chars_[i];
    if (c == U'…') return i + 1 < line.end && chars_[i + 1] != U'…' && IsCloser(chars_[i + 1]);
    if (document_.raw[i] != c || (c != U'.' && c != U'!' && c != U'?')) return false;
    uint32_t next = i + 1;
    while (next < line.end && IsCloser(chars_[next])) ++next;
    if (next >= line.end) return true;
    if (!IsSpace(chars_[next])) return false;
    while (next < line.end && IsSpace(chars_[next])) ++next;
    if (next >= line.end) return true;
    const char32_t begin = chars_[next];
    if (IsLower(begin)) return false;
    if (c != U'.') return i > line.begin && IsLatin(chars_[i - 1]);
    uint32_t word = i;
    while (word > line.begin && (IsLatin(chars_[word - 1]) || chars_[word - 1] == U'.') &&
           i - word < 12) {
      --word;
    }
    if (word == i) return i > line.begin && !IsHan(begin);  // "in 2018." or ")."
    const std::u32string last = LowerCase(chars_.substr(word, i - word));
    if (last.size() == 1) return false;  // An initial.
    if (Contains(kAbbreviations, last)) return false;
    if (!Contains(kNameEnds, last)) return true;
    uint32_t end = next;
    while (end < line.end && IsLatin(chars_[end]) && end - next < 12) ++end;
    return Contains(kStarters, LowerCase(chars_.substr(next, end - next)));
  }

  // "1.…2.…3.…" in one line: where each number stands, when there are at least two in sequence.
  void FindListItems(Span line) {
    items_.clear();
    uint32_t expected = 1;
    for (uint32_t i = line.begin; i + 2 < line.end; ++i) {
      if (!IsDigit(chars_[i])) continue;
      uint32_t number = 0, end = i;
      while (end < line.end && IsDigit(chars_[end]) && end - i < 4) {
        number = number * 10 + (chars_[end++] - U'0');
      }
      const bool free_before = i == line.begin || (!IsAlphanumeric(chars_[i - 1]) &&
                                                   chars_[i - 1] != U'.' && chars_[i - 1] != U'$');
      if (end + 1 < line.end && number == expected && free_before &&
          (chars_[end] == U'.' || chars_[end] == U'、') && !IsDigit(chars_[end + 1])) {
        items_.push_back(i);
        ++expected;
      }
      while (end < line.end && IsDigit(chars_[end])) ++end;
      i = end - 1;
    }
    if (items_.size() < 2) items_.clear();
  }

  bool IsBoilerplate(Span line) const {
    uint32_t begin = line.begin;
    while (begin < line.end && (IsSpace(chars_[begin]) || chars_[begin] == U'(' ||
                                chars_[begin] == U'[' || chars_[begin] == U'【')) {
      ++begin;
    }
    const std::u32string head =
        LowerCase(chars_.substr(begin, std::min<uint32_t>(24, line.end - begin)));
    for (const std::u32string_view mark : kBoilerplate) {
      if (!head.starts_with(mark)) continue;
      // "关于X" and "About X" as a heading are short or name X and go on with it; a sentence that
      // begins with "关于…的" is news.
      if (mark == U"关于" && line.size() > 40) continue;
      return mark != U"记者" || line.size() < 30;
    }
    return false;
  }

  void Add(Span span, uint32_t paragraph, bool title, bool boilerplate) {
    while (span.begin < span.end && IsSpace(chars_[span.begin])) ++span.begin;
    while (span.end > span.begin && IsSpace(chars_[span.end - 1])) --span.end;
    while (span.size() > kSentenceCharsMax) {
      uint32_t cut = span.begin + kSentenceCharsMax;
      for (uint32_t i = cut; i > span.begin + kSentenceCharsMax / 2; --i) {
        if (std::u32string_view(U",;、").find(chars_[i - 1]) != std::u32string_view::npos) {
          cut = i;
          break;
        }
      }
      AddPiece({span.begin, cut}, paragraph, title, boilerplate);
      span.begin = cut;
    }
    if (span.size() > 0) AddPiece(span, paragraph, title, boilerplate);
  }

  void AddPiece(Span span, uint32_t paragraph, bool title, bool boilerplate) {
    Sentence sentence;
    sentence.span = span;
    sentence.title = title;
    sentence.boilerplate = boilerplate;
    sentence.paragraph = paragraph;
    const auto raw = std::u32string_view(document_.raw).substr(span.begin, span.size());
    sentence.language = DetectLanguage(raw, document_.Chars(span));
    // Too few characters to tell the two Chinese scripts apart: as the article.
    if (sentence.language != Language::kEnglish && document_.language != Language::kEnglish) {
      sentence.language = document_.language;
    }
    document_.sentences.push_back(sentence);
  }

  Document& document_;
  std::u32string_view chars_;
  std::vector<uint32_t> items_;
};

}  // namespace

absl::Status SentenceSplitter::Process(Document& document) const {
  document.sentences.clear();
  Splitter(document).Run();
  return absl::OkStatus();
}

}  // namespace partnergraph
