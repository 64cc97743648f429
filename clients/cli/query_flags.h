// Flags that the graph queries share, and the words of the vocabulary.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "CLI/App.hpp"
#include "absl/status/statusor.h"
#include "partnergraph/v1/graph.pb.h"

namespace partnergraph::cli {

// Upper or lower case. Nothing for other words.
std::optional<v1::NodeKind> ParseNodeKind(std::string_view word);
std::optional<v1::Direction> ParseDirection(std::string_view word);  // out, in, both

struct FilterFlags {
  std::vector<std::string> types;
  std::string direction = "both";
  std::vector<std::string> statuses;
  float min_confidence = 0;
  uint32_t min_sources = 0;
  std::string from;
  std::string until;

  enum class Edges { kChoose, kFixed };
  // kFixed leaves out --types and --direction.
  void AddTo(CLI::App& command, Edges edges);
  // INVALID_ARGUMENT names the flag.
  absl::StatusOr<v1::FactFilter> ToProto() const;
};

struct BudgetFlags {
  uint64_t max_edges_scanned = 0;
  uint64_t max_nodes = 0;
  uint64_t max_bytes = 0;
  uint32_t per_node_limit = 0;
  std::string per_node_order = "newest";
  uint64_t skip_degree = 0;

  void AddTo(CLI::App& command);
  v1::Budget ToProto() const;
};

// INVALID_ARGUMENT names `flag`.
absl::StatusOr<std::vector<v1::NodeKind>> ParseNodeKinds(const std::vector<std::string>& words,
                                                         std::string_view flag);

}  // namespace partnergraph::cli
