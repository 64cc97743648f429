#include "ingest/bench/graph_files.h"

#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph::bench {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

class GraphFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    Write("w1.tsv", "Blue Harbor\t4\n云桥\t5\n");
    Write("w2.tsv", "3\t17\n");
    Write("w3.tsv", "1\t2\n");
    Write("w4.tsv", "1\t9\n");
    Write("w5.tsv", "1\t2\t3\n7\t8\t-1\n");
    Write("w7.tsv", "1\t2\t0\t59\t875\n3\t3\t0\t1\t1\n");
  }
  void Write(const std::string& name, const std::string& content) {
    std::ofstream(directory_ / name, std::ios::binary) << content;
  }

  TemporaryDirectory directory_;
};

TEST_F(GraphFilesTest, ReadsEveryWorkload) {
  ASSERT_OK_AND_ASSIGN(const GraphFiles files, ReadGraphFiles(directory_.path()));
  ASSERT_THAT(files.names, SizeIs(2));
  EXPECT_EQ(files.names[1].name, "云桥");
  EXPECT_EQ(files.names[1].id, 5u);
  EXPECT_EQ(files.rows[0].count, 17u);
  EXPECT_EQ(files.triples[0].count, 9u);
  EXPECT_EQ(files.paths[1].length, -1);
  // The edge from a node to itself is left out.
  ASSERT_THAT(files.writes, SizeIs(1));
  EXPECT_EQ(files.writes[0].date, (Date{2000, 2, 29}));
  EXPECT_EQ(files.writes[0].confidence, 0.875f);
}

TEST_F(GraphFilesTest, ErrorsNameFileAndLine) {
  Write("w5.tsv", "1\t2\t3\n1\t2\n");
  EXPECT_THAT(ReadGraphFiles(directory_.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w5.tsv, line 2")));
  Write("w5.tsv", "1\t2\tfar\n");
  EXPECT_THAT(ReadGraphFiles(directory_.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w5.tsv, line 1")));
  Write("w5.tsv", "");
  EXPECT_THAT(ReadGraphFiles(directory_.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("w5.tsv is empty")));
  EXPECT_THAT(ReadGraphFiles(directory_ / "none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none/w1.tsv")));
}

}  // namespace
}  // namespace partnergraph::bench
