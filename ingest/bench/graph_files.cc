#include "ingest/bench/graph_files.h"

#include <charconv>
#include <fstream>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "fmt/format.h"
#include "graph/status_macros.h"

namespace partnergraph::bench {
namespace {

using Fields = std::vector<std::string>;

// Calls `line` with the fields of each line; there must be at least `count`.
absl::Status ReadLines(const std::string& path, size_t count,
                       absl::FunctionRef<bool(const Fields&)> line) {
  std::ifstream in(path);
  if (!in) return absl::NotFoundError(path + " cannot be read");
  std::string text;
  uint64_t number = 1;
  for (; std::getline(in, text); ++number) {
    const Fields fields = absl::StrSplit(text, '\t');
    if (fields.size() < count || !line(fields)) {
      return absl::InvalidArgumentError(
          fmt::format("{}, line {}: want {} fields of this workload", path, number, count));
    }
  }
  if (number == 1) return absl::InvalidArgumentError(path + " is empty");
  return absl::OkStatus();
}

template <typename Number>
bool Parse(const std::string& text, Number& number) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

absl::Status ReadCounts(const std::string& path, std::vector<GraphFiles::Count>& counts) {
  return ReadLines(path, 2, [&](const Fields& fields) {
    GraphFiles::Count& count = counts.emplace_back();
    return Parse(fields[0], count.id) && Parse(fields[1], count.count);
  });
}

Date DateAfter2000(int days) {
  const absl::CivilDay day = absl::CivilDay(2000, 1, 1) + days;
  return {.year = static_cast<int16_t>(day.year()),
          .month = static_cast<uint8_t>(day.month()),
          .day = static_cast<uint8_t>(day.day())};
}

}  // namespace

absl::StatusOr<GraphFiles> ReadGraphFiles(const std::string& folder) {
  GraphFiles files;
  PG_RETURN_IF_ERROR(ReadLines(folder + "/w1.tsv", 2, [&](const Fields& fields) {
    GraphFiles::Name& name = files.names.emplace_back();
    name.name = fields[0];
    return Parse(fields[1], name.id);
  }));
  PG_RETURN_IF_ERROR(ReadCounts(folder + "/w2.tsv", files.rows));
  PG_RETURN_IF_ERROR(ReadCounts(folder + "/w3.tsv", files.pairs));
  PG_RETURN_IF_ERROR(ReadCounts(folder + "/w4.tsv", files.triples));
  PG_RETURN_IF_ERROR(ReadLines(folder + "/w5.tsv", 3, [&](const Fields& fields) {
    GraphFiles::Path& path = files.paths.emplace_back();
    return Parse(fields[0], path.source) && Parse(fields[1], path.target) &&
           Parse(fields[2], path.length);
  }));
  PG_RETURN_IF_ERROR(ReadLines(folder + "/w7.tsv", 5, [&](const Fields& fields) {
    GraphFiles::Write write;
    int days = 0, thousandths = 0;
    if (!Parse(fields[0], write.source) || !Parse(fields[1], write.target) ||
        !Parse(fields[3], days) || !Parse(fields[4], thousandths)) {
      return false;
    }
    write.date = DateAfter2000(days);
    write.confidence = static_cast<float>(thousandths) / 1000;
    // An edge from a node to itself says nothing.
    if (write.source != write.target) files.writes.push_back(write);
    return true;
  }));
  if (files.writes.empty()) {
    return absl::InvalidArgumentError(folder + "/w7.tsv has no edge between two nodes");
  }
  return files;
}

}  // namespace partnergraph::bench
