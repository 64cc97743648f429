#include "ingest/relation_classifier.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "graph/schema.h"
#include "gtest/gtest.h"
#include "ingest/employment_guesses.h"
#include "ingest/feature_hash.h"
#include "ingest/founding_guesses.h"
#include "ingest/relation_features.h"
#include "ingest/training/classifier_trainer.h"
#include "tests/ingest/marked_document.h"

namespace partnergraph {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

const LinearModel kNoPairModel;

// A text with its pairs, read by the rules.
struct Reading {
  explicit Reading(std::string_view text)
      : marked("", text),
        views(marked.document),
        rules(ReadByRules(marked.document, views)),
        pairs(FindPairs(marked.document, views, rules)) {}

  const RelationPair* Find(uint32_t first, uint32_t second) const {
    for (const RelationPair& pair : pairs) {
      if (pair.first == first && pair.second == second) return &pair;
    }
    return nullptr;
  }

  MarkedDocument marked;
  DocumentViews views;
  RuleReading rules;
  std::vector<RelationPair> pairs;
};

// A model that has seen texts in which entity 0 is, or is not, `label` to entity 1.
std::string Learn(RelationLabel label, const std::vector<std::string>& positive,
                  const std::vector<std::string>& negative) {
  std::vector<TrainingExample> examples;
  for (const auto* texts : {&positive, &negative}) {
    for (const std::string& text : *texts) {
      const Reading reading(text);
      const RelationFeatures features(reading.marked.document, reading.views, reading.rules,
                                      reading.pairs, kNoPairModel);
      for (const RelationPair& pair : reading.pairs) {
        TrainingExample& example = examples.emplace_back();
        features.Extract(pair, example.features);
        const bool right = texts == &positive && pair.first == 0 && pair.second == 1;
        example.label = static_cast<uint8_t>(right ? label : RelationLabel::kNone);
      }
    }
  }
  const std::vector<std::string> labels(kRelationLabelNames.begin(), kRelationLabelNames.end());
  const auto bytes = TrainClassifier(labels, examples, {});
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return *bytes;
}

std::vector<std::string> RelationsBy(const std::string& model, std::string_view text) {
  MarkedDocument marked("", text);
  ExtractionModels models;
  models.relations = *LinearModel::Open(model);
  EXPECT_TRUE(RelationExtractor(models).Process(marked.document).ok());
  return marked.Relations();
}

const std::vector<std::string> kOwnershipTexts = {"{c1:曜石科技}背靠{c2:蓝湾集团}，今日开业。",
                                                  "{c1:北辰软件}背靠{c2:东湖集团}，发布年报。",
                                                  "{c1:青禾医疗}背靠{c2:南岭集团}，扩大生产。"};
const std::vector<std::string> kOtherTexts = {"{c1:曜石科技}起诉{c2:蓝湾集团}，今日开庭。",
                                              "{c1:北辰软件}超过{c2:东湖集团}，发布年报。",
                                              "{c1:青禾医疗}回应{c2:南岭集团}，扩大生产。"};

TEST(RelationClassifierTest, LearnsAWordThatNoRuleKnows) {
  const std::string model = Learn(RelationLabel::kPartOf, kOwnershipTexts, kOtherTexts);
  EXPECT_THAT(RelationsBy(model, "{c1:云帆物流}背靠{c2:长河集团}，业务增长。"),
              ElementsAre("PART_OF c1 c2"));
  EXPECT_THAT(RelationsBy(model, "{c1:云帆物流}起诉{c2:长河集团}，业务增长。"), IsEmpty());
}

TEST(RelationClassifierTest, WhatHoldsOfOneHoldsOfAList) {
  const std::string model = Learn(RelationLabel::kPartOf, kOwnershipTexts, kOtherTexts);
  EXPECT_THAT(RelationsBy(model, "{c1:云帆物流}背靠{c2:长河集团}和{c3:南山集团}，业务增长。"),
              Contains("PART_OF c1 c3"));
  EXPECT_THAT(RelationsBy(model, "{c1:云帆物流}起诉{c2:长河集团}和{c3:南山集团}，业务增长。"),
              IsEmpty());
}

TEST(RelationClassifierTest, StatesWithSentenceProbabilityAndOwnName) {
  const std::string model = Learn(RelationLabel::kPartOf, kOwnershipTexts, kOtherTexts);
  MarkedDocument marked("", "简讯。{c1:云帆物流}背靠{c2:长河集团}，业务增长。");
  ExtractionModels models;
  models.relations = *LinearModel::Open(model);
  ASSERT_TRUE(RelationExtractor(models).Process(marked.document).ok());
  ASSERT_THAT(marked.document.relations, SizeIs(1));
  const Relation& relation = marked.document.relations[0];
  ASSERT_THAT(relation.evidence, SizeIs(1));
  EXPECT_EQ(marked.document.Text(relation.evidence[0]), "云帆物流背靠长河集团，业务增长");
  EXPECT_GE(relation.confidence, RelationThreshold(kPartOf, /*proposed=*/false));
  EXPECT_LE(relation.confidence, 0.99f);
  EXPECT_EQ(std::string_view(relation.rule), kRelationModel);
}

TEST(RelationClassifierTest, EvidenceOfALongSentenceIsCut) {
  const std::string model = Learn(RelationLabel::kPartOf, kOwnershipTexts, kOtherTexts);
  std::string text = "{c1:云帆物流}背靠{c2:长河集团}";
  for (int i = 0; i < 400; ++i) text += "业务增长";
  MarkedDocument marked("", text);
  ExtractionModels models;
  models.relations = *LinearModel::Open(model);
  ASSERT_TRUE(RelationExtractor(models).Process(marked.document).ok());
  ASSERT_THAT(marked.document.relations, SizeIs(1));
  EXPECT_LE(marked.document.relations[0].evidence[0].size(), kModelEvidenceCharsMax + 10);
}

TEST(RelationClassifierTest, TakesTitleAndEvidenceFromTheRule) {
  const std::vector<std::string> positive = {"{p1:李方远}，{c1:曜石科技}总裁。",
                                             "{p1:何明川}，{c1:蓝湾银行}副行长。",
                                             "{p1:王曼}，{c1:北辰软件}总经理。"};
  const std::vector<std::string> negative = {"{p1:李方远}走访{c1:曜石科技}。",
                                             "{p1:何明川}批评{c1:蓝湾银行}。",
                                             "{p1:王曼}谈到{c1:北辰软件}。"};
  const std::string model = Learn(RelationLabel::kEmployedBy, positive, negative);
  EXPECT_THAT(RelationsBy(model, "{p1:蔡一凡}，{c1:青禾医疗}董事长。"),
              ElementsAre("EMPLOYED_BY p1 c1 董事长"));
  EXPECT_THAT(RelationsBy(model, "{p1:蔡一凡}谈到{c1:青禾医疗}。"), IsEmpty());
}

TEST(RelationClassifierTest, OfBothDirectionsTheLikelierHolds) {
  // Taught both directions of the same words, the model is not to state both.
  std::vector<std::string> reversed;
  for (const std::string& text : kOwnershipTexts) reversed.push_back(text);
  std::vector<TrainingExample> examples;
  for (const std::string& text : reversed) {
    const Reading reading(text);
    const RelationFeatures features(reading.marked.document, reading.views, reading.rules,
                                    reading.pairs, kNoPairModel);
    for (const RelationPair& pair : reading.pairs) {
      TrainingExample& example = examples.emplace_back();
      features.Extract(pair, example.features);
      example.label = static_cast<uint8_t>(RelationLabel::kPartOf);
    }
  }
  const std::vector<std::string> labels(kRelationLabelNames.begin(), kRelationLabelNames.end());
  const auto model = TrainClassifier(labels, examples, {});
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_THAT(RelationsBy(*model, "{c1:云帆物流}背靠{c2:长河集团}，业务增长。"), SizeIs(Le(1)));
}

TEST(RelationClassifierTest, GuessesAreNotStatedWithoutAModel) {
  // The post has no person beside it.
  const std::string_view text = "{p1:李方远}致辞。此前，曾任{c1:曜石科技}总裁。";
  const Reading reading(text);
  EXPECT_TRUE(std::any_of(reading.rules.proposals.begin(), reading.rules.proposals.end(),
                          [](const Relation& proposal) {
                            return proposal.type == kEmployedBy && proposal.title == "总裁" &&
                                   proposal.confidence <= kGuessConfidence;
                          }));
  EXPECT_THAT(MarkedDocument("", text).Extract().Relations(), IsEmpty());
}

TEST(RelationPairsTest, FoundersOfACompanyNamedBefore) {
  const Reading reading(
      "{c1:启明基金}落户东湖。该基金由{c2:曜石科技}和{c3:蓝湾集团}共同出资设立。");
  const RelationPair* pair = reading.Find(1, 0);
  ASSERT_NE(pair, nullptr);
  EXPECT_TRUE(std::any_of(pair->proposals.begin(), pair->proposals.end(),
                          [&](uint32_t i) { return reading.rules.proposals[i].type == kFounded; }));
}

TEST(RelationPairsTest, PeopleReachIntoTheNextSentenceAndCompaniesToItsSubjectOnly) {
  const Reading reading(
      "{p1:李方远}致辞。{c1:曜石科技}参会，{c2:东湖集团}在场。{c3:蓝湾集团}参展。");
  EXPECT_NE(reading.Find(0, 2), nullptr);
  const RelationPair* pair = reading.Find(3, 1);
  ASSERT_NE(pair, nullptr);
  EXPECT_THAT(pair->places, SizeIs(1));
  EXPECT_EQ(reading.Find(3, 2), nullptr);
}

TEST(RelationPairsTest, ProductsRunOnProductsAndCompaniesNearby) {
  const Reading reading("{x1:星图系统}接入{c1:曜石科技}的{x2:远山引擎}。{x3:云杉平台}上线。");
  for (const auto& [first, second] : {std::pair(0, 1), {0, 2}, {2, 0}}) {
    const RelationPair* pair =
        reading.Find(static_cast<uint32_t>(first), static_cast<uint32_t>(second));
    ASSERT_NE(pair, nullptr) << first << " " << second;
    EXPECT_THAT(pair->places, SizeIs(1));
  }
  EXPECT_EQ(reading.Find(0, 0), nullptr);
  EXPECT_EQ(reading.Find(3, 2), nullptr);  // Of the sentence before.
}

TEST(RelationPairsTest, NamesThatBeginWithAnotherNameMeetFromAfar) {
  const Reading reading(
      "{c1:曜石科技}开业。{c2:东湖集团}到会。{c3:南岭集团}发言。{c4:东湖集团研究院}揭牌。");
  EXPECT_NE(reading.Find(3, 1), nullptr);
  EXPECT_EQ(reading.Find(2, 1), nullptr);
}

TEST(RelationPairsTest, LongListsMakeBoundedPairs) {
  std::string text;
  constexpr size_t kCompanies = 600;
  for (size_t i = 0; i < kCompanies; ++i) {
    text += "{c" + std::to_string(i) + ":公司" + std::to_string(i) + "号}、";
  }
  const Reading reading(text + "到会。");
  EXPECT_THAT(reading.pairs, SizeIs(Le(kPairsMax)));
  EXPECT_NE(reading.Find(0, kPairWindow), nullptr);
  EXPECT_EQ(reading.Find(0, kPairWindow + 1), nullptr);
}

TEST(RelationPairsTest, ProductsRunOnWhatStandsWithinTheirWindow) {
  std::string text;
  for (size_t i = 0; i < kProductPairWindow + 3; ++i) {
    text += "{x" + std::to_string(i) + ":产品" + std::to_string(i) + "号}、";
  }
  const Reading reading(text + "亮相。");
  EXPECT_NE(reading.Find(0, kProductPairWindow), nullptr);
  EXPECT_NE(reading.Find(kProductPairWindow, 0), nullptr);
  EXPECT_EQ(reading.Find(0, kProductPairWindow + 1), nullptr);
  EXPECT_EQ(reading.Find(kProductPairWindow + 1, 0), nullptr);
}

// The rules' guesses of one type, by the entity that they are of.
std::map<uint32_t, size_t> Guesses(const Reading& reading, EdgeType type, bool of_target) {
  std::map<uint32_t, size_t> guesses;
  for (const Relation& proposal : reading.rules.proposals) {
    if (proposal.type != type || !std::string_view(proposal.rule).starts_with("guess: ")) continue;
    ++guesses[of_target ? proposal.target : proposal.source];
  }
  return guesses;
}

TEST(EmploymentGuessesTest, PeopleOfASentenceAreBounded) {
  // The company stands in the middle, so that all of them are near it.
  std::string text;
  for (size_t i = 0; i < kGuessedPeopleMax + 8; ++i) {
    text += "客{p" + std::to_string(i) + ":李甲}，总裁，";
    if (i == kGuessedPeopleMax / 2) text += "{c0:曜石}、{c1:东屿}在场，";
  }
  const std::map<uint32_t, size_t> guesses =
      Guesses(Reading(text + "到场。"), kEmployedBy, /*of_target=*/false);
  EXPECT_THAT(guesses, SizeIs(kGuessedPeopleMax));
}

TEST(EmploymentGuessesTest, CompaniesOfASentenceWhosePostsAreGuessedAreBounded) {
  std::string text = "{p1:李方远}致辞。此前";
  for (size_t i = 1; i <= kGuessedPostsMax + 8; ++i) {
    text += "，曾任{c" + std::to_string(i) + ":公司" + std::to_string(i) + "号}总裁";
  }
  const std::map<uint32_t, size_t> guesses =
      Guesses(Reading(text + "。"), kEmployedBy, /*of_target=*/true);
  EXPECT_THAT(guesses, SizeIs(kGuessedPostsMax));
  EXPECT_TRUE(guesses.contains(1));
  EXPECT_FALSE(guesses.contains(kGuessedPostsMax + 1));
}

TEST(FoundingGuessesTest, WordsOfASentenceAreBounded) {
  std::string text;
  for (size_t i = 0; i < 2 * (kGuessedFoundingsMax + 4); i += 2) {
    text += (i > 0 ? "，{c" : "{c") + std::to_string(i) + ":公司" + std::to_string(i) +
            "号}成立{c" + std::to_string(i + 1) + ":公司" + std::to_string(i + 1) + "号}";
  }
  const std::map<uint32_t, size_t> guesses =
      Guesses(Reading(text + "。"), kFounded, /*of_target=*/true);
  EXPECT_TRUE(guesses.contains(1));
  EXPECT_TRUE(guesses.contains(2 * kGuessedFoundingsMax - 1));
  EXPECT_FALSE(guesses.contains(2 * kGuessedFoundingsMax + 1));
}

// A model that gives each pair one probability to be PART_OF.
TEST(RelationClassifierTest, ThresholdsAreLoweredToWhatIsAskedForAndNotRaised) {
  const auto stated = [](float probability, float threshold_max) {
    const std::string_view text = "{c1:云帆物流}提到{c2:长河集团}，业务增长。";
    const Reading reading(text);
    const RelationFeatures extractor(reading.marked.document, reading.views, reading.rules,
                                     reading.pairs, kNoPairModel);
    std::vector<Feature> features;
    extractor.Extract(reading.pairs[0], features);
    // A feature of all pairs of companies carries it all; what is not PART_OF is NONE.
    const uint64_t bias =
        FeatureHash("bias").Add(static_cast<uint64_t>(PairKind::kCompanyCompany)).value();
    const auto found = std::find_if(features.begin(), features.end(),
                                    [&](const Feature& feature) { return feature.hash == bias; });
    EXPECT_NE(found, features.end());
    const std::vector<std::string> labels(kRelationLabelNames.begin(), kRelationLabelNames.end());
    LinearModelBuilder builder(labels);
    for (size_t label = 1; label < labels.size(); ++label) {
      const bool part_of = label == static_cast<size_t>(RelationLabel::kPartOf);
      const float score = part_of ? std::log(probability / (1 - probability)) : -20;
      builder.Set(bias, static_cast<uint8_t>(label), score / found->value);
    }
    const std::string bytes = *builder.Finish();
    ExtractionModels models;
    models.relations = *LinearModel::Open(bytes);
    MarkedDocument marked("", text);
    EXPECT_TRUE(RelationExtractor(models, threshold_max).Process(marked.document).ok());
    return !marked.document.relations.empty();
  };
  const float threshold = RelationThreshold(kPartOf, /*proposed=*/false);
  EXPECT_TRUE(stated(threshold + 0.05f, 1));
  EXPECT_FALSE(stated(threshold - 0.05f, 1));
  EXPECT_TRUE(stated(threshold - 0.05f, threshold - 0.1f));
  EXPECT_FALSE(stated(threshold - 0.15f, threshold - 0.1f));
}

TEST(RelationPairsTest, PairsNamedOftenKeepFewPlacesAndProposals) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "{c1:曜石科技}总裁{p1:李方远}到会。";
  const Reading reading(text);
  const RelationPair* pair = reading.Find(1, 0);
  ASSERT_NE(pair, nullptr);
  EXPECT_THAT(pair->places, SizeIs(kPairPlacesMax));
  EXPECT_THAT(pair->proposals, SizeIs(kPairProposalsMax));
  const RelationFeatures extractor(reading.marked.document, reading.views, reading.rules,
                                   reading.pairs, kNoPairModel);
  std::vector<Feature> features;
  extractor.Extract(*pair, features);
  EXPECT_THAT(features, SizeIs(Le(600)));
  EXPECT_TRUE(std::is_sorted(features.begin(), features.end(),
                             [](const Feature& a, const Feature& b) { return a.hash < b.hash; }));
}

TEST(RelationPairsTest, PlacesOfARuleComeFirst) {
  const Reading reading(
      "{c1:曜石科技}、{p1:李方远}。当天，{c1:曜石科技}全球市场副总裁{p1:李方远}致辞。");
  const RelationPair* pair = reading.Find(1, 0);
  ASSERT_NE(pair, nullptr);
  ASSERT_THAT(pair->places, Not(IsEmpty()));
  EXPECT_EQ(pair->places[0].first.view, 1u);
}

}  // namespace
}  // namespace partnergraph
