// Job titles in Chinese sentences: before the person, after the person, shared in a list.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/employment_finder.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

constexpr uint32_t kTitleCharsMax = 40;

class ChineseEmployment : public EmploymentFinder {
 public:
  using EmploymentFinder::EmploymentFinder;

  void Run() {
    const std::vector<Name>& names = view_.names();
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].type == MentionType::kPerson) Person(i);
    }
  }

 private:
  void Person(size_t i) {
    const std::vector<Name>& names = view_.names();
    const Name& person = names[i];
    bool found = false;
    // The title run before the person, back to the company or the clause's beginning.
    if (i > 0 && names[i - 1].type == MentionType::kCompany &&
        person.span.begin - names[i - 1].span.end <= kTitleCharsMax) {
      Span title{names[i - 1].span.end, person.span.begin};
      DropAside(title);
      if (IsTitle(title)) {
        Add(person.entity, names[i - 1].entity, title, {names[i - 1].span.begin, person.span.end},
            kEmploymentDirect, "company, title, person");
        found = true;
        EarlierPosts(i, i - 1);
      }
    }
    if (!found) found = BareTitle(i);
    if (!LaterPosts(i) && !found) Appointed(i);
  }

  // "A党委书记、B总经理X": the posts before the one next to the person.
  void EarlierPosts(size_t person, size_t company) {
    const std::vector<Name>& names = view_.names();
    for (size_t k = company; k > 0; --k) {
      const Name& earlier = names[k - 1];
      if (earlier.type != MentionType::kCompany) return;
      Span between{earlier.span.end, names[k].span.begin};
      if (between.size() == 0 || between.size() > kTitleCharsMax) return;
      const char32_t last = At(between.end - 1);
      if (last != U'、' && last != U'兼') return;
      Span title{between.begin, between.end - 1};
      DropAside(title);
      if (!IsTitle(title) || view_.Between(title.begin, title.end) == U"代表") return;
      Add(names[person].entity, earlier.entity, title, {earlier.span.begin, names[person].span.end},
          kEmploymentDirect, "earlier post");
    }
  }

  // True when more stands before the head than 营运 or 市场部: the title names an organization that
  // was not recognized, and whose it is cannot be told. A department may be named where the
  // organization is that of the person before.
  bool NamesOrganization(Span title, bool department) const {
    constexpr uint32_t kModifierCharsMax = 3;
    CleanTitle(title);
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue != Cue::kTitleHead || hit.span.begin < title.begin) continue;
      if (hit.span.begin - title.begin <= kModifierCharsMax) return false;
      const u32string_view modifier = view_.Between(title.begin, hit.span.begin);
      return !department || (!modifier.ends_with(U"部") && !modifier.ends_with(U"中心") &&
                             !modifier.ends_with(U"业务") && !modifier.ends_with(U"区"));
    }
    return false;
  }

  // A title before the person and no company next to it.
  bool BareTitle(size_t i) {
    const std::vector<Name>& names = view_.names();
    const Name& person = names[i];
    const uint32_t floor = i > 0 ? names[i - 1].span.end : view_.span().begin;
    uint32_t begin = person.span.begin;
    // 法定代表人为X: the copula stands between.
    uint32_t end = begin;
    for (const u32string_view copula : {U"为", U"是", U":", U"叫", U" "}) {
      if (end > floor && view_.Between(end - 1, end) == copula) --end;
    }
    begin = end;
    while (begin > floor && end - begin < kTitleCharsMax &&
           u32string_view(U",。;:!?(“”\"[ ").find(At(begin - 1)) == u32string_view::npos) {
      --begin;
    }
    Span title{begin, end};
    if (!IsTitle(title)) return false;
    // A copula joins only posts that are given by name of office.
    if (end < person.span.begin && At(end) != U' ' &&
        !EndsWithAny(view_.Between(title.begin, title.end),
                     {U"代表人", U"法人", U"人代表", U"总裁", U"长", U"总经理"})) {
      return false;
    }
    const bool after_person = i > 0 && names[i - 1].type == MentionType::kPerson && begin == floor;
    const Span evidence{title.begin, person.span.end};
    if (i > 0 && last_person_ == names[i - 1].entity && last_company_ &&
        person.span.begin - names[i - 1].span.end <= kTitleCharsMax) {
      // "A副行长X、副行长Y": Y is of A too, unless words stand between that begin anew.
      const u32string_view between = view_.Between(names[i - 1].span.end, title.begin);
      if ((after_person || between.size() <= 3) && !NamesOrganization(title, true)) {
        Add(person.entity, *last_company_, title, {names[i - 1].span.begin, person.span.end},
            kEmploymentInherited, "company of the person before");
        return true;
      }
    }
    if (after_person) return false;
    if (NamesOrganization(title, false)) return false;
    const u32string_view text = view_.Between(title.begin, title.end);
    if (EndsWithAny(text, {U"记者", U"编辑", U"律师", U"医生", U"老师", U"教授", U"导演", U"主持人",
                           U"代表", U"首富"})) {
      return false;  // A profession; only a company next to it makes it an employment.
    }
    // "A成立于2019年,法定代表人为X" and "公司总经理X".
    std::optional<uint32_t> company = discourse_.Antecedent(view_, title.begin);
    if (text.find(U"法") != u32string_view::npos) {
      const Group* nearest = view_.GroupBefore(title.begin);
      if (nearest != nullptr) company = nearest->entities.front();
    }
    if (!company) return false;
    Add(person.entity, *company, title, evidence, kEmploymentAnaphoric, "title of the topic");
    return true;
  }

  // "任命X为首席执行官", "X将出任董事长": of the company that the text speaks of.
  void Appointed(size_t i) {
    const std::vector<Name>& names = view_.names();
    Span title{names[i].span.end, view_.Clause(names[i].span.end).end};
    if (i + 1 < names.size()) title.end = std::min(title.end, names[i + 1].span.begin);
    if (title.size() == 0) return;
    title.end = std::min(title.end, title.begin + kTitleCharsMax);
    for (const u32string_view honorific : {U"先生", U"女士", U"博士"}) {
      if (Drop(title, honorific)) break;
    }
    for (const u32string_view adverb : {U"将", U"已", U"正式", U"即将", U"拟"}) {
      if (Drop(title, adverb)) break;
    }
    bool verb = false;
    for (const u32string_view word : {U"担任公司", U"出任公司", U"为公司", U"担任", U"出任",
                                      U"接任", U"升任", U"就任", U"兼任", U"履新", U"为"}) {
      if (Drop(title, word)) {
        verb = true;
        break;
      }
    }
    if (!verb) return;
    const CueHit* head = LastHead(title.begin, title.end);
    if (head == nullptr) return;
    title.end = head->span.end;
    if (!IsTitle(title) || NamesOrganization(title, true)) return;
    if (const auto company = discourse_.Antecedent(view_, names[i].span.begin)) {
      Add(names[i].entity, *company, title, {names[i].span.begin, title.end}, kEmploymentAnaphoric,
          "appointed by the topic");
    }
  }

  // "X(现)为A大学教授、B研究所所长", "X，A公司总裁", "X（A公司总裁）", "任命X为A公司总裁".
  bool LaterPosts(size_t i) {
    const std::vector<Name>& names = view_.names();
    bool found = false;
    size_t k = i + 1;
    if (k >= names.size() || names[k].type != MentionType::kCompany) return false;
    Span between{names[i].span.end, names[k].span.begin};
    if (between.size() == 0 || between.size() > 30) return false;
    for (const u32string_view honorific : {U"先生", U"女士", U"教授", U"博士", U"院士"}) {
      if (Drop(between, honorific)) break;
    }
    const bool bracket = Drop(between, U"(") || Drop(between, U" (");
    const bool comma = Drop(between, U",") || Drop(between, U":");
    bool verb = false;
    for (const u32string_view word :
         {U"现任职于", U"现任", U"现为", U"现是", U"曾任", U"曾是", U"担任", U"出任", U"就任",
          U"兼任", U"任职于", U"将担任", U"还将担任", U"将出任", U"升任", U"任", U"是", U"为",
          U"系"}) {
      if (Drop(between, word)) {
        verb = true;
        break;
      }
    }
    const u32string_view description = view_.Between(between.begin, between.end);
    if (description.find(U',') != u32string_view::npos || description.size() > (verb ? 16u : 4u))
      return false;
    if (!verb && !comma && !bracket) return false;
    for (; k < names.size() && names[k].type == MentionType::kCompany; ++k) {
      Span clause = view_.Clause(names[k].span.end);
      clause.begin = names[k].span.end;
      if (bracket) clause.end = std::max(clause.begin, clause.end);
      const uint32_t next = k + 1 < names.size() ? names[k + 1].span.begin : clause.end;
      clause.end = std::min(clause.end, next);
      DropAside(clause);
      const CueHit* head = LastHead(clause.begin, clause.end);
      if (head == nullptr || head->span.end - clause.begin > kTitleCharsMax) break;
      // A long piece behind 、 is a post elsewhere whose organization was not recognized.
      constexpr uint32_t kListedTitleMax = 10;
      const size_t list = view_.Between(clause.begin, head->span.end).rfind(U'、');
      if (list != u32string_view::npos &&
          head->span.end - clause.begin - list > kListedTitleMax + 1) {
        const uint32_t cut = clause.begin + static_cast<uint32_t>(list);
        const CueHit* earlier = LastHead(clause.begin, cut);
        if (earlier != nullptr && earlier->span.end == cut) {
          head = earlier;
          clause.end = cut;
        }
      }
      Span title{clause.begin, head->span.end};
      // Without a verb the post must fill the clause: "X，A公司总裁表示" speaks of someone else.
      const u32string_view rest = view_.Between(head->span.end, clause.end);
      if (!verb && !TrimMarks(rest).empty() && rest.front() != U'、' && rest.front() != U')') break;
      if (k + 1 < names.size() && names[k + 1].type == MentionType::kPerson &&
          names[k + 1].span.begin <= head->span.end + 1) {
        break;  // "X，A公司总裁Y": the title is Y's.
      }
      if (!IsTitle(title)) break;
      Add(names[i].entity, names[k].entity, title, {names[i].span.begin, head->span.end},
          kEmploymentDirect, "person, company, title");
      found = true;
      if (rest != U"、" && rest != U"兼" && rest != U"及" && rest != U"和") break;
    }
    return found;
  }
};

}  // namespace

void FindChineseEmployment(const SentenceView& view, const Discourse& discourse,
                           std::vector<Relation>& relations) {
  ChineseEmployment(view, discourse, relations).Run();
}

}  // namespace partnergraph
