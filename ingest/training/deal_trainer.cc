#include "ingest/training/deal_trainer.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "graph/status_macros.h"
#include "ingest/deal_classifier.h"
#include "ingest/deal_features.h"
#include "ingest/models.h"
#include "ingest/training/classifier_trainer.h"
#include "ingest/training/gold_document.h"

namespace partnergraph {
namespace {

// The judge of proposals learns from what judges of places say that did not learn from the article:
// so many parts.
constexpr size_t kInnerFolds = 5;
// A proposal is taken for an annotated deal when they share this much (Jaccard).
constexpr double kMatchMin = 0.5;

// A document prepared for learning. Members refer to each other: not to be copied or moved.
struct Prepared {
  Document document;
  const GoldArticle* gold = nullptr;
  size_t article = 0;  // Both readings of one article have the same.
  std::vector<int> aligned;
  std::vector<SentenceView> views;
  std::vector<DealCandidate> candidates;
  std::optional<DealContext> context;
  std::vector<GoldDeal> deals;             // As annotated, but for OneToEach.
  std::vector<std::set<uint32_t>> quoted;  // By annotated deal: the sentences of its evidence.
  std::vector<std::set<int>> parties;      // By annotated deal: its companies.
};

void FindQuoted(Prepared& prepared) {
  const Document& document = prepared.document;
  for (const GoldDeal& deal : prepared.deals) {
    std::set<uint32_t>& sentences = prepared.quoted.emplace_back();
    for (const std::string& quote : deal.evidence) {
      if (quote.empty()) continue;
      for (size_t at = document.text.find(quote); at != std::string::npos;
           at = document.text.find(quote, at + 1)) {
        for (uint32_t s = 0; s < document.sentences.size(); ++s) {
          const ByteSpan bytes = document.ToBytes(document.sentences[s].span);
          if (bytes.begin < at + quote.size() && at < bytes.end) sentences.insert(s);
        }
      }
    }
    std::set<int>& parties = prepared.parties.emplace_back();
    for (const GoldParticipation& party : deal.parties) {
      parties.insert(static_cast<int>(party.entity));
    }
  }
}

std::unique_ptr<Prepared> Prepare(Document document, const GoldArticle& gold, size_t article) {
  auto prepared = std::make_unique<Prepared>();
  prepared->document = std::move(document);
  prepared->gold = &gold;
  prepared->article = article;
  prepared->deals = OneToEach(gold);
  prepared->aligned = AlignEntities(prepared->document, gold);
  FindDealCandidates(prepared->document, prepared->views, prepared->candidates);
  prepared->context.emplace(prepared->document, prepared->views, prepared->candidates);
  FindQuoted(*prepared);
  return prepared;
}

// The label of a place, or nothing where the annotations leave it open: both companies are parties
// of a deal, but its evidence is elsewhere.
std::optional<uint8_t> PlaceLabel(const Prepared& prepared, const DealPlace& place) {
  const int a = prepared.aligned[place.first], b = prepared.aligned[place.second];
  bool open = false;
  for (size_t d = 0; d < prepared.parties.size(); ++d) {
    if (!prepared.parties[d].contains(a) || !prepared.parties[d].contains(b)) continue;
    if (prepared.quoted[d].contains(place.sentence)) {
      return static_cast<uint8_t>(1 + DealKindIndex(prepared.deals[d].kind));
    }
    open = true;
  }
  if (open) return std::nullopt;
  return 0;
}

struct Match {
  double overlap = 0;
  size_t deal = 0;
};

// The annotated deal that a proposal shares most parties with.
Match BestMatch(const Prepared& prepared, const DealProposal& proposal) {
  Match best;
  for (size_t d = 0; d < prepared.parties.size(); ++d) {
    size_t both = 0;
    for (const uint32_t party : proposal.parties) {
      both += prepared.parties[d].contains(prepared.aligned[party]);
    }
    const double overlap =
        static_cast<double>(both) /
        static_cast<double>(proposal.parties.size() + prepared.parties[d].size() - both);
    if (overlap > best.overlap) best = {overlap, d};
  }
  return best;
}

void AddPlaceExamples(const Prepared& prepared, std::vector<TrainingExample>& examples) {
  const size_t first = examples.size();
  for (const DealPlace& place : prepared.context->places()) {
    const std::optional<uint8_t> label = PlaceLabel(prepared, place);
    if (!label) continue;
    TrainingExample& example = examples.emplace_back();
    prepared.context->PlaceFeatures(place, example.features);
    example.label = *label;
  }
  MarkOrigin(*prepared.gold, first, kInventedFactWeight, examples);
}

void AddProposalExamples(const Prepared& prepared, const std::vector<KindScores>& scores,
                         std::vector<TrainingExample>& deals, std::vector<TrainingExample>& roles) {
  const size_t first_deal = deals.size(), first_role = roles.size();
  for (const DealProposal& proposal : ProposeDeals(*prepared.context, scores)) {
    const Match match = BestMatch(prepared, proposal);
    std::vector<Feature> features;
    prepared.context->ProposalFeatures(proposal, scores, features);
    const auto credit = static_cast<float>(match.overlap >= kMatchMin ? match.overlap : 0);
    if (credit > 0) {
      const GoldDeal& deal = prepared.deals[match.deal];
      TrainingExample& example = deals.emplace_back();
      example.features = features;
      example.label = static_cast<uint8_t>(1 + DealKindIndex(deal.kind));
      example.weight = credit;
      for (const uint32_t party : proposal.parties) {
        for (const GoldParticipation& gold : deal.parties) {
          if (static_cast<int>(gold.entity) != prepared.aligned[party]) continue;
          const auto* const role =
              std::find(std::begin(kDealRoles), std::end(kDealRoles), gold.role);
          if (role == std::end(kDealRoles)) continue;
          TrainingExample& played = roles.emplace_back();
          prepared.context->RoleFeatures(proposal, scores, deal.kind, party, played.features);
          played.label = static_cast<uint8_t>(role - std::begin(kDealRoles));
          played.weight = credit;
        }
      }
    }
    if (credit < 1) {
      TrainingExample& example = deals.emplace_back();
      example.features = std::move(features);
      example.label = 0;
      example.weight = 1 - credit;
    }
  }
  MarkOrigin(*prepared.gold, first_deal, kInventedFactWeight, deals);
  MarkOrigin(*prepared.gold, first_role, kInventedFactWeight, roles);
}

// Moves the weights of a part's model to its labels of the whole one.
absl::Status Merge(const std::string& part, std::span<const TrainingExample> examples,
                   size_t offset, LinearModelBuilder& whole) {
  PG_ASSIGN_OR_RETURN(const LinearModel model, LinearModel::Open(part));
  absl::flat_hash_set<uint64_t> done;
  for (const TrainingExample& example : examples) {
    for (const Feature& feature : example.features) {
      if (!done.insert(feature.hash).second) continue;
      model.ForEach(feature.hash, [&](uint8_t label, float weight) {
        whole.Set(feature.hash, static_cast<uint8_t>(offset + label), weight);
      });
    }
  }
  return absl::OkStatus();
}

const ClassifierOptions kPlaceOptions = {.epochs = 12,
                                         .learning_rate = 0.2f,
                                         .l2 = 1e-3f,
                                         .first_square = 2.0f,
                                         .weight_min = 0.01f,
                                         .count_min = 3};
const ClassifierOptions kDealOptions = {.epochs = 20,
                                        .learning_rate = 0.015f,
                                        .l2 = 1e-3f,
                                        .first_square = 1.0f,
                                        .weight_min = 0.01f,
                                        .count_min = 3};
const ClassifierOptions kRoleOptions = {.epochs = 20,
                                        .learning_rate = 0.1f,
                                        .l2 = 1e-3f,
                                        .first_square = 1.0f,
                                        .weight_min = 0.01f,
                                        .count_min = 2};

absl::StatusOr<std::string> TrainPart(size_t offset, size_t count,
                                      std::span<const TrainingExample> examples,
                                      const ClassifierOptions& options) {
  const std::vector<std::string> all = DealModelLabels();
  const std::vector<std::string> labels(all.begin() + static_cast<ptrdiff_t>(offset),
                                        all.begin() + static_cast<ptrdiff_t>(offset + count));
  return TrainClassifier(labels, examples, options);
}

}  // namespace

std::vector<GoldDeal> OneToEach(const GoldArticle& gold) {
  std::vector<GoldDeal> deals;
  for (const GoldDeal& deal : gold.deals) {
    const auto of = [&](std::string_view role) {
      return std::count_if(deal.parties.begin(), deal.parties.end(),
                           [role](const GoldParticipation& party) { return party.role == role; });
    };
    const auto providers = of("PROVIDER"), customers = of("CUSTOMER");
    const bool list = gold.origin == ArticleOrigin::kInvented && deal.kind == "SUPPLY" &&
                      deal.parties.size() > 2 &&
                      static_cast<size_t>(providers + customers) == deal.parties.size() &&
                      (providers == 1 || customers == 1);
    if (!list) {
      deals.push_back(deal);
      continue;
    }
    const std::string_view one = providers == 1 ? "PROVIDER" : "CUSTOMER";
    const auto hub = std::find_if(deal.parties.begin(), deal.parties.end(),
                                  [one](const GoldParticipation& p) { return p.role == one; });
    for (const GoldParticipation& party : deal.parties) {
      if (&party == &*hub) continue;
      GoldDeal& pair = deals.emplace_back(deal);
      pair.parties = {*hub, party};
    }
  }
  return deals;
}

absl::StatusOr<std::string> TrainDeals(std::span<const TrainingDocument> documents) {
  std::vector<std::unique_ptr<Prepared>> all;
  for (size_t i = 0; i < documents.size(); ++i) {
    const TrainingDocument& training = documents[i];
    all.push_back(Prepare(training.document, *training.gold, i));
    PG_ASSIGN_OR_RETURN(Document document, ReadWithGoldEntities(*training.gold, *training.models));
    all.push_back(Prepare(std::move(document), *training.gold, i));
  }
  constexpr size_t kKinds = std::tuple_size_v<KindScores>;
  LinearModelBuilder whole(DealModelLabels(), ModelTemplates("deals"));
  std::vector<TrainingExample> deals, roles;
  const auto train_places = [&](std::optional<size_t> without,
                                std::vector<TrainingExample>& examples) {
    for (const std::unique_ptr<Prepared>& prepared : all) {
      if (without && FoldOf(prepared->article, kInnerFolds) == *without) continue;
      AddPlaceExamples(*prepared, examples);
    }
    return TrainPart(0, kKinds, examples, kPlaceOptions);
  };
  for (size_t fold = 0; fold < kInnerFolds; ++fold) {
    std::vector<TrainingExample> examples;
    PG_ASSIGN_OR_RETURN(const std::string part, train_places(fold, examples));
    LinearModelBuilder builder(DealModelLabels());
    PG_RETURN_IF_ERROR(Merge(part, examples, 0, builder));
    PG_ASSIGN_OR_RETURN(const std::string bytes, builder.Finish());
    PG_ASSIGN_OR_RETURN(const LinearModel model, LinearModel::Open(bytes));
    const DealClassifier classifier(model);
    for (const std::unique_ptr<Prepared>& prepared : all) {
      if (FoldOf(prepared->article, kInnerFolds) != fold) continue;
      AddProposalExamples(*prepared, classifier.ScorePlaces(*prepared->context), deals, roles);
    }
  }
  std::vector<TrainingExample> places;
  PG_ASSIGN_OR_RETURN(const std::string place_part, train_places(std::nullopt, places));
  PG_RETURN_IF_ERROR(Merge(place_part, places, 0, whole));
  PG_ASSIGN_OR_RETURN(const std::string deal_part, TrainPart(kKinds, kKinds, deals, kDealOptions));
  PG_RETURN_IF_ERROR(Merge(deal_part, deals, kKinds, whole));
  PG_ASSIGN_OR_RETURN(const std::string role_part,
                      TrainPart(2 * kKinds, std::size(kDealRoles), roles, kRoleOptions));
  PG_RETURN_IF_ERROR(Merge(role_part, roles, 2 * kKinds, whole));
  return whole.Finish();
}

}  // namespace partnergraph
