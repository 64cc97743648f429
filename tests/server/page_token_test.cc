#include "server/page_token.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "server/database_secret.h"
#include "server/grpc_status.h"
#include "server/read_token.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

std::string Hex(const SipTag& tag) {
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(tag.data()), tag.size()));
}

v1::ListEdgesRequest Request() {
  v1::ListEdgesRequest request;
  request.set_node_id(7);
  request.mutable_filter()->add_types("USES");
  return request;
}

constexpr SipKey kKey = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

TEST(SipHashTest, GivesTheReferenceTags) {
  EXPECT_EQ(Hex(SipHash128(kKey, "")), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(Hex(SipHash128(kKey, std::string_view("\0", 1))), "da87c1d86b99af44347659119b22fc45");
}

TEST(PageTokenTest, OpensWhatItSealed) {
  const PageTokens tokens(kKey);
  const std::string position("\0\xff 12", 5);
  const std::string cursor = tokens.Seal(Request(), position);
  ASSERT_OK_AND_ASSIGN(const std::string opened, tokens.Open(Request(), cursor));
  EXPECT_EQ(opened, position);
  EXPECT_EQ(cursor.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                     "0123456789-_"),
            std::string::npos);
}

TEST(PageTokenTest, EmptyCursorIsTheBeginning) {
  ASSERT_OK_AND_ASSIGN(const std::string opened, PageTokens(kKey).Open(Request(), ""));
  EXPECT_EQ(opened, "");
}

TEST(PageTokenTest, AllowsAnotherPageSizeAndConsistency) {
  const PageTokens tokens(kKey);
  const std::string cursor = tokens.Seal(Request(), "50");
  v1::ListEdgesRequest other = Request();
  other.mutable_page()->set_size(10);
  other.mutable_page()->set_cursor(cursor);
  other.mutable_consistency()->set_at_least_as_fresh("x");
  EXPECT_THAT(tokens.Open(other, cursor), IsOk());
}

TEST(PageTokenTest, AllowsMoreOrLessOfEachItem) {
  const PageTokens tokens(kKey);
  const std::string cursor = tokens.Seal(Request(), "50");
  v1::ListEdgesRequest lean = Request();
  lean.set_asked_node_as_id(true);
  EXPECT_THAT(tokens.Open(lean, cursor), IsOk());
  EXPECT_EQ(tokens.Seal(lean, "50"), cursor);
  v1::SearchNodesRequest search;
  search.set_query("x");
  const std::string matches = tokens.Seal(search, "50");
  search.set_summaries_only(true);
  EXPECT_THAT(tokens.Open(search, matches), IsOk());
}

TEST(PageTokenTest, RefusesEverySingleChangedCharacter) {
  const PageTokens tokens(kKey);
  const std::string cursor = tokens.Seal(Request(), "50");
  for (size_t i = 0; i < cursor.size(); ++i) {
    std::string altered = cursor;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(tokens.Open(Request(), altered),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page.cursor")))
        << i;
  }
}

TEST(PageTokenTest, RefusesOtherSpellingsOfTheSameBytes) {
  const PageTokens tokens(kKey);
  const std::string cursor = tokens.Seal(Request(), "50");
  for (const std::string& altered : {cursor + "=", cursor + "==", " " + cursor, cursor + "\n"}) {
    EXPECT_THAT(tokens.Open(Request(), altered),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page.cursor")));
  }
}

TEST(PageTokenTest, RefusesAnotherRequestMethodOrDatabase) {
  const PageTokens tokens(kKey);
  const std::string cursor = tokens.Seal(Request(), "50");
  v1::ListEdgesRequest other = Request();
  other.set_node_id(8);
  const auto refused = StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page.cursor"));
  EXPECT_THAT(tokens.Open(other, cursor), refused);
  EXPECT_THAT(tokens.Open(v1::SearchNodesRequest(), cursor), refused);
  EXPECT_THAT(PageTokens(SipKey{1}).Open(Request(), cursor), refused);
}

TEST(PageTokenTest, RefusesGarbageAndWhatIsTooLong) {
  const PageTokens tokens(kKey);
  for (const std::string& garbage :
       {std::string("x"), std::string("!!!!"), std::string(kCursorBytesMax + 1, 'A'),
        std::string("AQ"), std::string("\xff\xfe")}) {
    const absl::Status status = tokens.Open(Request(), garbage).status();
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("page.cursor")));
    EXPECT_EQ(ReasonOf(status), "CURSOR_INVALID");
  }
}

TEST(ReadTokenTest, ReachedTokensPass) {
  const ReadTokens tokens(42);
  EXPECT_THAT(tokens.Check(tokens.Encode(Sequence{7}), Sequence{7}, "f"), IsOk());
  EXPECT_THAT(tokens.Check("", Sequence{0}, "f"), IsOk());
}

TEST(ReadTokenTest, TokensNameTheirStateWhateverWasNamedBefore) {
  const ReadTokens tokens(42), others(43);
  const std::string seven = tokens.Encode(Sequence{7}), of_other = others.Encode(Sequence{7});
  EXPECT_NE(seven, of_other);
  EXPECT_NE(seven, tokens.Encode(Sequence{8}));
  EXPECT_EQ(seven, tokens.Encode(Sequence{7}));
  EXPECT_EQ(of_other, others.Encode(Sequence{7}));
}

TEST(ReadTokenTest, ATokenBeyondTheLastSequenceIsNotReached) {
  const ReadTokens tokens(42);
  const absl::Status status = tokens.Check(tokens.Encode(Sequence{8}), Sequence{7}, "f");
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("sequence 8")));
  EXPECT_EQ(ReasonOf(status), "TOKEN_NOT_REACHED");
}

TEST(ReadTokenTest, ATokenOfAnotherDatabaseIsForeign) {
  const absl::Status status =
      ReadTokens(42).Check(ReadTokens(43).Encode(Sequence{1}), Sequence{7}, "f");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), "TOKEN_FOREIGN");
}

TEST(ReadTokenTest, GarbageIsInvalid) {
  const ReadTokens tokens(42);
  std::string altered = tokens.Encode(Sequence{1});
  altered[4] = altered[4] == 'A' ? 'B' : 'A';
  for (const std::string& garbage : {altered, std::string("x"), std::string(500, 'A')}) {
    EXPECT_THAT(
        tokens.Check(garbage, Sequence{7}, "consistency.at_least_as_fresh"),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("consistency.at_least_as_fresh")));
  }
}

class DatabaseSecretTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/secret-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string folder_;
};

TEST_F(DatabaseSecretTest, IsKeptInAFileForTheOwnerOnly) {
  ASSERT_OK_AND_ASSIGN(const DatabaseSecret first, LoadDatabaseSecret(folder_));
  ASSERT_OK_AND_ASSIGN(const DatabaseSecret second, LoadDatabaseSecret(folder_));
  EXPECT_EQ(first.cursor_key, second.cursor_key);
  EXPECT_EQ(first.database_id, second.database_id);
  struct stat info {};
  ASSERT_EQ(stat((folder_ + "/cursor.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST_F(DatabaseSecretTest, RefusesATruncatedFileAndOneThatOthersMayRead) {
  ASSERT_THAT(LoadDatabaseSecret(folder_), IsOk());
  std::filesystem::resize_file(folder_ + "/cursor.key", 3);
  EXPECT_THAT(LoadDatabaseSecret(folder_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("has 3 bytes")));
  chmod((folder_ + "/cursor.key").c_str(), 0644);
  EXPECT_THAT(LoadDatabaseSecret(folder_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cursor.key")));
}

TEST_F(DatabaseSecretTest, NamesTheFolderThatDoesNotExist) {
  EXPECT_THAT(LoadDatabaseSecret(folder_ + "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none/cursor.key")));
}

}  // namespace
}  // namespace partnergraph
