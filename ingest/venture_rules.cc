// Joint ventures and joint laboratories.
#include <algorithm>
#include <optional>
#include <string_view>

#include "ingest/deal_candidate.h"

namespace partnergraph {
namespace {

using std::u32string_view;

class VentureFinder {
 public:
  VentureFinder(const SentenceView& view, const Discourse& discourse, CandidateSink& sink)
      : view_(view), discourse_(discourse), sink_(sink) {}

  void Run() {
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue == Cue::kEstablish) Established(hit.span);
      if (hit.cue == Cue::kJointVenture) Venture(hit.span);
    }
  }

 private:
  bool Crosses(uint32_t begin, uint32_t end) const {
    return view_.Between(begin, end).find_first_of(U",;:。") != u32string_view::npos;
  }

  void Add(const std::vector<uint32_t>& founders, const std::vector<uint32_t>& venture, Span cue,
           float confidence, const char* rule) {
    // A company and a school that "build a school" run a programme at the school.
    const auto is_school = [&](uint32_t entity) {
      return view_.document().entities[entity].org_type == "SCHOOL";
    };
    if (std::any_of(founders.begin(), founders.end(), is_school) &&
        std::any_of(venture.begin(), venture.end(), is_school)) {
      return;
    }
    std::vector<Participation> parties = WithRole(founders, "FOUNDER");
    if (parties.size() < 2) return;
    AddParties(parties, venture, "VENTURE");
    sink_.Add("JOINT_VENTURE", std::move(parties), cue, confidence, rule);
  }

  // The organization that is founded: named behind the verb, or before 由.
  std::vector<uint32_t> Object(uint32_t position) const {
    const Group* group = view_.GroupAfter(position);
    if (group == nullptr || group->span.begin - position > 20 ||
        Crosses(position, group->span.begin) || (group->with && *group->with >= position)) {
      return {};
    }
    return {group->entities.front()};
  }

  void Established(Span cue) {
    const u32string_view verb = view_.Between(cue.begin, cue.end);
    const Group* agents = view_.GroupBefore(cue.begin);
    if (agents == nullptr || cue.begin - agents->span.end > (view_.english() ? 30u : 40u)) return;
    // "C由A、B共同出资设立".
    if (Preposition(view_, *agents) == U'由' && agents->entities.size() >= 2) {
      const Group* venture = agents->span.begin > view_.span().begin
                                 ? view_.GroupBefore(agents->span.begin - 1)
                                 : nullptr;
      std::optional<uint32_t> founded;
      if (venture != nullptr) {
        founded = venture->entities.front();
      } else {
        founded = discourse_.Antecedent(view_, agents->span.begin);
      }
      if (founded)
        Add(agents->entities, {*founded}, cue, venture != nullptr ? 0.8f : 0.7f, "founded by");
      return;
    }
    Argument founders = ActorsBefore(view_, discourse_, cue.begin, 40);
    if (!founders.joined) return;
    const std::vector<uint32_t> venture = Object(cue.end);
    std::erase_if(founders.entities, [&](uint32_t founder) {
      return std::find(venture.begin(), venture.end(), founder) != venture.end();
    });
    // Without a named venture the words must say that there is one: 合资公司, 联合实验室,
    // 共建...中心.
    const Span clause = view_.Clause(cue.end);
    const u32string_view rest = view_.Between(cue.end, clause.end);
    const bool body = view_.Has(Cue::kJointVenture, cue.end, clause.end) ||
                      view_.Has(Cue::kJointVenture, cue.begin, cue.end) ||
                      rest.find(U"实验室") != u32string_view::npos ||
                      rest.find(U"公司") != u32string_view::npos ||
                      rest.find(U"研究院") != u32string_view::npos ||
                      rest.find(U"研究中心") != u32string_view::npos ||
                      rest.find(U"学院") != u32string_view::npos ||
                      rest.find(U"创新中心") != u32string_view::npos ||
                      rest.find(U"基金") != u32string_view::npos ||
                      rest.find(U"联合体") != u32string_view::npos;
    const bool joint =
        verb.find(U"共") != u32string_view::npos || verb.find(U"合") != u32string_view::npos ||
        verb.find(U"携手") != u32string_view::npos || verb.find(U"co-") != u32string_view::npos;
    if (view_.english() && venture.empty() && !body) return;
    if (venture.empty() && !body) return;
    // "建立合作关系" is no venture.
    if (view_.Has(Cue::kCooperate, cue.end, clause.end) && venture.empty() && !body) return;
    Add(founders.entities, venture, cue, (venture.empty() ? 0.6f : 0.75f) + (joint ? 0.1f : 0.0f),
        "found together");
  }

  // "A与B的合资公司C", "A and B form a joint venture (, C)".
  void Venture(Span cue) {
    if (view_.english()) {
      const Group* group = view_.GroupBefore(cue.begin);
      std::vector<uint32_t> founders;
      if (group != nullptr && cue.begin - group->span.end <= 80) founders = group->entities;
      const Group* partner = view_.GroupAfter(cue.end);
      if (partner != nullptr && partner->span.begin - cue.end <= 80) {
        const u32string_view between = view_.Between(cue.end, partner->span.begin);
        if (between.find(U"with ") != u32string_view::npos ||
            between.find(U"between ") != u32string_view::npos) {
          AppendUnique(founders, partner->entities);
          Add(founders, {}, cue, 0.7f, "joint venture with");
          return;
        }
        if (founders.size() >= 2 && partner->span.begin - cue.end <= 30) {
          Add(founders, {partner->entities.front()}, cue, 0.75f, "joint venture");
          return;
        }
      }
      if (founders.size() >= 2) Add(founders, {}, cue, 0.65f, "joint venture");
      return;
    }
    const Group* agents = view_.GroupBefore(cue.begin);
    if (agents == nullptr || cue.begin - agents->span.end > 12) return;
    Argument founders = ActorsBefore(view_, discourse_, cue.begin, 12);
    if (!founders.joined) return;
    std::vector<uint32_t> venture = Object(cue.end);
    std::erase_if(founders.entities, [&](uint32_t founder) {
      return std::find(venture.begin(), venture.end(), founder) != venture.end();
    });
    Add(founders.entities, venture, cue, venture.empty() ? 0.6f : 0.8f, "joint venture of");
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  CandidateSink& sink_;
};

}  // namespace

void FindVentures(const SentenceView& view, const Discourse& discourse, CandidateSink& sink) {
  VentureFinder(view, discourse, sink).Run();
}

}  // namespace partnergraph
