#include "ingest/training/annotated_corpora.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

class AnnotatedCorporaTest : public testing::Test {
 protected:
  AnnotatedCorporaTest()
      : folder_(testing::TempDir() + "/annotated_corpora_test_" + std::to_string(getpid())) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_ + "/data/corpora");
    std::filesystem::create_directories(folder_ + "/annotations");
  }
  ~AnnotatedCorporaTest() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& file, const std::string& content) {
    std::ofstream(folder_ + "/" + file, std::ios::binary) << content;
  }
  absl::StatusOr<std::vector<GoldArticle>> Read() {
    return ReadAnnotatedCorpora(folder_ + "/annotations", folder_ + "/data");
  }

  // The second release is the one to be annotated.
  void WriteRelease() {
    Write("data/corpora/releases.jsonl",
          R"({"title": "nothing", "text": "of interest"})"
          "\n"
          R"({"title": "Orbrook signs with Tidemark", )"
          R"("text": "Orbrook and Tidemark signed. Jane Doe is CEO of Orbrook Zürich."})"
          "\n");
  }
  static std::string Annotation(const std::string& line, const std::string& digest,
                                const std::string& rest) {
    return R"({"article_id": "a", "set": "corpora/releases.jsonl", "line": )" + line +
           R"(, "digest": ")" + digest + R"(", "published": "2026-03-05", )" + rest + "}\n";
  }

  const std::string folder_;
};

constexpr char kDigest[] = "fa568525afc536ae";       // Of the title and the first sentence.
constexpr char kWholeDigest[] = "6907bb1163b0f26f";  // Of the whole.
constexpr char kEntities[] =
    R"("entities": [{"id": "e1", "type": "COMPANY", "org_type": "COMPANY", "mentions": [[0, 7]]},)"
    R"({"id": "e2", "type": "COMPANY", "org_type": "COMPANY", "mentions": [[19, 27]]}])";

TEST_F(AnnotatedCorporaTest, OffsetsBecomeWhatTheyPointAt) {
  WriteRelease();
  Write("annotations/releases.jsonl",
        Annotation("2", kDigest,
                   std::string(R"("bytes": 28, )") + kEntities +
                       R"(, "partnerships": [{"id": "p1", "kind": "OTHER", "participants": )"
                       R"([{"entity": "e1", "role": "PARTY"}, {"entity": "e2", "role": "PARTY"}], )"
                       R"("people": [], "products": [], "date": "2026-03", "location": null, )"
                       R"("evidence": [[28, 56]]}])"));
  ASSERT_OK_AND_ASSIGN(const std::vector<GoldArticle> read, Read());
  ASSERT_EQ(read.size(), 1u);
  const GoldArticle& article = read.front();
  EXPECT_EQ(article.origin, ArticleOrigin::kRelease);
  EXPECT_EQ(article.article.title, "Orbrook signs with Tidemark");
  EXPECT_EQ(article.article.text, "Orbrook and Tidemark signed.");
  ASSERT_EQ(article.entities.size(), 2u);
  EXPECT_EQ(article.entities[1].canonical, "Tidemark");
  ASSERT_EQ(article.deals.size(), 1u);
  ASSERT_EQ(article.deals[0].evidence.size(), 1u);
  EXPECT_EQ(article.deals[0].evidence[0], "Orbrook and Tidemark signed.");
  EXPECT_EQ(article.deals[0].date, "2026-03");
}

TEST_F(AnnotatedCorporaTest, AnotherEditionOfTheDataIsNoticed) {
  WriteRelease();
  Write("annotations/releases.jsonl", Annotation("1", kWholeDigest, kEntities));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("releases.jsonl, line 1: ")));
}

TEST_F(AnnotatedCorporaTest, ErrorsNameFileAndLine) {
  WriteRelease();
  Write("annotations/releases.jsonl",
        Annotation("2", kWholeDigest,
                   R"("entities": [{"id": "e1", "type": "COMPANY", "mentions": [[5, 500]]}])"));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("releases.jsonl, line 1: [5, 500)")));
  Write("annotations/releases.jsonl",
        Annotation("2", kWholeDigest,
                   R"("entities": [{"id": "e1", "type": "COMPANY", "mentions": [[84, 86]]}])"));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[84, 86)")));
  Write("annotations/releases.jsonl",
        Annotation("2", kWholeDigest, std::string(R"("bytes": 58, )") + kEntities));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kFailedPrecondition,
                               HasSubstr("not the one that was annotated")));
  Write("annotations/releases.jsonl",
        Annotation("2", kWholeDigest, std::string(R"("bytes": 500, )") + kEntities));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("shorter")));
  Write("annotations/releases.jsonl", Annotation("0", kWholeDigest, kEntities));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no \"line\"")));
  Write("annotations/releases.jsonl",
        Annotation("2", kWholeDigest, kEntities) + Annotation("2", kWholeDigest, kEntities));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr("line 2: a second annotation a")));
  Write("annotations/releases.jsonl", Annotation("3", kWholeDigest, kEntities));
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("has no line 3")));
  Write("annotations/releases.jsonl", "{}\n");
  EXPECT_THAT(Read(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("releases.jsonl, line 1: ")));
  std::filesystem::remove_all(folder_ + "/annotations");
  EXPECT_THAT(Read(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("annotations")));
}

}  // namespace
}  // namespace partnergraph
