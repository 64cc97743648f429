// Names of organizations in Chinese sentences, from the word that ends them leftwards.
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNameCharsMax = 40;
constexpr uint32_t kBracketCharsMax = 8;

bool IsSingle(const Token& token) { return token.span.size() == 1; }

// One head of a name and what may stand before it.
class NameBuilder {
 public:
  NameBuilder(Recognition& recognition, size_t sentence)
      : r_(recognition),
        sentence_(sentence),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    for (uint32_t i = first_; i < last_; ++i) {
      if (r_.tokens[i].kind == TokenKind::kHan) TryHead(i);
    }
  }

 private:
  void TryHead(uint32_t index) {
    const Span token = r_.tokens[index].span;
    const uint32_t begin = r_.tokens[first_].span.begin;
    const LexiconEntry* head = nullptr;
    const auto length =
        static_cast<uint32_t>(r_.lexicon.FindOrgHead(r_.chars, begin, token.end, head));
    if (length == 0) return;
    const Span head_span = {token.end - length, token.end};
    // The token in which the head begins.
    uint32_t start = index;
    while (r_.tokens[start].span.begin > head_span.begin) --start;
    if (r_.tokens[start].kind != TokenKind::kHan) return;
    if (r_.tokens[start].span.begin < head_span.begin && r_.tokens[start].Is(kOrgStop)) return;
    // A one-character head counts only at the end of a word of its own: 教育局, not 布局.
    if (length == 1 && token.size() == 2 && !r_.tokens[index].Is(kOrgHead)) return;
    if (start == index && r_.tokens[index].Is(kOrgName) && length < token.size()) return;
    switch (head->strength) {
      case HeadStrength::kTrade:
      case HeadStrength::kWeak:
      case HeadStrength::kFund:
      case HeadStrength::kPaper:
        BuildTrade(start, head_span, *head);
        break;
      default:
        BuildNamed(start, head_span, *head);
    }
  }

  // Whether a token can stand inside a name that goes on to its right.
  bool Continues(uint32_t index, const LexiconEntry& head) const {
    const Token& token = r_.tokens[index];
    if (token.kind == TokenKind::kNumber) return token.span.size() <= 4;
    if (token.kind != TokenKind::kHan) return false;
    const bool legal = head.strength == HeadStrength::kLegal;
    if (token.Is(kOrgStop) || (token.Is(kOrgSoftStop) && !legal)) return false;
    if (IsSingle(token)) {
      return token.Is(kLevel) ||
             (legal ? !r_.lexicon.IsStrictStop(r_.At(token.span.begin)) : !IsStopChar(index));
    }
    if (token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kPlace | kOrgInner | kLevel)) return true;
    // 工程师学会, 律师协会: a profession right before an association.
    const bool profession = head.head_type == OrgTypeIndex("NONPROFIT") && index + 1 < last_ &&
                            r_.tokens[index + 1].Is(kOrgHead);
    if (token.Is(kTitleHead | kSpeech) && !token.Is(kOrgHead) && !profession) return false;
    const bool part = head.strength == HeadStrength::kUnit ||
                      head.strength == HeadStrength::kSubunit ||
                      head.strength == HeadStrength::kPublic;
    const std::u32string_view text = r_.Chars(token.span);
    if (text.ends_with(U"公司") && !part) return false;
    switch (token.pos()) {
      case 'f':
      case 't':
      case 'q':
        return false;
      case 'v':
        return legal;
      default:
        return true;
    }
  }

  // 的, 与; and 中, 上, 下 where they say where: "行业中", but not "中建材".
  bool IsStopChar(uint32_t index) const {
    const char32_t c = r_.At(r_.tokens[index].span.begin);
    if (r_.lexicon.IsCharStop(c)) return true;
    if (std::u32string_view(U"中上下内外里前后间").find(c) == std::u32string_view::npos)
      return false;
    if (index == first_) return false;
    const Token& before = r_.tokens[index - 1];
    return before.kind == TokenKind::kHan && !before.Is(kOrgStop) && !IsSingle(before) &&
           before.pos() != 'v' && before.pos() != 'f';
  }

  // Whether a token distinguishes one organization from others.
  bool Distinguishes(const Token& token) const {
    if (token.kind == TokenKind::kLatin) return !token.Is(kCommonLatin);
    if (token.kind != TokenKind::kHan) return false;
    if (token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kPlace)) return true;
    if (token.Is(kBrand) && token.span.size() >= 3) return true;
    if (IsSingle(token)) return false;  // Counted in runs.
    if (token.entry->classes == 0) return true;
    switch (token.pos()) {
      case 'Z':
      case 'R':
        return !token.Is(kOrgHead | kOrgInner) && token.entry->cost > 16 * 16;
      case 'O':
      case 'P':
        return !token.Is(kOrgHead | kOrgInner);
      default:
        return false;
    }
  }

  // Whether a token ends the name of an organization of which this one is no part.
  bool EndsOtherName(const Token& token, const LexiconEntry& head) const {
    if (head.strength == HeadStrength::kUnit || head.strength == HeadStrength::kSubunit ||
        head.strength == HeadStrength::kPublic) {
      return false;
    }
    return r_.Chars(token.span).ends_with(U"集团") ||
           (token.Is(kOrgName) && token.span.size() >= 4 && token.Is(kOrgHead) == false);
  }

  // Single characters that no word joins are what brands look like.
  bool IsBrandChar(uint32_t index) const {
    const Token& token = r_.tokens[index];
    return token.kind == TokenKind::kHan && IsSingle(token) && !token.Is(kLevel) &&
           !IsStopChar(index);
  }

  // Skips "(香港)" to the left; returns the index of the opening bracket, or `index`.
  uint32_t SkipBracket(uint32_t index) const {
    if (r_.At(r_.tokens[index].span.begin) != U')') return index;
    for (uint32_t i = index; i > first_; --i) {
      const Token& token = r_.tokens[i - 1];
      if (r_.At(token.span.begin) == U'(') return i - 1;
      if (token.kind != TokenKind::kHan && token.kind != TokenKind::kLatin) return index;
      if (r_.tokens[index].span.begin - token.span.begin > kBracketCharsMax) return index;
      if (token.pos() == 'v' && !token.Is(kOrgInner)) return index;
    }
    return index;
  }

  void BuildNamed(uint32_t start, Span head_span, const LexiconEntry& head) {
    uint32_t left = start;
    // A whole name from the list of brands is left to the gazetteer's rules.
    bool distinguished =
        Distinguishes(r_.tokens[start]) && r_.tokens[start].span.begin < head_span.begin &&
        !(r_.tokens[start].Is(kBrand) && !r_.tokens[start].Is(kOrgName | kOrgListed));
    int run = 0, run_max = 0;
    uint32_t place = UINT32_MAX;  // The leftmost place of an unbroken chain of places.
    bool level = r_.tokens[start].Is(kLevel) ||
                 (r_.tokens[start].span.begin < head_span.begin &&
                  r_.lexicon.Find(r_.chars.substr(r_.tokens[start].span.begin, 1)).Is(kLevel));
    uint32_t i = start;
    while (i > first_) {
      const uint32_t previous = i - 1;
      const Token& token = r_.tokens[previous];
      if (head_span.end - token.span.begin > kNameCharsMax) break;
      const uint32_t bracket = SkipBracket(previous);
      if (bracket != previous) {
        if (bracket == first_ || head.strength == HeadStrength::kPublic) break;
        for (uint32_t k = bracket + 1; k < previous; ++k) {
          distinguished |= r_.tokens[k].Is(kPlace);
        }
        i = bracket;
        continue;
      }
      if (token.kind == TokenKind::kLatin) {
        const uint32_t latin = TakeLatin(previous);
        for (uint32_t k = latin; k < i; ++k) {
          distinguished |= r_.tokens[k].kind == TokenKind::kLatin && Distinguishes(r_.tokens[k]);
        }
        i = latin;
        left = i;
        break;
      }
      if (token.kind == TokenKind::kMark || !Continues(previous, head)) {
        const uint32_t joined = JoinBefore(previous, head);
        if (joined == previous) break;
        i = joined;
        level |= head.strength == HeadStrength::kPublic;
        distinguished |= head.strength != HeadStrength::kPublic;
        continue;
      }
      // Another organization's name ends here: 国家能源集团 | 科环集团.
      const bool after_bracket = r_.At(r_.tokens[i].span.begin) == U'(';
      if ((distinguished || run_max >= 2) && !after_bracket && EndsOtherName(token, head)) break;
      // What stands before the place of a public body is no part of its name.
      if (head.strength == HeadStrength::kPublic && place == i && !token.Is(kPlace | kLevel) &&
          token.pos() != 'P' && !token.Is(kOrgName)) {
        break;
      }
      // A public body of a place begins with the outermost of a chain of places.
      if (token.Is(kPlace) || token.pos() == 'P') {
        place = previous;
      } else if (place != UINT32_MAX && place == i && !token.Is(kOrgName | kOrgListed) &&
                 token.pos() != 'Z' && token.pos() != 'O' && !IsBrandChar(previous)) {
        break;
      }
      level |= token.Is(kLevel | kPlace) || token.pos() == 'P';
      distinguished |= Distinguishes(token);
      run = IsBrandChar(previous) ? run + 1 : 0;
      run_max = std::max(run_max, run);
      i = previous;
      left = i;
    }
    left = std::min(left, i);
    left = TrimLeft(left, start, head_span);
    // A unit inside somebody's title is part of the title.
    if (head.strength == HeadStrength::kSubunit && r_.in_title[head_span.end]) return;
    Span span = {r_.tokens[left].span.begin, head_span.end};
    if (span.begin >= head_span.begin) return;
    const uint32_t own = head_span.begin - span.begin;
    float score = 0;
    switch (head.strength) {
      case HeadStrength::kLegal:
        if (own < 2) return;
        score = 0.95f;
        break;
      case HeadStrength::kPublic:
        if (!level && !distinguished) return;
        if (r_.tokens[left].Is(kCountry) && r_.Chars(r_.tokens[left].span) == U"中国" &&
            r_.lexicon
                .Find(r_.chars.substr(r_.tokens[left].span.end,
                                      head_span.end - r_.tokens[left].span.end))
                .Is(kOrgName)) {
          span.begin = r_.tokens[left].span.end;  // 中国商务部: the ministry's name has no country.
        }
        score = 0.85f;
        break;
      default:
        if (!distinguished && run_max < 2) return;
        if (own < 2) return;
        score = 0.85f;
    }
    // 中国公司, 英国芯片设计公司: a country and common nouns name no company.
    if (head.strength == HeadStrength::kNamed && OnlyPlaceDistinguishes(left, start, head_span)) {
      return;
    }
    span = StripCountry(span, left, start, head);
    // （有限合伙） belongs to the name.
    if (head.strength == HeadStrength::kLegal &&
        r_.chars.substr(span.end).starts_with(U"(有限合伙)")) {
      span.end += 6;
    }
    if (span.begin >= head_span.begin) return;
    r_.Add(span, MentionType::kCompany, head.head_type, score, "head");
  }

  bool OnlyPlaceDistinguishes(uint32_t left, uint32_t start, Span head_span) const {
    const std::u32string_view head = r_.Chars(head_span);
    if (head != U"公司" && head != U"工厂" && head != U"银行" && head != U"学校") return false;
    if (!r_.tokens[left].Is(kPlace) || r_.tokens[left].Is(kOrgName | kOrgListed)) return false;
    const bool country = r_.tokens[left].Is(kCountry);
    for (uint32_t i = left + 1; i <= start; ++i) {
      if (r_.tokens[i].span.begin >= head_span.begin) break;
      if (!country || Distinguishes(r_.tokens[i]) || IsBrandChar(i)) return false;
    }
    return country || head != U"银行";
  }

  // "创新及科技局", "物流与采购联合会": a conjunction joins two nouns of one name when a boundary
  // or a place stands before them.
  uint32_t JoinBefore(uint32_t index, const LexiconEntry& head) const {
    const Token& token = r_.tokens[index];
    const char32_t c = r_.At(token.span.begin);
    if (!IsSingle(token) || (c != U'和' && c != U'与' && c != U'及' && c != U'暨')) return index;
    if (head.strength != HeadStrength::kPublic && head.strength != HeadStrength::kUnit &&
        head.head_type != OrgTypeIndex("NONPROFIT")) {
      return index;
    }
    uint32_t i = index;
    while (i > first_ && index - i < 6) {
      const Token& before = r_.tokens[i - 1];
      if (before.kind != TokenKind::kHan) {
        // Up to a mark: only nouns in between, and only a few.
        return index - i >= 1 && index - i <= 4 && before.kind == TokenKind::kMark ? i : index;
      }
      if (before.Is(kPlace | kLevel)) {
        const bool edge = i - 1 == first_ || r_.tokens[i - 2].kind != TokenKind::kHan ||
                          r_.tokens[i - 2].Is(kOrgStop | kPlace) ||
                          (IsSingle(r_.tokens[i - 2]) && IsStopChar(i - 2));
        return edge ? i - 1 : index;
      }
      const bool ends_name = before.Is(kOrgHead) &&
                             before.entry->strength != HeadStrength::kTrade &&
                             before.entry->strength != HeadStrength::kWeak;
      if (ends_name || before.Is(kOrgStop | kOrgName | kOrgListed | kOrgAmbiguous | kTitleHead) ||
          (before.pos() != 'n' && before.pos() != 'N' && !before.Is(kOrgInner)) ||
          IsSingle(before)) {
        return index;
      }
      --i;
    }
    return index;
  }

  // Words of Latin letters before a Chinese head, back to the first: "Concord Pte 公司".
  uint32_t TakeLatin(uint32_t index) const {
    uint32_t i = index;
    while (i >= first_ + 2 && r_.tokens[i - 1].kind == TokenKind::kSpace &&
           r_.tokens[i - 2].kind == TokenKind::kLatin && index - i < 6) {
      i -= 2;
    }
    return i;
  }

  // Drops what cannot begin a name.
  uint32_t TrimLeft(uint32_t left, uint32_t start, Span head_span) const {
    while (left < start) {
      const Token& token = r_.tokens[left];
      const bool bad =
          token.kind == TokenKind::kMark || token.kind == TokenKind::kSpace ||
          (token.kind == TokenKind::kNumber && left + 1 < start) || token.pos() == 'm' ||
          (token.pos() == 'v' && !token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kOrgInner) &&
           !IsSingle(token)) ||
          (IsSingle(token) && token.pos() == 'v' && token.entry->cost < 11 * 16) ||
          token.Is(kTitleHead | kTitleWeak);
      if (!bad) break;
      ++left;
    }
    return left;
  }

  // 美国罗格斯大学 -> 罗格斯大学, but 法国设备租赁总公司: without the country nothing would
  // distinguish it.
  Span StripCountry(Span span, uint32_t left, uint32_t start, const LexiconEntry& head) const {
    const Token& token = r_.tokens[left];
    if (!token.Is(kCountry) || r_.Chars(token.span) == U"中国" ||
        head.strength == HeadStrength::kPublic || left + 1 >= r_.tokens.size()) {
      return span;
    }
    bool distinguished = r_.tokens[start].span.begin < span.end && start > left &&
                         r_.tokens[start].entry->classes == 0;
    int run = 0;
    for (uint32_t i = left + 1; i <= start; ++i) {
      if (r_.tokens[i].span.end > span.end) break;
      distinguished |= Distinguishes(r_.tokens[i]);
      run = IsBrandChar(i) ? run + 1 : 0;
      distinguished |= run >= 2;
    }
    if (distinguished) span.begin = token.span.end;
    return span;
  }

  // A brand directly before words of trade: 商汤科技 by the brand, 时代新材 by the list.
  void BuildTrade(uint32_t start, Span head_span, const LexiconEntry& head) {
    uint32_t i = start;
    // Further words of trade between brand and head: 和利时 自动化 技术.
    int trades = 0;
    while (i > first_ && trades < 3) {
      const Token& token = r_.tokens[i - 1];
      if (token.kind != TokenKind::kHan || IsSingle(token)) break;
      if (!token.Is(kOrgHead | kOrgInner) || token.Is(kOrgStop) ||
          token.Is(kOrgName | kOrgListed)) {
        break;
      }
      --i;
      ++trades;
    }
    if (r_.tokens[i].span.begin < head_span.begin && i == start) {
      // The head is the end of one word, as 药业 of 制药业: no brand in sight.
      return;
    }
    if (head.strength == HeadStrength::kFund && BuildFund(start, head_span, head)) return;
    uint32_t brand = i;
    uint32_t chars = 0;
    bool known = false;
    while (brand > first_) {
      const Token& token = r_.tokens[brand - 1];
      if (token.kind != TokenKind::kHan) break;
      if (IsBrandChar(brand - 1) && chars < 5) {
        ++chars;
        --brand;
        continue;
      }
      const bool name = token.Is(kOrgName | kOrgListed | kOrgAmbiguous) ||
                        (token.Is(kBrand) && token.span.size() >= 3) ||
                        (token.pos() == 'Z' && token.entry->cost > 16 * 16) ||
                        (token.pos() == 'P' && !token.Is(kPlace) && token.entry->cost > 16 * 16);
      const bool place_only = token.Is(kPlace) && !token.Is(kOrgName | kOrgAmbiguous);
      // 湘财证券股份: the shares of a company, not a company.
      const LexiconEntry* own_head = nullptr;
      const bool complete =
          r_.Chars(head_span) == U"股份" &&
          r_.lexicon.FindOrgHead(r_.chars, token.span.begin, token.span.end, own_head) > 0;
      if (complete) return;
      if (name && !token.Is(kOrgHead) && !place_only && chars == 0) {
        known = !token.Is(kOrgAmbiguous) || head.strength == HeadStrength::kTrade;
        chars = token.span.size();
        --brand;
      } else if (token.pos() == 'R' && token.entry->cost > 16 * 16 && chars <= 1 &&
                 token.span.size() <= 3) {
        chars += token.span.size();
        --brand;
      }
      break;
    }
    const bool paper = head.strength == HeadStrength::kPaper;
    if (chars >= 2 && chars <= 6 && r_.chars.substr(head_span.end).starts_with(U"事业部")) return;
    if (chars >= 2 && chars <= 6) {
      if (brand > first_ && IsPlaceBefore(brand) && paper) --brand;
      Span span = {r_.tokens[brand].span.begin, head_span.end};
      const LexiconEntry& whole = r_.lexicon.Find(r_.Chars(span));
      const bool listed = whole.Is(kOrgName | kOrgListed | kBrand | kOrgAmbiguous);
      // What stands before an unknown brand must end something else.
      const bool clear = brand == first_ || r_.tokens[brand - 1].kind == TokenKind::kMark ||
                         r_.tokens[brand - 1].kind == TokenKind::kSpace ||
                         r_.tokens[brand - 1].Is(kOrgStop | kOrgSoftStop | kPlace | kTitleHead) ||
                         (IsSingle(r_.tokens[brand - 1]) && IsStopChar(brand - 1)) ||
                         r_.tokens[brand - 1].pos() == 'v' || r_.tokens[brand - 1].pos() == 'f';
      if (!known && !listed && (!clear || HasNounEnding(brand, i))) return;
      // 投资, 发展 and other verbs of trade also follow a name as what it does or undergoes.
      const bool act = r_.lexicon.Find(r_.Chars(head_span)).Is(kOrgInner);
      if (head.strength == HeadStrength::kWeak && !listed && (act || !known) &&
          r_.OrganizationContext(span, sentence_) < 1) {
        return;
      }
      // 北京资易贷: the place is part of the name when the brand follows it directly.
      if (!paper && brand > first_ && !known && !listed && IsPlaceBefore(brand) &&
          !r_.tokens[brand - 1].Is(kCountry)) {
        span.begin = r_.tokens[brand - 1].span.begin;
      }
      const float score = known || listed                        ? 0.8f
                          : head.strength == HeadStrength::kWeak ? 0.6f
                                                                 : 0.7f;
      r_.Add(span, MentionType::kCompany, head.head_type, score, "trade");
      return;
    }
    if (chars == 0 && i > first_ && i <= start) {
      // A brand that is a common word: by the list only.
      for (uint32_t k = i; k > first_ && i - k < 2; --k) {
        const Span span = {r_.tokens[k - 1].span.begin, head_span.end};
        if (span.size() <= 8 && r_.lexicon.Find(r_.Chars(span)).Is(kOrgName | kOrgListed)) {
          r_.Add(span, MentionType::kCompany, head.head_type, 0.8f, "trade-listed");
          return;
        }
      }
    }
    if (paper && i > first_ && IsPlaceBefore(i)) {
      r_.Add({r_.tokens[i - 1].span.begin, head_span.end}, MentionType::kCompany, head.head_type,
             0.75f, "paper");
      return;
    }
  }

  // 消费性电子, 高质量发展: the characters before the trade end a noun.
  bool HasNounEnding(uint32_t brand, uint32_t end) const {
    if (end == brand) return false;
    const char32_t last = r_.At(r_.tokens[end - 1].span.begin);
    return std::u32string_view(U"性型人季式类级量度化").find(last) != std::u32string_view::npos;
  }

  bool IsPlaceBefore(uint32_t index) const {
    const Token& token = r_.tokens[index - 1];
    return token.kind == TokenKind::kHan && (token.Is(kPlace) || token.pos() == 'P');
  }

  // Funds: whatever name an organization or a place begins.
  bool BuildFund(uint32_t start, Span head_span, const LexiconEntry& head) {
    uint32_t i = start;
    while (i > first_ && head_span.end - r_.tokens[i - 1].span.begin <= 16) {
      const Token& token = r_.tokens[i - 1];
      if (token.kind != TokenKind::kHan || !Continues(i - 1, head)) break;
      --i;
      if (token.Is(kOrgName | kOrgListed | kOrgAmbiguous)) {
        r_.Add({token.span.begin, head_span.end}, MentionType::kCompany, head.head_type, 0.85f,
               "fund");
        return true;
      }
    }
    return false;
  }

  Recognition& r_;
  const size_t sentence_;
  const uint32_t first_;
  const uint32_t last_;
};

}  // namespace

void FindChineseOrganizations(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) NameBuilder(recognition, s).Run();
  }
}

}  // namespace partnergraph
