#include "clients/cli/record_cutter.h"

#include <algorithm>
#include <cstring>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

// Hands out `text` in pieces of at most `piece` bytes.
RecordCutter::Read Pieces(std::string text, size_t piece) {
  return [text = std::move(text), piece, at = size_t{0}](
             char* buffer, size_t size) mutable -> absl::StatusOr<size_t> {
    const size_t count = std::min({size, piece, text.size() - at});
    std::memcpy(buffer, text.data() + at, count);
    at += count;
    return count;
  };
}

using Lines = std::vector<std::pair<uint64_t, std::string>>;

Lines Cut(const std::string& text, size_t piece = 3,
          v1::RecordFormat format = v1::RECORD_FORMAT_TSV) {
  RecordCutter cutter(format, Pieces(text, piece));
  Lines lines;
  while (true) {
    const auto record = cutter.Next();
    EXPECT_THAT(record, IsOk());
    if (!record.ok() || !record->has_value()) {
      EXPECT_EQ(cutter.bytes_read(), text.size());
      return lines;
    }
    lines.emplace_back((*record)->line, (*record)->data);
  }
}

CutRecord NextRecord(RecordCutter& cutter) {
  const auto record = cutter.Next();
  EXPECT_THAT(record, IsOk());
  EXPECT_TRUE(record.ok() && record->has_value());
  return record.ok() ? record->value_or(CutRecord()) : CutRecord();
}

TEST(RecordCutterTest, CutsLinesWithTheirNumbers) {
  EXPECT_THAT(Cut("a\tb\ncd\n"), ElementsAre(Pair(1, "a\tb"), Pair(2, "cd")));
}

TEST(RecordCutterTest, LastLineMayLackItsEnd) {
  EXPECT_THAT(Cut("a\nb"), ElementsAre(Pair(1, "a"), Pair(2, "b")));
}

TEST(RecordCutterTest, DropsCarriageReturnsOfLineEndsOnly) {
  EXPECT_THAT(Cut("a\r\nb\rc\r\n"), ElementsAre(Pair(1, "a"), Pair(2, "b\rc")));
}

TEST(RecordCutterTest, SkipsBlankLinesAndCountsThem) {
  EXPECT_THAT(Cut("\n\r\n  \nx\n\n"), ElementsAre(Pair(4, "x")));
  EXPECT_THAT(Cut(""), IsEmpty());
}

TEST(RecordCutterTest, ALineOfTabsIsARecordForTheServerToRefuse) {
  EXPECT_THAT(Cut("\t\n"), ElementsAre(Pair(1, "\t")));
}

TEST(RecordCutterTest, DropsAByteOrderMarkAlsoInPieces) {
  for (const size_t piece : {1, 2, 3, 100}) {
    EXPECT_THAT(Cut("\xEF\xBB\xBF"
                    "a\nb\n",
                    piece),
                ElementsAre(Pair(1, "a"), Pair(2, "b")));
  }
  EXPECT_THAT(Cut("\xEF\xBB\xBF"), IsEmpty());
  EXPECT_THAT(Cut("\xEF\xBB", 1), ElementsAre(Pair(1, "\xEF\xBB")));
}

TEST(RecordCutterTest, KeepsBytesAsTheyAre) {
  const std::string bytes("\xFF\0\x01", 3);
  EXPECT_THAT(Cut(bytes + "\n"), ElementsAre(Pair(1, bytes)));
}

TEST(RecordCutterTest, ATextFileIsOneRecord) {
  EXPECT_THAT(Cut("title\n\nbody\n", 4, v1::RECORD_FORMAT_TEXT),
              ElementsAre(Pair(1, "title\n\nbody\n")));
}

TEST(RecordCutterTest, ALineOfTheLimitPassesAndOneByteMoreDoesNot) {
  const std::string most(kRecordBytesMax, 'x');
  RecordCutter cutter(v1::RECORD_FORMAT_TSV,
                      Pieces(most + "\r\n" + most + "y\n" + "after\n", 1 << 16));
  const CutRecord first = NextRecord(cutter);
  EXPECT_EQ(first.data, most);
  EXPECT_FALSE(first.too_long);
  const CutRecord second = NextRecord(cutter);
  EXPECT_TRUE(second.too_long);
  EXPECT_EQ(second.bytes, kRecordBytesMax + 1);
  const CutRecord third = NextRecord(cutter);
  EXPECT_EQ(third.data, "after");
  EXPECT_EQ(third.line, 3);
}

TEST(RecordCutterTest, AHugeLineIsSkippedWithoutBeingHeld) {
  constexpr uint64_t kHuge = uint64_t{200} << 20;
  uint64_t left = kHuge;
  bool ended = false;
  RecordCutter cutter(v1::RECORD_FORMAT_JSON,
                      [&](char* buffer, size_t size) -> absl::StatusOr<size_t> {
                        if (left == 0 && !ended) {
                          ended = true;
                          std::memcpy(buffer, "\n{}", 3);
                          return 3;
                        }
                        const size_t count = std::min<uint64_t>(size, left);
                        std::memset(buffer, 'x', count);
                        left -= count;
                        return count;
                      });
  const CutRecord huge = NextRecord(cutter);
  EXPECT_TRUE(huge.too_long);
  EXPECT_EQ(huge.bytes, kHuge);
  EXPECT_LE(huge.data.capacity(), 64);
  const CutRecord next = NextRecord(cutter);
  EXPECT_EQ(next.data, "{}");
  EXPECT_EQ(next.line, 2);
}

TEST(RecordCutterTest, ReadErrorsAreNotTheEnd) {
  RecordCutter cutter(v1::RECORD_FORMAT_TSV, [](char*, size_t) -> absl::StatusOr<size_t> {
    return absl::DataLossError("bad disk");
  });
  EXPECT_THAT(cutter.Next(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bad disk")));
}

TEST(RecordCutterTest, TheEndingNamesTheFormat) {
  EXPECT_EQ(*FormatOfFile("a/b.tsv"), v1::RECORD_FORMAT_TSV);
  EXPECT_EQ(*FormatOfFile("b.jsonl"), v1::RECORD_FORMAT_JSON);
  EXPECT_EQ(*FormatOfFile("b.txt"), v1::RECORD_FORMAT_TEXT);
  EXPECT_THAT(FormatOfFile("b.doc"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("b.doc")));
}

}  // namespace
}  // namespace partnergraph::cli
