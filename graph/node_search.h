// Finds nodes by name and ranks them. The index is read through NameReader, which the store
// implements: rows of the names index by key, nodes by gram, and what ranking needs to know of a
// node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/name_key.h"
#include "graph/query.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// Matches that are ranked for one query; what is over is not found by paging on.
inline constexpr size_t kRankedMatchesMax = 1000;
// Rows read for one key and kind of the names index.
inline constexpr size_t kNameRowsMax = 2000;
// Nodes read for one gram.
inline constexpr size_t kGramNodesMax = 2000;

// How much ranking needs to know of a node: each says more than the one before, and costs more.
enum class HolderDetail : uint8_t { kKind, kArticleCount, kNames };

// What ranking needs to know of a node.
struct NameHolder {
  NodeId node{};
  NodeKind kind{};
  uint32_t article_count = 0;
  std::vector<std::string> names;  // As written.
};

// The names index of one snapshot. Errors: DATA_LOSS, UNAVAILABLE from the store.
class NameReader {
 public:
  virtual ~NameReader() = default;

  // Calls `visit` for the rows of `kind` whose key is `key` (exact) or starts with it, in ascending
  // order of key and node, at most `limit`, until it returns false. `key` and `name` die when it
  // returns.
  using NameVisitor =
      absl::FunctionRef<bool(std::string_view key, NodeId node, std::string_view name)>;
  virtual absl::Status ScanNames(NameKeyKind kind, std::string_view key, bool exact, size_t limit,
                                 NameVisitor visit) = 0;

  // The nodes that have each gram, ascending, at most `limit_each`. One round trip.
  virtual absl::StatusOr<std::vector<std::vector<NodeId>>> ReadGrams(
      std::span<const std::string> grams, size_t limit_each) = 0;

  // The nodes in their order; ids without a node are left out. One round trip. What `detail` does
  // not ask for may be absent.
  virtual absl::StatusOr<std::vector<NameHolder>> ReadNameHolders(std::span<const NodeId> nodes,
                                                                  HolderDetail detail) = 0;
};

struct RankedMatch {
  NodeId node{};
  std::string matched_name;
  MatchKind match_kind{};
  float score = 0;  // In (0, 1], falling in the order of the matches.
};
struct RankedMatches {
  std::vector<RankedMatch> matches;  // The page.
  bool more = false;
};

// The page of matches that the query asks for. Each node once, by its best match: exact, core,
// prefix, pinyin (full before initials), fuzzy; within one of these the node of more articles first
// (fuzzy: the more similar name first), then the shorter name, then the lower id. Kinds empty: all
// but partnerships. A query without a key matches nothing. At most kRankedMatchesMax matches in
// all. A node that alone has the name of an exact search has score 1: there is
// nothing to rank.
absl::StatusOr<RankedMatches> RankMatches(NameReader& reader, const SearchQuery& query);

}  // namespace partnergraph
