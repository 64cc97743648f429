#include "ingest/training/relation_sets.h"

#include <lzma.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/pair_features.h"
#include "ingest/training/relation_corpora.h"
#include "ingest/training/relation_set_evaluation.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

class RelationSetsTest : public testing::Test {
 protected:
  ~RelationSetsTest() override { std::remove(path_.c_str()); }

  const std::string& Write(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return path_;
  }
  static std::string Text(const RelationExample& example, Span span) {
    return std::string(example.document->Text(span));
  }

  std::string path_ =
      testing::TempDir() + "/relation_sets_test_" + std::to_string(getpid()) + ".jsonl";
};

TEST_F(RelationSetsTest, ReadsHeadAndTailWhereTheyStandClosest) {
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      ReadRelationSet("finre", Write("{\"text\": \"稔万家停牌。穗原农业称,<N>月稔万家将入股\", "
                                     "\"head\": \"稔万家\", \"tail\": \"穗原农业\", "
                                     "\"relation\": \"入股\"}\n\n")));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].label, "入股");
  EXPECT_EQ(Text(rows[0], rows[0].head), "稔万家");
  EXPECT_EQ(Text(rows[0], rows[0].tail), "穗原农业");
  EXPECT_LT(rows[0].head.begin, rows[0].tail.begin);
  EXPECT_EQ(rows[0].document->article.text, "稔万家停牌。穗原农业称,9月稔万家将入股");
}

TEST_F(RelationSetsTest, ReadsTheWordsOfCore) {
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      ReadRelationSet("core", Write(R"({"relation": "acquired_by", "invert_relation": 1, )"
                                    R"("e1_start": 0, "e1_end": 1, "e2_start": 3, "e2_end": 3, )"
                                    R"("context": ["Xizhou", "Lathe", "bought", "Velmora"]})")));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_TRUE(rows[0].inverted);
  EXPECT_EQ(Text(rows[0], rows[0].head), "Xizhou Lathe");
  EXPECT_EQ(Text(rows[0], rows[0].tail), "Velmora");
}

TEST_F(RelationSetsTest, ReadsTriplesAndMarks) {
  const char* const triple = R"json({"text": "Velmora runs Tidewing", "triples": [
{"head_tok": [0, 0], "tail_tok": [2, 2], "relation": "owner_of"}]})json";
  std::string line = triple;
  line.erase(line.find('\n'), 1);
  ASSERT_OK_AND_ASSIGN(const auto triples, ReadRelationSet("finred", Write(line)));
  ASSERT_EQ(triples.size(), 1u);
  EXPECT_EQ(Text(triples[0], triples[0].tail), "Tidewing");
  line =
      R"json({"text": "<e1> Ada Voss </e1> of <e2> Velmora </e2> .", "relation": "a(e1,e2)"})json";
  ASSERT_OK_AND_ASSIGN(const auto marked, ReadRelationSet("kbp37", Write(line)));
  ASSERT_EQ(marked.size(), 1u);
  EXPECT_EQ(marked[0].document->article.text, "Ada Voss of Velmora .");
  EXPECT_EQ(Text(marked[0], marked[0].head), "Ada Voss");
  EXPECT_EQ(Text(marked[0], marked[0].tail), "Velmora");
}

TEST_F(RelationSetsTest, NamesMayBeEmpty) {
  const std::string line =
      R"json({"text": "an <e1> </e1> of <e2> Velmora </e2>", "relation": "a"})json";
  ASSERT_OK_AND_ASSIGN(const auto rows, ReadRelationSet("kbp37", Write(line)));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].head.size(), 0u);
  EXPECT_EQ(Text(rows[0], rows[0].tail), "Velmora");
  const PairSentence sentence(*rows[0].document, rows[0].document->sentences[0], rows[0].head,
                              rows[0].tail);
  std::vector<Feature> features;
  ExtractPairFeatures(sentence, rows[0].head, rows[0].tail, PairFeatureSet::kLexical, features);
  EXPECT_GT(features.size(), 10u);
  EXPECT_THAT(ReadRelationSet("kbp37", Write(R"({"text": "an <e1> x", "relation": "a"})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no <e1>")));
}

TEST_F(RelationSetsTest, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_THAT(ReadRelationSet("finre", Write("\n{\"text\": \"a\"}\n")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr(path_ + ", line 2"), HasSubstr("head"))));
  EXPECT_THAT(ReadRelationSet("finre", Write(R"({"text": "稔万家", "head": "稔万家", )"
                                             R"("tail": "穗原", "relation": "unknown"})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("lacks head or tail")));
  EXPECT_THAT(ReadRelationSet("core", Write(R"({"relation": "a", "context": ["b"], "e1_start": 0, )"
                                            R"("e1_end": 0, "e2_start": 1, "e2_end": 1})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("beyond the words")));
  EXPECT_THAT(ReadRelationSet("duie", path_),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("duie")));
  EXPECT_THAT(ReadRelationSet("finre", path_ + ".absent"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("absent")));
}

TEST_F(RelationSetsTest, ReadsEventsAsPairsOfTheirArguments) {
  // 稔万家 acquires 穗原农业; 衡川银行 sues 稔万家.
  ASSERT_OK_AND_ASSIGN(
      const auto rows,
      ReadFewFcPairs(Write(
          R"({"content": "稔万家收购穗原农业,衡川银行起诉稔万家", "events": [)"
          R"({"type": "收购", "mentions": [{"word": "收购", "span": [3, 5], "role": "trigger"}, )"
          R"({"word": "稔万家", "span": [0, 3], "role": "sub-org"}, )"
          R"({"word": "穗原农业", "span": [5, 9], "role": "obj-org"}]}, )"
          R"({"type": "起诉", "mentions": [)"
          R"({"word": "衡川银行", "span": [10, 14], "role": "sub-org"}, )"
          R"({"word": "稔万家", "span": [16, 19], "role": "obj-org"}]}]})")));
  std::vector<std::string> labels;
  for (const RelationExample& row : rows) {
    labels.push_back(Text(row, row.head) + " " + row.label + " " + Text(row, row.tail));
  }
  EXPECT_THAT(labels,
              testing::UnorderedElementsAre("稔万家 ACQUIRES 穗原农业", "衡川银行 DISPUTE 稔万家",
                                            "稔万家 NONE 衡川银行", "穗原农业 NONE 衡川银行",
                                            "穗原农业 NONE 稔万家"));
}

std::string Xz(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(
                0, LZMA_CHECK_CRC32, nullptr, reinterpret_cast<const uint8_t*>(text.data()),
                text.size(), reinterpret_cast<uint8_t*>(packed.data()), &size, packed.size()),
            LZMA_OK);
  packed.resize(size);
  return packed;
}

// An invented set in FinRE's form, whose wording says all.
class RelationSetEvaluationTest : public testing::Test {
 protected:
  RelationSetEvaluationTest() {
    std::filesystem::create_directories(folder_ + "/re_zh/finre");
    std::string train;
    for (const auto& [a, b] : {std::pair("曜石科技", "蓝湾银行"),
                               {"北辰电子", "云岭药业"},
                               {"东屿物流", "西川能源"},
                               {"南浦航运", "霁海钢铁"}}) {
      train += Rows(a, b);
    }
    std::ofstream(folder_ + "/re_zh/finre/train.jsonl.xz", std::ios::binary) << Xz(train);
  }
  ~RelationSetEvaluationTest() override { std::filesystem::remove_all(folder_); }

  static std::string Row(const std::string& head, const std::string& tail, const std::string& text,
                         const std::string& relation) {
    return R"({"text": ")" + text + R"(", "head": ")" + head + R"(", "tail": ")" + tail +
           R"(", "relation": ")" + relation + "\"}\n";
  }
  static std::string Rows(const std::string& a, const std::string& b) {
    return Row(a, b, a + "收购" + b + "的全部股权", "收购") +
           Row(b, a, a + "收购" + b + "的全部股权", "被收购") +
           Row(a, b, a + "与" + b + "签订合作协议", "合作") +
           Row(a, b, a + "和" + b + "昨日停牌", "unknown");
  }
  absl::StatusOr<RelationSetReport> Evaluate(const std::string& rows) {
    const std::string file = folder_ + "/test.jsonl";
    std::ofstream(file, std::ios::binary) << rows;
    return EvaluateRelationSet("finre", folder_, file, /*list_errors=*/true);
  }

  const std::string folder_ =
      testing::TempDir() + "/relation_set_evaluation_test_" + std::to_string(getpid());
};

TEST_F(RelationSetEvaluationTest, AnswersInKnownWordsAreRightForOtherNames) {
  ASSERT_OK_AND_ASSIGN(const RelationSetReport report, Evaluate(Rows("墨汐科技", "桓岭银行")));
  EXPECT_EQ(report.train_rows, 16u);
  EXPECT_EQ(report.rows, 4u);
  EXPECT_EQ(report.all.f1(), 1);
  EXPECT_EQ(report.pairs.f1(), 1);
  EXPECT_EQ(report.accuracy, 1);
  EXPECT_THAT(report.errors, testing::IsEmpty());
}

TEST_F(RelationSetEvaluationTest, WrongAnswersAreCountedAndListed) {
  // What the words do not say: one row too few, one too many.
  ASSERT_OK_AND_ASSIGN(
      const RelationSetReport report,
      Evaluate(Rows("墨汐科技", "桓岭银行") +
               Row("驰塬物流", "汐州港务", "驰塬物流与汐州港务签订合作协议", "unknown") +
               Row("曜锂能源", "澜岳材料", "曜锂能源和澜岳材料昨日停牌", "合作")));
  EXPECT_EQ(report.rows, 6u);
  EXPECT_EQ(report.all.gold, 4u);
  EXPECT_EQ(report.all.predicted, 4u);
  EXPECT_EQ(report.all.correct, 3u);
  EXPECT_NEAR(report.accuracy, 4.0 / 6, 1e-9);
  EXPECT_THAT(report.errors, testing::UnorderedElementsAre(
                                 testing::StartsWith("unknown\t合作\t驰塬物流\t汐州港务"),
                                 testing::StartsWith("合作\tunknown\t曜锂能源\t澜岳材料")));
}

}  // namespace
}  // namespace partnergraph
