// Brands that no list has, by where they stand: in a list of names (甲、乙、丙), before a stock
// code, as the subject or object of what companies do.
#include <algorithm>
#include <array>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

constexpr uint32_t kBrandCharsMax = 6;

constexpr std::u32string_view kSubjectVerbs[] = {
    U"宣布", U"公告",   U"发布", U"推出", U"旗下",   U"完成",     U"披露", U"获得",
    U"获",   U"收购",   U"入股", U"拟",   U"回应",   U"签署",     U"签约", U"联合",
    U"携手", U"联手",   U"成立", U"中标", U"创始人", U"称",       U"CEO",  U"董事长",
    U"总裁", U"总经理", U"公布", U"上市", U"与",     U"股份有限", U"集团", U"公司"};
constexpr std::u32string_view kObjectVerbs[] = {U"收购", U"入股", U"携手",   U"联手", U"牵手",
                                                U"投资", U"领投", U"增持",   U"参股", U"控股",
                                                U"并购", U"旗下", U"子公司", U"股东", U"品牌"};

class ContextFinder {
 public:
  ContextFinder(Recognition& recognition, size_t sentence)
      : r_(recognition),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    FindLists();
    for (uint32_t i = first_; i < last_; ++i) {
      FindCode(i);
      FindSubject(i);
    }
  }

 private:
  bool IsMark(uint32_t index, char32_t c) const {
    return r_.tokens[index].kind == TokenKind::kMark && r_.At(r_.tokens[index].span.begin) == c;
  }

  bool IsBrandToken(uint32_t index) const {
    const Token& token = r_.tokens[index];
    if (token.kind != TokenKind::kHan) return false;
    if (token.Is(kOrgStop | kTitleHead | kTitleWeak | kSpeech | kPersonBefore | kLevel))
      return false;
    if (token.span.size() == 1) return !r_.lexicon.IsCharStop(r_.At(token.span.begin));
    return token.entry->classes == 0 || token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kBrand) ||
           token.pos() == 'Z' || token.pos() == 'R' || token.pos() == 'j';
  }

  // Whether [begin, end) reads as a brand: only such tokens, two characters or more of them.
  bool IsBrand(uint32_t begin, uint32_t end) const {
    if (begin >= end) return false;
    const uint32_t size = r_.tokens[end - 1].span.end - r_.tokens[begin].span.begin;
    if (size < 2 || size > kBrandCharsMax) return false;
    bool own = false;
    for (uint32_t i = begin; i < end; ++i) {
      if (IsBrandToken(i)) {
        own = true;
      } else if (!(i > begin && r_.tokens[i].Is(kOrgHead)) &&
                 !(i == begin && r_.tokens[i].Is(kPlace))) {
        return false;
      }
    }
    if (end - begin == 1) {
      const Token& token = r_.tokens[begin];
      return token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kBrand) ||
             token.entry->classes == 0 || token.pos() == 'Z';
    }
    return own;
  }

  // Items between 、: when an item beside is an organization, so is a brand.
  void FindLists() {
    struct Item {
      uint32_t begin, end;  // Tokens, brackets at the end left out.
      bool left_open, right_open;
      bool company;
    };
    std::vector<Item> items;
    uint32_t begin = first_;
    bool joined = false;  // The item begins after a 、.
    for (uint32_t i = first_; i <= last_; ++i) {
      const bool comma = i < last_ && IsMark(i, U'、');
      const bool end =
          i == last_ || comma ||
          (r_.tokens[i].kind == TokenKind::kMark && !IsMark(i, U'(') && !IsMark(i, U')'));
      if (!end) continue;
      if (comma || joined) {
        Item item{begin, i, !joined, !comma, false};
        Narrow(item.begin, item.end, item.left_open, item.right_open);
        item.company = IsCompany(item.begin, item.end, item.left_open, item.right_open);
        items.push_back(item);
      }
      if (!comma) {
        Decide(items);
        items.clear();
      }
      joined = comma;
      begin = i + 1;
    }
    Decide(items);
  }

  // Cuts an item down to its name: brackets at its end, "包括" before the first, "等" after the
  // last.
  void Narrow(uint32_t& begin, uint32_t& end, bool left_open, bool right_open) const {
    if (end > begin && IsMark(end - 1, U')')) {
      for (uint32_t i = end; i > begin; --i) {
        if (IsMark(i - 1, U'(')) {
          end = i - 1;
          break;
        }
      }
    }
    if (left_open) {
      uint32_t i = end;
      while (i > begin && r_.tokens[end - 1].span.end - r_.tokens[i - 1].span.begin <= 12 &&
             (IsBrandToken(i - 1) || r_.tokens[i - 1].Is(kOrgHead | kPlace))) {
        --i;
      }
      begin = i;
    }
    if (right_open) {
      uint32_t i = begin;
      while (i < end && r_.tokens[i].span.end - r_.tokens[begin].span.begin <= 12 &&
             (IsBrandToken(i) || r_.tokens[i].Is(kOrgHead | kPlace))) {
        ++i;
      }
      end = i;
    }
  }

  bool IsCompany(uint32_t begin, uint32_t end, bool left_open, bool right_open) const {
    if (begin >= end) return false;
    for (uint32_t b = begin; b < end; ++b) {
      for (uint32_t e = b + 1; e <= end; ++e) {
        if ((b != begin && !left_open) || (e != end && !right_open)) continue;
        if (e - b > 12) break;
        if (r_.HasCompany({r_.tokens[b].span.begin, r_.tokens[e - 1].span.end})) return true;
      }
      if (b - begin > 12) break;
    }
    return false;
  }

  template <typename Items>
  void Decide(Items& items) {
    if (items.size() < 2) return;
    const auto companies =
        std::count_if(items.begin(), items.end(), [](const auto& item) { return item.company; });
    if (companies == 0) return;
    for (size_t i = 0; i < items.size(); ++i) {
      const auto& item = items[i];
      if (item.company || !IsBrand(item.begin, item.end)) continue;
      const bool beside = (i > 0 && items[i - 1].company) ||
                          (i + 1 < items.size() && items[i + 1].company) || companies >= 2;
      if (!beside) continue;
      // An open end is sure only at the edge of the sentence or before a stop.
      if (item.left_open && item.right_open) continue;
      r_.Add({r_.tokens[item.begin].span.begin, r_.tokens[item.end - 1].span.end},
             MentionType::kCompany, HeadType(item.begin, item.end), 0.65f, "list");
    }
  }

  uint8_t HeadType(uint32_t begin, uint32_t end) const {
    const LexiconEntry* head = nullptr;
    return r_.lexicon.FindOrgHead(r_.chars, r_.tokens[begin].span.begin,
                                  r_.tokens[end - 1].span.end, head) > 0
               ? head->head_type
               : 0;
  }

  // 上诠(3363), 中国奥园(03883.HK), 耐克(NKE.N).
  void FindCode(uint32_t index) {
    if (!IsMark(index, U'(') || index == first_ || index + 2 >= last_) return;
    const Token& code = r_.tokens[index + 1];
    const std::u32string_view text = r_.Chars(code.span);
    const auto digits = std::count_if(text.begin(), text.end(), IsDigit);
    const bool plain = code.kind == TokenKind::kNumber && digits >= 4 && digits <= 6 &&
                       text.find(U'.') == text.npos && !text.starts_with(U"19") &&
                       !text.starts_with(U"20");
    const bool market = text.find(U'.') != text.npos && text.size() >= 4 && text.size() <= 10 &&
                        IsUpper(text.back()) && (digits >= 4 || digits == 0);
    if (!plain && !market) return;
    if (!IsMark(index + 2, U')') && !IsMark(index + 2, U',')) return;
    uint32_t begin = index;
    while (begin > first_ && IsBrandToken(begin - 1) &&
           r_.tokens[index - 1].span.end - r_.tokens[begin - 1].span.begin <= kBrandCharsMax) {
      --begin;
    }
    if (begin > first_ && begin < index && r_.tokens[begin - 1].Is(kPlace)) --begin;
    if (begin == index) return;
    const Span span = {r_.tokens[begin].span.begin, r_.tokens[index - 1].span.end};
    if (span.size() >= 2) {
      r_.Add(span, MentionType::kCompany, HeadType(begin, index), 0.75f, "code");
    }
  }

  bool StartsClause(uint32_t index) const {
    if (index == first_) return true;
    const Token& before = r_.tokens[index - 1];
    return before.kind == TokenKind::kMark || before.kind == TokenKind::kSpace;
  }

  // 爱奇艺推出: an unknown name at the beginning of a clause before what companies do, or after it:
  // 收购赛目科技.
  void FindSubject(uint32_t index) {
    if (r_.tokens[index].kind != TokenKind::kHan || !IsBrandToken(index)) return;
    const bool start = StartsClause(index);
    bool object = false;
    if (!start) {
      const std::u32string_view before = r_.Chars(r_.tokens[index - 1].span);
      object = std::find(std::begin(kObjectVerbs), std::end(kObjectVerbs), before) !=
               std::end(kObjectVerbs);
      if (!object) return;
    }
    uint32_t end = index;
    while (end < last_ && IsBrandToken(end) &&
           r_.tokens[end].span.end - r_.tokens[index].span.begin <= 4) {
      ++end;
    }
    if (!IsBrand(index, end)) return;
    const Span span = {r_.tokens[index].span.begin, r_.tokens[end - 1].span.end};
    const bool known =
        r_.lexicon.Find(r_.Chars(span)).Is(kBrand | kOrgListed | kOrgName | kOrgAmbiguous);
    // "集研发、生产于一体": a verb at the end is no part of a brand.
    if (!known && (span.size() == 2 || r_.tokens[end - 1].Is(kOrgInner))) return;
    const std::u32string_view after = r_.chars.substr(span.end, 4);
    const bool verb =
        std::any_of(std::begin(kSubjectVerbs), std::end(kSubjectVerbs),
                    [&](std::u32string_view word) { return after.starts_with(word); });
    const bool ends = after.empty() || !IsHan(after[0]) || r_.lexicon.IsCharStop(after[0]);
    const bool title_colon = start && index == first_ && !after.empty() && after[0] == U':';
    if ((start && verb) || title_colon) {
      r_.Add(span, MentionType::kCompany, 0, 0.6f, "subject");
    } else if (object && (ends || verb)) {
      r_.Add(span, MentionType::kCompany, 0, 0.6f, "object");
    }
  }

  Recognition& r_;
  const uint32_t first_;
  const uint32_t last_;
};

}  // namespace

void FindNamesInContext(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) ContextFinder(recognition, s).Run();
  }
}

}  // namespace partnergraph
