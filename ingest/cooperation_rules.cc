// Cooperation between equals.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/character.h"
#include "ingest/deal_candidate.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// How far behind the last party the words of the cooperation may stand.
constexpr uint32_t kWindowHan = 70;
constexpr uint32_t kWindowLatin = 120;

bool HasType(const Document& document, const std::vector<uint32_t>& entities,
             std::string_view org_type) {
  return std::any_of(entities.begin(), entities.end(), [&](uint32_t entity) {
    return document.entities[entity].org_type == org_type;
  });
}

// Of two parties to a supply or a distribution the first provides; other cooperations are
// symmetric.
std::vector<Participation> Roles(std::string_view kind, const std::vector<uint32_t>& entities) {
  if (entities.size() != 2 || (kind != "SUPPLY" && kind != "DISTRIBUTION")) {
    return WithRole(entities, "PARTY");
  }
  return {{entities[0], "PROVIDER"}, {entities[1], "CUSTOMER"}};
}

// What the paper is about that two sign: "供货合同", "贷款合同", "offtake agreement". Empty where
// the words do not say.
std::string_view ContractKind(u32string_view text) {
  static constexpr struct {
    u32string_view word;
    std::string_view kind;
  } kContracts[] = {
      {U"投资协议", "INVESTMENT"},
      {U"投资合同", "INVESTMENT"},
      {U"认购协议", "INVESTMENT"},
      {U"增资协议", "INVESTMENT"},
      {U"贷款合同", "OTHER"},
      {U"借款合同", "OTHER"},
      {U"贷款协议", "OTHER"},
      {U"赞助", "OTHER"},
      {U"供货", "SUPPLY"},
      {U"供应协议", "SUPPLY"},
      {U"供应合同", "SUPPLY"},
      {U"采购", "SUPPLY"},
      {U"购销", "SUPPLY"},
      {U"长单", "SUPPLY"},
      {U"长协", "SUPPLY"},
      {U"订单", "SUPPLY"},
      {U"服务合同", "SUPPLY"},
      {U"总承包", "SUPPLY"},
      {U"商务合同", "SUPPLY"},
      {U"定制生产", "SUPPLY"},
      {U"offtake", "SUPPLY"},
      {U"supply agreement", "SUPPLY"},
      {U"supply contract", "SUPPLY"},
      {U"sponsorship", "OTHER"},
  };
  for (const auto& contract : kContracts) {
    if (text.find(contract.word) != u32string_view::npos) return contract.kind;
  }
  return "";
}

// The kind of a cooperation, from the cues around it and from who takes part.
std::string_view CooperationKind(const SentenceView& view, Span window,
                                 const std::vector<uint32_t>& parties) {
  const auto has = [&](Cue cue) { return view.Has(cue, window.begin, window.end); };
  if (HasType(view.document(), parties, "SCHOOL")) return "EDUCATION";
  const bool school = HasType(view.document(), parties, "UNIVERSITY");
  if (has(Cue::kResearch)) return "RESEARCH";
  if (has(Cue::kEducate) && school) return "EDUCATION";
  if (has(Cue::kDistribute)) return "DISTRIBUTION";
  if (has(Cue::kStrategic)) return "STRATEGIC_COOPERATION";
  if (has(Cue::kSign) || has(Cue::kAgreement)) {
    const std::string_view contract = ContractKind(view.Between(window.begin, window.end));
    if (!contract.empty()) return contract;
  }
  if (has(Cue::kPurchase) && has(Cue::kAgreement)) return "SUPPLY";
  if (school && has(Cue::kSign)) return "EDUCATION";
  if (view.english() && (has(Cue::kIntegrate))) return "TECHNOLOGY_INTEGRATION";
  if (!view.english() && !has(Cue::kSign) && !has(Cue::kCooperate) && has(Cue::kJoin) &&
      has(Cue::kAttend)) {
    return "OTHER";  // They appear together.
  }
  if (!view.english() && !has(Cue::kSign) && !has(Cue::kCooperate) &&
      view.Between(window.begin, window.end).find(U"联合") != u32string_view::npos) {
    return has(Cue::kEducate) ? "EDUCATION" : "OTHER";
  }
  if (has(Cue::kJointAct) && !has(Cue::kSign)) return has(Cue::kEducate) ? "EDUCATION" : "OTHER";
  return "STRATEGIC_COOPERATION";
}

class CooperationFinder {
 public:
  CooperationFinder(const SentenceView& view, const Discourse& discourse, CandidateSink& sink)
      : view_(view), discourse_(discourse), sink_(sink) {}

  void Han() {
    for (const Group& group : view_.groups()) {
      if (!group.with && group.entities.size() < 2) continue;
      const Argument parties = ActorsBefore(view_, discourse_, group.span.end, 0);
      if (parties.entities.size() < 2) continue;
      HanJoined(group, parties);
    }
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue == Cue::kSign) HanSignedWith(hit.span);
      if (hit.cue == Cue::kAnaphor) HanWithAnaphor(hit);
      if (hit.cue == Cue::kStrategic || hit.cue == Cue::kCooperate) HanPartnerOf(hit.span);
    }
  }

  void Latin() {
    for (const CueHit& hit : view_.cues()) {
      switch (hit.cue) {
        case Cue::kJoin:
          LatinVerb(hit.span);
          break;
        case Cue::kStrategic:
        case Cue::kCooperate:
        case Cue::kAgreement:
        case Cue::kResearch:
        case Cue::kJointAct:
        case Cue::kIntegrate:
        case Cue::kDistribute:
          LatinNoun(hit);
          break;
        default:
          break;
      }
    }
  }

 private:
  bool Has(Cue cue, Span window) const { return view_.Has(cue, window.begin, window.end); }

  void AddCooperation(std::string_view kind, const std::vector<uint32_t>& parties, Span trigger,
                      float confidence, const char* rule) {
    // Without a word for it, a strategic cooperation is only what is left.
    const Span clause = view_.Clause(trigger.begin);
    const bool named = kind != "STRATEGIC_COOPERATION" || Has(Cue::kStrategic, clause) ||
                       Has(Cue::kStrategic, trigger);
    sink_.Add(kind, Roles(kind, parties), trigger, confidence, rule, named ? 1.0f : 0.4f);
  }

  // "A与B", "A联合B", "A、B和C": what follows says whether it is a cooperation.
  void HanJoined(const Group& group, const Argument& parties) {
    const Group* next = view_.GroupAfter(group.span.end);
    Span window{group.span.end, std::min(view_.span().end, group.span.end + kWindowHan)};
    if (next != nullptr) window.end = std::min(window.end, next->span.begin);
    // The verb that joins them, and what is said right before.
    Span around = window;
    around.begin = group.with ? *group.with : group.span.begin;
    const CueHit* best = nullptr;
    float confidence = 0;
    const auto consider = [&](const CueHit& hit, float value) {
      if (value > confidence) {
        confidence = value;
        best = &hit;
      }
    };
    const bool agreement = Has(Cue::kAgreement, window) || Has(Cue::kCooperate, window) ||
                           Has(Cue::kStrategic, window);
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.begin >= window.end) break;
      if (hit.span.begin < around.begin) continue;
      const uint32_t distance =
          hit.span.begin > group.span.end ? hit.span.begin - group.span.end : 0;
      const bool same_clause =
          view_.Between(group.span.end, hit.span.begin).find(U',') == u32string_view::npos;
      switch (hit.cue) {
        case Cue::kStrategic:
          consider(hit, same_clause ? 0.85f : 0.7f);
          break;
        case Cue::kSign:
          if (same_clause && distance <= 40) consider(hit, agreement ? 0.85f : 0.6f);
          break;
        case Cue::kCooperate:
          if (same_clause && distance <= 40) consider(hit, distance <= 12 ? 0.7f : 0.55f);
          break;
        case Cue::kResearch:
          if (same_clause) consider(hit, 0.6f);
          break;
        case Cue::kJointAct:
          if (same_clause && distance <= 40) consider(hit, 0.6f);
          break;
        case Cue::kAgreement:
          if (same_clause && distance <= 20) consider(hit, 0.5f);
          break;
        case Cue::kJoin:
          Joining(group, window, hit, consider);
          break;
        default:
          break;
      }
    }
    if (best == nullptr) return;
    // Deals of other kinds have rules of their own.
    if (Has(Cue::kAcquire, window) || Has(Cue::kEstablish, window) ||
        Has(Cue::kJointVenture, window) || Has(Cue::kLeadInvest, window) ||
        Has(Cue::kFunding, window)) {
      if (best->cue != Cue::kStrategic && best->cue != Cue::kSign) return;
      if (Has(Cue::kAcquire, window) || Has(Cue::kJointVenture, window) ||
          Has(Cue::kFunding, window))
        return;
    }
    if (parties.anaphoric) confidence -= 0.1f;
    // "A与B、C等多家企业合作": a deal with each, not one among all.
    if (group.with && group.entities.size() > 1 && best->span.begin <= group.span.end + 30 &&
        best->cue != Cue::kStrategic &&
        view_.Between(group.span.end, window.end).starts_with(U"等")) {
      const std::vector<uint32_t> subject(
          parties.entities.begin(),
          parties.entities.end() - static_cast<ptrdiff_t>(group.entities.size()));
      if (subject.size() == 1) {
        for (const uint32_t partner : group.entities) {
          AddCooperation("OTHER", {subject.front(), partner}, best->span, confidence - 0.05f,
                         "one of several partners");
        }
        return;
      }
    }
    const Span kind_window{parties.span.size() != 0 ? parties.span.begin : group.span.begin,
                           window.end};
    AddCooperation(CooperationKind(view_, kind_window, parties.entities), parties.entities,
                   best->span, confidence, "joined parties");
  }

  // "A携手B,...": the verb alone; "A联合B发布", "A与B联合举办": the verb and what they do.
  template <typename Consider>
  void Joining(const Group& group, Span window, const CueHit& hit, const Consider& consider) const {
    const u32string_view verb = view_.Between(hit.span.begin, hit.span.end);
    const bool weak = verb == U"联合" || verb == U"会同" || verb == U"协同";
    const bool before = group.with && hit.span.begin == *group.with;
    const bool after = hit.span.begin >= group.span.end && hit.span.begin - group.span.end <= 3;
    if (before && !weak) {
      consider(hit, view_.sentence().title ? 0.7f : 0.55f);
    } else if (before &&
               (Has(Cue::kJointAct, window) || Has(Cue::kLaunch, window) ||
                Has(Cue::kEducate, window) || Has(Cue::kDevelop, window) ||
                Has(Cue::kAttend, window) ||
                view_.Between(window.begin, window.end).find(U"开展") != u32string_view::npos ||
                view_.Between(window.begin, window.end).find(U"举") != u32string_view::npos)) {
      consider(hit, 0.56f);
    } else if (after) {
      consider(hit, 0.56f);
    }
  }

  // "B与公司签署": the company that the text speaks of is the other side.
  void HanWithAnaphor(const CueHit& anaphor) {
    const u32string_view word = view_.Between(anaphor.span.begin, anaphor.span.end);
    if (word != U"公司" && word != U"本公司" && word != U"我司" && word != U"我们" &&
        word != U"我公司")
      return;
    if (anaphor.span.begin == view_.span().begin ||
        u32string_view(U"与和同跟").find(view_.document().chars[anaphor.span.begin - 1]) ==
            u32string_view::npos) {
      return;
    }
    const std::optional<uint32_t> topic = discourse_.topic();
    const Group* other = view_.GroupBefore(anaphor.span.begin);
    if (!topic || other == nullptr || anaphor.span.begin - other->span.end > 50) return;
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.begin < anaphor.span.end) continue;
      if (hit.span.begin - anaphor.span.end > 12) return;
      if (hit.cue != Cue::kSign && hit.cue != Cue::kStrategic) continue;
      std::vector<uint32_t> parties = {*topic};
      AppendUnique(parties, other->entities);
      const Span window{anaphor.span.begin, std::min(view_.span().end, hit.span.end + 40)};
      AddCooperation(CooperationKind(view_, window, parties), parties, hit.span, 0.7f,
                     "signed with the topic");
      return;
    }
  }

  // "A签约B".
  void HanSignedWith(Span cue) {
    if (view_.Between(cue.begin, cue.end) != U"签约" &&
        view_.Between(cue.begin, cue.end) != U"签下")
      return;
    const Argument object = ObjectAfter(view_, cue.end, 4);
    if (object.empty()) return;
    Argument subject = ActorsBefore(view_, discourse_, cue.begin, 20);
    AppendUnique(subject.entities, object.entities);
    const Span window{cue.begin, std::min(view_.span().end, object.span.end + 40)};
    AddCooperation(CooperationKind(view_, window, subject.entities), subject.entities, cue, 0.65f,
                   "signed with");
  }

  // "A成为B的战略合作伙伴", "作为B的合作伙伴,A".
  void HanPartnerOf(Span cue) {
    const Group* owner = view_.GroupBefore(cue.begin);
    if (owner == nullptr || owner->with || owner->entities.size() > 3) return;
    const u32string_view between = view_.Between(owner->span.end, cue.begin);
    if (between.size() > 14 || between.find(U'的') == u32string_view::npos ||
        between.find(U',') != u32string_view::npos) {
      return;
    }
    const uint32_t from =
        owner->span.begin > view_.span().begin + 8 ? owner->span.begin - 8 : view_.span().begin;
    const u32string_view before = view_.Between(from, owner->span.begin);
    const bool as = before.find(U"作为") != u32string_view::npos;
    const bool copula = before.find(U"成为") != u32string_view::npos || before.ends_with(U"是") ||
                        before.ends_with(U"为");
    if (!as && !copula) return;
    const Group* other = copula && !as ? view_.GroupBefore(from) : view_.GroupAfter(cue.end);
    if (other == nullptr || (as && other->span.begin - cue.end > 10)) return;
    std::vector<uint32_t> parties = other->entities;
    AppendUnique(parties, owner->entities);
    const Span window{from, std::min(view_.span().end, cue.end + 10)};
    AddCooperation(CooperationKind(view_, window, parties), parties, cue, 0.65f, "partner of");
  }

  // The first group that begins within `reach` behind `position`.
  const Group* Next(uint32_t position, uint32_t reach) const {
    const Group* group = view_.GroupAfter(position);
    return group != nullptr && group->span.begin - position <= reach ? group : nullptr;
  }

  // The subject of an English verb or noun at `position`.
  std::vector<uint32_t> LatinSubject(uint32_t position, bool& anaphoric) const {
    const Group* subject = nullptr;
    for (const Group& group : view_.groups()) {
      if (group.span.end > position) break;
      const char32_t preposition = Preposition(view_, group);
      if (preposition == 'w' || preposition == 'f' || preposition == 'b') continue;
      if (position - group.span.end > 160) continue;
      subject = &group;
    }
    if (subject != nullptr) return subject->entities;
    anaphoric = true;
    if (const auto company = discourse_.Antecedent(view_, position)) return {*company};
    return {};
  }

  // "A partners with B".
  void LatinVerb(Span cue) {
    const Group* object = Next(cue.end, 90);
    if (object == nullptr) return;
    bool anaphoric = false;
    std::vector<uint32_t> parties = LatinSubject(cue.begin, anaphoric);
    AppendUnique(parties, object->entities);
    const uint32_t distance = object->span.begin - cue.end;
    float confidence = distance <= 8 ? 0.8f : distance <= 40 ? 0.65f : 0.5f;
    if (anaphoric) confidence -= 0.1f;
    const u32string_view verb = view_.Between(cue.begin, cue.end);
    if (verb.starts_with(U"work")) confidence -= 0.2f;
    const Span window{cue.begin > view_.span().begin + 60 ? cue.begin - 60 : view_.span().begin,
                      std::min(view_.span().end, object->span.end + 60)};
    AddCooperation(CooperationKind(view_, window, parties), parties, cue, confidence,
                   "partners with");
  }

  // "partnership with B", "agreement between A and B", "A and B announce a partnership".
  void LatinNoun(const CueHit& hit) {
    const Span cue = hit.span;
    const bool weak = hit.cue == Cue::kAgreement || hit.cue == Cue::kIntegrate ||
                      hit.cue == Cue::kDistribute || hit.cue == Cue::kResearch;
    const Span window{cue.begin > view_.span().begin + 80 ? cue.begin - 80 : view_.span().begin,
                      std::min(view_.span().end, cue.end + kWindowLatin)};
    const bool signed_ = Has(Cue::kSign, window);
    // With and between.
    for (const Group& group : view_.groups()) {
      if (group.span.begin < cue.end) continue;
      if (group.span.begin - cue.end > kWindowLatin) break;
      const u32string_view between = view_.Between(cue.end, group.span.begin);
      const size_t with = between.rfind(U"with ");
      const bool joined = between.find(U"between ") != u32string_view::npos || between == U" of ";
      if (joined && group.entities.size() >= 2) {
        AddCooperation(CooperationKind(view_, window, group.entities), group.entities, cue, 0.8f,
                       "between parties");
        return;
      }
      if (with != u32string_view::npos && with + 40 >= between.size()) {
        bool anaphoric = false;
        std::vector<uint32_t> parties = LatinSubject(cue.begin, anaphoric);
        AppendUnique(parties, group.entities);
        float confidence = weak ? 0.55f : 0.7f;
        if (signed_) confidence += 0.1f;
        if (anaphoric) confidence -= 0.1f;
        AddCooperation(CooperationKind(view_, window, parties), parties, cue, confidence,
                       "agreement with");
        return;
      }
      break;
    }
    // "A and B announce a partnership": a verb between the parties and the noun.
    const Group* group = view_.GroupBefore(cue.begin);
    if (group == nullptr || group->entities.size() < 2 || cue.begin - group->span.end > 70) return;
    if (!view_.Has(Cue::kSign, group->span.end, cue.begin) &&
        !(hit.cue == Cue::kJointAct && cue.begin - group->span.end < 12) &&
        !(cue.begin - group->span.end <= 6 && hit.cue != Cue::kAgreement)) {
      return;
    }
    AddCooperation(CooperationKind(view_, window, group->entities), group->entities, cue,
                   weak ? 0.65f : 0.8f, "parties announce");
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  CandidateSink& sink_;
};

}  // namespace

void FindCooperation(const SentenceView& view, const Discourse& discourse, CandidateSink& sink) {
  CooperationFinder finder(view, discourse, sink);
  view.english() ? finder.Latin() : finder.Han();
}

}  // namespace partnergraph
