#include "ingest/founding_guesses.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "ingest/employment_guesses.h"
#include "ingest/relation_sink.h"

namespace partnergraph {
namespace {

// How far from a cue the names stand, in characters.
constexpr uint32_t kBeforeReach = 60;
constexpr uint32_t kBehindReach = 40;

// Entities in one slot and where they stand.
struct Slot {
  std::vector<uint32_t> entities;
  Span span;
};

class FoundingFinder {
 public:
  FoundingFinder(const SentenceView& view, const Discourse& discourse,
                 std::vector<Relation>& relations)
      : view_(view), discourse_(discourse), sink_(view, relations) {}

  void Run() {
    size_t cues = 0;
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue != Cue::kEstablish && hit.cue != Cue::kJointVenture && hit.cue != Cue::kFounder) {
        continue;
      }
      if (++cues > kGuessedFoundingsMax) return;
      const Slot before = Before(hit.span.begin, true);
      const Slot behind = Behind(hit.span.end);
      const Slot earlier = before.entities.empty() ? Slot() : Before(before.span.begin, false);
      Slot text;
      if (const auto company = discourse_.Antecedent(view_, hit.span.begin)) {
        text = {{*company}, hit.span};
      }
      Propose(before, behind, "guess: founded behind");
      Propose(behind, before, "guess: founder behind");
      Propose(before, earlier, "guess: founded by");
      Propose(before, text, "guess: founders of the company of the text");
      Propose(text, behind, "guess: the company of the text founds");
      if (!before.entities.empty() && before.span.begin > view_.span().begin &&
          view_.Between(before.span.begin - 1, before.span.begin) == U"由") {
        // "该基金由A、B共同出资设立".
        if (const auto subject = discourse_.SubjectBeside(before.entities.front())) {
          Propose(before, {{*subject}, hit.span}, "guess: founders of the subject before");
        }
      }
      if (discourse_.topic()) {
        Propose({{*discourse_.topic()}, hit.span}, before, "guess: topic founds");
      }
    }
  }

 private:
  // The last name before a position, with the companies coordinated with it.
  Slot Before(uint32_t position, bool people) const {
    const Name* last = nullptr;
    for (const Name& name : view_.names()) {
      if (name.span.end > position) break;
      if (name.type == MentionType::kCompany || (people && name.type == MentionType::kPerson)) {
        last = &name;
      }
    }
    if (last == nullptr || position - last->span.end > kBeforeReach) return {};
    return Whole(*last);
  }

  Slot Behind(uint32_t position) const {
    for (const Name& name : view_.names()) {
      if (name.span.begin < position || name.type == MentionType::kProduct) continue;
      if (name.span.begin - position > kBehindReach) break;
      return Whole(name);
    }
    return {};
  }

  Slot Whole(const Name& name) const {
    for (const Group& group : view_.groups()) {
      if (group.span.Contains(name.span)) return {group.entities, group.span};
    }
    return {{name.entity}, name.span};
  }

  void Propose(const Slot& founders, const Slot& founded, const char* rule) {
    if (founders.entities.empty() || founded.entities.empty()) return;
    const Span evidence{std::min(founders.span.begin, founded.span.begin),
                        std::max(founders.span.end, founded.span.end)};
    // Only one side is a list: several found one, or one founds several.
    if (founders.entities.size() == 1) {
      for (const uint32_t entity : founded.entities) {
        Add(founders.entities.front(), entity, evidence, rule);
      }
    } else {
      for (const uint32_t entity : founders.entities) {
        Add(entity, founded.entities.front(), evidence, rule);
      }
    }
  }

  void Add(uint32_t founder, uint32_t founded, Span evidence, const char* rule) {
    if (view_.document().entities[founded].type != MentionType::kCompany) return;
    sink_.Add(kFounded, founder, founded, evidence, kGuessConfidence, rule);
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  RelationSink sink_;
};

}  // namespace

void GuessFounders(const SentenceView& view, const Discourse& discourse,
                   std::vector<Relation>& relations) {
  FoundingFinder(view, discourse, relations).Run();
}

}  // namespace partnergraph
