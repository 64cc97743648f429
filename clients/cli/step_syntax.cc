#include "clients/cli/step_syntax.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

#include "clients/cli/query_flags.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(end + 1);
  }
}

std::optional<uint32_t> ParseTimes(std::string_view text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > kStepRepeatMax) {
    return std::nullopt;
  }
  return value;
}

bool IsTypeName(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_';
  });
}

absl::Status BadStep(std::string_view text, const std::string& problem) {
  return absl::InvalidArgumentError(fmt::format(
      "--step '{}': {}; want TYPE[,TYPE][:out|in|both][:KIND][*min..max]", text, problem));
}

}  // namespace

const char kStepSyntaxHelp[] =
    "A step is TYPE[,TYPE...][:out|in|both][:KIND[,KIND...]][*min..max]: the types of the edges "
    "to\n"
    "follow (or any), their direction (default both), the kinds of the nodes to reach, and how\n"
    "often to take the step (default once, at most 6 times; *2 is twice).\n"
    "  The partners of a company:    traverse NAME --step PARTY_TO:out --step PARTY_TO:in:COMPANY\n"
    "  Who works at its owners:      traverse NAME --step 'PART_OF:out*1..3' --step "
    "EMPLOYED_BY:in\n";

absl::StatusOr<v1::TraverseStep> ParseStep(std::string_view text) {
  v1::TraverseStep step;
  std::string_view pattern = text;
  if (const size_t star = text.find('*'); star != std::string_view::npos) {
    pattern = text.substr(0, star);
    const std::string_view times = text.substr(star + 1);
    const size_t dots = times.find("..");
    const auto min = ParseTimes(times.substr(0, dots));
    const auto max = dots == std::string_view::npos ? min : ParseTimes(times.substr(dots + 2));
    if (!min || !max || *min > *max || *max == 0) {
      return BadStep(
          text, fmt::format("'{}' is not a number of times from 1 to {}", times, kStepRepeatMax));
    }
    step.set_min_repeat(*min);
    step.set_max_repeat(*max);
  }
  const std::vector<std::string_view> parts = Split(pattern, ':');
  for (const std::string_view word : Split(parts[0], ',')) {
    if (!IsTypeName(word)) {
      return BadStep(text, fmt::format("'{}' is not an edge type", word));
    }
    std::string type(word);
    std::transform(type.begin(), type.end(), type.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (type != "ANY") {
      step.mutable_filter()->add_types(type);
    } else if (parts[0] != word) {
      return BadStep(text, "'any' stands alone");
    }
  }
  step.mutable_filter()->set_direction(v1::DIRECTION_BOTH);
  size_t next = 1;
  if (next < parts.size()) {
    if (const auto direction = ParseDirection(parts[next])) {
      step.mutable_filter()->set_direction(*direction);
      ++next;
    }
  }
  if (next < parts.size()) {
    for (const std::string_view word : Split(parts[next], ',')) {
      const auto kind = ParseNodeKind(word);
      if (!kind) {
        return BadStep(text, fmt::format("'{}' is neither a direction nor a kind", word));
      }
      step.add_node_kinds(*kind);
    }
    ++next;
  }
  if (next < parts.size()) {
    return BadStep(text, fmt::format("'{}' is too much", parts[next]));
  }
  return step;
}

}  // namespace partnergraph::cli
