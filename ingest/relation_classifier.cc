#include "ingest/relation_classifier.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "graph/schema.h"
#include "ingest/employment_guesses.h"
#include "ingest/relation_extractor.h"
#include "ingest/relation_features.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// A relation that a label stands for.
struct Meaning {
  EdgeType type;
  float probability;
};

// A relation that is not stated is explained from this probability on.
constexpr float kTracedMin = 0.1f;

class Decision {
 public:
  Decision(const ExtractionModels& models, const Document& document, const DocumentViews& views,
           const RuleReading& rules, float threshold_max)
      : model_(models.relations),
        pair_model_(models.pairs),
        document_(document),
        views_(views),
        rules_(rules),
        threshold_max_(threshold_max) {}

  std::vector<Relation> Run() {
    const std::vector<RelationPair> pairs = FindPairs(document_, views_, rules_);
    const RelationFeatures extractor(document_, views_, rules_, pairs, pair_model_);
    std::vector<Feature> features;
    std::vector<float> scores(model_.labels().size());
    for (const RelationPair& pair : pairs) {
      extractor.Extract(pair, features);
      Classify(model_, features, scores);
      const auto of = [&](RelationLabel label) { return scores[static_cast<size_t>(label)]; };
      const float both = of(RelationLabel::kFoundedAndEmployedBy);
      for (const Meaning meaning : {Meaning{kEmployedBy, of(RelationLabel::kEmployedBy) + both},
                                    Meaning{kFounded, of(RelationLabel::kFounded) + both},
                                    Meaning{kDevelops, of(RelationLabel::kDevelops)},
                                    Meaning{kUses, of(RelationLabel::kUses)},
                                    Meaning{kPartOf, of(RelationLabel::kPartOf)}}) {
        const bool proposed =
            std::any_of(pair.proposals.begin(), pair.proposals.end(), [&](uint32_t i) {
              return rules_.proposals[i].type == meaning.type &&
                     rules_.proposals[i].confidence > kGuessConfidence;
            });
        const float threshold = std::min(RelationThreshold(meaning.type, proposed), threshold_max_);
        if (meaning.probability >= threshold) {
          Add(pair, meaning);
        } else if (document_.trace != nullptr && meaning.probability >= kTracedMin) {
          document_.trace->push_back(fmt::format(
              "not stated: {} {} -> {} ({:.2f}, stated from {:.2f} on)",
              GetEdgeType(meaning.type).name, document_.entities[pair.first].canonical,
              document_.entities[pair.second].canonical, meaning.probability, threshold));
        }
      }
    }
    DropWeakerDirection();
    return std::move(relations_);
  }

 private:
  void Add(const RelationPair& pair, Meaning meaning) {
    Relation relation;
    relation.type = meaning.type;
    relation.source = pair.first;
    relation.target = pair.second;
    relation.confidence = std::min(meaning.probability, 0.99f);
    relation.rule = kRelationModel;
    // The surest statement first.
    std::vector<const Relation*> statements;
    for (const uint32_t i : pair.proposals) {
      if (rules_.proposals[i].type == meaning.type) statements.push_back(&rules_.proposals[i]);
    }
    std::stable_sort(
        statements.begin(), statements.end(),
        [](const Relation* a, const Relation* b) { return a->confidence > b->confidence; });
    for (const Relation* statement : statements) {
      if (relation.evidence.empty()) {
        relation.rule = statement->rule;
        relation.title = statement->title;
        relation.status = statement->status;
        relation.date = statement->date;
      }
      AddEvidence(statement->evidence.front(), relation);
    }
    if (statements.empty()) {
      for (const PairPlace& place : pair.places) AddEvidence(EvidenceAt(place), relation);
      if (meaning.type == kEmployedBy) relation.title = TitleOf(pair);
    }
    if (relation.evidence.empty()) {
      const uint32_t dependent = pair.kind == PairKind::kCompanyProduct ? pair.second : pair.first;
      AddEvidence(SentenceOf(dependent), relation);
    }
    relations_.push_back(std::move(relation));
  }

  static void AddEvidence(Span span, Relation& relation) {
    if (relation.evidence.size() >= kRelationEvidenceMax) return;
    const bool known = std::any_of(relation.evidence.begin(), relation.evidence.end(),
                                   [&](const Span& other) { return other.Overlaps(span); });
    if (!known) relation.evidence.push_back(span);
  }

  // The sentence around a span, cut where it is long.
  Span Around(const SentenceView& view, Span span) const {
    Span evidence = view.Evidence();
    if (evidence.size() > span.size() + kModelEvidenceCharsMax) {
      const uint32_t margin = kModelEvidenceCharsMax / 2;
      evidence.begin = std::max(evidence.begin, span.begin > margin ? span.begin - margin : 0);
      evidence.end = std::min(evidence.end, span.end + margin);
    }
    return evidence;
  }

  Span EvidenceAt(const PairPlace& place) const {
    const Span a = views_.At(place.first).span, b = views_.At(place.second).span;
    if (place.first.view != place.second.view) {
      // The later sentence refers back.
      const NamePosition later = a.begin < b.begin ? place.second : place.first;
      return Around(views_.views[later.view], views_.At(later).span);
    }
    return Around(views_.views[place.first.view],
                  {std::min(a.begin, b.begin), std::max(a.end, b.end)});
  }

  Span SentenceOf(uint32_t entity) const {
    for (const SentenceView& view : views_.views) {
      for (const Name& name : view.names()) {
        if (name.entity == entity) return Around(view, name.span);
      }
    }
    return document_.mentions[document_.entities[entity].mentions.front()].span;
  }

  // The title that another rule gives to the person, or the one next to the name.
  std::string TitleOf(const RelationPair& pair) {
    if (titles_.empty()) {
      for (const Relation& proposal : rules_.proposals) {
        if (proposal.type != kEmployedBy) continue;
        const auto [it, added] = titles_.try_emplace(proposal.source, &proposal);
        if (!added && it->second->confidence < proposal.confidence) it->second = &proposal;
      }
    }
    for (const PairPlace& place : pair.places) {
      if (const auto title = TitleBeside(views_.At(place.first).span)) {
        return std::string(document_.Text(*title));
      }
    }
    const auto known = titles_.find(pair.first);
    return known != titles_.end() ? known->second->title : std::string();
  }

  // The job title that ends right before a name or begins right behind it.
  std::optional<Span> TitleBeside(Span name) const {
    constexpr uint32_t kApart = 2;
    const auto& mentions = document_.mentions;
    auto after = std::lower_bound(
        mentions.begin(), mentions.end(), name.begin,
        [](const Mention& mention, uint32_t at) { return mention.span.begin < at; });
    for (auto it = after; it != mentions.begin();) {
      --it;
      if (it->span.begin + 60 < name.begin) break;
      if (it->type == MentionType::kJobTitle && it->span.end <= name.begin &&
          it->span.end + kApart > name.begin) {
        return it->span;
      }
    }
    for (auto it = after; it != mentions.end() && it->span.begin <= name.end + kApart; ++it) {
      if (it->type == MentionType::kJobTitle && it->span.begin >= name.end) return it->span;
    }
    return std::nullopt;
  }

  // Of "A is part of B" and "B is part of A" the likelier one holds.
  void DropWeakerDirection() {
    absl::flat_hash_map<uint64_t, float> best;
    const auto key = [](const Relation& relation, bool reversed) {
      const uint32_t a = reversed ? relation.target : relation.source;
      const uint32_t b = reversed ? relation.source : relation.target;
      return uint64_t{a} << 34 | uint64_t{b} << 4 | static_cast<uint64_t>(relation.type);
    };
    for (const Relation& relation : relations_) best[key(relation, false)] = relation.confidence;
    std::erase_if(relations_, [&](const Relation& relation) {
      const auto reverse = best.find(key(relation, true));
      if (reverse == best.end()) return false;
      return reverse->second > relation.confidence ||
             (reverse->second == relation.confidence && relation.source > relation.target);
    });
  }

  const LinearModel& model_;
  const LinearModel& pair_model_;
  const Document& document_;
  const DocumentViews& views_;
  const RuleReading& rules_;
  const float threshold_max_;
  std::vector<Relation> relations_;
  absl::flat_hash_map<uint32_t, const Relation*> titles_;  // By person; the surest.
};

}  // namespace

float RelationThreshold(EdgeType type, bool proposed) {
  switch (type) {
    case kEmployedBy:
      return 0.45f;
    case kFounded:
      return proposed ? 0.2f : 0.3f;
    case kDevelops:
      return 0.4f;
    case kUses:
      return proposed ? 0.25f : 0.3f;
    default:
      return proposed ? 0.1f : 0.3f;
  }
}

std::vector<Relation> ClassifyRelations(const ExtractionModels& models, const Document& document,
                                        const DocumentViews& views, const RuleReading& rules,
                                        float threshold_max) {
  return Decision(models, document, views, rules, threshold_max).Run();
}

}  // namespace partnergraph
