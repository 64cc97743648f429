#include "ingest/employment_guesses.h"

#include <algorithm>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "ingest/employment_finder.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// How far from the person a title may begin, and how far the company may stand.
constexpr uint32_t kTitleReach = 60;
constexpr uint32_t kCompanyReach = 160;

class GuessFinder : public EmploymentFinder {
 public:
  GuessFinder(const SentenceView& view, const Discourse& discourse, size_t known,
              std::vector<Relation>& relations)
      : EmploymentFinder(view, discourse, relations) {
    for (size_t i = known; i < relations.size(); ++i) {
      if (relations[i].confidence >= kEmploymentInherited) sure_.insert(relations[i].source);
    }
  }

  void Run(std::optional<uint32_t>& last_person) {
    const std::vector<Name>& names = view_.names();
    size_t people = 0, companies = 0;
    const Name* before = nullptr;  // The last company so far.
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].type == MentionType::kCompany) {
        if (++companies <= kGuessedPostsMax) Post(i, last_person);
        before = &names[i];
      }
      if (names[i].type != MentionType::kPerson) continue;
      last_person = names[i].entity;
      if (sure_.contains(names[i].entity) || ++people > kGuessedPeopleMax) continue;
      if (const auto title = TitleBeside(i)) Employers(i, before, *title);
    }
  }

 private:
  // The title that ends where the person's name begins, or begins where it ends.
  std::optional<Span> TitleBeside(size_t i) const {
    const std::vector<Name>& names = view_.names();
    const Span name = names[i].span;
    const uint32_t floor = i > 0 ? names[i - 1].span.end : view_.span().begin;
    const uint32_t ceiling = i + 1 < names.size() ? names[i + 1].span.begin : view_.span().end;
    const u32string_view stops =
        view_.english() ? u32string_view(U",.;:(\n”“\"") : u32string_view(U",。;:!?(“”\"[ ");
    Span title{name.begin, name.begin};
    while (title.begin > floor && title.size() < kTitleReach && IsOneOfMarks(title.begin - 1, U" "))
      --title.begin;
    if (view_.english()) SkipHonorific(floor, title.begin);
    title.end = title.begin;
    while (title.begin > floor && title.size() < kTitleReach &&
           !IsOneOfMarks(title.begin - 1, stops)) {
      --title.begin;
    }
    if (Fits(title)) return title;
    title = {name.end, name.end};
    while (title.begin < ceiling && IsOneOfMarks(title.begin, U" ,(:-")) ++title.begin;
    if (title.begin == name.end) return std::nullopt;
    title.end = title.begin;
    while (title.end < ceiling && title.size() < kTitleReach &&
           !IsOneOfMarks(title.end, U",.;:()\n”\"。!?、")) {
      ++title.end;
    }
    if (Fits(title)) return title;
    return std::nullopt;
  }

  // "CEO Dr. X": moves `position` before the honorific and the space around it.
  void SkipHonorific(uint32_t floor, uint32_t& position) const {
    const u32string_view before =
        view_.Between(std::max(floor, position - std::min(position, 12u)), position);
    for (const u32string_view word : {U" Dr.", U" Dr", U" Prof.", U" Mr.", U" Ms.", U" Mrs.",
                                      U" Professor", U" Sir", U" Dame"}) {
      if (before.ends_with(word)) position -= static_cast<uint32_t>(word.size());
    }
  }

  bool IsOneOfMarks(uint32_t position, u32string_view marks) const {
    return marks.find(At(position)) != u32string_view::npos;
  }

  // Whether the text holds a title and little else. Cuts a run of English words down to it.
  bool Fits(Span& span) const {
    span = Trim(span);
    if (span.size() < 2) return false;
    const CueHit* head = LastHead(span.begin, span.end);
    if (head == nullptr) return false;
    if (!view_.english()) return IsTitle(span);
    const u32string_view text = view_.Between(span.begin, span.end);
    if (head->span.end != span.end &&
        !view_.Between(head->span.end, span.end).starts_with(U" of ") &&
        !view_.Between(head->span.end, span.end).starts_with(U" for ")) {
      return false;
    }
    return !ContainsAny(text, {U" who ", U" which ", U" that ", U" will ", U" has ", U" have ",
                               U" was ", U" is ", U" were ", U" are "}) &&
           !view_.Has(Cue::kSpeak, span.begin, span.end);
  }

  void Propose(uint32_t person, uint32_t company, Span title, Span evidence, const char* rule) {
    if (proposed_.insert(company).second) {
      Add(person, company, title, evidence, kGuessConfidence, rule);
    }
  }

  void Employers(size_t i, const Name* before, Span title) {
    const std::vector<Name>& names = view_.names();
    const Name& person = names[i];
    proposed_.clear();
    const Span whole{std::min(title.begin, person.span.begin),
                     std::max(title.end, person.span.end)};
    if (before != nullptr && person.span.begin - before->span.end <= kCompanyReach) {
      Propose(person.entity, before->entity, title, {before->span.begin, whole.end},
              "guess: company before");
    }
    for (size_t k = i + 1; k < names.size(); ++k) {
      if (names[k].span.begin > person.span.end + kCompanyReach) break;
      if (names[k].type != MentionType::kCompany) continue;
      Propose(person.entity, names[k].entity, title, {whole.begin, names[k].span.end},
              "guess: company behind");
      break;
    }
    if (const auto company = discourse_.Antecedent(view_, whole.begin)) {
      Propose(person.entity, *company, title, whole, "guess: company of the text");
    }
    if (discourse_.topic()) {
      Propose(person.entity, *discourse_.topic(), title, whole, "guess: topic");
    }
  }

  // A post at a company with no person beside it.
  void Post(size_t k, std::optional<uint32_t> person) {
    const std::vector<Name>& names = view_.names();
    if (!person || sure_.contains(*person)) return;
    const Name& company = names[k];
    const uint32_t floor = k > 0 ? names[k - 1].span.end : view_.span().begin;
    const uint32_t ceiling = k + 1 < names.size() ? names[k + 1].span.begin : view_.span().end;
    const bool person_behind = k + 1 < names.size() && names[k + 1].type == MentionType::kPerson;
    if (view_.english()) {
      // "is the CEO of Acme", "served as a director at the Acme".
      Span title{floor, company.span.begin};
      u32string_view text = view_.Between(title.begin, title.end);
      if (text.ends_with(U"the ")) title.end -= 4;
      text = view_.Between(title.begin, title.end);
      bool linked = false;
      for (const u32string_view link : {U" of ", U" at ", U" for ", U" with ", U" in "}) {
        if (!text.ends_with(link)) continue;
        title.end -= static_cast<uint32_t>(link.size());
        linked = true;
        break;
      }
      if (!linked) return;
      const CueHit* head = LastHead(title.begin, title.end);
      if (head == nullptr || title.end - head->span.end > 30) return;
      text = view_.Between(title.begin, head->span.begin);
      size_t cut = 0;
      for (const u32string_view word :
           {U" as ", U" is ", U" was ", U" a ", U" an ", U" the ", U" and ", U", ", U" to "}) {
        const size_t at = text.rfind(word);
        if (at != u32string_view::npos) cut = std::max(cut, at + word.size());
      }
      title.begin += static_cast<uint32_t>(cut);
      if (title.size() > kTitleReach || person_behind) return;
      Add(*person, company.entity, title, {title.begin, company.span.end}, kGuessConfidence,
          "guess: post of the person before");
      return;
    }
    // "曾任A公司总裁".
    const u32string_view before = view_.Between(
        std::max(floor, company.span.begin - std::min(company.span.begin, 3u)), company.span.begin);
    if (!EndsWithAny(before, {U"任", U"为", U"是", U"任职于", U"、"})) return;
    Span title{company.span.end, company.span.end};
    while (title.end < ceiling && title.size() < kTitleReach &&
           !IsOneOfMarks(title.end, U",。;:!?\n")) {
      ++title.end;
    }
    DropAside(title);
    const CueHit* head = LastHead(title.begin, title.end);
    if (head == nullptr || (person_behind && names[k + 1].span.begin <= head->span.end + 1)) return;
    title.end = head->span.end;
    if (!IsTitle(title)) return;
    Add(*person, company.entity, title, {company.span.begin, title.end}, kGuessConfidence,
        "guess: post of the person before");
  }

  absl::flat_hash_set<uint32_t> sure_;      // People of whom a rule is sure.
  absl::flat_hash_set<uint32_t> proposed_;  // Companies proposed for the person at hand.
};

}  // namespace

void EmploymentGuesses::Read(const SentenceView& view, const Discourse& discourse, size_t known,
                             std::vector<Relation>& relations) {
  GuessFinder(view, discourse, known, relations).Run(last_person_);
}

}  // namespace partnergraph
