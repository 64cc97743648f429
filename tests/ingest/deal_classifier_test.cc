#include "ingest/deal_classifier.h"

#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/feature_hash.h"
#include "ingest/training/deal_trainer.h"
#include "tests/ingest/marked_document.h"

namespace partnergraph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A marked document with what the classifier reads. Members refer to each other.
struct Reading {
  explicit Reading(std::string_view text, std::string_view title = "") : marked(title, text) {
    EXPECT_TRUE(TimeExpressionFinder().Process(marked.document).ok());
    EXPECT_TRUE(RelationExtractor().Process(marked.document).ok());
    FindDealCandidates(marked.document, views, candidates);
    context = std::make_unique<DealContext>(marked.document, views, candidates);
  }
  std::vector<KindScores> NoScores() const {
    KindScores none{};
    none[0] = 1;
    return std::vector<KindScores>(context->places().size(), none);
  }

  MarkedDocument marked;
  std::vector<SentenceView> views;
  std::vector<DealCandidate> candidates;
  std::unique_ptr<DealContext> context;
};

// A model whose judgement of every proposal is one label.
class FixedModel {
 public:
  explicit FixedModel(std::string_view label, float weight = 20) {
    const std::vector<std::string> labels = DealModelLabels();
    LinearModelBuilder builder(labels);
    const auto index = std::find(labels.begin(), labels.end(), label) - labels.begin();
    builder.Set(FeatureHash("d bias").value(), static_cast<uint8_t>(index), weight);
    absl::StatusOr<std::string> made = builder.Finish();
    EXPECT_TRUE(made.ok()) << made.status();
    bytes_ = *std::move(made);
    absl::StatusOr<LinearModel> opened = LinearModel::Open(bytes_);
    EXPECT_TRUE(opened.ok()) << opened.status();
    models.deals = *opened;
  }
  ExtractionModels models;

 private:
  std::string bytes_;
};

std::vector<std::string> DealsBy(const ExtractionModels& models, std::string_view text) {
  MarkedDocument marked("", text);
  EXPECT_TRUE(TimeExpressionFinder().Process(marked.document).ok());
  EXPECT_TRUE(RelationExtractor().Process(marked.document).ok());
  EXPECT_TRUE(PartnershipExtractor(models).Process(marked.document).ok());
  return marked.Deals();
}

TEST(DealPlacesTest, EachPairOfASentenceOnceInTheOrderOfTheText) {
  const Reading reading("{c1:曜石}、{c2:蓝湾}与{c3:北辰}见面，{c1:曜石}做东。");
  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  for (const DealPlace& place : reading.context->places()) {
    pairs.emplace_back(place.first, place.second);
    EXPECT_LT(place.first_span.begin, place.second_span.begin);
  }
  EXPECT_THAT(pairs, UnorderedElementsAre(std::pair(0u, 1u), std::pair(0u, 2u), std::pair(1u, 2u)));
}

TEST(DealPlacesTest, TheTopicIsPairedWhereItIsNotNamed) {
  const Reading reading("公司与{c2:蓝湾}见面。", "{c1:曜石}又有新客户");
  ASSERT_EQ(reading.context->places().size(), 1u);
  const DealPlace& place = reading.context->places()[0];
  EXPECT_EQ(place.first, 0u);
  EXPECT_EQ(place.second, 1u);
  EXPECT_EQ(place.first_span.size(), 0u);
}

TEST(DealPlacesTest, LongListsAreCutOff) {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += "{c" + std::to_string(i) + ":第" + std::to_string(i) + "公司}、";
    if (i % 50 == 49) text += "参会。";
  }
  const Reading reading(text);
  EXPECT_LE(reading.context->places().size(), kPlacesMax);
  std::vector<size_t> by_sentence(reading.views.size());
  for (const DealPlace& place : reading.context->places()) ++by_sentence[place.sentence];
  for (const size_t places : by_sentence) {
    EXPECT_LE(places, kPlaceNamesMax * (kPlaceNamesMax - 1) / 2 + kPlaceNamesMax);
  }
  EXPECT_LE(ProposeDeals(*reading.context, reading.NoScores()).size(), kProposalsMax);
}

TEST(DealPlacesTest, FeaturesOfAPlaceDoNotGrowWithTheSentence) {
  std::string filler;
  for (int i = 0; i < 3000; ++i) filler += "合作签署收购";
  const Reading reading("{c1:曜石}" + filler + "{c2:蓝湾}" + filler);
  ASSERT_FALSE(reading.context->places().empty());
  std::vector<Feature> features;
  reading.context->PlaceFeatures(reading.context->places()[0], features);
  EXPECT_LT(features.size(), 700u);
}

TEST(ProposalTest, RulesAndPlacesProposeSetsOnce) {
  const Reading reading("{c1:曜石}与{c2:蓝湾}签署战略合作协议。{c3:北辰}、{c4:云岭}参观了展览。");
  const std::vector<DealProposal> by_rules = ProposeDeals(*reading.context, reading.NoScores());
  ASSERT_EQ(by_rules.size(), 1u);
  EXPECT_THAT(by_rules[0].parties, ElementsAre(0u, 1u));
  EXPECT_TRUE(by_rules[0].clustered);
  EXPECT_EQ(by_rules[0].rule_kind, "STRATEGIC_COOPERATION");

  std::vector<KindScores> scores = reading.NoScores();
  for (size_t p = 0; p < scores.size(); ++p) {
    const DealPlace& place = reading.context->places()[p];
    if (place.first == 2 && place.second == 3) scores[p][0] = 0.2f;
  }
  const std::vector<DealProposal> proposals = ProposeDeals(*reading.context, scores);
  std::set<std::vector<uint32_t>> sets;
  for (const DealProposal& proposal : proposals) {
    EXPECT_TRUE(sets.insert(proposal.parties).second);
  }
  EXPECT_TRUE(sets.contains({2, 3}));
}

TEST(ProposalTest, SetsOfMorePartiesThanTheLimitAreNotProposed) {
  // Meetings of five, one of whom meets the next four: the document holds one set of all.
  const auto largest = [](size_t companies) {
    const auto name = [](size_t c) {
      return "{c" + std::to_string(c) + ":第" + std::to_string(c) + "公司}";
    };
    std::string text;
    for (size_t i = 0; i + 1 < companies; i += 4) {
      for (size_t c = i; c < std::min(i + 5, companies); ++c) text += name(c) + "、";
      text += "见面。";
    }
    const Reading reading(text);
    std::vector<KindScores> scores = reading.NoScores();
    for (KindScores& score : scores) score[0] = 0.1f;
    size_t size = 0;
    for (const DealProposal& proposal : ProposeDeals(*reading.context, scores)) {
      size = std::max(size, proposal.parties.size());
    }
    return size;
  };
  EXPECT_EQ(largest(kProposalPartiesMax), kProposalPartiesMax);
  EXPECT_LE(largest(kProposalPartiesMax + 1), 6u);  // Those of one meeting and the topic.
}

TEST(DealClassifierTest, WithoutAModelTheRulesDecide) {
  EXPECT_THAT(DealsBy({}, "{c1:曜石科技}与{c2:蓝湾银行}签署战略合作协议。"),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
}

TEST(DealClassifierTest, TheModelDecidesAgainstTheRules) {
  const FixedModel none("deal:NONE");
  EXPECT_THAT(DealsBy(none.models, "{c1:曜石科技}与{c2:蓝湾银行}签署战略合作协议。"), IsEmpty());
}

TEST(DealClassifierTest, OneDealOfTheSameCompanies) {
  const FixedModel some("deal:OTHER");
  const std::vector<std::string> deals = DealsBy(
      some.models,
      "{c1:曜石}与{c2:蓝湾}签署战略合作协议。{c1:曜石}、{c2:蓝湾}与{c3:北辰}签署合作协议。");
  EXPECT_EQ(deals.size(), 1u);
}

TEST(DealClassifierTest, ConfidenceIsAProbability) {
  const FixedModel some("deal:STRATEGIC_COOPERATION");
  const Reading reading("{c1:曜石}与{c2:蓝湾}签署战略合作协议。");
  const std::vector<AssembledDeal> deals = DealClassifier(some.models.deals).Read(*reading.context);
  ASSERT_EQ(deals.size(), 1u);
  EXPECT_GT(deals[0].deal.confidence, 0.5f);
  EXPECT_LE(deals[0].deal.confidence, 1.0f);
  EXPECT_FALSE(deals[0].deal.evidence.empty());
}

// A model to which every proposal is a deal with one probability, whatever its kind.
FixedModel DealsWith(float probability) {
  return FixedModel("deal:NONE", std::log(static_cast<float>(kDealKinds.size()) *
                                          (1 - probability) / probability));
}

TEST(DealClassifierTest, ThresholdsAreLoweredToWhatIsAskedForAndNotRaised) {
  const Reading reading("{c1:曜石}与{c2:蓝湾}签署战略合作协议。");
  const auto stated = [&](float probability, float threshold_max) {
    const FixedModel model = DealsWith(probability);
    return DealClassifier(model.models.deals, threshold_max).Read(*reading.context).size();
  };
  EXPECT_EQ(stated(kRuleDealMin + 0.05f, 1), 1u);
  EXPECT_EQ(stated(kRuleDealMin - 0.05f, 1), 0u);
  EXPECT_EQ(stated(kRuleDealMin - 0.05f, kRuleDealMin - 0.1f), 1u);
  EXPECT_EQ(stated(kRuleDealMin - 0.15f, kRuleDealMin - 0.1f), 0u);
}

TEST(ExtractionOptionsTest, NoConfidenceThatIsAskedForLowersThresholdsBelowTheLimit) {
  const auto deals = [](float probability, ExtractionOptions options) {
    const FixedModel model = DealsWith(probability);
    const std::unique_ptr<Pipeline> pipeline = *Pipeline::Create(model.models, options);
    Article article;
    article.id = "x";
    article.text = "云岭科技有限公司与东屿银行签署战略合作协议。";
    const absl::StatusOr<Document> document = pipeline->Extract(article);
    EXPECT_TRUE(document.ok()) << document.status();
    return document->deals.size();
  };
  EXPECT_EQ(deals(kThresholdMin + 0.02f, {}), 0u);
  EXPECT_EQ(deals(kThresholdMin + 0.02f, {.confidence_min = 0.0f}), 1u);
  EXPECT_EQ(deals(kThresholdMin - 0.02f, {.confidence_min = 0.0f}), 0u);
}

TEST(DealClassifierTest, AModelOfOtherLabelsFindsNothing) {
  LinearModelBuilder builder({"one", "two"});
  builder.Set(FeatureHash("d bias").value(), 1, 3);
  const absl::StatusOr<std::string> bytes = builder.Finish();
  ASSERT_TRUE(bytes.ok());
  ExtractionModels models;
  models.deals = *LinearModel::Open(*bytes);
  EXPECT_THAT(DealsBy(models, "{c1:曜石科技}与{c2:蓝湾银行}签署战略合作协议。"), IsEmpty());
}

// As many labels as there are, or more, in another order: no score may be taken for another.
TEST(DealClassifierTest, OtherLabelsSeeNoDealInPlacesAndProposals) {
  std::vector<std::string> labels = DealModelLabels();
  std::swap(labels[0], labels[1]);
  std::vector<std::string> more = DealModelLabels();
  for (int i = 0; i < 50; ++i) more.push_back("more " + std::to_string(i));
  for (const std::vector<std::string>& other : {labels, more}) {
    LinearModelBuilder builder(other);
    builder.Set(FeatureHash("d bias").value(), static_cast<uint8_t>(other.size() - 1), 3);
    const absl::StatusOr<std::string> bytes = builder.Finish();
    ASSERT_TRUE(bytes.ok());
    const LinearModel model = *LinearModel::Open(*bytes);
    const DealClassifier classifier(model);
    const Reading reading("{c1:曜石}与{c2:蓝湾}签署战略合作协议。");
    const std::vector<KindScores> scores = classifier.ScorePlaces(*reading.context);
    ASSERT_FALSE(scores.empty());
    for (const KindScores& score : scores) EXPECT_EQ(score[0], 1);
    for (const DealProposal& proposal : ProposeDeals(*reading.context, scores)) {
      EXPECT_EQ(classifier.ScoreProposal(*reading.context, proposal, scores)[0], 1);
    }
    EXPECT_THAT(classifier.Read(*reading.context), IsEmpty());
  }
}

TEST(DealRolesTest, EveryKindHasRolesOfItsOwn) {
  for (const std::string_view kind : kDealKinds) {
    EXPECT_TRUE(std::any_of(std::begin(kDealRoles), std::end(kDealRoles),
                            [&](std::string_view role) { return IsRoleOf(role, kind); }))
        << kind;
  }
  EXPECT_TRUE(IsRoleOf("TARGET", "ACQUISITION"));
  EXPECT_FALSE(IsRoleOf("TARGET", "SUPPLY"));
  EXPECT_FALSE(IsRoleOf("PARTY", "JOINT_VENTURE"));
}

TEST(DealModelTest, LabelsFitOneModel) {
  const std::vector<std::string> labels = DealModelLabels();
  EXPECT_LE(labels.size(), kModelLabelsMax);
  EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), labels.size());
}

// Invented articles: half of them of a purchase in words that the rules do not know, half of a
// visit.
GoldArticle Invented(int i) {
  static constexpr const char* kNames[] = {"曜石科技", "蓝湾银行", "北辰电子", "云岭药业",
                                           "东屿物流", "西川能源", "南浦航运", "霁海钢铁"};
  const std::string a = kNames[i % 8], b = kNames[(i + 1 + i / 8 % 6) % 8];
  const bool deal = i % 2 == 0;
  GoldArticle gold;
  gold.article.id = "invented-" + std::to_string(i);
  gold.article.title = deal ? a + "纳入麾下" + b : a + "走访" + b;
  gold.article.text =
      deal ? "本周" + a + "把" + b + "整个纳入麾下。" : "本周" + a + "走访了" + b + "。";
  for (const std::string& name : {a, b}) {
    gold.entities.push_back({MentionType::kCompany, "COMPANY", name, {name}});
  }
  if (deal) {
    GoldDeal& bought = gold.deals.emplace_back();
    bought.kind = "ACQUISITION";
    bought.parties = {{0, "ACQUIRER"}, {1, "TARGET"}};
    bought.evidence = {gold.article.text, gold.article.title};
  }
  return gold;
}

// "0:PROVIDER 1:CUSTOMER", by deal.
std::vector<std::string> PartiesLearned(const GoldArticle& gold) {
  std::vector<std::string> lines;
  for (const GoldDeal& deal : OneToEach(gold)) {
    std::string& line = lines.emplace_back();
    for (const GoldParticipation& party : deal.parties) {
      if (!line.empty()) line += " ";
      line += std::to_string(party.entity) + ":" + party.role;
    }
  }
  return lines;
}

TEST(DealTrainerTest, AListOfCustomersIsADealWithEach) {
  GoldArticle gold;
  gold.origin = ArticleOrigin::kInvented;
  GoldDeal& supply = gold.deals.emplace_back();
  supply.kind = "SUPPLY";
  supply.evidence = {"客户包括"};
  supply.parties = {{1, "CUSTOMER"}, {0, "PROVIDER"}, {2, "CUSTOMER"}};
  EXPECT_THAT(PartiesLearned(gold), ElementsAre("0:PROVIDER 1:CUSTOMER", "0:PROVIDER 2:CUSTOMER"));
  EXPECT_THAT(OneToEach(gold)[1].evidence, ElementsAre("客户包括"));
  supply.parties = {{1, "PROVIDER"}, {2, "PROVIDER"}, {0, "CUSTOMER"}};
  EXPECT_THAT(PartiesLearned(gold), ElementsAre("0:CUSTOMER 1:PROVIDER", "0:CUSTOMER 2:PROVIDER"));
}

TEST(DealTrainerTest, OtherDealsAreLearnedAsTheyStand) {
  GoldArticle gold;
  gold.origin = ArticleOrigin::kInvented;
  gold.deals.resize(4);
  for (GoldDeal& deal : gold.deals) deal.kind = "SUPPLY";
  gold.deals[0].parties = {{0, "PROVIDER"}, {1, "CUSTOMER"}};
  gold.deals[1].parties = {{0, "PROVIDER"}, {1, "CUSTOMER"}, {2, "PARTY"}};
  gold.deals[2].parties = {{0, "PROVIDER"}, {1, "PROVIDER"}, {2, "CUSTOMER"}, {3, "CUSTOMER"}};
  gold.deals[3].kind = "TECHNOLOGY_INTEGRATION";
  gold.deals[3].parties = {{0, "PROVIDER"}, {1, "CUSTOMER"}, {2, "CUSTOMER"}};
  EXPECT_THAT(PartiesLearned(gold), testing::SizeIs(4));
  // Annotators of news follow the guidelines: what they join belongs together.
  gold.origin = ArticleOrigin::kNews;
  gold.deals[3].kind = "SUPPLY";
  EXPECT_THAT(PartiesLearned(gold), testing::SizeIs(4));
}

TEST(DealTrainerTest, LearnsWordsThatTheRulesDoNotKnow) {
  std::vector<GoldArticle> gold;
  for (int i = 0; i < 48; ++i) gold.push_back(Invented(i));
  const ExtractionModels nothing;
  std::vector<TrainingDocument> documents;
  for (const GoldArticle& article : gold) {
    absl::StatusOr<Document> document = MakeDocument(article.article);
    ASSERT_TRUE(document.ok());
    documents.push_back({&article, *std::move(document), &nothing});
  }
  const absl::StatusOr<std::string> bytes = TrainDeals(documents);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  ExtractionModels models;
  models.deals = *LinearModel::Open(*bytes);
  ASSERT_THAT(DealsBy({}, "本周{c1:枫桥集团}把{c2:竹溪传媒}整个纳入麾下。"), IsEmpty());
  EXPECT_THAT(DealsBy(models, "本周{c1:枫桥集团}把{c2:竹溪传媒}整个纳入麾下。"),
              ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET"));
  EXPECT_THAT(DealsBy(models, "本周{c1:枫桥集团}走访了{c2:竹溪传媒}。"), IsEmpty());
  const absl::StatusOr<std::string> again = TrainDeals(documents);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*bytes, *again);
}

}  // namespace
}  // namespace partnergraph
