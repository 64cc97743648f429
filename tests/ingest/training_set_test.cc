// Annotated articles as trainers read them.
#include "ingest/training/training_set.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/training/annotated_names.h"
#include "tests/ingest/marked_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TrainingSetTest : public testing::Test {
 protected:
  TrainingSetTest() { std::filesystem::create_directories(folder_); }
  ~TrainingSetTest() override { std::filesystem::remove_all(folder_); }

  absl::StatusOr<std::vector<GoldArticle>> Read(std::string_view articles, std::string_view gold) {
    std::ofstream(articles_, std::ios::binary) << articles;
    std::ofstream(gold_, std::ios::binary) << gold;
    return ReadTrainingSet(articles_, gold_);
  }

  const std::string folder_ = testing::TempDir() + "/training_set_test_" + std::to_string(getpid());
  const std::string articles_ = folder_ + "/articles.jsonl", gold_ = folder_ + "/gold.jsonl";
};

constexpr std::string_view kArticles =
    "{\"article_id\": \"a\", \"text\": \"骥野汽车与衡川银行签约。\"}\n"
    "{\"article_id\": \"b\", \"text\": \"岫云科技成立。\"}\n";

TEST_F(TrainingSetTest, JoinsArticlesAndAnnotationsInTheOrderOfTheAnnotations) {
  ASSERT_OK_AND_ASSIGN(
      const std::vector<GoldArticle> gold,
      Read(
          kArticles,
          R"({"article_id": "b", "entities": [{"id": "e1", "type": "COMPANY", "canonical": "岫云科技"}]})"
          "\n"
          R"({"article_id": "a", "entities": [)"
          R"({"id": "x", "type": "COMPANY", "canonical": "骥野汽车", "mentions": ["骥野汽车", "骥野"]}, )"
          R"({"id": "y", "type": "COMPANY", "canonical": "衡川银行"}], "partnerships": [)"
          R"({"kind": "SUPPLY", "participants": [{"entity": "y", "role": "CUSTOMER"}]}]})"
          "\n"));
  ASSERT_EQ(gold.size(), 2u);
  EXPECT_EQ(gold[0].article.text, "岫云科技成立。");
  EXPECT_EQ(gold[1].article.text, "骥野汽车与衡川银行签约。");
  EXPECT_THAT(gold[1].entities[0].names, ElementsAre("骥野汽车", "骥野"));
  ASSERT_EQ(gold[1].deals.size(), 1u);
  EXPECT_EQ(gold[1].deals[0].parties[0].entity, 1u);
}

TEST_F(TrainingSetTest, RefusesAnIdThatStandsThereTwice) {
  EXPECT_THAT(Read(std::string(kArticles) + "{\"article_id\": \"a\", \"text\": \"别的。\"}\n", ""),
              StatusIs(absl::StatusCode::kInvalidArgument, articles_ + ":3: a second article a"));
  EXPECT_THAT(
      Read(kArticles, "{\"article_id\": \"b\"}\n{\"article_id\": \"b\"}\n"),
      StatusIs(absl::StatusCode::kInvalidArgument, gold_ + ":2: a second annotation of article b"));
}

TEST_F(TrainingSetTest, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_THAT(Read(kArticles, "{\"article_id\": \"b\"}\n{\"article_id\": \"c\"}\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, gold_ + ":2: no article c"));
  EXPECT_THAT(Read(kArticles, "[]\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, gold_ + ":1: no JSON object"));
  EXPECT_THAT(Read(kArticles, R"({"article_id": "a", "relations": [{"source": "e9"}]})"),
              StatusIs(absl::StatusCode::kInvalidArgument, gold_ + ":1: no entity e9"));
  EXPECT_THAT(ReadTrainingSet(articles_ + ".none", gold_),
              StatusIs(absl::StatusCode::kNotFound, testing::HasSubstr(articles_ + ".none")));
}

TEST(AnnotatedNamesTest, StandWhereTheirTextDoesWithoutOverlaps) {
  const MarkedDocument marked("", "云云云岭，云云。");
  const uint32_t body = marked.document.body_begin;
  EXPECT_THAT(OccurrencesOf("云云", marked.document),
              ElementsAre(Span{body, body + 2}, Span{body + 5, body + 7}));
  EXPECT_THAT(OccurrencesOf("云岭科技", marked.document), IsEmpty());
}

TEST(AnnotatedNamesTest, AreCutFromAWordWhereOneGoesOn) {
  const auto letters = [](char32_t a, char32_t b) { return a < 0x80 && b < 0x80; };
  EXPECT_TRUE(CutsWord(U"xAB云", Span{1, 3}, letters));
  EXPECT_TRUE(CutsWord(U"云ABx", Span{1, 3}, letters));
  EXPECT_FALSE(CutsWord(U"云AB云", Span{1, 3}, letters));
  EXPECT_FALSE(CutsWord(U"AB", Span{0, 2}, letters));
}

}  // namespace
}  // namespace partnergraph
