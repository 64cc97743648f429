// Products in lists that say at their end what they are: 甲、乙和丙等车型, 甲、乙两款手机.
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

constexpr uint32_t kItemCharsMax = 16;
constexpr size_t kItemsMax = 40;

// What may stand between the list and its noun: 等20多个著名品牌.
constexpr std::u32string_view kDescriptions[] = {U"著名", U"知名", U"主流", U"热门", U"主力",
                                                 U"经典", U"全新", U"新",   U"明星", U"系列"};

class ProductLists {
 public:
  ProductLists(Recognition& recognition, size_t sentence)
      : r_(recognition),
        within_(recognition.document.sentences[sentence].span),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    for (uint32_t i = first_ + 1; i < last_; ++i) {
      if (EndsList(r_.tokens[i].span.begin)) AddItems(i);
    }
  }

 private:
  // Whether 等车型, 两款手机 or the like begins at a position.
  bool EndsList(uint32_t position) const {
    const bool more = r_.At(position) == U'等';
    uint32_t i = position + (more ? 1 : 0);
    const uint32_t numeral = i;
    while (i < within_.end && (IsDigit(r_.At(i)) || IsHanNumeral(r_.At(i)) || r_.At(i) == U'多'))
      ++i;
    bool counted = false;
    if (i > numeral &&
        std::u32string_view(U"款个种大项").find(r_.At(i)) != std::u32string_view::npos) {
      counted = true;
      ++i;
    }
    if (!more && !counted) return false;
    for (const std::u32string_view word : kDescriptions) {
      if (r_.chars.substr(i).starts_with(word)) {
        i += static_cast<uint32_t>(word.size());
        break;
      }
    }
    bool noun = false;
    r_.lexicon.Match(r_.chars.substr(0, within_.end), i, [&](size_t, const LexiconEntry& entry) {
      noun |= entry.Is(kProductListNoun);
    });
    return noun;
  }

  bool IsSeparator(uint32_t index) const {
    const Token& token = r_.tokens[index];
    return token.span.size() == 1 &&
           std::u32string_view(U"、/和及与").find(r_.At(token.span.begin)) !=
               std::u32string_view::npos;
  }

  bool IsSpaceToken(uint32_t index) const { return r_.tokens[index].kind == TokenKind::kSpace; }

  // Whether a token can be of a name; others begin the list.
  bool Continues(uint32_t index) const {
    const Token& token = r_.tokens[index];
    if (token.kind == TokenKind::kMark) return false;
    if (token.kind != TokenKind::kHan) return true;
    if (token.Is(kOrgStop)) return false;
    if (token.span.size() == 1) return !r_.lexicon.IsCharStop(r_.At(token.span.begin));
    return token.pos() != 'v' && token.pos() != 'f' && token.pos() != 't' && token.pos() != 's';
  }

  // Whether a token tells one product from others, which a common noun does not.
  bool IsOwn(uint32_t index) const {
    const Token& token = r_.tokens[index];
    if (token.kind == TokenKind::kLatin) return !token.Is(kCommonLatin);
    if (token.kind != TokenKind::kHan) return false;
    if (token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kBrand | kProductName)) return true;
    return token.entry->classes == 0 || token.pos() == 'Z' || token.pos() == 'R';
  }

  // The items before token `end`, from the last to the first.
  void AddItems(uint32_t end) {
    for (size_t items = 0; items < kItemsMax; ++items) {
      uint32_t begin = end;
      int own = 0, single = 0;
      while (begin > first_ && !IsSeparator(begin - 1) && Continues(begin - 1) &&
             r_.tokens[end - 1].span.end - r_.tokens[begin - 1].span.begin <= kItemCharsMax) {
        --begin;
        own += IsOwn(begin);
        single += r_.tokens[begin].kind == TokenKind::kHan && r_.tokens[begin].span.size() == 1;
      }
      while (begin < end && IsSpaceToken(begin)) ++begin;
      const bool joined = begin > first_ && IsSeparator(begin - 1);
      if (begin == end) return;
      const Span span = {r_.tokens[begin].span.begin, r_.tokens[end - 1].span.end};
      if (span.size() >= 2 && (own > 0 || single >= 2) && !IsOrganization(span) &&
          (joined || items > 0)) {
        r_.Add(span, MentionType::kProduct, 0, 0.86f, "product-list");
      }
      if (!joined) return;
      end = begin - 1;
    }
  }

  bool IsOrganization(Span span) const {
    return r_.HasCompany(span) || r_.lexicon.Find(r_.Chars(span)).Is(kOrgName | kOrgListed);
  }

  Recognition& r_;
  const Span within_;
  const uint32_t first_;
  const uint32_t last_;
};

}  // namespace

void FindListedProducts(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) ProductLists(recognition, s).Run();
  }
}

}  // namespace partnergraph
