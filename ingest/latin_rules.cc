// Names in Latin script inside Chinese sentences: people by titles, products by model numbers and
// their heads, organizations by what stands around them.
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

constexpr uint32_t kRunTokensMax = 12;

constexpr std::u32string_view kProductBefore[] = {
    U"产品", U"新机", U"机型", U"系列", U"平台", U"软件",   U"系统", U"框架", U"手机",   U"旗舰",
    U"引擎", U"推出", U"发布", U"搭载", U"应用", U"版本",   U"车型", U"芯片", U"研发的", U"自研",
    U"采用", U"基于", U"依托", U"款",   U"的",   U"处理器", U"模型", U"新车", U"打造",   U"带来了"};
constexpr std::u32string_view kProductAfter[] = {
    U"平台", U"系统", U"软件",     U"手机", U"框架",    U"引擎", U"芯片", U"处理器",
    U"系列", U"方案", U"解决方案", U"产品", U"上",      U"模型", U"应用", U"服务",
    U"车型", U"智能", U"版",       U"技术", U"机器人",  U"电视", U"平板", U"等产品",
    U"用户", U"增强", U"教材",     U"工具", U"操作系统"};
constexpr std::u32string_view kCompanyAfter[] = {
    U"公司", U"集团", U"代表", U"宣布", U"公告", U"表示", U"CEO",  U"首席", U"总裁",   U"创始人",
    U"称",   U"旗下", U"官网", U"股价", U"股份", U"董事", U"收购", U"方面", U"等公司", U"等企业"};

class LatinNames {
 public:
  LatinNames(Recognition& recognition, size_t sentence)
      : r_(recognition),
        sentence_(sentence),
        within_(recognition.document.sentences[sentence].span),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    for (uint32_t i = first_; i < last_;) {
      if (r_.tokens[i].kind != TokenKind::kLatin) {
        ++i;
        continue;
      }
      uint32_t end = i + 1;
      while (end + 1 < last_ && end - i < kRunTokensMax &&
             r_.tokens[end].kind == TokenKind::kSpace && r_.tokens[end].span.size() == 1 &&
             (r_.tokens[end + 1].kind == TokenKind::kLatin ||
              (r_.tokens[end + 1].kind == TokenKind::kNumber &&
               r_.tokens[end + 1].span.size() <= 4))) {
        end += 2;
      }
      Classify(i, end);
      i = end;
    }
  }

 private:
  void Classify(uint32_t begin, uint32_t end) {
    // Leading common words and titles are not part of the name: "AI SenseMatrix".
    while (begin < end && (r_.tokens[begin].kind == TokenKind::kSpace || IsCommonToken(begin))) {
      ++begin;
    }
    // Legal forms: "Synlait Milk Limited".
    Span span =
        begin < end ? Span{r_.tokens[begin].span.begin, r_.tokens[end - 1].span.end} : Span{};
    if (span.size() < 2 || span.size() > 60) return;
    const std::u32string_view text = r_.Chars(span);
    if (!HasUpper(text) || IsInUrl(span) || IsTicker(span)) return;
    const std::u32string_view before = r_.chars.substr(within_.begin, span.begin - within_.begin);
    const std::u32string_view after = r_.chars.substr(span.end, within_.end - span.end);
    const Token& last_token = r_.tokens[end - 1];
    if (last_token.Is(kLegalEn) && end - begin > 1) {
      if (r_.At(span.end) == U'.') ++span.end;
      span = r_.WithLegalForms(span, end, last_);
      r_.Add(span, MentionType::kCompany, 0, 0.9f, "latin-legal");
      return;
    }
    const LexiconEntry& entry = r_.lexicon.Find(text);
    if (entry.Is(kOrgName | kProductName)) return;  // Found as a known name.
    if (begin + 1 == end && IsConference(span)) return;
    if (last_token.Is(kOrgHeadEn) && end - begin > 1) {
      r_.Add(span, MentionType::kCompany, last_token.entry->head_type, 0.8f, "latin-head");
      return;
    }
    // 商汤科技SenseTime: the same company in another script, when its Chinese name is a full one.
    if (begin == end - 1 && span.begin > 0 && r_.full_name_ends[span.begin] && IsUpper(text[0]) &&
        std::none_of(text.begin(), text.end(), IsDigit)) {
      r_.Add(span, MentionType::kCompany, 0, 0.75f, "other-script");
      return;
    }
    if (LooksLikePerson(begin, end, before, after)) {
      r_.Add(span, MentionType::kPerson, 0, 0.85f, "latin-person");
      return;
    }
    const bool camel = IsCamelCase(text);
    const bool has_number = std::any_of(text.begin(), text.end(), IsDigit);
    const bool acronym = std::none_of(text.begin(), text.end(), IsLower);
    if (StartsWithAny(after, kCompanyAfter) || IsListItem(span)) {
      if (acronym && text.size() <= 2) return;
      r_.Add(span, MentionType::kCompany, 0, 0.75f, "latin-company");
      return;
    }
    if (entry.Is(kCompanyEn) && !acronym) {
      r_.Add(span, MentionType::kCompany, 0, 0.75f, "latin-listed");
      return;
    }
    if (acronym && !has_number) {
      if (text.size() >= 3 && r_.OrganizationContext(span, sentence_) >= 2) {
        r_.Add(span, MentionType::kCompany, 0, 0.5f, "latin-acronym");
      }
      return;
    }
    const bool product_after = StartsWithAny(after, kProductAfter);
    const bool product_before = EndsWithAny(before, kProductBefore);
    if (has_number) {
      // 起亚K5: a model of the company before it.
      const uint32_t maker = r_.company_begin[span.begin];
      if (maker != 0 && IsLatin(text[0]) && text.size() <= 8 && end - begin == 1) {
        r_.Add({maker - 1, span.end}, MentionType::kProduct, 0, 0.85f, "maker-model");
        return;
      }
      if (const uint32_t brand = BrandBefore(begin, span);
          brand < span.begin && IsModelNumber(text)) {
        r_.Add({brand, span.end}, MentionType::kProduct, 0, 0.65f, "brand-model");
        return;
      }
      if (r_.tokens[begin].Is(kProductName)) {  // iPhone 4S
        r_.Add(span, MentionType::kProduct, 0, 0.9f, "latin-model");
        return;
      }
      // OnePlus 6T; but B2B, 3D and 10GW are no names.
      if (IsLatin(text[0]) && text.size() >= 4 && !acronym) {
        r_.Add(span, MentionType::kProduct, 0, 0.65f, "latin-model");
      }
      return;
    }
    if (product_after || product_before) {
      r_.Add(span, MentionType::kProduct, 0, camel ? 0.7f : 0.6f, "latin-product");
      return;
    }
    const int context = r_.OrganizationContext(span, sentence_);
    if (context >= 1) {
      r_.Add(span, MentionType::kCompany, 0, 0.6f, "latin-context");
    } else if (camel) {
      r_.Add(span, before.ends_with(U"机构") ? MentionType::kCompany : MentionType::kProduct, 0,
             0.45f, "latin-camel");
    }
  }

  bool IsCommonToken(uint32_t index) const {
    return r_.tokens[index].Is(kCommonLatin | kTitleHead);
  }

  static bool HasUpper(std::u32string_view text) {
    return std::any_of(text.begin(), text.end(), IsUpper);
  }

  bool IsInUrl(Span span) const {
    const std::u32string_view text = r_.Chars(span);
    for (const std::u32string_view part : {U"http", U"www.", U".com", U".cn", U".org", U".net"}) {
      if (text.find(part) != text.npos) return true;
    }
    const char32_t left = r_.Before(span.begin), right = r_.At(span.end);
    return left == U'/' || left == U'@' || right == U'@' ||
           (right == U':' && r_.At(span.end + 1) == U'/');
  }

  // (NKE.N), (NYSE: X), 代号:BABA.
  bool IsTicker(Span span) const {
    const char32_t left = r_.Before(span.begin), right = r_.At(span.end);
    const std::u32string_view text = r_.Chars(span);
    if (left == U':' && right == U')') return true;
    if (left == U'(' && text.find(U'.') != text.npos) return true;
    return left == U'(' && right == U':';
  }

  // 顶级会议ABCD, ABCD 2018, ABCD、EFGH等国际会议: initials beside what conferences are called or a
  // year.
  bool IsConference(Span span) const {
    constexpr uint32_t kListCharsMax = 40;
    const std::u32string_view text = r_.Chars(span);
    if (text.size() < 3 || std::any_of(text.begin(), text.end(), IsLower)) return false;
    // Back and forth over a list of such initials, with years.
    const auto of_list = [](char32_t c) {
      return IsUpper(c) || IsDigit(c) ||
             std::u32string_view(U" 、和与及等()'").find(c) != std::u32string_view::npos;
    };
    uint32_t left = span.begin, right = span.end;
    while (left > within_.begin && span.begin - left < kListCharsMax && of_list(r_.At(left - 1)))
      --left;
    while (right < within_.end && right - span.end < kListCharsMax && of_list(r_.At(right)))
      ++right;
    const std::u32string_view after = r_.chars.substr(right, within_.end - right);
    bool meeting = false;
    for (const std::u32string_view lead :
         {U"", U"国际", U"顶级", U"国际顶级", U"学术", U"顶级国际"}) {
      if (!after.starts_with(lead)) continue;
      r_.lexicon.Match(r_.chars.substr(0, within_.end), right + lead.size(),
                       [&](size_t, const LexiconEntry& entry) { meeting |= entry.Is(kMeeting); });
    }
    for (uint32_t length = 2; length <= 4 && !meeting; ++length) {
      if (left < within_.begin + length) break;
      meeting = r_.lexicon.Find(r_.chars.substr(left - length, length)).Is(kMeeting);
    }
    return meeting;
  }

  // J5, SE1000: capitals and a number.
  static bool IsModelNumber(std::u32string_view text) {
    constexpr size_t kModelCharsMax = 8;
    if (text.size() < 2 || text.size() > kModelCharsMax || !IsUpper(text[0])) return false;
    return IsDigit(text[1]) || IsDigit(text.back());
  }

  // 朝陆X3: where an unknown name of two to four characters before the model at token `index`
  // begins, or where the model does.
  uint32_t BrandBefore(uint32_t index, Span model) const {
    constexpr uint32_t kBrandCharsMax = 4;
    uint32_t begin = model.begin;
    while (index > first_) {
      const Token& token = r_.tokens[index - 1];
      if (token.kind != TokenKind::kHan || token.Is(kOrgStop | kTitleHead | kLevel)) break;
      const bool unknown =
          token.entry->classes == 0 || token.Is(kBrand) ||
          (token.span.size() == 1 && !r_.lexicon.IsCharStop(r_.At(token.span.begin)));
      if (!unknown || model.begin - token.span.begin > kBrandCharsMax) break;
      begin = token.span.begin;
      --index;
    }
    return model.begin - begin >= 2 ? begin : model.begin;
  }

  // "1.Arical-" and "3. Dayta:" begin an item of a list.
  bool IsListItem(Span span) const {
    uint32_t i = span.begin;
    while (i > within_.begin && IsSpace(r_.At(i - 1))) --i;
    if (i < within_.begin + 2 || r_.At(i - 1) != U'.' || !IsDigit(r_.At(i - 2))) return false;
    return i - within_.begin <= 3;
  }

  bool LooksLikePerson(uint32_t begin, uint32_t end, std::u32string_view before,
                       std::u32string_view after) const {
    const std::u32string_view text =
        r_.Chars({r_.tokens[begin].span.begin, r_.tokens[end - 1].span.end});
    int words = 0, names = 0;
    for (uint32_t i = begin; i < end; ++i) {
      if (r_.tokens[i].kind == TokenKind::kNumber) return false;
      if (r_.tokens[i].kind != TokenKind::kLatin) continue;
      if (!IsUpper(r_.At(r_.tokens[i].span.begin))) return false;
      ++words;
      names += r_.tokens[i].Is(kNameEn);
    }
    const bool camel = words == 1 && IsCamelCase(text);
    if (words > 4 || (words == 1 && !camel)) return false;
    if (!camel && std::none_of(text.begin(), text.end(), IsLower)) return false;
    // A title right before, an honorific or a verb of speech right after.
    uint32_t index = begin;
    const bool title =
        index > first_ && r_.tokens[index - 1].Is(kTitleHead | kTitleWeak | kPersonBefore);
    bool honorific = false, speech = false;
    if (end < last_) {
      uint32_t next = end;
      if (r_.tokens[next].kind == TokenKind::kSpace && next + 1 < last_) ++next;
      honorific = r_.tokens[next].Is(kHonorific | kTitleWeak);
      speech = r_.tokens[next].Is(kSpeech);
    }
    if (title || honorific) return words >= 2 || names > 0 || camel;
    return speech && (camel || (words >= 2 && names > 0));
  }

  Recognition& r_;
  const size_t sentence_;
  const Span within_;
  const uint32_t first_;
  const uint32_t last_;
};

}  // namespace

void FindLatinNames(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) LatinNames(recognition, s).Run();
  }
}

}  // namespace partnergraph
