#include "ingest/organization_rules.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ingest/argument_finder.h"
#include "ingest/character.h"
#include "ingest/relation_sink.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// How far a subsidiary's name may stand from the word that says so.
constexpr uint32_t kNearby = 16;

// Words for a part of an organization that end its name.
constexpr u32string_view kUnitEndings[] = {
    U"分行",     U"支行",     U"事业部",    U"实验室", U"研究院",     U"研究所", U"研究中心",
    U"学院",     U"分公司",   U"办公室",    U"分部",   U"支队",       U"大队",   U"局",
    U"司",       U"处",       U"部",        U"中心",   U"厂",         U"分院",   U"分校",
    U"附属医院", U"事业群",   U"委员会",    U"支部",   U"科",         U"系",     U"Lab",
    U"Labs",     U"Division", U"Institute", U"School", U"Laboratory", U"Center", U"Department"};

bool EndsLikeUnit(u32string_view name) {
  return std::any_of(std::begin(kUnitEndings), std::end(kUnitEndings),
                     [name](u32string_view ending) {
                       // English names go on after the word: "Institute for Real Estate".
                       return name.ends_with(ending) ||
                              (IsLatin(ending[0]) && name.find(ending) != u32string_view::npos);
                     });
}

class OrganizationFinder {
 public:
  OrganizationFinder(const SentenceView& view, const Discourse& discourse,
                     std::vector<Relation>& relations)
      : view_(view), discourse_(discourse), sink_(view, relations) {
    for (const Name& name : view.names()) {
      if (name.type == MentionType::kCompany) companies_.push_back(&name);
    }
  }

  void Run() {
    if (companies_.empty()) return;
    for (const CueHit& hit : view_.cues()) {
      switch (hit.cue) {
        case Cue::kSubsidiary:
          view_.english() ? LatinSubsidiary(hit.span) : HanSubsidiary(hit.span);
          break;
        case Cue::kParent:
          Parent(hit.span);
          break;
        case Cue::kEstablish:
          Established(hit.span);
          break;
        default:
          break;
      }
    }
    Possessive();
  }

 private:
  // The last company that ends at or before `position`, not more than `reach` away.
  const Name* CompanyBefore(uint32_t position, uint32_t reach) const {
    const Name* best = nullptr;
    for (const Name* name : companies_) {
      if (name->span.end > position) break;
      best = name;
    }
    return best != nullptr && position - best->span.end <= reach ? best : nullptr;
  }
  const Name* CompanyAfter(uint32_t position, uint32_t reach) const {
    for (const Name* name : companies_) {
      if (name->span.begin < position) continue;
      return name->span.begin - position <= reach ? name : nullptr;
    }
    return nullptr;
  }

  void HanSubsidiary(Span cue) {
    const Name* owner = CompanyBefore(cue.begin, 12);
    if (owner != nullptr && view_.CrossesClause(owner->span.end, cue.begin)) owner = nullptr;
    const Name* part = CompanyAfter(cue.end, kNearby);
    if (part != nullptr && view_.CrossesClause(cue.end, part->span.begin)) part = nullptr;
    // Between the word and the name there is description, but no verb: "旗下拥有" is one.
    const u32string_view description =
        part != nullptr ? view_.Between(cue.end, part->span.begin) : u32string_view();
    // "B(本公司之全资附属公司)": the company before the bracket.
    if (cue.end < view_.span().end && view_.Between(cue.end, cue.end + 1) == U")") {
      const size_t open = view_.Between(view_.span().begin, cue.begin).rfind(U'(');
      if (open == u32string_view::npos) return;
      const uint32_t bracket = view_.span().begin + static_cast<uint32_t>(open);
      const Name* unit = CompanyBefore(bracket, 1);
      if (unit == nullptr) return;
      const Name* named = CompanyBefore(cue.begin, 6);
      const std::optional<uint32_t> whole = named != nullptr && named->span.begin > bracket
                                                ? std::optional<uint32_t>(named->entity)
                                                : discourse_.topic();
      if (whole)
        sink_.Add(kPartOf, unit->entity, *whole, {unit->span.begin, cue.end}, 0.7f,
                  "subsidiary in brackets");
      return;
    }
    const bool other_name =
        std::any_of(view_.names().begin(), view_.names().end(), [&](const Name& name) {
          return part != nullptr && name.span.begin >= cue.end &&
                 name.span.begin < part->span.begin;
        });
    if (part != nullptr && (other_name || description.find(U')') != u32string_view::npos)) {
      part = nullptr;
    }
    if (part != nullptr &&
        (view_.Has(Cue::kSpeak, cue.end, part->span.begin) ||
         view_.Has(Cue::kSign, cue.end, part->span.begin) ||
         view_.Between(cue.end, part->span.begin).find(U'与') != u32string_view::npos)) {
      part = nullptr;
    }
    if (part != nullptr) {
      std::optional<uint32_t> whole;
      float confidence = 0.85f;
      uint32_t begin = cue.begin;
      if (owner != nullptr) {
        // 为 before the owner makes the sentence go the other way: "B为A旗下...".
        whole = owner->entity;
        begin = owner->span.begin;
      } else {
        const uint32_t clause = view_.Clause(cue.begin).begin;
        if (!AnaphorBefore(view_, cue.begin) && cue.begin > clause + 1 &&
            !AnaphorOpens(clause, cue.begin)) {
          return;
        }
        whole = discourse_.Antecedent(view_, cue.begin);
        confidence = 0.65f;
      }
      if (!whole) return;
      const Group* group = GroupOf(*part);
      if (group != nullptr && group->span.begin >= cue.end &&
          !view_.CrossesClause(cue.end, group->span.end)) {
        // A list after 旗下 is of parts as far as 、 and 和 join it; "旗下B与C合作" is about B.
        const Name* previous = nullptr;
        for (const Name* name : companies_) {
          if (name->span.begin < group->span.begin || name->aside) continue;
          if (name->span.end > group->span.end) break;
          if (previous != nullptr) {
            const u32string_view link = TrimMarks(
                SkipAside(TrimMarks(view_.Between(previous->span.end, name->span.begin))));
            if (link != U"、" && link != U"和" && link != U"及" && link != U"以及") break;
          }
          sink_.Add(kPartOf, name->entity, *whole, {begin, name->span.end}, confidence,
                    "owner, subsidiary");
          previous = name;
        }
      } else {
        sink_.Add(kPartOf, part->entity, *whole, {begin, part->span.end}, confidence,
                  "owner, subsidiary");
      }
      return;
    }
    // "B为A的全资子公司", "B隶属于A".
    if (view_.Between(cue.begin, cue.end).starts_with(U"隶属")) {
      const Name* whole = CompanyAfter(cue.end, 8);
      const Name* unit = CompanyBefore(cue.begin, 8);
      if (whole != nullptr && unit != nullptr) {
        sink_.Add(kPartOf, unit->entity, whole->entity, {unit->span.begin, whole->span.end}, 0.85f,
                  "belongs to");
      }
      return;
    }
    if (owner == nullptr) return;
    const uint32_t floor =
        owner->span.begin > view_.span().begin + 12 ? owner->span.begin - 12 : view_.span().begin;
    const u32string_view before = view_.Between(floor, owner->span.begin);
    const size_t copula = before.find_last_of(U"为是系");
    if (copula == u32string_view::npos) return;
    const Name* unit = CompanyBefore(floor + static_cast<uint32_t>(copula), 10);
    if (unit != nullptr) {
      sink_.Add(kPartOf, unit->entity, owner->entity, {unit->span.begin, cue.end}, 0.85f,
                "is subsidiary of");
    }
  }

  // "公司设立在海外的控股子公司": an anaphor at the clause's beginning is the owner.
  bool AnaphorOpens(uint32_t clause, uint32_t position) const {
    constexpr uint32_t kReach = 16;
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.begin > clause + 1 || position - hit.span.end > kReach) continue;
      if (hit.cue == Cue::kAnaphor && hit.span.begin >= clause && hit.span.end <= position)
        return true;
    }
    return false;
  }

  const Group* GroupOf(const Name& name) const {
    for (const Group& group : view_.groups()) {
      if (group.span.begin <= name.span.begin && name.span.end <= group.span.end) return &group;
    }
    return nullptr;
  }

  void LatinSubsidiary(Span cue) {
    const u32string_view text = view_.Between(cue.begin, cue.end);
    if (text.ends_with(U" of") || text.ends_with(U" by")) {
      const Name* whole = CompanyAfter(cue.end, 12);
      const Name* unit = CompanyBefore(cue.begin, 24);
      if (whole == nullptr || unit == nullptr) return;
      const u32string_view between = view_.Between(unit->span.end, cue.begin);
      if (between.find(U" and ") != u32string_view::npos ||
          between.find(U". ") != u32string_view::npos)
        return;
      // "as part of", "business of" need the comma or the copula of an apposition.
      const bool apposed = between.starts_with(U",") ||
                           between.find(U"is ") != u32string_view::npos ||
                           between.find(U"(") != u32string_view::npos ||
                           between.find(U"now ") != u32string_view::npos;
      if (!apposed) return;
      sink_.Add(kPartOf, unit->entity, whole->entity, {unit->span.begin, whole->span.end}, 0.85f,
                "part of");
      return;
    }
    // "A's subsidiary B", "its wholly owned subsidiary, B".
    const Name* unit = CompanyAfter(cue.end, 6);
    if (unit == nullptr) return;
    const Name* whole = CompanyBefore(cue.begin, 24);
    if (whole != nullptr && !view_.CrossesClause(whole->span.end, cue.begin)) {
      sink_.Add(kPartOf, unit->entity, whole->entity, {whole->span.begin, unit->span.end}, 0.8f,
                "owner's subsidiary");
    } else if (const auto company = discourse_.Antecedent(view_, cue.begin)) {
      sink_.Add(kPartOf, unit->entity, *company, {cue.begin, unit->span.end}, 0.65f,
                "its subsidiary");
    }
  }

  void Parent(Span cue) {
    const u32string_view text = view_.Between(cue.begin, cue.end);
    // "A由B全资控股", "B全资控股A".
    if (text.find(U"全资") != u32string_view::npos || text.find(U"100%") != u32string_view::npos) {
      const Name* owner = CompanyBefore(cue.begin, 4);
      if (owner == nullptr) return;
      const Group* group = GroupOf(*owner);
      if (group != nullptr && Preposition(view_, *group) == U'由') {
        const Name* unit = CompanyBefore(group->span.begin - 1, 6);
        const std::optional<uint32_t> part =
            unit != nullptr ? std::optional<uint32_t>(unit->entity)
                            : discourse_.Antecedent(view_, group->span.begin - 1);
        if (part)
          sink_.Add(kPartOf, *part, owner->entity, {owner->span.begin, cue.end}, 0.75f, "owned by");
        return;
      }
      const Name* unit = CompanyAfter(cue.end, 3);
      if (unit != nullptr) {
        sink_.Add(kPartOf, unit->entity, owner->entity, {owner->span.begin, unit->span.end}, 0.8f,
                  "owns wholly");
      }
      return;
    }
    if (text == U"控股" || text == U"大股东" || text.starts_with(U"owner") ||
        text.ends_with(U" of"))
      return;
    // "A母公司B", "其控股股东B".
    const Name* whole = CompanyAfter(cue.end, 3);
    if (whole == nullptr) return;
    const Name* unit = CompanyBefore(cue.begin, 4);
    if (unit != nullptr && !view_.CrossesClause(unit->span.end, cue.begin)) {
      sink_.Add(kPartOf, unit->entity, whole->entity, {unit->span.begin, whole->span.end}, 0.8f,
                "parent");
    } else if (AnaphorBefore(view_, cue.begin)) {
      if (const auto company = discourse_.Antecedent(view_, cue.begin)) {
        sink_.Add(kPartOf, *company, whole->entity, {cue.begin, whole->span.end}, 0.65f,
                  "its parent");
      }
    }
  }

  void Established(Span cue) {
    if (view_.Has(Cue::kNegation, cue.begin > view_.span().begin + 2 ? cue.begin - 2 : cue.begin,
                  cue.begin))
      return;
    // "C由A、B共同出资设立".
    const Group* agents = view_.GroupBefore(cue.begin);
    if (agents != nullptr && cue.begin - agents->span.end <= 12) {
      const char32_t preposition = Preposition(view_, *agents);
      if (preposition == U'由' || preposition == U'b') {
        const Name* venture = CompanyBefore(agents->span.begin, 30);
        if (venture != nullptr) {
          for (const uint32_t founder : agents->entities) {
            sink_.Add(kFounded, founder, venture->entity, {venture->span.begin, cue.end}, 0.8f,
                      "founded by");
          }
        }
        return;
      }
    }
    // "A与B成立C".
    const Name* venture = CompanyAfter(cue.end, view_.english() ? 12 : 20);
    if (venture == nullptr || venture->employer || venture->aside ||
        view_.CrossesClause(cue.end, venture->span.begin))
      return;
    const u32string_view between = view_.Between(cue.end, venture->span.begin);
    if (between.starts_with(U"在")) return;  // "设立在海外的": where it is.
    if (view_.Has(Cue::kCooperate, cue.end, venture->span.begin) ||
        view_.Has(Cue::kStrategic, cue.end, venture->span.begin) ||
        view_.Has(Cue::kAgreement, cue.end, venture->span.begin) ||
        between.find_first_of(U"与和为于由对") != u32string_view::npos ||
        between.find(U" with") != u32string_view::npos ||
        between.find(U" by") != u32string_view::npos ||
        between.find(U" in ") != u32string_view::npos) {
      return;
    }
    // What is only planned has no founder yet.
    if (view_.Has(Cue::kPlan, view_.Clause(cue.begin).begin, cue.begin)) return;
    const Argument founders = ActorsBefore(view_, discourse_, cue.begin, 60);
    if (founders.empty() || (founders.anaphoric && !founders.joined &&
                             !AnaphorBefore(view_, cue.begin) && view_.english()))
      return;
    if (view_.english() && founders.span.size() != 0 &&
        view_.CrossesClause(founders.span.end, cue.begin))
      return;
    const auto is_school = [&](uint32_t entity) {
      return view_.document().entities[entity].org_type == "SCHOOL";
    };
    if (is_school(venture->entity) &&
        std::any_of(founders.entities.begin(), founders.entities.end(), is_school)) {
      return;
    }
    // A founder two clauses away acts in another matter.
    const u32string_view lead = view_.Between(founders.span.end, cue.begin);
    if (founders.span.size() != 0 && std::count(lead.begin(), lead.end(), U',') > 1) return;
    if (founders.anaphoric && !AnaphorBefore(view_, cue.begin) && !founders.joined) return;
    for (const uint32_t founder : founders.entities) {
      const Span evidence = founders.span.size() == 0
                                ? view_.Evidence()
                                : Span{founders.span.begin, venture->span.end};
      sink_.Add(kFounded, founder, venture->entity, evidence, founders.anaphoric ? 0.6f : 0.8f,
                "founder, venture");
    }
  }

  // "A大学的B实验室", "A的全球研发机构B", "A's School of B".
  void Possessive() {
    for (size_t i = 0; i + 1 < companies_.size(); ++i) {
      const Name& owner = *companies_[i];
      const Name& unit = *companies_[i + 1];
      const u32string_view between = TrimMarks(view_.Between(owner.span.end, unit.span.begin));
      Apposed(owner, unit);
      if (between.size() > 10 || owner.aside != unit.aside) continue;
      const u32string_view name = view_.Between(unit.span.begin, unit.span.end);
      const bool possessive =
          between == U"的" || between == U"'s" || between == U"’s" || between == U"s";
      const bool listed = SkipAside(between).empty() && !between.empty();  // "A(600000)B".
      const bool described = between.ends_with(U"研发机构") || between.ends_with(U"研究机构") ||
                             between.ends_with(U"部门") || between.ends_with(U"业务板块");
      if (described || ((possessive || listed) && EndsLikeUnit(name))) {
        sink_.Add(kPartOf, unit.entity, owner.entity, {owner.span.begin, unit.span.end},
                  described ? 0.8f : 0.7f, "owner's unit");
      }
    }
  }

  // "B, an A company", "B (a division of the A brand)", "A-owned B". The names in the order of the
  // text.
  void Apposed(const Name& first, const Name& second) {
    const u32string_view between = view_.Between(first.span.end, second.span.begin);
    if (IsOneOf(between, {U"-owned ", U"-backed subsidiary "})) {
      sink_.Add(kPartOf, second.entity, first.entity, {first.span.begin, second.span.end}, 0.8f,
                "owned");
      return;
    }
    if (!IsOneOf(between, {U", a ", U", an ", U", the ", U" (a ", U" (an ", U", now a ",
                           U", now an ", U" is a ", U" is an ", U", part of the "})) {
      return;
    }
    const u32string_view after =
        view_.Between(second.span.end, std::min(second.span.end + 20, view_.span().end));
    if (!StartsWithAny(after, {U" company", U" business", U" brand", U" unit", U" division",
                               U" subsidiary", U" affiliate", U" Company", U" family of"})) {
      return;
    }
    sink_.Add(kPartOf, first.entity, second.entity, {first.span.begin, second.span.end}, 0.8f,
              "an owner's company");
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  RelationSink sink_;
  std::vector<const Name*> companies_;
};

}  // namespace

void FindOrganizationRelations(const SentenceView& view, const Discourse& discourse,
                               std::vector<Relation>& relations) {
  OrganizationFinder(view, discourse, relations).Run();
}

void FindUnitsByName(const Document& document, std::vector<Relation>& relations) {
  // Names of companies; a longer name that begins with one of them and ends like a unit is part of
  // it. Names over 24 characters are no owners, so the work per mention is bounded.
  constexpr size_t kOwnerCharsMax = 24;
  absl::flat_hash_map<u32string_view, uint32_t> owners;
  for (const Mention& mention : document.mentions) {
    if (mention.type == MentionType::kCompany && mention.entity >= 0 && mention.span.size() >= 2 &&
        mention.span.size() <= kOwnerCharsMax && !mention.local_name) {
      owners.try_emplace(document.Chars(mention.span), static_cast<uint32_t>(mention.entity));
    }
  }
  for (const Mention& mention : document.mentions) {
    if (mention.type != MentionType::kCompany || mention.entity < 0) continue;
    const u32string_view name = document.Chars(mention.span);
    if (name.size() < 4 || name.ends_with(U"公司") || !EndsLikeUnit(name)) continue;
    for (size_t size = std::min(name.size() - 2, kOwnerCharsMax); size >= 2; --size) {
      const auto owner = owners.find(name.substr(0, size));
      if (owner == owners.end() || owner->second == static_cast<uint32_t>(mention.entity)) continue;
      if (IsLatin(name[size - 1]) && IsLatin(name[size])) continue;
      Relation relation;
      relation.type = kPartOf;
      relation.source = static_cast<uint32_t>(mention.entity);
      relation.target = owner->second;
      relation.confidence = 0.7f;
      relation.evidence.push_back(mention.span);
      relation.rule = kUnitByName;
      relations.push_back(std::move(relation));
      break;
    }
  }
}

}  // namespace partnergraph
