// What an import says: the progress line and the file of refused records.
#include <sstream>

#include "absl/strings/escaping.h"
#include "clients/cli/progress_bar.h"
#include "clients/cli/proto_json.h"
#include "clients/cli/rejects_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph::cli {
namespace {

TEST(ProgressBarTest, EstimatesTheTimeLeftByBytes) {
  ImportProgress progress;
  progress.accepted = 90;
  progress.unchanged = 7;
  progress.rejected = 3;
  progress.bytes_done = 250;
  progress.bytes_total = 1000;
  EXPECT_EQ(ProgressText(progress, absl::Seconds(20)),
            "[#####---------------]  25%  100 articles  5/s  ETA 1:00  accepted 90, unchanged 7, "
            "rejected 3");
}

TEST(ProgressBarTest, HasNoBarWithoutATotal) {
  EXPECT_EQ(ProgressText({}, absl::Seconds(1)),
            "0 articles  0/s  accepted 0, unchanged 0, rejected 0");
}

TEST(ProgressBarTest, IsSilentWhenDisabled) {
  std::ostringstream err;
  {
    ProgressBar bar(false, 80, err);
    bar.Update({});
  }
  EXPECT_EQ(err.str(), "");
}

TEST(ProgressBarTest, FitsTheTerminalAndGoesAway) {
  std::ostringstream err;
  {
    ProgressBar bar(true, 10, err);
    bar.Update({});
  }
  EXPECT_EQ(err.str(), "\r\x1b[K0 article\r\x1b[K");
}

TEST(RejectsFileTest, KeepsTheRecordAsItWas) {
  const std::string record = "标题\t\"quoted\"\\";
  const Json line =
      Json::parse(RejectLine({"a.tsv", 3, "BAD_RECORD", "why", &record, record.size()}));
  EXPECT_EQ(line["file"], "a.tsv");
  EXPECT_EQ(line["line"], 3);
  EXPECT_EQ(line["reason"], "BAD_RECORD");
  EXPECT_EQ(line["message"], "why");
  EXPECT_EQ(line["record"], record);
  EXPECT_FALSE(line.contains("record_base64"));
}

TEST(RejectsFileTest, BytesThatAreNotUtf8AreBase64) {
  const std::string record("a\xFF\0b", 4);
  const Json line =
      Json::parse(RejectLine({"a.tsv", 1, "NOT_UTF8", "why", &record, record.size()}));
  std::string decoded;
  ASSERT_TRUE(absl::Base64Unescape(line["record_base64"].get<std::string>(), &decoded));
  EXPECT_EQ(decoded, record);
  EXPECT_FALSE(line.contains("record"));
}

TEST(RejectsFileTest, ALongRecordIsCountedOnly) {
  const Json line = Json::parse(RejectLine({"a.tsv", 1, "ARTICLE_TOO_LARGE", "why", nullptr, 5}));
  EXPECT_EQ(line["record_bytes"], 5);
  EXPECT_FALSE(line.contains("record"));
}

TEST(RejectsFileTest, SaysWhenItCannotBeWritten) {
  EXPECT_THAT(RejectsFile::Create("/nonexistent/rejects.jsonl"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       testing::HasSubstr("/nonexistent/rejects.jsonl")));
}

}  // namespace
}  // namespace partnergraph::cli
