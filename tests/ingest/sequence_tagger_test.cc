#include "ingest/sequence_tagger.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/feature_hash.h"
#include "ingest/tag_units.h"
#include "ingest/training/data_file.h"
#include "ingest/training/name_lists.h"
#include "ingest/training/ner_sets.h"
#include "ingest/training/tagger_models.h"
#include "ingest/training/tagger_trainer.h"
#include "tests/ingest/split_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::u32string> UnitsOf(std::u32string_view text) {
  std::vector<TagUnit> units;
  CutUnits(text, {0, static_cast<uint32_t>(text.size())}, units);
  std::vector<std::u32string> words;
  for (const TagUnit& unit : units) {
    words.emplace_back(text.substr(unit.span.begin, unit.span.size()));
  }
  return words;
}

std::vector<std::u32string> UnitsAfterCuts(std::u32string_view text) {
  std::vector<TagUnit> units;
  CutUnits(text, {0, static_cast<uint32_t>(text.size())}, units);
  std::vector<std::u32string> words;
  for (const TagUnit& unit : units) {
    if (unit.cut) words.emplace_back(text.substr(unit.span.begin, unit.span.size()));
  }
  return words;
}

TEST(TagUnitsTest, CutsHanByCharacterAndLatinByWord) {
  EXPECT_THAT(
      UnitsOf(U"岫云AI芯片X200, Acme Robotics"),
      ElementsAre(U"岫", U"云", U"AI", U"芯", U"片", U"X", U"200", U",", U"Acme", U"Robotics"));
}

TEST(TagUnitsTest, KeepsSpacesBesideHanOnly) {
  EXPECT_THAT(UnitsOf(U" 岫云 签约 Acme Labs "),
              ElementsAre(U"岫", U"云", U" ", U"签", U"约", U" ", U"Acme", U"Labs"));
}

TEST(TagUnitsTest, CutsAtQuotesBookMarksAndOpenBrackets) {
  EXPECT_THAT(UnitsAfterCuts(U"看“岫云”报"), ElementsAre(U"看", U"“", U"岫", U"”", U"报"));
  EXPECT_THAT(UnitsAfterCuts(U"读《岫》后"), ElementsAre(U"读", U"《", U"岫", U"》", U"后"));
  EXPECT_THAT(UnitsAfterCuts(U"岫云(简称"), ElementsAre(U"岫", U"(", U"简"));
}

TEST(TagUnitsTest, LetsNamesHoldBalancedBrackets) {
  EXPECT_THAT(UnitsAfterCuts(U"衡川银行(中国)有限公司"), ElementsAre(U"衡"));
  // Nothing follows the bracket, so it is an aside.
  EXPECT_THAT(UnitsAfterCuts(U"衡川银行(中国),"), ElementsAre(U"衡", U"(", U"中", U")", U","));
}

// All label sequences of a small lattice with their scores.
class EveryPath {
 public:
  explicit EveryPath(const TagScores& scores) : scores_(scores) {
    std::vector<uint8_t> path;
    Grow(path, 0);
  }
  const std::map<std::vector<int>, double>& paths() const { return paths_; }
  static std::vector<int> Key(const std::vector<uint8_t>& path) {
    return {path.begin(), path.end()};
  }
  double total() const {
    double sum = 0;
    for (const auto& [path, score] : paths_) sum += std::exp(score);
    return sum;
  }

 private:
  void Grow(std::vector<uint8_t>& path, double score) {
    const size_t i = path.size();
    const size_t k = scores_.tags.size();
    if (i == scores_.size()) {
      if (TagSet::Ends(path.back())) paths_[Key(path)] = score;
      return;
    }
    for (uint8_t label = 0; label < k; ++label) {
      if (i == 0 ? !TagSet::Begins(label) : !TagSet::Follows(path.back(), label)) continue;
      if (scores_.cuts[i] && !TagSet::Begins(label)) continue;
      double more = scores_.emissions[i * k + label];
      if (i > 0) more += scores_.transitions[path.back() * k + label];
      path.push_back(label);
      Grow(path, score + more);
      path.pop_back();
    }
  }

  const TagScores& scores_;
  std::map<std::vector<int>, double> paths_;
};

// Of few types, or of more than the shipped tagger has: the two are computed by different code.
struct RandomLattice {
  explicit RandomLattice(uint64_t seed, bool wide = false)
      : tags(wide ? std::vector<std::string>{"A", "B", "C", "D", "E", "F", "G"}
                  : std::vector<std::string>{"A", "B"}) {
    const size_t units = wide ? 3 : 5;
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<float> score(-2, 2);
    emissions.resize(units * tags.size());
    transitions.resize(tags.size() * tags.size());
    for (float& e : emissions) e = score(random);
    for (float& t : transitions) t = score(random);
    cuts = {1, 0, 0, static_cast<uint8_t>(random() % 2), 0};
    cuts.resize(units);
  }
  TagScores scores() const { return {tags, emissions, transitions, cuts}; }

  TagSet tags;
  std::vector<float> emissions, transitions;
  std::vector<uint8_t> cuts;
};

TEST(TagLatticeTest, BestLabelsAreTheBestOfAllSequences) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const RandomLattice lattice(seed, /*wide=*/seed % 2 == 1);
    const TagScores scores = lattice.scores();
    const EveryPath every(scores);
    std::vector<uint8_t> labels;
    BestLabels(scores, {}, labels);
    ASSERT_TRUE(every.paths().contains(EveryPath::Key(labels))) << "seed " << seed;
    for (const auto& [path, score] : every.paths()) {
      EXPECT_LE(score, every.paths().at(EveryPath::Key(labels)) + 1e-4) << "seed " << seed;
    }
  }
}

TEST(TagLatticeTest, MarginalsAreSumsOverAllSequences) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const RandomLattice lattice(seed, /*wide=*/seed % 2 == 1);
    const TagScores scores = lattice.scores();
    const EveryPath every(scores);
    TagMarginals marginals;
    ASSERT_TRUE(marginals.Compute(scores));
    double label_mass = 0, pair_mass = 0, span_mass = 0;
    const uint8_t b = TagSet::Label(1, TagSet::kBegin), m = b + 1, e = b + 2;
    for (const auto& [path, score] : every.paths()) {
      const double p = std::exp(score) / every.total();
      if (path[2] == 0) label_mass += p;
      if (path[0] == 0 && path[1] == b) pair_mass += p;
      if (path[0] == b && path[1] == m && path[2] == e) span_mass += p;
    }
    EXPECT_NEAR(marginals.Of(2, 0), label_mass, 1e-4);
    EXPECT_NEAR(marginals.Of(1, 0, b), pair_mass, 1e-4);
    EXPECT_NEAR(marginals.Of({0, 3, 1, 0}), span_mass, 1e-4);
    std::vector<TagSpan> spans;
    marginals.SpansOver(0.01f, spans);
    for (const TagSpan& span : spans) {
      EXPECT_NEAR(span.probability, marginals.Of(span), 1e-5);
      EXPECT_GE(span.probability, 0.01f);
    }
  }
}

TEST(TagLatticeTest, MasksLeaveOnlyWhatTheyAllow) {
  const RandomLattice lattice(3);
  const std::vector<uint64_t> allowed(5, 1);  // O alone.
  std::vector<uint8_t> labels;
  BestLabels(lattice.scores(), allowed, labels);
  EXPECT_THAT(labels, ElementsAre(0, 0, 0, 0, 0));
  TagMarginals marginals;
  ASSERT_TRUE(marginals.Compute(lattice.scores(), allowed));
  EXPECT_NEAR(marginals.Of(2, 0), 1, 1e-5);
}

// What a lattice finds whose best reading by far is one name over all of its units.
std::vector<TagSpan> SpansOfOneName(size_t units) {
  const TagSet tags({"A"});
  const size_t k = tags.size();
  std::vector<float> emissions(units * k);
  for (size_t i = 0; i < units; ++i) {
    const TagSet::Part part = i == 0           ? TagSet::kBegin
                              : i + 1 == units ? TagSet::kEnd
                                               : TagSet::kMiddle;
    emissions[i * k + TagSet::Label(0, part)] = 20;
  }
  const std::vector<float> transitions(k * k);
  std::vector<uint8_t> cuts(units);
  cuts[0] = 1;
  TagMarginals marginals;
  EXPECT_TRUE(marginals.Compute({tags, emissions, transitions, cuts}));
  std::vector<TagSpan> spans;
  marginals.SpansOver(0.1f, spans);
  return spans;
}

TEST(TagLatticeTest, NamesOfMoreUnitsThanTheLimitAreLeftOut) {
  const std::vector<TagSpan> spans = SpansOfOneName(TagMarginals::kSpanUnitsMax);
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].begin, 0u);
  EXPECT_EQ(spans[0].end, TagMarginals::kSpanUnitsMax);
  EXPECT_THAT(SpansOfOneName(TagMarginals::kSpanUnitsMax + 1), testing::IsEmpty());
}

constexpr const char* kSet =
    R"({"text":"骥野汽车与衡川银行签约","entities":[[0,4,"ORG"],[5,9,"ORG"]]}
{"text":"岫云科技投资骥野汽车","entities":[[0,4,"ORG"],[6,10,"ORG"]]}
{"text":"记者顾闻笙报道了此事","entities":[[2,5,"PER"]]}
{"text":"记者沈砚秋报道了签约","entities":[[2,5,"PER"]]}
)";

class NerSetTest : public testing::Test {
 protected:
  std::string Write(std::string_view content, const char* name = "set.jsonl") {
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / "sequence_tagger_test";
    std::filesystem::create_directories(folder);
    const std::string path = (folder / name).string();
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
};

TEST_F(NerSetTest, LearnsASmallSetByHeart) {
  const auto sentences = ReadNerFile(Write(kSet));
  ASSERT_TRUE(sentences.ok()) << sentences.status();
  const absl::StatusOr<std::string> model =
      TrainNer(*sentences, {.name = "small", .epochs = 40, .dropout = 0, .context_rate = 0.5f});
  ASSERT_TRUE(model.ok()) << model.status();
  const absl::StatusOr<NerEvaluation> evaluation = EvaluateNer(*model, *sentences, true);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->all.gold, 6u);
  EXPECT_EQ(evaluation->all.right, 6u);
  EXPECT_EQ(evaluation->all.f1(), 1);
  EXPECT_THAT(evaluation->errors, testing::IsEmpty());
}

TEST_F(NerSetTest, TrainingIsDeterministic) {
  const auto sentences = ReadNerFile(Write(kSet));
  ASSERT_TRUE(sentences.ok()) << sentences.status();
  const NerSet set = {.name = "small", .epochs = 5};
  EXPECT_EQ(*TrainNer(*sentences, set), *TrainNer(*sentences, set));
}

TEST_F(NerSetTest, TellsKindsOfErrorsApart) {
  const auto sentences = ReadNerFile(Write(kSet));
  const absl::StatusOr<std::string> model =
      TrainNer(*sentences, {.name = "small", .epochs = 40, .dropout = 0});
  ASSERT_TRUE(model.ok()) << model.status();
  const auto other = ReadNerFile(Write(
      R"({"text":"骥野汽车与衡川银行签约","entities":[[0,2,"ORG"],[5,9,"PER"],[9,11,"PER"]]})"));
  const absl::StatusOr<NerEvaluation> evaluation = EvaluateNer(*model, *other, true);
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  EXPECT_EQ(evaluation->errors_by_kind.at("boundary"), 1u);
  EXPECT_EQ(evaluation->errors_by_kind.at("type"), 1u);
  EXPECT_EQ(evaluation->errors_by_kind.at("missed"), 1u);
  EXPECT_THAT(ToTable(*evaluation), HasSubstr("[骥野](ORG)汽车"));
}

TEST_F(NerSetTest, NamesOfASentenceCountOnlyWhenOthersHaveThem) {
  const auto sentences = ReadNerFile(Write(kSet));
  ASSERT_TRUE(sentences.ok()) << sentences.status();
  const std::vector<std::string> types = NerTypes(*sentences);
  NameLists lists;
  for (const NerSentence& sentence : *sentences) lists.AddSentence(sentence, types);
  const NerSentence& first = (*sentences)[0];
  const auto spans = [](const std::vector<TagHint>& hints) {
    std::vector<Span> found;
    for (const TagHint& hint : hints) found.push_back(hint.span);
    return found;
  };
  EXPECT_THAT(spans(lists.Find(first.chars, nullptr, types)), ElementsAre(Span{0, 4}, Span{5, 9}));
  // 骥野汽车 stands in the second sentence too, 衡川银行 only here.
  EXPECT_THAT(spans(lists.Find(first.chars, &first, types)), ElementsAre(Span{0, 4}));
}

TEST_F(NerSetTest, ReadsTokensJoinedBySpaces) {
  const auto sentences =
      ReadNerFile(Write(R"({"tokens":["Acme","Labs","grew"],"entities":[[0,2,"ORG"]]})"));
  ASSERT_TRUE(sentences.ok()) << sentences.status();
  EXPECT_EQ((*sentences)[0].chars, U"Acme Labs grew");
  EXPECT_EQ((*sentences)[0].entities[0].span, (Span{0, 9}));
}

TEST_F(NerSetTest, NamesTheLineThatIsWrong) {
  const std::string path =
      Write("{\"text\":\"一\",\"entities\":[]}\n{\"text\":\"一\",\"entities\":[[0,2,\"X\"]]}\n");
  const auto sentences = ReadNerFile(path);
  EXPECT_EQ(sentences.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(sentences.status().message()), HasSubstr("line 2"));
  EXPECT_EQ(ReadNerFile(path + ".none").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(EvaluateNerSet("none", "no such set", "", false).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(NerSetTest, DecompressesXzFiles) {
  constexpr std::string_view kTwoLines(
      "\xfd\x37\x7a\x58\x5a\x00\x00\x01\x69\x22\xde\x36\x02\x00\x21\x01\x16\x00\x00\x00"
      "\x74\x2f\xe5\xa3\x01\x00\x06\xe4\xb8\x80\x0a\xe4\xba\x8c\x00\x00\xd1\x6d\x8e\x16"
      "\x00\x01\x1b\x07\x12\xeb\xd4\x17\x90\x42\x99\x0d\x01\x00\x00\x00\x00\x01\x59\x5a",
      60);
  std::vector<std::string> lines;
  const auto take = [&](std::string_view line) {
    lines.emplace_back(line);
    return absl::OkStatus();
  };
  EXPECT_TRUE(ForEachDataLine(Write(kTwoLines, "two.xz"), take).ok());
  EXPECT_THAT(lines, ElementsAre("一", "二"));
  EXPECT_EQ(ForEachDataLine(Write(kTwoLines.substr(0, 40), "cut.xz"), take).code(),
            absl::StatusCode::kDataLoss);
}

GoldArticle Gold(std::string text, std::vector<GoldEntity> entities) {
  GoldArticle gold;
  gold.article.id = "a";
  gold.article.text = std::move(text);
  gold.entities = std::move(entities);
  return gold;
}

GoldEntity Company(std::string name) { return {MentionType::kCompany, "COMPANY", name, {name}}; }

// The model `tagger` of a few invented articles.
std::string SmallTagger() {
  const GoldArticle one = Gold("骥野汽车与衡川银行签约。岫云科技参加。",
                               {Company("骥野汽车"), Company("衡川银行"), Company("岫云科技")});
  const GoldArticle two = Gold("Brightforge Labs signed a deal with Tidemark Energy.",
                               {Company("Brightforge Labs"), Company("Tidemark Energy")});
  const std::vector<const GoldArticle*> gold = {&one, &two};
  TaggerOptions options = TaggerGoldOptions();
  options.count_min = 1;
  options.epochs = 30;
  const absl::StatusOr<std::string> model = TrainTagger(gold, nullptr, options);
  EXPECT_TRUE(model.ok()) << model.status();
  return model.ok() ? *model : std::string();
}

std::vector<std::string> Best(const SequenceTagger& tagger, const std::string& text) {
  Document document = SplitDocument(text, /*title=*/"");
  Recognition recognition(document);
  FindByRules(recognition);
  std::vector<TaggedSpan> spans;
  tagger.Tag(document, recognition.tokens, RuleHints(recognition), 0.1f, spans);
  std::vector<std::string> names;
  for (const TaggedSpan& span : spans) {
    EXPECT_GE(span.probability, 0);
    EXPECT_LE(span.probability, 1.001f);
    if (span.best && span.type == MentionType::kCompany) {
      names.emplace_back(document.Text(span.span));
    }
  }
  return names;
}

TEST(SequenceTaggerTest, FindsNamesOfBothLanguagesByOffsetsOfTheArticle) {
  const std::string bytes = SmallTagger();
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  const absl::StatusOr<SequenceTagger> tagger = SequenceTagger::Create(*model);
  ASSERT_TRUE(tagger.ok()) << tagger.status();
  EXPECT_THAT(tagger->tags().types(),
              ElementsAre("COMPANY", "PERSON", "PRODUCT", "TITLE", "PLACE"));
  EXPECT_THAT(Best(*tagger, "骥野汽车与衡川银行签约。"), ElementsAre("骥野汽车", "衡川银行"));
  // As it came, not as it was normalized.
  EXPECT_THAT(Best(*tagger, "驥野汽車與衡川銀行簽約。"), ElementsAre("驥野汽車", "衡川銀行"));
  EXPECT_THAT(Best(*tagger, "Brightforge Labs signed a deal with Tidemark Energy."),
              ElementsAre("Brightforge Labs", "Tidemark Energy"));
}

TEST(SequenceTaggerTest, ReadsTextWithoutEndAndWithoutSense) {
  const std::string bytes = SmallTagger();
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  const absl::StatusOr<SequenceTagger> tagger = SequenceTagger::Create(*model);
  ASSERT_TRUE(tagger.ok()) << tagger.status();
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "骥野汽车";
  // Names that do not overlap, so that they are no longer than the text together.
  const std::vector<std::string> names = Best(*tagger, text);
  EXPECT_GT(names.size(), 0u);
  size_t named = 0;
  for (const std::string& name : names) {
    EXPECT_FALSE(name.empty());
    named += name.size();
  }
  EXPECT_LE(named, text.size());
  EXPECT_THAT(Best(*tagger, "((((((((\"\"\"““《《《)))"), testing::IsEmpty());
  EXPECT_THAT(Best(*tagger, "。"), testing::IsEmpty());
}

TEST(SequenceTaggerTest, RefusesModelsOfOtherParts) {
  LinearModelBuilder builder({"NONE", "COMPANY"});
  builder.Set(FeatureHash("a").value(), 1, 1);
  const std::string bytes = *builder.Finish();
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(SequenceTagger::Create(*model).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(SequenceTagger::Create(LinearModel()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

// Two sentences that look alike; only the first is annotated, the second allows everything.
TEST(TaggerTrainerTest, LearnsNothingFromWhatIsUnknown) {
  const TagSet tags({"A"});
  const uint64_t single = uint64_t{1} << TagSet::Label(0, TagSet::kSingle);
  const uint64_t all = (uint64_t{1} << tags.size()) - 1;
  const auto probability = [&](uint64_t second) {
    TaggerTrainer trainer(tags);
    for (int i = 0; i < 20; ++i) {
      trainer.Add(std::vector<TagFeature>{{11, 0, 0, 0}}, std::vector<uint64_t>{single},
                  std::vector<uint8_t>{1}, 1);
      trainer.Add(std::vector<TagFeature>{{11, 0, 0, 0}}, std::vector<uint64_t>{second},
                  std::vector<uint8_t>{1}, 1);
    }
    TaggerOptions options;
    options.dropout = 0;
    const absl::StatusOr<TaggerWeights> weights = trainer.Train(options);
    EXPECT_TRUE(weights.ok()) << weights.status();
    const std::string bytes = *weights->ToModel(0);
    const LinearModel model = *LinearModel::Open(bytes);
    float name = 0, none = 0;
    model.ForEach(11, [&](uint8_t column, float weight) {
      const size_t label = column - static_cast<size_t>(-kRelativeMin) * tags.size();
      if (label == 0) none = weight;
      if (label == TagSet::Label(0, TagSet::kSingle)) name = weight;
    });
    return 1 / (1 + std::exp(none - name));
  };
  EXPECT_GT(probability(all), 0.9f);
  EXPECT_NEAR(probability(1), 0.5f, 0.1f);  // "No name" counts against it.
}

TEST(TaggerTrainerTest, RefusesToStartFromOtherTypes) {
  const TaggerWeights start(TagSet({"B"}));
  const TaggerTrainer trainer(TagSet({"A"}));
  TaggerOptions options;
  options.start = &start;
  EXPECT_EQ(trainer.Train(options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace partnergraph
