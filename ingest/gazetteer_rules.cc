// Names that the lists know, in Chinese sentences: surely, by their surroundings, or joined to one
// another (云风岭产).
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

class Gazetteer {
 public:
  Gazetteer(Recognition& recognition, size_t sentence)
      : r_(recognition),
        sentence_(sentence),
        within_(recognition.document.sentences[sentence].span),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    const std::u32string_view text = r_.chars.substr(0, within_.end);
    for (uint32_t t = first_; t < last_; ++t) {
      const uint32_t begin = r_.tokens[t].span.begin;
      r_.lexicon.Match(text, begin, [&](size_t length, const LexiconEntry& entry) {
        const Span span = {begin, begin + static_cast<uint32_t>(length)};
        if (r_.boundary[span.end]) TryName(t, span, entry);
      });
      if (IsWhere(begin)) AddPlace(text, begin);
    }
  }

 private:
  // True after 在 and 于 that say where something happens: 在上海签署, not 总部位于上海.
  bool IsWhere(uint32_t begin) const {
    if (begin <= within_.begin) return false;
    const char32_t before = r_.chars[begin - 1];
    if (before == U'在') return true;
    return before == U'于' && (begin < within_.begin + 2 ||
                               std::u32string_view(U"位落源属处致").find(r_.chars[begin - 2]) ==
                                   std::u32string_view::npos);
  }

  // The longest run of places that begins here: 浙江省杭州市.
  void AddPlace(std::u32string_view text, uint32_t begin) {
    uint32_t end = begin;
    while (end < within_.end) {
      size_t longest = 0;
      r_.lexicon.Match(text, end, [&](size_t length, const LexiconEntry& entry) {
        if (entry.Is(kPlace)) longest = std::max(longest, length);
      });
      if (longest == 0) break;
      end += static_cast<uint32_t>(longest);
    }
    if (end > begin && r_.boundary[end]) {
      r_.Add({begin, end}, MentionType::kPlace, 0, 0.7f, "where");
    }
  }

  void TryName(uint32_t index, Span span, const LexiconEntry& entry) {
    const std::u32string_view text = r_.Chars(span);
    if (entry.Is(kUpperOnly) && std::any_of(text.begin(), text.end(), IsLower)) return;
    if (entry.Is(kProductName)) {
      r_.Add(span, MentionType::kProduct, 0, 0.8f, "known-product");
    } else if (entry.Is(kOrgName)) {
      if (span.size() > 1) AddCompany(span, entry.org_type, 0.85f, "known");
      if (entry.org_type == OrgTypeIndex("GOVERNMENT")) AddWithPlace(index, span, entry.org_type);
    } else if (entry.Is(kOrgAmbiguous)) {
      if (span.begin == company_.end && company_.size() > 0) {
        AddJoined(span, entry.org_type);
      } else if (r_.OrganizationContext(span, sentence_) >= 1) {
        AddCompany(span, entry.org_type, 0.6f, "ambiguous");
      } else if (NextIsKnown(span.end)) {
        company_ = span;  // 现代起亚: decided by the next name.
      }
    } else if (entry.Is(kOrgListed) && span.size() >= 3) {
      AddCompany(span, entry.org_type, 0.8f, "listed");
    } else if (entry.Is(kOrgListed | kBrand) && !entry.Is(kPlace)) {
      TryBrand(span, entry);
    } else if (entry.pos == 'Z' && span.size() >= 4) {
      const LexiconEntry* head = nullptr;
      const size_t length = r_.lexicon.FindOrgHead(r_.chars, span.begin, span.end, head);
      if (length > 0 && length < span.size() && SpeaksForItself(span, *head, length)) {
        AddCompany(span, head->head_type, 0.7f, "proper-head");
      }
    } else if (entry.Is(kCountry) && company_.size() > 0 && company_.end == span.begin &&
               StandsAlone(span.end)) {
      r_.Add({company_.begin, span.end}, MentionType::kCompany, 0, 0.85f, "branch");
    }
  }

  // 广安市公安局, 中国央行: a public body and the place before it. A ministry's name has no
  // country.
  void AddWithPlace(uint32_t index, Span span, uint8_t org_type) {
    uint32_t i = index;
    while (i > first_ && r_.tokens[i - 1].kind == TokenKind::kHan && r_.tokens[i - 1].Is(kPlace))
      --i;
    if (i == index || (r_.tokens[i].Is(kCountry) && r_.Before(span.end) == U'部')) return;
    r_.Add({r_.tokens[i].span.begin, span.end}, MentionType::kCompany, org_type, 0.86f,
           "known-place");
  }

  void TryBrand(Span span, const LexiconEntry& entry) {
    // 丰田凯美瑞: a brand of the company before it.
    if (company_.size() > 0 && company_.end == span.begin) {
      const char32_t next = r_.At(span.end);
      if (next == U'、' || next == U'等' || next == U'和' || next == U'及' ||
          r_.Chars({span.end, std::min(span.end + 2, within_.end)}) == U"车型") {
        r_.Add({company_.begin, span.end}, MentionType::kProduct, 0, 0.85f, "brand-product");
      }
      return;
    }
    // 商汤科技 says by its end that it is a company; others need more around them.
    const LexiconEntry* head = nullptr;
    const size_t head_length = r_.lexicon.FindOrgHead(r_.chars, span.begin, span.end, head);
    if (IsJointName(span)) {
      AddCompany(span, entry.org_type, 0.8f, "joint");
      return;
    }
    const bool named = head_length > 0 && head_length < span.size();
    if (named && SpeaksForItself(span, *head, head_length)) {
      AddCompany(span, head->head_type, 0.7f, "brand-head");
      return;
    }
    if (r_.OrganizationContext(span, sentence_) >= (named ? 1 : 2)) {
      r_.Add(span, MentionType::kCompany, named ? head->head_type : entry.org_type, 0.6f, "brand");
    }
  }

  // 云风岭产, where a list has the whole.
  bool IsJointName(Span span) const {
    for (uint32_t middle = span.begin + 2; middle + 2 <= span.end; ++middle) {
      if (r_.lexicon.Find(r_.Chars({span.begin, middle})).Is(kOrgName | kOrgAmbiguous) &&
          r_.lexicon.Find(r_.Chars({middle, span.end})).Is(kOrgName | kOrgAmbiguous)) {
        return true;
      }
    }
    return false;
  }

  // 林洋电子: a word of trade after something that is no common word.
  bool SpeaksForItself(Span span, const LexiconEntry& head, size_t head_length) const {
    if (head.strength != HeadStrength::kTrade && head.strength != HeadStrength::kNamed)
      return false;
    const auto brand_size = static_cast<uint32_t>(span.size() - head_length);
    const LexiconEntry& brand = r_.lexicon.Find(r_.chars.substr(span.begin, brand_size));
    return brand_size >= 2 && !brand.Is(kPlace | kOrgHead | kOrgInner) &&
           !(brand.Is(kWord) && brand.cost < 17 * 16 && brand.pos != 'Z');
  }

  void AddCompany(Span span, uint8_t org_type, float score, const char* rule) {
    r_.Add(span, MentionType::kCompany, org_type, score, rule);
    if (company_.size() > 0 && company_.end == span.begin) AddJoined(span, org_type);
    // The longest that begins where the last began, or a new one.
    company_ = span;
  }

  // 云风岭产: two names side by side are the name of their joint venture.
  void AddJoined(Span span, uint8_t org_type) {
    const Span joined = {company_.begin, span.end};
    if (joined.size() <= 8 && span.size() <= 4 && company_.size() <= 4) {
      r_.Add(joined, MentionType::kCompany, org_type, 0.82f, "joint");
    }
  }

  bool NextIsKnown(uint32_t position) const {
    bool known = false;
    r_.lexicon.Match(r_.chars.substr(0, within_.end), position,
                     [&](size_t length, const LexiconEntry& entry) {
                       known |= length >= 2 && entry.Is(kOrgName);
                     });
    return known;
  }

  // 辉瑞中国公关总监, but not 辉瑞中国市场.
  bool StandsAlone(uint32_t end) const {
    if (end >= within_.end || !IsHan(r_.At(end))) return true;
    if (r_.in_title[end] || r_.lexicon.IsCharStop(r_.At(end))) return true;
    bool verb = false;
    r_.lexicon.Match(r_.chars.substr(0, within_.end), end,
                     [&](size_t length, const LexiconEntry& entry) {
                       verb |= length >= 2 && (entry.Is(kSpeech) || entry.pos == 'v');
                     });
    return verb;
  }

  Recognition& r_;
  const size_t sentence_;
  const Span within_;
  const uint32_t first_;
  const uint32_t last_;
  Span company_;  // The last name found.
};

}  // namespace

void FindListedNames(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) Gazetteer(recognition, s).Run();
  }
}

}  // namespace partnergraph
