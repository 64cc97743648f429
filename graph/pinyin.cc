#include "graph/pinyin.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "graph/pinyin_table.inc"

namespace partnergraph {
namespace {

// Blocks that hold every character of the table: CJK Unified Ideographs and their Extension A.
constexpr char32_t kFirst = 0x3400;
constexpr char32_t kLast = 0x9FFF;
constexpr size_t kReadingsMax = 4;

constexpr std::array<std::span<const PinyinRow>, kReadingsMax> kRows = {
    kFirstReadings, kSecondReadings, kThirdReadings, kFourthReadings};

// For each character and rank the position of its row plus one; 0: no such reading.
using RowIndex = std::array<std::array<uint16_t, kReadingsMax>, kLast - kFirst + 1>;

RowIndex MakeRowIndex() {
  RowIndex index{};
  for (size_t rank = 0; rank < kReadingsMax; ++rank) {
    for (size_t row = 0; row < kRows[rank].size(); ++row) {
      for (const char32_t* c = kRows[rank][row].chars; *c != 0; ++c) {
        index[*c - kFirst][rank] = static_cast<uint16_t>(row + 1);
      }
    }
  }
  return index;
}

}  // namespace

std::vector<std::string_view> PinyinReadings(char32_t c) {
  static const RowIndex& index = *new RowIndex(MakeRowIndex());
  std::vector<std::string_view> readings;
  if (c < kFirst || c > kLast) return readings;
  for (size_t rank = 0; rank < kReadingsMax; ++rank) {
    const uint16_t row = index[c - kFirst][rank];
    if (row == 0) break;
    readings.push_back(kRows[rank][row - 1].syllable);
  }
  return readings;
}

}  // namespace partnergraph
