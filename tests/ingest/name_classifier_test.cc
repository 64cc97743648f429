#include "ingest/name_classifier.h"

#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/mention_finder.h"
#include "ingest/training/name_trainer.h"
#include "tests/ingest/split_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

struct Said {
  MentionType type;
  float probability;
};

// Decodes with these probabilities; other forms are no names.
Document Decode(const std::string& text, const std::map<std::u32string, Said>& said) {
  Document document = SplitDocument(text);
  Recognition recognition(document);
  FindByRules(recognition);
  const auto reading = ReadNames(recognition, nullptr);
  std::vector<NameProbability> probabilities(reading->candidates.names.size());
  size_t found = 0;
  for (size_t i = 0; i < probabilities.size(); ++i) {
    const auto it = said.find(std::u32string(reading->candidates.names[i].text));
    if (it == said.end()) continue;
    ++found;
    probabilities[i].of[0] = 1 - it->second.probability;
    probabilities[i].of[1 + static_cast<size_t>(it->second.type)] = it->second.probability;
  }
  EXPECT_EQ(found, said.size()) << "not all are candidates";
  DecodeNames(recognition, reading->candidates, probabilities);
  return document;
}

TEST(NameClassifierTest, ProbabilitiesBecomeScores) {
  const Document document =
      Decode("云岭科技与青屿银行签约。", {{U"云岭科技", {MentionType::kCompany, 0.75f}}});
  ASSERT_EQ(document.mentions.size(), 1u);
  EXPECT_NEAR(document.mentions[0].score, 0.75f, 1e-5);
  EXPECT_EQ(std::string(document.mentions[0].rule).substr(0, 5), "names");
}

TEST(NameClassifierTest, ImprobableFormsAreNoNames) {
  EXPECT_THAT(Decode("云岭科技与青屿银行签约。",
                     {{U"云岭科技", {MentionType::kCompany, kCompanyProbabilityMin - 0.01f}}})
                  .mentions,
              IsEmpty());
}

TEST(NameClassifierTest, LongerNamesHideTheShorterInThem) {
  const Document document = Decode("云岭科技有限公司与青屿银行签约，云岭科技负责建设。",
                                   {{U"云岭科技有限公司", {MentionType::kCompany, 0.9f}},
                                    {U"云岭科技", {MentionType::kCompany, 0.9f}}});
  ASSERT_EQ(document.mentions.size(), 2u);
  EXPECT_EQ(document.Text(document.mentions[0].span), "云岭科技有限公司");
  EXPECT_EQ(document.Text(document.mentions[1].span), "云岭科技");
}

TEST(NameClassifierTest, MakersAreMentionsInsideTheirProducts) {
  const Document document = Decode(
      "他买了一辆福特飞鹭X5。",
      {{U"福特飞鹭X5", {MentionType::kProduct, 0.9f}}, {U"福特", {MentionType::kCompany, 0.9f}}});
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), UnorderedElementsAre("福特飞鹭X5"));
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), UnorderedElementsAre("福特"));
}

TEST(NameClassifierTest, TitlesAndPlacesStayAsTheRulesHaveThem) {
  const Document document = Decode("云岭科技副总经理在杭州发言。", {});
  EXPECT_THAT(NamesOf(document, MentionType::kJobTitle), UnorderedElementsAre("副总经理"));
  EXPECT_THAT(NamesOf(document, MentionType::kPlace), UnorderedElementsAre("杭州"));
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), IsEmpty());
}

TEST(NameClassifierTest, DefinedAliasesKeepTheirRule) {
  const Document document = Decode("青屿云岭智算有限公司（以下简称“云岭智算”）成立。",
                                   {{U"青屿云岭智算有限公司", {MentionType::kCompany, 0.9f}},
                                    {U"云岭智算", {MentionType::kCompany, 0.9f}}});
  ASSERT_EQ(document.mentions.size(), 2u);
  EXPECT_EQ(std::string(document.mentions[1].rule), "names/alias");
}

TEST(NameClassifierTest, WhatActsBehindAFullNameIsTheCompanyInAnotherScript) {
  const std::map<std::u32string, Said> said = {{U"云岭科技", {MentionType::kCompany, 0.9f}},
                                               {U"Yunling", {MentionType::kProduct, 0.9f}}};
  EXPECT_THAT(NamesOf(Decode("该功能由云岭科技Yunling提供算法。", said), MentionType::kCompany),
              UnorderedElementsAre("云岭科技", "Yunling"));
  EXPECT_THAT(NamesOf(Decode("他们采用云岭科技Yunling的算法。", said), MentionType::kProduct),
              UnorderedElementsAre("Yunling"));
}

// Annotated articles that teach that what is "welcomed" is a company, which no rule says.
class NameTrainerTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"贝络", "木汀", "飞鹭", "蓝湾湾", "青禾稷", "甲骨鹿"}) {
      GoldArticle& gold = gold_.emplace_back();
      gold.entities.push_back({MentionType::kCompany, "COMPANY", name, {name}});
      TrainingDocument& training = documents_.emplace_back();
      training.document =
          SplitDocument("大会热烈欢迎" + std::string(name) + "入驻园区，园区绿树成荫。");
    }
    for (size_t i = 0; i < gold_.size(); ++i) documents_[i].gold = &gold_[i];
  }
  std::vector<GoldArticle> gold_;
  std::vector<TrainingDocument> documents_;
};

TEST_F(NameTrainerTest, LearnsAndRecognizes) {
  const absl::StatusOr<std::string> bytes = TrainNames(documents_);
  ASSERT_THAT(bytes, IsOk());
  ExtractionModels models;
  const absl::StatusOr<LinearModel> model = LinearModel::Open(*bytes);
  ASSERT_THAT(model, IsOk());
  models.names = *model;
  Document by_rules = SplitDocument("大会热烈欢迎橙鹤入驻园区，园区绿树成荫。");
  Document learned = by_rules;
  ASSERT_THAT(MentionFinder().Process(by_rules), IsOk());
  EXPECT_THAT(NamesOf(by_rules, MentionType::kCompany), Not(Contains("橙鹤")));
  ASSERT_THAT((*MentionFinder::Create(models))->Process(learned), IsOk());
  EXPECT_THAT(NamesOf(learned, MentionType::kCompany), UnorderedElementsAre("橙鹤"));
}

TEST_F(NameTrainerTest, IsDeterministic) {
  const absl::StatusOr<std::string> first = TrainNames(documents_), second = TrainNames(documents_);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(*first, *second);
}

TEST_F(NameTrainerTest, TraditionalTextReadsTheSame) {
  const absl::StatusOr<std::string> bytes = TrainNames(documents_);
  ASSERT_THAT(bytes, IsOk());
  ExtractionModels models;
  models.names = *LinearModel::Open(*bytes);
  Document simplified = SplitDocument("大会热烈欢迎蓝鹤鸣入驻园区，东屿银行表示祝贺。");
  Document traditional =
      SplitDocument("大會熱烈歡迎藍鶴鳴入駐園區，東嶼銀行表示祝賀。", "今日要聞");
  ASSERT_THAT((*MentionFinder::Create(models))->Process(simplified), IsOk());
  ASSERT_THAT((*MentionFinder::Create(models))->Process(traditional), IsOk());
  ASSERT_EQ(simplified.mentions.size(), traditional.mentions.size());
  ASSERT_FALSE(simplified.mentions.empty());
  for (size_t i = 0; i < simplified.mentions.size(); ++i) {
    EXPECT_EQ(simplified.mentions[i].span, traditional.mentions[i].span);
    EXPECT_EQ(simplified.mentions[i].score, traditional.mentions[i].score);
  }
}

}  // namespace
}  // namespace partnergraph
