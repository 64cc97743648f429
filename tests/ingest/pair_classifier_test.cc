#include "ingest/pair_classifier.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/training/one_vs_rest_trainer.h"
#include "ingest/training/relation_corpora.h"
#include "ingest/training/relation_sets.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;

// A sentence with two names in it.
struct Example {
  std::shared_ptr<Document> document;
  Span a, b;

  const Sentence& sentence() const { return document->sentences[0]; }
  PairSentence words() const { return PairSentence(*document, sentence(), a, b); }
  std::vector<Feature> Features() const {
    std::vector<Feature> features;
    ExtractPairFeatures(words(), a, b, PairFeatureSet::kGeneral, features);
    return features;
  }
};

// The names stand in [ ] and { }; the first is `a`.
Example Read(std::string text) {
  Example example;
  const auto cut = [&text](char open, char close) {
    const size_t begin = text.find(open);
    text.erase(begin, 1);
    const size_t end = text.find(close);
    text.erase(end, 1);
    return std::pair(begin, end);
  };
  std::pair<size_t, size_t> a = cut('[', ']');
  const std::pair<size_t, size_t> b = cut('{', '}');
  if (b.first < a.first) {
    a.first -= 2;
    a.second -= 2;
  }
  absl::StatusOr<std::shared_ptr<Document>> document = MakeSentenceDocument(text);
  EXPECT_TRUE(document.ok()) << document.status();
  example.document = *document;
  // The title is empty; its newline comes before the text.
  const auto at = [&](size_t byte) {
    const std::vector<uint32_t>& offsets = example.document->offsets;
    return static_cast<uint32_t>(std::lower_bound(offsets.begin(), offsets.end(), byte + 1) -
                                 offsets.begin());
  };
  example.a = {at(a.first), at(a.second)};
  example.b = {at(b.first), at(b.second)};
  return example;
}

std::vector<uint64_t> Hashes(const std::vector<Feature>& features) {
  std::vector<uint64_t> hashes;
  for (const Feature& feature : features) hashes.push_back(feature.hash);
  return hashes;
}

// A model of three labels, learned from a few invented sentences.
std::string SmallModel() {
  const std::pair<const char*, PairLabel> sentences[] = {
      {"[衡川银行]收购{澜岳半导体}的全部股权", PairLabel::kAcquires},
      {"[骥野汽车]宣布收购{岫云科技}", PairLabel::kAcquires},
      {"[稔万家]昨日收购{穗原农业}多数股份", PairLabel::kAcquires},
      {"[澜岳半导体]被{衡川银行}收购", PairLabel::kAcquiredBy},
      {"[岫云科技]上月已被{骥野汽车}收购", PairLabel::kAcquiredBy},
      {"[穗原农业]将被{稔万家}收购", PairLabel::kAcquiredBy},
      {"[衡川银行]、{骥野汽车}股价上涨", PairLabel::kNone},
      {"[稔万家]和{岫云科技}昨日停牌", PairLabel::kNone},
      {"[驰塬物流]与{曜锂能源}均在汐州", PairLabel::kNone},
  };
  std::vector<MultiLabelExample> examples;
  for (const auto& [text, label] : sentences) {
    const Example example = Read(text);
    examples.push_back(ToPairExample(example.words(), example.a, example.b, label));
  }
  absl::StatusOr<OneVsRestModel> model =
      TrainOneVsRest(kPairLabels, examples, {.cost = 1, .scale = 4});
  EXPECT_TRUE(model.ok()) << model.status();
  std::vector<std::string> names;
  for (size_t i = 0; i < kPairLabels; ++i) {
    names.emplace_back(PairLabelName(static_cast<PairLabel>(i)));
  }
  LinearModelBuilder builder(names);
  model->AddTo(builder, 0);
  absl::StatusOr<std::string> bytes = builder.Finish();
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return *bytes;
}

PairLabel Best(const PairProbabilities& probabilities) {
  return static_cast<PairLabel>(std::max_element(probabilities.begin(), probabilities.end()) -
                                probabilities.begin());
}

TEST(PairLabelTest, ReversingTwiceChangesNothing) {
  for (size_t i = 0; i < kPairLabels; ++i) {
    const auto label = static_cast<PairLabel>(i);
    EXPECT_EQ(ReversePairLabel(ReversePairLabel(label)), label) << PairLabelName(label);
  }
  EXPECT_EQ(ReversePairLabel(PairLabel::kOwns), PairLabel::kPartOf);
  EXPECT_EQ(ReversePairLabel(PairLabel::kCooperation), PairLabel::kCooperation);
}

TEST(PairClassifierTest, WithoutAModelEveryPairIsNone) {
  const LinearModel model;
  const PairClassifier classifier(model);
  EXPECT_TRUE(classifier.empty());
  const Example example = Read("[衡川银行]收购{澜岳半导体}");
  const PairProbabilities probabilities =
      classifier.Classify(*example.document, example.sentence(), example.a, example.b);
  EXPECT_EQ(probabilities[static_cast<size_t>(PairLabel::kNone)], 1);
  EXPECT_EQ(std::accumulate(probabilities.begin(), probabilities.end(), 0.0f), 1);
}

TEST(PairClassifierTest, TellsDirectionWhicheverNameIsAskedFirst) {
  const std::string bytes = SmallModel();
  ASSERT_OK_AND_ASSIGN(const LinearModel model, LinearModel::Open(bytes));
  const PairClassifier classifier(model);
  const Example example = Read("[曜锂能源]收购{驰塬物流}的部分股权");
  const PairProbabilities forward = classifier.Classify(example.words(), example.a, example.b);
  EXPECT_EQ(Best(forward), PairLabel::kAcquires);
  EXPECT_NEAR(std::accumulate(forward.begin(), forward.end(), 0.0f), 1, 1e-4);
  const PairProbabilities backward = classifier.Classify(example.words(), example.b, example.a);
  EXPECT_EQ(Best(backward), PairLabel::kAcquiredBy);
  EXPECT_FLOAT_EQ(forward[static_cast<size_t>(PairLabel::kAcquires)],
                  backward[static_cast<size_t>(PairLabel::kAcquiredBy)]);
  const Example passive = Read("[驰塬物流]或被{曜锂能源}收购");
  EXPECT_EQ(Best(classifier.Classify(passive.words(), passive.a, passive.b)),
            PairLabel::kAcquiredBy);
}

TEST(PairClassifierTest, TraditionalTextHasTheFeaturesOfSimplified) {
  EXPECT_EQ(Hashes(Read("[澜岳半导体]与{骥野汽车}签订采购合同").Features()),
            Hashes(Read("[瀾岳半導體]與{驥野汽車}簽訂採購合同").Features()));
}

TEST(PairFeaturesTest, ArePerPairAndNotPerSentence) {
  std::string text = "[衡川银行]与{骥野汽车}签约。";
  const size_t few = Read(text).Features().size();
  for (int i = 0; i < 5000; ++i) text += "今日市场平稳运行。";
  const Example example = Read(text);
  const size_t many = example.Features().size();
  EXPECT_GT(few, 20u);
  EXPECT_LT(many, 900u);
  // As many when the names are 45,000 characters apart.
  std::string far = "[衡川银行]";
  for (int i = 0; i < 5000; ++i) far += "今日市场平稳运行。";
  EXPECT_LT(Read(far + "{骥野汽车}").Features().size(), 900u);
}

TEST(PairFeaturesTest, CuesNextToEitherNameCountAndThoseFarFromBothDoNot) {
  std::string far;
  for (int i = 0; i < 300; ++i) far += "之";
  const auto features = [&](const std::string& middle) {
    return Hashes(Read("[衡川银行]" + far + middle + far + "{骥野汽车}").Features());
  };
  EXPECT_EQ(features("合作"), features("之之"));
  EXPECT_NE(Hashes(Read("[衡川银行]" + far + far + "收购{骥野汽车}").Features()),
            Hashes(Read("[衡川银行]" + far + far + "之之{骥野汽车}").Features()));
}

TEST(PairFeaturesTest, EachHashStandsOnce) {
  const std::vector<uint64_t> hashes =
      Hashes(Read("合作 合作 合作[衡川银行]合作 合作{骥野汽车}合作 合作").Features());
  EXPECT_TRUE(std::is_sorted(hashes.begin(), hashes.end()));
  EXPECT_EQ(std::adjacent_find(hashes.begin(), hashes.end()), hashes.end());
}

TEST(PairFeaturesTest, NamesInsideNamesAreAPairToo) {
  const Example example = Read("[衡川银行]昨日向{骥野汽车}公告");
  const Span inner{example.a.begin, example.a.begin + 2};
  const PairSentence words(*example.document, example.sentence(), example.a, inner);
  std::vector<Feature> features;
  ExtractPairFeatures(words, example.a, inner, PairFeatureSet::kGeneral, features);
  EXPECT_GT(features.size(), 10u);
}

TEST(OneVsRestTrainerTest, ExamplesMayHaveSeveralLabels) {
  std::vector<MultiLabelExample> examples;
  for (int i = 0; i < 20; ++i) {
    examples.push_back({{{1, 1}, {2, 1}}, {0, 1}, 1});
    examples.push_back({{{1, 1}, {3, 1}}, {0}, 1});
    examples.push_back({{{4, 1}}, {}, 1});
  }
  ASSERT_OK_AND_ASSIGN(const OneVsRestModel model, TrainOneVsRest(2, examples, {.cost = 1}));
  std::vector<float> scores;
  model.Score(examples[0].features, scores);
  EXPECT_THAT(scores, ElementsAre(testing::Gt(0), testing::Gt(0)));
  model.Score(examples[1].features, scores);
  EXPECT_THAT(scores, ElementsAre(testing::Gt(0), testing::Lt(0)));
  model.Score(examples[2].features, scores);
  EXPECT_THAT(scores, ElementsAre(testing::Lt(0), testing::Lt(0)));
}

TEST(OneVsRestTrainerTest, RefusesALabelWithoutANumber) {
  const std::vector<MultiLabelExample> examples = {{{{1, 1}}, {2}, 1}};
  EXPECT_THAT(TrainOneVsRest(2, examples, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, "label 2 of 2 labels"));
}

TEST(RelationCorporaTest, CollapsesRelationsWithTheirDirection) {
  ASSERT_OK_AND_ASSIGN(const std::optional<PairLabel> invests, FinreLabel("入股"));
  EXPECT_EQ(invests, PairLabel::kInvestsIn);
  ASSERT_OK_AND_ASSIGN(const std::optional<PairLabel> owned, FinreLabel("被拥有"));
  EXPECT_EQ(owned, PairLabel::kPartOf);
  ASSERT_OK_AND_ASSIGN(const std::optional<PairLabel> helped, FinreLabel("被帮助"));
  EXPECT_EQ(helped, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const std::optional<PairLabel> buyer, CoreLabel("acquired_by", true));
  EXPECT_EQ(buyer, PairLabel::kAcquires);
  EXPECT_THAT(FinreLabel("结盟"),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("结盟")));
}

}  // namespace
}  // namespace partnergraph
