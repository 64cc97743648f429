// Job titles in English sentences: "Senior Vice President of Sales", "CEO and Co-Founder".
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

class EnglishTitles {
 public:
  EnglishTitles(Recognition& recognition, size_t sentence)
      : r_(recognition),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    for (uint32_t i = first_; i < last_; ++i) {
      const uint32_t end = TitleEnd(i);
      if (end == i) continue;
      uint32_t stop = end;
      while (stop < last_) {
        uint32_t next = NextWord(stop - 1);
        bool joined = false;
        if (next < last_ && (Word(next) == U"and" || Word(next) == U"&")) {
          const uint32_t after = NextWord(next);
          const uint32_t more = after < last_ ? TitleEnd(after) : after;
          if (after < last_ && more != after) {
            stop = more;
            joined = true;
          }
        } else if (next < last_ && Word(next) == U"of" && NextWord(next) < last_) {
          // "of Sales": a function, not an organization.
          const uint32_t after = NextWord(next);
          uint32_t k = after;
          while (k < last_ && r_.tokens[k].Is(kTitleModifier)) k = NextWord(k);
          if (k != after && r_.IsCapitalized(after)) {
            stop = LastTokenBefore(k);
            joined = true;
          }
        }
        if (!joined) break;
      }
      r_.Add({r_.tokens[i].span.begin, r_.tokens[stop - 1].span.end}, MentionType::kJobTitle, 0,
             0.8f, "en-title");
      i = stop - 1;
    }
  }

 private:
  std::u32string_view Word(uint32_t index) const { return r_.Chars(r_.tokens[index].span); }

  // The next word token when only one space or the given mark lies between.
  uint32_t NextWord(uint32_t index) const {
    if (index + 1 < last_ && r_.tokens[index + 1].kind == TokenKind::kSpace) return index + 2;
    return index + 1;
  }

  uint32_t LastTokenBefore(uint32_t index) const {
    uint32_t i = std::min(index, last_);
    while (i > first_ && r_.tokens[i - 1].kind == TokenKind::kSpace) --i;
    return i;
  }
  // One past the title that begins at a token; the token itself when none does.
  uint32_t TitleEnd(uint32_t begin) const {
    uint32_t end = begin;
    uint32_t i = begin;
    while (i < last_ && r_.tokens[i].kind == TokenKind::kLatin &&
           (r_.tokens[i].Is(kTitleModifier | kTitleHead))) {
      const std::u32string_view word = Word(i);
      if (r_.tokens[i].Is(kTitleHead) && (IsUpper(word[0]) || word.size() > 4)) end = i + 1;
      // "Chief Executive Officer" is three words of one entry.
      i = NextWord(i);
    }
    return end;
  }

  Recognition& r_;
  const uint32_t first_;
  const uint32_t last_;
};

}  // namespace

void FindEnglishJobTitles(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (recognition.IsEnglish(s)) EnglishTitles(recognition, s).Run();
  }
}

}  // namespace partnergraph
