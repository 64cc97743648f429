// Acquisitions, sales, investments, financing rounds.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/character.h"
#include "ingest/deal_candidate.h"

namespace partnergraph {
namespace {

using std::u32string_view;

class TransactionFinder {
 public:
  TransactionFinder(const SentenceView& view, const Discourse& discourse, CandidateSink& sink)
      : view_(view), discourse_(discourse), sink_(sink) {}

  void Run() {
    Funding();
    for (const CueHit& hit : view_.cues()) {
      switch (hit.cue) {
        case Cue::kAcquire:
          view_.english() ? LatinAcquire(hit.span) : HanAcquire(hit.span);
          break;
        case Cue::kPurchase:
          // "购买B 51%股权".
          if (!view_.english() && StakeFollows(hit.span.end)) HanAcquire(hit.span);
          break;
        case Cue::kSell:
          Sell(hit.span);
          break;
        case Cue::kFunding:
          view_.english() ? LatinRaise(hit.span) : HanRound(hit.span);
          break;
        case Cue::kInvest:
          view_.english() ? LatinInvest(hit.span) : HanInvest(hit.span);
          break;
        default:
          break;
      }
    }
  }

 private:
  u32string_view Text(Span span) const { return view_.Between(span.begin, span.end); }

  bool StakeFollows(uint32_t position) const {
    const Span clause = view_.Clause(position);
    return view_.Has(Cue::kStake, position, clause.end);
  }

  // The group before another one, without joining it with partners.
  const Group* Earlier(const Group& group) const {
    return group.span.begin > view_.span().begin ? view_.GroupBefore(group.span.begin - 1)
                                                 : nullptr;
  }

  // The group that acts at `position`, or the company that the text speaks of.
  std::vector<uint32_t> Subject(const Group* group, uint32_t position, bool& anaphoric) const {
    if (group != nullptr) return group->entities;
    anaphoric = true;
    if (const auto company = discourse_.Antecedent(view_, position)) return {*company};
    return {};
  }

  void AddAcquisition(std::vector<uint32_t> acquirers, const std::vector<uint32_t>& targets,
                      const std::vector<uint32_t>& sellers, Span cue, float confidence,
                      const char* rule) {
    const auto taken = [&](uint32_t entity) {
      return std::find(targets.begin(), targets.end(), entity) != targets.end() ||
             std::find(sellers.begin(), sellers.end(), entity) != sellers.end();
    };
    std::erase_if(acquirers, taken);
    // Authorities examine acquisitions, they make none.
    std::erase_if(acquirers, [&](uint32_t entity) {
      return view_.document().entities[entity].org_type == "GOVERNMENT";
    });
    if (acquirers.empty()) return;
    std::vector<Participation> parties = WithRole(acquirers, "ACQUIRER");
    AddParties(parties, targets, "TARGET");
    AddParties(parties, sellers, "PARTY");
    sink_.Add("ACQUISITION", std::move(parties), cue, confidence, rule);
  }

  void HanAcquire(Span cue) {
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 60) before = nullptr;
    const char32_t preposition = before != nullptr ? Preposition(view_, *before) : U'\0';
    bool anaphoric = false;
    const u32string_view verb = Text(cue);
    if ((verb == U"合并" || verb == U"兼并") && before != nullptr) {
      const Argument sides = ActorsBefore(view_, discourse_, cue.begin, 12);
      if (sides.joined && !sides.anaphoric) {
        sink_.Add("ACQUISITION", WithRole(sides.entities, "PARTY"), cue, 0.65f, "merger");
        return;
      }
    }
    // "B被A收购", "B获A收购".
    if (before != nullptr &&
        (preposition == U'被' || preposition == U'获' || preposition == U'由') &&
        cue.begin - before->span.end <= 12) {
      const Group* target = Earlier(*before);
      AddAcquisition(before->entities, Subject(target, before->span.begin, anaphoric), {}, cue,
                     anaphoric ? 0.6f : 0.8f, "acquired by");
      return;
    }
    // "A对B的收购", "A完成对平台B的收购".
    bool nominal = false;
    if (before != nullptr && cue.begin - before->span.end <= 8) {
      const uint32_t from = std::max(view_.Clause(before->span.begin).begin,
                                     before->span.begin > 24 ? before->span.begin - 24 : 0);
      nominal = preposition == U'对' ||
                (view_.Between(before->span.end, cue.begin).ends_with(U"的") &&
                 view_.Between(from, before->span.begin).find(U'对') != u32string_view::npos);
    }
    if (nominal) {
      const Group* buyer = Earlier(*before);
      AddAcquisition(Subject(buyer, before->span.begin, anaphoric), before->entities, {}, cue,
                     anaphoric ? 0.55f : 0.75f, "acquisition of");
      return;
    }
    std::vector<uint32_t> sellers;
    const Group* buyer = before;
    if (before != nullptr &&
        (preposition == U'向' || preposition == U'从' || preposition == U'自')) {
      sellers = before->entities;
      buyer = Earlier(*before);
    }
    std::vector<uint32_t> acquirers;
    if (buyer != nullptr && buyer->with) {
      acquirers = ActorsBefore(view_, discourse_, buyer->span.end, 0).entities;
    } else {
      acquirers = Subject(buyer, cue.begin, anaphoric);
    }
    // What is acquired, and from whom: "收购B持有的C 51%股权".
    const Span clause = view_.Clause(cue.end);
    std::vector<uint32_t> targets;
    for (const Group& group : view_.groups()) {
      if (group.span.begin < cue.end) continue;
      if (group.span.begin >= clause.end || group.span.begin - cue.end > 60) break;
      const u32string_view after =
          view_.Between(group.span.end, std::min(clause.end, group.span.end + 8));
      const bool holder = after.find(U"持有") != u32string_view::npos ||
                          after.find(U"所持") != u32string_view::npos;
      if (holder) {
        AppendUnique(sellers, group.entities);
        continue;
      }
      // "收购B的子公司C": the last one is the target, the one before its owner.
      if (!targets.empty()) {
        const u32string_view gap = view_.Between(cue.end, group.span.begin);
        if (gap.find(U"的") == u32string_view::npos && gap.find(U"旗下") == u32string_view::npos)
          break;
        AppendUnique(sellers, targets);
        targets.clear();
      }
      targets = group.entities;
    }
    // "转让方为D".
    for (const u32string_view word : {U"卖方为", U"转让方为", U"出让方为", U"卖方是"}) {
      const size_t at = view_.Between(cue.end, view_.span().end).find(word);
      if (at == u32string_view::npos) continue;
      const Argument seller =
          ObjectAfter(view_, cue.end + static_cast<uint32_t>(at + word.size()), 1);
      AppendUnique(sellers, seller.entities);
    }
    if (targets.empty() && sellers.empty()) return;
    float confidence = anaphoric ? 0.6f : 0.8f;
    if (before != nullptr &&
        view_.Between(before->span.end, cue.begin).find(U',') != u32string_view::npos) {
      confidence -= 0.1f;
    }
    AddAcquisition(std::move(acquirers), targets, sellers, cue, confidence, "acquires");
  }

  void LatinAcquire(Span cue) {
    const u32string_view verb = Text(cue);
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 100) before = nullptr;
    const Group* after = view_.GroupAfter(cue.end);
    if (after != nullptr && after->span.begin - cue.end > 60) after = nullptr;
    bool anaphoric = false;
    if (verb.starts_with(U"merge")) {
      std::vector<uint32_t> sides;
      if (after != nullptr && verb.ends_with(U"with")) {
        sides = Subject(before, cue.begin, anaphoric);
        AppendUnique(sides, after->entities);
      } else if (before != nullptr && before->entities.size() > 1) {
        sides = before->entities;
      }
      sink_.Add("ACQUISITION", WithRole(sides, "PARTY"), cue, 0.65f, "merges with");
      return;
    }
    if (after != nullptr && after->span.begin - cue.end <= 12 &&
        view_.Between(cue.end, after->span.begin).starts_with(U" by ")) {
      // "B was acquired by A".
      if (before != nullptr)
        AddAcquisition(after->entities, before->entities, {}, cue, 0.8f, "acquired by");
      return;
    }
    const std::vector<uint32_t> acquirers = Subject(before, cue.begin, anaphoric);
    std::vector<uint32_t> targets, sellers;
    float confidence = anaphoric ? 0.55f : 0.75f;
    if (after != nullptr) {
      const u32string_view between = view_.Between(cue.end, after->span.begin);
      if (between.find(U" from ") != u32string_view::npos) {
        sellers = after->entities;
        confidence -= 0.1f;
      } else if (between.find(U',') == u32string_view::npos &&
                 (between.find(U" in ") == u32string_view::npos ||
                  view_.Has(Cue::kStake, cue.end, after->span.begin)) &&
                 between.find(U" with ") == u32string_view::npos &&
                 between.find(U" to ") == u32string_view::npos) {
        // "acquires 51% of B" is B's; "acquires mines near B" is not.
        if (between.size() > 4) confidence -= 0.1f;
        const u32string_view behind =
            view_.Between(after->span.end, std::min(view_.span().end, after->span.end + 2));
        // "acquires B's business" counts as B's.
        if (behind == U"'s" || behind == U"’s") confidence -= 0.05f;
        targets = after->entities;
      } else {
        return;
      }
      const Group* seller = view_.GroupAfter(after->span.end);
      if (seller != nullptr && Preposition(view_, *seller) == 'f' &&
          seller->span.begin - after->span.end <= 90) {
        AppendUnique(sellers, seller->entities);
      }
    }
    if (targets.empty() && sellers.empty()) return;
    if (sellers.empty() && after != nullptr && IsMinority(cue.end, after->span.begin)) {
      AddInvestment(acquirers, targets, cue, confidence, "buys a stake in");
      return;
    }
    AddAcquisition(acquirers, targets, sellers, cue, confidence, "acquires");
  }

  // "8.4% stake in": less than a quarter of it.
  bool IsMinority(uint32_t begin, uint32_t end) const {
    const u32string_view text = view_.Between(begin, end);
    const size_t percent = text.find(U'%');
    if (percent == u32string_view::npos || !view_.Has(Cue::kStake, begin, end)) return false;
    int value = 0;
    size_t digit = percent;
    while (digit > 0 && (IsDigit(text[digit - 1]) || text[digit - 1] == U'.')) --digit;
    for (; digit < percent && IsDigit(text[digit]); ++digit) {
      value = std::min(1000, value * 10 + static_cast<int>(text[digit] - U'0'));
    }
    return value < 25;
  }

  // "A将B出售给C", "A向C出售B", "A sells B to C".
  void Sell(Span cue) {
    bool anaphoric = false;
    if (view_.english()) {
      const Group* before = view_.GroupBefore(cue.begin);
      const Group* first = view_.GroupAfter(cue.end);
      if (first == nullptr || first->span.begin - cue.end > 60) return;
      const Group* second = view_.GroupAfter(first->span.end);
      const std::vector<uint32_t> sellers = Subject(before, cue.begin, anaphoric);
      if (Preposition(view_, *first) == 't') {
        AddAcquisition(first->entities, {}, sellers, cue, 0.6f, "sells to");
      } else if (second != nullptr && Preposition(view_, *second) == 't' &&
                 second->span.begin - first->span.end <= 40) {
        AddAcquisition(second->entities, first->entities, sellers, cue, 0.7f, "sells to");
      }
      return;
    }
    if (!StakeFollows(view_.Clause(cue.begin).begin) &&
        Text(cue).find(U'给') == u32string_view::npos &&
        Text(cue).find(U'予') == u32string_view::npos) {
      return;
    }
    const Group* before = view_.GroupBefore(cue.begin);
    if (before == nullptr || cue.begin - before->span.end > 40) return;
    const char32_t preposition = Preposition(view_, *before);
    if (preposition == U'向') {  // A向C出售B.
      const std::vector<uint32_t> sellers =
          Subject(Earlier(*before), before->span.begin, anaphoric);
      const Argument target = ObjectAfter(view_, cue.end, 20);
      AddAcquisition(before->entities, target.entities, sellers, cue, 0.7f, "sells");
      return;
    }
    const Argument buyer = ObjectAfter(view_, cue.end, 6);
    if (buyer.empty()) return;
    if (preposition == U'将' || preposition == U'把' || preposition == U'从') {
      const std::vector<uint32_t> sellers =
          Subject(Earlier(*before), before->span.begin, anaphoric);
      AddAcquisition(buyer.entities, before->entities, sellers, cue, 0.75f, "sells");
    } else {
      AddAcquisition(buyer.entities, {}, before->entities, cue, 0.65f, "sells");
    }
  }

  // "B完成A轮融资,由X领投,Y、Z跟投"; "led by X with participation from Y and Z".
  void Funding() {
    std::vector<uint32_t> investors;
    std::optional<Span> trigger;
    uint32_t first = view_.span().end;
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue != Cue::kLeadInvest) continue;
      const Group* group = nullptr;
      if (view_.english()) {
        group = view_.GroupAfter(hit.span.end);
        if (group != nullptr && group->span.begin - hit.span.end > 40) group = nullptr;
        // "led by" of a round, not of a team.
        if (!view_.Has(Cue::kFunding)) group = nullptr;
      } else {
        group = view_.GroupBefore(hit.span.begin);
        if (group != nullptr && hit.span.begin - group->span.end > 10) group = nullptr;
        const Group* named = view_.GroupAfter(hit.span.end);
        if (group == nullptr && named != nullptr && named->span.begin - hit.span.end <= 4)
          group = named;
      }
      if (group == nullptr) continue;
      // "A、B共同投资了C" names what they invest in; without a round it is that or nothing.
      if (!view_.english() && Text(hit.span).ends_with(U"投资") && !view_.Has(Cue::kFunding)) {
        const Argument object = ObjectAfter(view_, hit.span.end, 2);
        if (!object.empty() && group->span.end <= hit.span.begin) {
          AddInvestment(group->entities, object.entities, hit.span, 0.75f, "invest together in");
        }
        continue;
      }
      AppendUnique(investors, group->entities);
      first = std::min(first, group->span.begin);
      if (!trigger) trigger = hit.span;
    }
    if (investors.empty()) return;
    const Group* subject = first > view_.span().begin ? view_.GroupBefore(first - 1) : nullptr;
    bool anaphoric = false;
    std::vector<uint32_t> investee = Subject(subject, first, anaphoric);
    while (investee.size() > 1) investee.pop_back();
    std::vector<Participation> parties = WithRole(investors, "INVESTOR");
    AddParties(parties, investee, "INVESTEE");
    sink_.Add("INVESTMENT", std::move(parties), *trigger, anaphoric ? 0.7f : 0.85f,
              "funding round");
  }

  void AddInvestment(const std::vector<uint32_t>& investors, const std::vector<uint32_t>& investees,
                     Span cue, float confidence, const char* rule) {
    if (investors.empty() || investees.empty()) return;
    std::vector<Participation> parties = WithRole(investors, "INVESTOR");
    AddParties(parties, investees, "INVESTEE");
    sink_.Add("INVESTMENT", std::move(parties), cue, confidence, rule);
  }

  // "X参与Y的B轮融资", "Y获得X、Z共计800万美元融资".
  void HanRound(Span cue) {
    const Span clause = view_.Clause(cue.begin);
    const u32string_view text = view_.Between(clause.begin, cue.begin);
    bool anaphoric = false;
    const size_t joins = text.rfind(U"参与");
    if (joins != u32string_view::npos) {
      const uint32_t at = clause.begin + static_cast<uint32_t>(joins);
      const Group* investor = view_.GroupBefore(at);
      if (investor == nullptr || at - investor->span.end > 30) return;
      const Group* investee = view_.GroupAfter(at);
      const bool named = investee != nullptr && investee->span.begin < cue.begin;
      AddInvestment(investor->entities,
                    Subject(named ? investee : nullptr, investor->span.begin, anaphoric), cue,
                    named ? 0.75f : 0.55f, "takes part in a round");
      return;
    }
    const Group* investor = view_.GroupBefore(cue.begin);
    if (investor == nullptr || investor->span.begin < clause.begin ||
        cue.begin - investor->span.end > 24) {
      return;
    }
    const u32string_view before =
        TrimMarks(view_.Between(clause.begin, std::max(clause.begin, investor->span.begin)));
    if (!before.ends_with(U"获得") && !before.ends_with(U"获") && !before.ends_with(U"来自"))
      return;
    AddInvestment(investor->entities, Subject(Earlier(*investor), investor->span.begin, anaphoric),
                  cue, anaphoric ? 0.6f : 0.75f, "funding from");
  }

  // "Y raised $64 million from X and Z".
  void LatinRaise(Span cue) {
    if (!Text(cue).starts_with(U"rais")) return;
    const Group* investor = view_.GroupAfter(cue.end);
    if (investor == nullptr || investor->span.begin - cue.end > 90) return;
    if (!view_.Between(cue.end, investor->span.begin).ends_with(U" from ")) return;
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 60) before = nullptr;
    bool anaphoric = false;
    AddInvestment(investor->entities, Subject(before, cue.begin, anaphoric), cue,
                  anaphoric ? 0.55f : 0.7f, "raises from");
  }

  void HanInvest(Span cue) {
    const u32string_view verb = Text(cue);
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 40) before = nullptr;
    const char32_t preposition = before != nullptr ? Preposition(view_, *before) : U'\0';
    bool anaphoric = false;
    if (verb == U"新增股东") {
      const Argument object = ObjectAfter(view_, cue.end, 4);
      if (!object.empty()) {
        AddInvestment(object.entities, Subject(before, cue.begin, anaphoric), cue, 0.75f,
                      "new shareholder");
      }
      return;
    }
    if (verb == U"持股") return;  // A state, not a deal.
    // "B获A投资", "B获得A投资".
    const bool gained =
        before != nullptr &&
        TrimMarks(view_.Between(view_.span().begin, before->span.begin)).ends_with(U"获得");
    if (before != nullptr &&
        (preposition == U'获' || preposition == U'被' || preposition == U'由' || gained) &&
        cue.begin - before->span.end <= 20) {
      const Group* target = Earlier(*before);
      AddInvestment(before->entities, Subject(target, before->span.begin, anaphoric), cue,
                    anaphoric ? 0.6f : 0.75f, "invested by");
      return;
    }
    // "A向B增资".
    if (before != nullptr && (preposition == U'向' || preposition == U'对') &&
        cue.begin - before->span.end <= 12) {
      const Group* investor = Earlier(*before);
      AddInvestment(Subject(investor, before->span.begin, anaphoric), before->entities, cue,
                    anaphoric ? 0.55f : 0.7f, "invests in");
      return;
    }
    const Argument object = ObjectAfter(view_, cue.end, verb == U"投资" ? 6 : 10);
    if (object.empty() || view_.Has(Cue::kEstablish, cue.end, object.span.begin)) return;
    const std::vector<uint32_t> investors = Subject(before, cue.begin, anaphoric);
    AddInvestment(investors, object.entities, cue,
                  anaphoric         ? 0.5f
                  : verb == U"投资" ? 0.65f
                                    : 0.75f,
                  "invests in");
  }

  void LatinInvest(Span cue) {
    const u32string_view verb = Text(cue);
    const Group* before = view_.GroupBefore(cue.begin);
    if (before != nullptr && cue.begin - before->span.end > 100) before = nullptr;
    const Group* after = view_.GroupAfter(cue.end);
    if (after == nullptr || after->span.begin - cue.end > 30) return;
    bool anaphoric = false;
    const std::vector<uint32_t> subject = Subject(before, cue.begin, anaphoric);
    const float confidence = anaphoric ? 0.5f : 0.7f;
    if (verb.ends_with(U" from") || verb.ends_with(U" by")) {
      AddInvestment(after->entities, subject, cue, confidence, "investment from");
    } else if (verb.ends_with(U" in")) {
      AddInvestment(subject, after->entities, cue, confidence, "invests in");
    }
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  CandidateSink& sink_;
};

}  // namespace

void FindTransactions(const SentenceView& view, const Discourse& discourse, CandidateSink& sink) {
  TransactionFinder(view, discourse, sink).Run();
}

}  // namespace partnergraph
