// Job titles in English sentences: "Acme CEO X", "X, CEO of Acme", "CEO X".
#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/employment_finder.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

constexpr uint32_t kTitleCharsMax = 90;

class EnglishEmployment : public EmploymentFinder {
 public:
  using EmploymentFinder::EmploymentFinder;

  void Run() {
    const std::vector<Name>& names = view_.names();
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].type == MentionType::kPerson) Person(i);
    }
  }

 private:
  // True when [begin, end) reads as a title in running English: short, holding a head, no sentence.
  bool IsRunningTitle(Span& span, bool head_last) const {
    span = Trim(span);
    if (span.size() < 2 || span.size() > kTitleCharsMax) return false;
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

  void Person(size_t i) {
    bool found = CompanyFirst(i);
    found = Joined(i) || found;
    found = PersonFirst(i) || found;
    if (!found) BareTitle(i);
  }

  // "Acme CEO X", "Acme (NYSE: ACM) managing director X", "Acme's CEO, X".
  bool CompanyFirst(size_t i) {
    const std::vector<Name>& names = view_.names();
    if (i == 0) return false;
    size_t k = i - 1;
    // A listing or alias in brackets after the company.
    while (k > 0 && names[k].type == MentionType::kCompany && names[k].aside && !names[i].aside)
      --k;
    if (names[k].type != MentionType::kCompany) return false;
    Span title{names[k].span.end, names[i].span.begin};
    if (title.size() > kTitleCharsMax) return false;
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
    if (!direct || !IsRunningTitle(title, false)) return false;
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

  // "X joined Acme as CEO", "X has joined Acme as its new CEO".
  bool Joined(size_t i) {
    const std::vector<Name>& names = view_.names();
    if (i + 1 >= names.size() || names[i + 1].type != MentionType::kCompany) return false;
    const Name& company = names[i + 1];
    if (!IsOneOf(view_.Between(names[i].span.end, company.span.begin),
                 {U" joins ", U" joined ", U" has joined ", U" is joining ", U" will join ",
                  U" joins the ", U" joined the ", U" has joined the ", U", who joined ",
                  U" rejoins ", U" recently joined "})) {
      return false;
    }
    Span title{company.span.end, std::min(company.span.end + kTitleCharsMax, view_.span().end)};
    if (!Drop(title, U" as ")) return false;
    if (i + 2 < names.size()) title.end = std::min(title.end, names[i + 2].span.begin);
    title.end = title.begin + static_cast<uint32_t>(std::min(
                                  view_.Between(title.begin, title.end).find_first_of(U",.;:()\n"),
                                  size_t{title.size()}));
    const CueHit* head = LastHead(title.begin, title.end);
    if (head == nullptr) return false;
    if (!view_.Between(head->span.end, title.end).starts_with(U" of ")) title.end = head->span.end;
    if (!IsRunningTitle(title, false)) return false;
    Add(names[i].entity, company.entity, title, {names[i].span.begin, title.end}, kEmploymentDirect,
        "person joins company as");
    return true;
  }

  // "X, CEO of Acme", "X is a partner at Acme", "X, CEO, Acme", and "X, CEO" of the topic.
  bool PersonFirst(size_t i) {
    const std::vector<Name>& names = view_.names();
    const uint32_t begin = names[i].span.end;
    uint32_t limit = std::min<uint32_t>(view_.span().end, begin + kTitleCharsMax + 30);
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
                                         U" - ",
                                         U" – ",
                                         U" — ",
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
      if (!linked || !IsRunningTitle(title, false)) continue;
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
    if (!IsRunningTitle(title, false)) return false;
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
  bool BareTitle(size_t i) {
    const std::vector<Name>& names = view_.names();
    const uint32_t floor = i > 0 ? names[i - 1].span.end : view_.span().begin;
    uint32_t begin = names[i].span.begin;
    uint32_t end = begin;
    if (end > floor && view_.Between(end - 2, end) == U", " && end >= floor + 2) end -= 2;
    begin = end;
    while (begin > floor && end - begin < kTitleCharsMax &&
           u32string_view(U",.;:(\n”“\"").find(At(begin - 1)) == u32string_view::npos) {
      --begin;
    }
    Span title{begin, end};
    if (!IsRunningTitle(title, false)) return false;
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
};

}  // namespace

void FindEnglishEmployment(const SentenceView& view, const Discourse& discourse,
                           std::vector<Relation>& relations) {
  EnglishEmployment(view, discourse, relations).Run();
}

}  // namespace partnergraph
