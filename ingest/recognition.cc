#include "ingest/recognition.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ingest/character.h"

namespace partnergraph {
namespace {

constexpr size_t kGluedCharsMax = 40;
// How sure a company's name inside a product's must be.
constexpr float kMakerScoreMin = 0.8f;

// Words that make it likely that the name after them is an organization's, and before them.
constexpr std::u32string_view kBeforeOrganization[] = {
    U"携手", U"联手",   U"牵手", U"收购",     U"并购",    U"入股", U"投资",   U"增持",
    U"旗下", U"子公司", U"公司", U"包括",     U"客户",    U"厂商", U"巨头",   U"供应商",
    U"品牌", U"如",     U"与",   U"和",       U"由",      U"据",   U"母公司", U"股东",
    U"参股", U"控股",   U"加盟", U"前",       U"商",      U"选择", U"同",     U"跟",
    U"告诉", U"龙头",   U"企业", U"竞争对手", U"合作伙伴"};
constexpr std::u32string_view kAfterOrganization[] = {
    U"宣布", U"公告", U"发布", U"表示",   U"披露", U"称",     U"旗下",   U"股份", U"股权",
    U"集团", U"公司", U"方面", U"官网",   U"签署", U"签订",   U"推出",   U"收购", U"创始人",
    U"董事", U"总裁", U"首席", U"总经理", U"副总", U"CEO",    U"ceo",    U"手机", U"汽车",
    U"将",   U"获",   U"完成", U"与",     U"和",   U"及",     U"在华",   U"中国", U"的股价",
    U"股价", U"等",   U"拟",   U"已",     U"高管", U"发言人", U"负责人", U"员工", U"车主",
    U"电子", U"合作", U"联合", U"携手",   U"股东", U"透露",   U"回应",   U"否认", U"计划"};

Mention ToMention(const Candidate& candidate) {
  Mention mention;
  mention.span = candidate.span;
  mention.type = candidate.type;
  if (candidate.type == MentionType::kCompany) mention.org_type = OrgTypeName(candidate.org_type);
  mention.score = candidate.score;
  mention.local_name = candidate.local_name;
  mention.rule = candidate.rule;
  return mention;
}

// 岭特 of 岭特云帆: the maker's name at the beginning of a product's is a mention of its own.
void AddMakers(Recognition& recognition) {
  absl::flat_hash_map<uint32_t, const Candidate*> makers;  // By begin.
  for (const Candidate& candidate : recognition.candidates) {
    if (candidate.type != MentionType::kCompany || candidate.score < kMakerScoreMin) continue;
    const Candidate*& maker = makers[candidate.span.begin];
    if (maker == nullptr || candidate.span.size() > maker->span.size()) maker = &candidate;
  }
  std::vector<Mention>& mentions = recognition.document.mentions;
  const size_t selected = mentions.size();
  for (size_t i = 0; i < selected; ++i) {
    if (mentions[i].type != MentionType::kProduct) continue;
    const auto it = makers.find(mentions[i].span.begin);
    if (it == makers.end() || it->second->span.end >= mentions[i].span.end) continue;
    const Candidate& maker = *it->second;
    if (IsAlphanumeric(recognition.At(maker.span.end)) &&
        IsAlphanumeric(recognition.At(maker.span.end - 1))) {
      continue;
    }
    mentions.push_back(ToMention(maker));
  }
}

}  // namespace

Recognition::Recognition(Document& doc) : document(doc), lexicon(Lexicon::Get()), chars(doc.chars) {
  tokens.reserve(chars.size() / 2);
  boundary.assign(chars.size() + 1, 0);
  in_title.assign(chars.size() + 1, 0);
  full_name_ends.assign(chars.size() + 1, 0);
  company_begin.assign(chars.size() + 1, 0);
  for (const Sentence& sentence : document.sentences) {
    first_token.push_back(static_cast<uint32_t>(tokens.size()));
    Segment(chars, sentence.span, tokens);
  }
  first_token.push_back(static_cast<uint32_t>(tokens.size()));
  for (const Token& token : tokens) boundary[token.span.begin] = boundary[token.span.end] = 1;
}

void Recognition::Add(Span span, MentionType type, uint8_t org_type, float score,
                      const char* rule) {
  candidates.push_back({span, type, org_type, score, rule, false});
  if (type == MentionType::kCompany) {
    company_spans.insert(uint64_t{span.begin} << 32 | span.end);
    uint32_t& begin = company_begin[span.end];
    if (begin == 0 || begin > span.begin + 1) begin = span.begin + 1;
    const std::string_view by(rule);
    if (by == "head" || by == "trade" || by == "listed" || by == "brand-head")
      full_name_ends[span.end] = 1;
  }
  if (type == MentionType::kJobTitle) {
    for (uint32_t i = span.begin; i < span.end; ++i) in_title[i] = 1;
  }
}

bool Recognition::IsCapitalized(uint32_t index) const {
  const Token& token = tokens[index];
  if (token.kind != TokenKind::kLatin) return false;
  const std::u32string_view word = Chars(token.span);
  if (IsUpper(word[0])) return true;
  if (IsDigit(word[0])) return word.size() > 4 && std::any_of(word.begin(), word.end(), IsUpper);
  // iPhone, eBay.
  return word.size() > 2 && IsLower(word[0]) && IsUpper(word[1]);
}

Span Recognition::WithLegalForms(Span name, uint32_t index, uint32_t last) const {
  for (uint32_t i = index; i < last && tokens[i].span.begin <= name.end + 1; ++i) {
    if (!tokens[i].Is(kLegalEn)) continue;
    name.end = tokens[i].span.end;
    if (At(name.end) == U'.') ++name.end;
  }
  return name;
}

int Recognition::OrganizationContext(Span span, size_t sentence) const {
  const Span within = document.sentences[sentence].span;
  const std::u32string_view before = chars.substr(within.begin, span.begin - within.begin);
  const std::u32string_view after = chars.substr(span.end, within.end - span.end);
  int signs = 0;
  for (const std::u32string_view word : kBeforeOrganization) {
    if (before.ends_with(word)) {
      ++signs;
      break;
    }
  }
  for (const std::u32string_view word : kAfterOrganization) {
    if (after.starts_with(word)) {
      ++signs;
      break;
    }
  }
  const char32_t left = before.empty() ? U'\n' : before.back();
  const char32_t right = after.empty() ? U'\n' : after.front();
  if (left == U'、' || right == U'、') ++signs;
  if (right == U'(' && after.size() > 4 && (IsUpper(after[1]) || IsDigit(after[1]))) ++signs;
  if (right == U':' && before.size() <= 1) ++signs;
  return signs;
}

void CutGluedNames(Recognition& recognition) {
  absl::flat_hash_map<std::u32string_view, int> counts;
  for (const Candidate& candidate : recognition.candidates) {
    if (candidate.type == MentionType::kCompany && std::string_view(candidate.rule) == "head") {
      ++counts[recognition.Chars(candidate.span)];
    }
  }
  for (Candidate& candidate : recognition.candidates) {
    if (candidate.type != MentionType::kCompany || std::string_view(candidate.rule) != "head") {
      continue;
    }
    const std::u32string_view text = recognition.Chars(candidate.span);
    if (text.size() > kGluedCharsMax || counts[text] != 1) continue;
    for (uint32_t cut = 1; cut + 4 <= text.size(); ++cut) {
      if (!recognition.boundary[candidate.span.begin + cut]) continue;
      const auto it = counts.find(text.substr(cut));
      if (it == counts.end() || it->second < 2) continue;
      if (recognition.lexicon.Find(text.substr(0, cut)).Is(kPlace)) break;
      candidate.span.begin += cut;
      break;
    }
  }
}

void SelectMentions(Recognition& recognition) {
  std::vector<Candidate>& candidates = recognition.candidates;
  // Longer names first among those of like score: a full name hides the short one inside it.
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    const float left = a.score + 0.02f * static_cast<float>(std::min(a.span.size(), 20u));
    const float right = b.score + 0.02f * static_cast<float>(std::min(b.span.size(), 20u));
    return left > right;
  });
  std::vector<uint8_t> taken(recognition.chars.size());
  std::vector<Mention>& mentions = recognition.document.mentions;
  mentions.clear();
  for (const Candidate& candidate : candidates) {
    const bool is_entity = candidate.type <= MentionType::kProduct;
    const uint8_t bit = is_entity ? 1 : candidate.type == MentionType::kJobTitle ? 2 : 4;
    bool free = candidate.span.size() > 0;
    for (uint32_t i = candidate.span.begin; free && i < candidate.span.end; ++i) {
      free = (taken[i] & bit) == 0;
    }
    if (!free) continue;
    for (uint32_t i = candidate.span.begin; i < candidate.span.end; ++i) taken[i] |= bit;
    mentions.push_back(ToMention(candidate));
  }
  AddMakers(recognition);
  std::sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
    return std::pair(a.span.begin, b.span.end) < std::pair(b.span.begin, a.span.end);
  });
}

}  // namespace partnergraph
