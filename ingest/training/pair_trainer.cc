#include "ingest/training/pair_trainer.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "graph/status_macros.h"
#include "ingest/linear_model.h"
#include "ingest/models.h"
#include "ingest/pair_features.h"
#include "ingest/training/gold_document.h"
#include "ingest/training/one_vs_rest_trainer.h"

namespace partnergraph {
namespace {

// Most names of one sentence that are paired.
constexpr size_t kSentenceNamesMax = 24;

// The sides that a deal has; parties of one side are TOGETHER.
bool IsBuyer(std::string_view role) {
  return role == "ACQUIRER" || role == "INVESTOR" || role == "FUNDER" || role == "INCUBATOR";
}
bool IsBought(std::string_view role) {
  return role == "TARGET" || role == "INVESTEE" || role == "HOST" || role == "INCUBATEE";
}

// What a deal says of two of its parties.
PairLabel LabelOf(std::string_view kind, std::string_view a, std::string_view b) {
  if (a == "PROVIDER" && b == "CUSTOMER") return PairLabel::kSuppliesTo;
  if (a == "CUSTOMER" && b == "PROVIDER") return PairLabel::kSuppliedBy;
  if (kind == "JOINT_VENTURE") return PairLabel::kJointVenture;
  if (kind == "ACQUISITION" || kind == "INVESTMENT") {
    const bool acquisition = kind == "ACQUISITION";
    if (IsBuyer(a) && IsBought(b)) {
      return acquisition ? PairLabel::kAcquires : PairLabel::kInvestsIn;
    }
    if (IsBought(a) && IsBuyer(b)) {
      return acquisition ? PairLabel::kAcquiredBy : PairLabel::kInvestedBy;
    }
    if ((IsBuyer(a) && IsBuyer(b)) || (IsBought(a) && IsBought(b))) return PairLabel::kTogether;
    if (a == "PARTY" && IsBought(b)) return PairLabel::kOwns;
    if (IsBought(a) && b == "PARTY") return PairLabel::kPartOf;
    return PairLabel::kTrade;
  }
  if (a == b && (a == "PROVIDER" || a == "CUSTOMER")) return PairLabel::kTogether;
  return PairLabel::kCooperation;
}

// What an article says of two of its companies, by indices into GoldArticle::entities.
class GoldLabels {
 public:
  explicit GoldLabels(const GoldArticle& gold) {
    for (const GoldDeal& deal : gold.deals) {
      for (const GoldParticipation& a : deal.parties) {
        for (const GoldParticipation& b : deal.parties) {
          if (a.entity == b.entity) continue;
          facts_[{a.entity, b.entity}].push_back(
              {LabelOf(deal.kind, a.role, b.role), &deal.evidence});
        }
      }
    }
    for (const GoldRelation& relation : gold.relations) {
      if (gold.entities[relation.source].type != MentionType::kCompany ||
          gold.entities[relation.target].type != MentionType::kCompany) {
        continue;
      }
      const std::optional<PairLabel> label =
          relation.type == "PART_OF"   ? std::optional(PairLabel::kPartOf)
          : relation.type == "FOUNDED" ? std::optional(PairLabel::kOwns)
          : relation.type == "USES"    ? std::optional(PairLabel::kSuppliedBy)
                                       : std::nullopt;
      if (!label) continue;
      facts_[{relation.source, relation.target}].push_back({*label, &relation.evidence});
      facts_[{relation.target, relation.source}].push_back(
          {ReversePairLabel(*label), &relation.evidence});
    }
  }

  struct Answer {
    std::vector<PairLabel> labels;  // Empty: nothing is said.
    bool quoted = false;            // The sentence is among the evidence.
  };
  Answer Find(size_t a, size_t b, std::string_view sentence) const {
    Answer answer;
    const auto it = facts_.find({a, b});
    if (it == facts_.end()) return answer;
    // What the sentence itself is quoted for; else all that is known.
    for (const bool quoted : {true, false}) {
      for (const Fact& fact : it->second) {
        if (!quoted || IsQuoted(*fact.evidence, sentence)) answer.labels.push_back(fact.label);
      }
      answer.quoted = quoted;
      if (!answer.labels.empty()) break;
    }
    return answer;
  }

 private:
  struct Fact {
    PairLabel label;
    const std::vector<std::string>* evidence;
  };
  static bool IsQuoted(const std::vector<std::string>& evidence, std::string_view sentence) {
    return std::any_of(evidence.begin(), evidence.end(), [sentence](const std::string& quote) {
      return sentence.find(quote) != std::string_view::npos ||
             (quote.size() > sentence.size() && quote.find(sentence) != std::string::npos);
    });
  }
  std::map<std::pair<size_t, size_t>, std::vector<Fact>> facts_;
};

// A name of a sentence, and the annotated entity that it is.
struct GoldName {
  Span span;
  size_t entity;
};

std::vector<GoldName> NamesOf(const Document& document, const Sentence& sentence,
                              const std::vector<int>& aligned) {
  std::vector<GoldName> names;
  for (const Mention& mention : document.mentions) {
    if (mention.type != MentionType::kCompany || mention.entity < 0 ||
        !sentence.span.Contains(mention.span)) {
      continue;
    }
    const int entity = aligned[static_cast<size_t>(mention.entity)];
    if (entity < 0 || names.size() == kSentenceNamesMax) continue;
    names.push_back({mention.span, static_cast<size_t>(entity)});
  }
  return names;
}

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \n\t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \n\t") + 1 - begin);
}

// Appends the pairs of company names in the sentences of an article, labelled by its annotations.
// What it says of no deal, part or name is NONE.
void AddArticle(const Document& document, const GoldArticle& gold, const PairOptions& options,
                std::vector<MultiLabelExample>& examples) {
  const std::vector<int> aligned = AlignEntities(document, gold);
  const GoldLabels labels(gold);
  for (const Sentence& sentence : document.sentences) {
    const std::vector<GoldName> names = NamesOf(document, sentence, aligned);
    if (names.size() < 2) continue;
    const PairSentence words(document, sentence);
    for (size_t i = 0; i < names.size(); ++i) {
      for (size_t k = i + 1; k < names.size(); ++k) {
        const bool same = names[i].entity == names[k].entity;
        if (same && document.Chars(names[i].span) == document.Chars(names[k].span)) continue;
        GoldLabels::Answer answer =
            labels.Find(names[i].entity, names[k].entity, Trimmed(document.Text(sentence.span)));
        if (same) answer = {{PairLabel::kAlias}, true};
        if (answer.labels.empty()) answer = {{PairLabel::kNone}, true};
        MultiLabelExample& example = examples.emplace_back(
            ToPairExample(words, names[i].span, names[k].span, answer.labels[0]));
        std::vector<uint8_t>& known = example.labels;
        for (const PairLabel label : answer.labels) known.push_back(static_cast<uint8_t>(label));
        std::sort(known.begin(), known.end());
        known.erase(std::unique(known.begin(), known.end()), known.end());
        example.weight = answer.quoted ? 1 : options.unquoted_weight;
      }
    }
  }
}

}  // namespace

absl::StatusOr<std::string> TrainPairs(std::span<const GoldArticle* const> gold,
                                       const RelationCorpora& corpora, const PairOptions& options) {
  // The rules alone find what else there is; names are those of the annotations.
  const ExtractionModels none;
  std::vector<MultiLabelExample> examples;
  for (const GoldArticle* article : gold) {
    PG_ASSIGN_OR_RETURN(const Document document, ReadWithGoldEntities(*article, none));
    AddArticle(document, *article, options, examples);
  }
  for (MultiLabelExample& example : examples) corpora.AddFeatures(example.features);
  PG_ASSIGN_OR_RETURN(OneVsRestModel model, TrainOneVsRest(kPairLabels, examples,
                                                           {.cost = options.cost,
                                                            .scale = options.scale,
                                                            .count_min = options.count_min,
                                                            .seed = options.seed}));
  model.Prune(options.weight_min);
  LinearModelBuilder builder(PairModelLabels(!corpora.empty()), ModelTemplates("pairs"));
  model.AddTo(builder, 0);
  corpora.model().AddTo(builder, static_cast<uint8_t>(kPairLabels));
  return builder.Finish();
}

}  // namespace partnergraph
