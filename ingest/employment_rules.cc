#include "ingest/employment_rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "ingest/character.h"

namespace partnergraph {
namespace {

using std::u32string_view;

constexpr uint32_t kHanTitleMax = 40;
constexpr uint32_t kLatinTitleMax = 90;

bool EndsWithAny(u32string_view text, std::initializer_list<u32string_view> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [text](u32string_view ending) { return text.ends_with(ending); });
}

// The sentence under one set of rules.
class EmploymentFinder {
 public:
  EmploymentFinder(const SentenceView& view, const Discourse& discourse,
                   std::vector<Relation>& relations)
      : view_(view), discourse_(discourse), relations_(relations) {}

  void Run() {
    Founders();
    const std::vector<Name>& names = view_.names();
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].type != MentionType::kPerson) continue;
      const bool found = view_.english() ? Latin(i) : Han(i);
      if (!found) continue;
    }
  }

 private:
  char32_t At(uint32_t position) const { return view_.document().chars[position]; }

  Span Trim(Span span) const {
    static constexpr u32string_view kEdge = U" \n的,、:;-—'\"“”‘’?";
    while (span.begin < span.end && kEdge.find(At(span.begin)) != u32string_view::npos)
      ++span.begin;
    while (span.begin < span.end && kEdge.find(At(span.end - 1)) != u32string_view::npos)
      --span.end;
    return span;
  }

  // Drops an opening that is no part of a title; true when one was there.
  bool Drop(Span& span, u32string_view opening) const {
    if (!view_.Between(span.begin, span.end).starts_with(opening)) return false;
    span.begin += static_cast<uint32_t>(opening.size());
    return true;
  }

  // Skips a bracketed aside at the span's beginning.
  void DropAside(Span& span) const {
    const u32string_view text = view_.Between(span.begin, span.end);
    size_t spaces = 0;
    while (spaces < text.size() && IsSpace(text[spaces])) ++spaces;
    const u32string_view rest = SkipAside(text.substr(spaces));
    if (rest.size() + spaces < text.size()) {
      span.begin = span.end - static_cast<uint32_t>(rest.size());
    }
  }

  // The last title head in [begin, end), or null.
  const CueHit* LastHead(uint32_t begin, uint32_t end) const {
    const CueHit* last = nullptr;
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.begin >= end) break;
      if (hit.cue == Cue::kTitleHead && hit.span.begin >= begin && hit.span.end <= end) last = &hit;
    }
    return last;
  }

  // True when the text is a title as it stands: it ends with a head, apart from a bracketed
  // abbreviation, and nothing in it says that it is a sentence.
  bool IsTitle(Span& span) const {
    span = Trim(span);
    if (span.size() == 0) return false;
    const CueHit* head = LastHead(span.begin, span.end);
    if (head == nullptr) return false;
    if (head->span.end < span.end) {
      const u32string_view rest = view_.Between(head->span.end, span.end);
      const bool abbreviation = rest.front() == U'(' && rest.back() == U')';
      if (!abbreviation) return false;
    }
    if (view_.Has(Cue::kSpeak, span.begin, head->span.begin)) return false;
    const u32string_view text = view_.Between(span.begin, span.end);
    for (const char32_t c : text) {
      if (u32string_view(U"。!?;").find(c) != u32string_view::npos) return false;
      if (!view_.english() && (c == U',' || c == U':')) return false;
    }
    // A list that opens with something else than a title is a list of people or things.
    const size_t list = text.find(U'、');
    if (list != u32string_view::npos && !view_.english()) {
      const uint32_t first_end = span.begin + static_cast<uint32_t>(list);
      const CueHit* first = LastHead(span.begin, first_end);
      if (first == nullptr || first->span.end != first_end) {
        // Departments may be listed too: "党委、行政负责人" is rare enough to give up.
        span.begin = first_end + 1;
        return IsTitle(span);
      }
    }
    return true;
  }

  // Removes what precedes a title without being part of it. Returns false for one that was held.
  bool CleanTitle(Span& span) const {
    bool current = true;
    for (bool changed = true; changed;) {
      changed = false;
      span = Trim(span);
      for (const u32string_view word :
           {U"现任", U"时任", U"现为", U"公司", U"该公司", U"本公司", U"本届", U"其",
            U"新任", U"当时", U"和",   U"及",   U"以及",   U"与",     U"以",   U"由",
            U"的",   U"任",   U"为",   U"旗下", U"邀请",   U"经",     U"据",   U"在"}) {
        // 为 and 任 also begin words, but no title.
        changed |= Drop(span, word);
      }
      for (const u32string_view word : {U"the company's ",
                                        U"the company’s ",
                                        U"the ",
                                        U"The ",
                                        U"its ",
                                        U"a ",
                                        U"an ",
                                        U"and ",
                                        U"by ",
                                        U"said ",
                                        U"our ",
                                        U"newly-appointed ",
                                        U"current ",
                                        U"new ",
                                        U"as ",
                                        U"to ",
                                        U"s ",
                                        U"is ",
                                        U"’s ",
                                        U"'s ",
                                        U"says ",
                                        U"serves as ",
                                        U"Our ",
                                        U"with ",
                                        U"from "}) {
        changed |= Drop(span, word);
      }
      for (const u32string_view word : {U"前", U"原", U"former ", U"Former "}) {
        // 前台经理 is held, 前总裁 was.
        if (span.size() > word.size() + 1 && Drop(span, word)) changed = true, current = false;
      }
    }
    return current;
  }

  void Add(uint32_t person, uint32_t company, Span title, Span evidence, float confidence,
           const char* rule) {
    const bool current = CleanTitle(title);
    if (title.size() == 0) return;
    const u32string_view text = view_.Between(title.begin, title.end);
    if (EndsWithAny(text, {U"院士", U"会士", U"大会主席", U"fellow", U"Fellow", U"academician"}))
      return;
    // Founders: what remains once the founding is taken away?
    bool founder = false, other = false;
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.begin >= title.end) break;
      if (hit.cue != Cue::kTitleHead || hit.span.begin < title.begin) continue;
      const u32string_view head = view_.Between(hit.span.begin, hit.span.end);
      const bool founding = head.find(U"创") != u32string_view::npos ||
                            head.find(U"ounder") != u32string_view::npos || head == U"发起人";
      (founding ? founder : other) = true;
    }
    if (text.starts_with(U"founding ") || text.find(U"创始合伙人") != u32string_view::npos)
      founder = true;
    Relation relation;
    relation.source = person;
    relation.target = company;
    relation.status = current ? FactStatus::kActive : FactStatus::kEnded;
    relation.confidence = confidence;
    relation.evidence.push_back(TrimEvidence(view_.document(), evidence));
    relation.rule = rule;
    if (founder) {
      relation.type = kFounded;
      relation.status = FactStatus::kActive;
      relations_.push_back(relation);
    }
    if (other || !founder) {
      relation.status = current ? FactStatus::kActive : FactStatus::kEnded;
      relation.type = kEmployedBy;
      relation.title = view_.document().Text(title);
      relations_.push_back(std::move(relation));
    }
    last_person_ = person;
    last_company_ = company;
  }

  // "X创立了C", "C was founded by X".
  void Founders() {
    const std::vector<Name>& names = view_.names();
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue != Cue::kEstablish && hit.cue != Cue::kFounder) continue;
      const bool passive = view_.Between(hit.span.begin, hit.span.end).ends_with(U" by");
      if (hit.cue == Cue::kFounder && !passive) continue;
      const Name* before = nullptr;
      const Name* after = nullptr;
      for (const Name& name : names) {
        if (name.span.end <= hit.span.begin) before = &name;
        if (name.span.begin >= hit.span.end && after == nullptr) after = &name;
      }
      if (before == nullptr || after == nullptr) continue;
      const MentionType first = passive ? MentionType::kCompany : MentionType::kPerson;
      const MentionType second = passive ? MentionType::kPerson : MentionType::kCompany;
      if (before->type != first || after->type != second ||
          hit.span.begin - before->span.end > (passive ? 24u : 12u) ||
          after->span.begin - hit.span.end > 12) {
        continue;
      }
      const u32string_view gap = view_.Between(before->span.end, hit.span.begin);
      const u32string_view rest = view_.Between(hit.span.end, after->span.begin);
      if (gap.find(U',') != u32string_view::npos || rest.find(U',') != u32string_view::npos ||
          rest.find(U'与') != u32string_view::npos) {
        continue;
      }
      Relation relation;
      relation.type = kFounded;
      relation.source = passive ? after->entity : before->entity;
      relation.target = passive ? before->entity : after->entity;
      relation.confidence = kEmploymentInherited;
      relation.evidence.push_back(
          TrimEvidence(view_.document(), {before->span.begin, after->span.end}));
      relation.rule = "founded";
      relations_.push_back(std::move(relation));
    }
  }

  // --- Chinese ---

  bool Han(size_t i) {
    const std::vector<Name>& names = view_.names();
    const Name& person = names[i];
    bool found = false;
    // The title run before the person, back to the company or the clause's beginning.
    if (i > 0 && names[i - 1].type == MentionType::kCompany &&
        person.span.begin - names[i - 1].span.end <= kHanTitleMax) {
      Span title{names[i - 1].span.end, person.span.begin};
      DropAside(title);
      if (IsTitle(title)) {
        Add(person.entity, names[i - 1].entity, title, {names[i - 1].span.begin, person.span.end},
            kEmploymentDirect, "company, title, person");
        found = true;
        HanEarlierPosts(i, i - 1);
      }
    }
    if (!found) found = HanBareTitle(i);
    return HanLaterPosts(i) || found;
  }

  // "A党委书记、B总经理X": the posts before the one next to the person.
  void HanEarlierPosts(size_t person, size_t company) {
    const std::vector<Name>& names = view_.names();
    for (size_t k = company; k > 0; --k) {
      const Name& earlier = names[k - 1];
      if (earlier.type != MentionType::kCompany) return;
      Span between{earlier.span.end, names[k].span.begin};
      if (between.size() == 0 || between.size() > kHanTitleMax) return;
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
  bool HanBareTitle(size_t i) {
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
    while (begin > floor && end - begin < kHanTitleMax &&
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
        person.span.begin - names[i - 1].span.end <= kHanTitleMax) {
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

  // "X(现)为A大学教授、B研究所所长", "X，A公司总裁", "X（A公司总裁）", "任命X为A公司总裁".
  bool HanLaterPosts(size_t i) {
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
      if (head == nullptr || head->span.end - clause.begin > kHanTitleMax) break;
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

  // --- English ---

  // True when [begin, end) reads as a title in running English: short, holding a head, no sentence.
  bool IsLatinTitle(Span& span, bool head_last) const {
    span = Trim(span);
    if (span.size() < 2 || span.size() > kLatinTitleMax) return false;
    const CueHit* head = LastHead(span.begin, span.end);
    if (head == nullptr) return false;
    if (head_last && head->span.end != span.end) return false;
    const u32string_view text = view_.Between(span.begin, span.end);
    if (text.find(U". ") != u32string_view::npos || text.find(U'"') != u32string_view::npos ||
        text.find(U'“') != u32string_view::npos || text.find(U'”') != u32string_view::npos ||
        text.find(U';') != u32string_view::npos) {
      return false;
    }
    for (const u32string_view word : {U" who ", U" which ", U" that ", U" will ", U" has ",
                                      U" have ", U" was ", U" is ", U" said", U" were "}) {
      if (text.find(word) != u32string_view::npos) return false;
    }
    return !view_.Has(Cue::kSpeak, span.begin, span.end);
  }

  bool Latin(size_t i) {
    bool found = LatinCompanyFirst(i);
    found = LatinPersonFirst(i) || found;
    if (!found) found = LatinBare(i);
    return found;
  }

  // "Acme CEO X", "Acme (NYSE: ACM) managing director X", "Acme's CEO, X".
  bool LatinCompanyFirst(size_t i) {
    const std::vector<Name>& names = view_.names();
    if (i == 0) return false;
    size_t k = i - 1;
    // A listing or alias in brackets after the company.
    while (k > 0 && names[k].type == MentionType::kCompany && names[k].aside && !names[i].aside)
      --k;
    if (names[k].type != MentionType::kCompany) return false;
    Span title{names[k].span.end, names[i].span.begin};
    if (title.size() > kLatinTitleMax) return false;
    const bool direct = At(title.begin) != U',';
    DropAside(title);
    Drop(title, U"'s");
    Drop(title, U"’s");
    Drop(title, U"’");
    Drop(title, U"'");
    for (const u32string_view honorific :
         {U"Dr. ", U"Dr ", U"Mr. ", U"Ms. ", U"Mrs. ", U"Mr ", U"Ms "}) {
      if (view_.Between(title.begin, title.end).ends_with(honorific)) {
        title.end -= static_cast<uint32_t>(honorific.size());
      }
    }
    if (!direct || !IsLatinTitle(title, false)) return false;
    const CueHit* head = LastHead(title.begin, title.end);
    // "Vice President of Government Relations X": the head may stand before an "of".
    if (head->span.end != title.end &&
        !view_.Between(head->span.end, title.end).starts_with(U" of ") &&
        !view_.Between(head->span.end, title.end).starts_with(U", ")) {
      return false;
    }
    const u32string_view text = view_.Between(title.begin, title.end);
    if (text.starts_with(U"and ") || text.find(U" with ") != u32string_view::npos ||
        text.find(U" to ") != u32string_view::npos) {
      return false;
    }
    Add(names[i].entity, names[k].entity, title, {names[k].span.begin, names[i].span.end},
        kEmploymentDirect, "company, title, person");
    return true;
  }

  // "X, CEO of Acme", "X is a partner at Acme", "X, CEO, Acme", and "X, CEO" of the topic.
  bool LatinPersonFirst(size_t i) {
    const std::vector<Name>& names = view_.names();
    const uint32_t begin = names[i].span.end;
    uint32_t limit = std::min<uint32_t>(view_.span().end, begin + kLatinTitleMax + 30);
    bool introduced = false;
    uint32_t start = begin;
    for (const u32string_view opening : {U", who is ",
                                         U", the ",
                                         U", an ",
                                         U", a ",
                                         U", ",
                                         U" is also the ",
                                         U" is also ",
                                         U" is the ",
                                         U" is a ",
                                         U" is an ",
                                         U" is ",
                                         U" was ",
                                         U" serves as ",
                                         U" served as ",
                                         U" as ",
                                         U" to ",
                                         U" (",
                                         U" has been appointed ",
                                         U" was appointed ",
                                         U" has been named ",
                                         U" was named ",
                                         U" joined as ",
                                         U" "}) {
      if (view_.Between(begin, limit).starts_with(opening)) {
        start = begin + static_cast<uint32_t>(opening.size());
        introduced = true;
        break;
      }
    }
    if (!introduced) return false;
    for (size_t k = i + 1; k < names.size() && names[k].span.begin <= limit; ++k) {
      if (names[k].type == MentionType::kPerson) {
        limit = names[k].span.begin;
        break;
      }
      if (names[k].type != MentionType::kCompany || names[k].span.begin < start) continue;
      Span title{start, names[k].span.begin};
      for (const u32string_view article : {U"the ", U"The "}) {
        if (view_.Between(title.begin, title.end).ends_with(article)) title.end -= 4;
      }
      bool linked = false;
      for (const u32string_view link :
           {U" of ", U" at ", U" for ", U" with ", U", ", U" behind ", U" in ", U" on "}) {
        if (view_.Between(title.begin, title.end).ends_with(link)) {
          title.end -= static_cast<uint32_t>(link.size());
          linked = true;
          break;
        }
      }
      if (!linked || !IsLatinTitle(title, false)) continue;
      Add(names[i].entity, names[k].entity, title, {names[i].span.begin, names[k].span.end},
          kEmploymentDirect, "person, title, company");
      // "founder of A and B".
      for (size_t m = k + 1; m < names.size() && names[m].type == MentionType::kCompany &&
                             view_.Between(names[m - 1].span.end, names[m].span.begin) == U" and ";
           ++m) {
        Add(names[i].entity, names[m].entity, title, {names[i].span.begin, names[m].span.end},
            kEmploymentInherited, "person, title, companies");
      }
      return true;
    }
    // No company: the post fills the clause.
    if (!view_.Between(begin, limit).starts_with(U", ") &&
        !view_.Between(begin, limit).starts_with(U" as ") &&
        !view_.Between(begin, limit).starts_with(U" to ") &&
        !view_.Between(begin, limit).starts_with(U" (")) {
      return false;
    }
    const CueHit* first = nullptr;
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue == Cue::kTitleHead && hit.span.begin >= start) {
        first = &hit;
        break;
      }
    }
    if (first == nullptr || first->span.begin > start + 40) return false;
    uint32_t end = first->span.end;
    while (end < limit && u32string_view(U",.;:)\n”\"").find(At(end)) == u32string_view::npos)
      ++end;
    Span title{start, end};
    if (!IsLatinTitle(title, false)) return false;
    // "X, CEO of Something": an organization that was not recognized.
    for (const u32string_view link : {U" of ", U" at", U" for ", U" in "}) {
      if (view_.Between(title.begin, title.end).find(link) != u32string_view::npos) return false;
    }
    const std::optional<uint32_t> company = discourse_.Antecedent(view_, names[i].span.begin);
    if (!company) return false;
    Add(names[i].entity, *company, title, {names[i].span.begin, end}, kEmploymentAnaphoric,
        "title of the topic");
    return true;
  }

  // "CEO X", "... and exploration manager X": of the person before, or of the topic.
  bool LatinBare(size_t i) {
    const std::vector<Name>& names = view_.names();
    const uint32_t floor = i > 0 ? names[i - 1].span.end : view_.span().begin;
    uint32_t begin = names[i].span.begin;
    uint32_t end = begin;
    if (end > floor && view_.Between(end - 2, end) == U", " && end >= floor + 2) end -= 2;
    begin = end;
    while (begin > floor && end - begin < kLatinTitleMax &&
           u32string_view(U",.;:(\n”“\"").find(At(begin - 1)) == u32string_view::npos) {
      --begin;
    }
    Span title{begin, end};
    if (!IsLatinTitle(title, false)) return false;
    const CueHit* head = LastHead(title.begin, title.end);
    if (head->span.end != title.end &&
        !view_.Between(head->span.end, title.end).starts_with(U" of "))
      return false;
    CleanTitle(title);
    // Lower-case running words before the head: cut at the last word that cannot be of a title.
    for (const u32string_view word : {U" and ", U" by ", U" with ", U" to ", U" from ", U" the ",
                                      U" its ", U" our ", U" former "}) {
      const size_t at = view_.Between(title.begin, head->span.begin).rfind(word);
      if (at != u32string_view::npos) title.begin += static_cast<uint32_t>(at + word.size());
    }
    if (title.size() == 0 || title.size() > 50) return false;
    // Offices and callings of which the text need not give the organization.
    for (const u32string_view word :
         {U"overnor", U"ayor", U"inister", U"ecretary", U"octor", U"roducer", U"eveloper",
          U"esearcher", U"ost", U"ead", U"artner", U"ctor", U"epresentative", U"onsultant"}) {
      const u32string_view last = view_.Between(head->span.begin, head->span.end);
      if (last.ends_with(word) && last != U"director" && last != U"Director") return false;
    }
    if (i > 0 && names[i - 1].type == MentionType::kPerson && last_company_ &&
        last_person_ == names[i - 1].entity && begin == floor) {
      Add(names[i].entity, *last_company_, title, {names[i - 1].span.begin, names[i].span.end},
          kEmploymentInherited, "company of the person before");
      return true;
    }
    const std::optional<uint32_t> company = discourse_.Antecedent(view_, title.begin);
    if (!company) return false;
    Add(names[i].entity, *company, title, {title.begin, names[i].span.end}, kEmploymentAnaphoric,
        "title of the topic");
    return true;
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  std::vector<Relation>& relations_;
  std::optional<uint32_t> last_person_;
  std::optional<uint32_t> last_company_;
};

}  // namespace

void FindEmployment(const SentenceView& view, const Discourse& discourse,
                    std::vector<Relation>& relations) {
  EmploymentFinder(view, discourse, relations).Run();
}

}  // namespace partnergraph
