// The rows of a bulk load: what is sorted, and the stored bytes that are made of it without a
// message object for each. The bytes are those that GraphEdit writes for the same facts; a test
// compares them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "graph/ids.h"
#include "graph/record_codec.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// An edge as seen from one of its ends, in the order of adj keys. Nodes and facts are counted from
// the first of the load.
struct BulkEdgeRow {
  uint32_t node = 0;
  uint32_t other = 0;
  uint32_t inverted_date = UINT32_MAX;  // Complement of the packed date.
  uint16_t type = 0;
  uint8_t status = 0;
  uint8_t role = 0;  // EdgeRole.
  float confidence = 0;
  uint32_t extra = 0;  // 1 + the position of its BulkEdgeExtra; 0: none.
  uint64_t last = 0;   // Out: the place that states it. In: its fact.

  uint64_t Prefix() const {
    return uint64_t{node} << 32 | uint64_t{type} << 16 | inverted_date >> 16;
  }
  friend bool operator<(const BulkEdgeRow& a, const BulkEdgeRow& b) {
    if (a.node != b.node) return a.node < b.node;
    if (a.type != b.type) return a.type < b.type;
    if (a.inverted_date != b.inverted_date) return a.inverted_date < b.inverted_date;
    if (a.other != b.other) return a.other < b.other;
    return a.last < b.last;
  }
};
static_assert(sizeof(BulkEdgeRow) == 32);

// The place of an edge: its file and line in one number.
inline constexpr int kPlaceLineBits = 44;
inline constexpr uint64_t kPlaceLineMax = (uint64_t{1} << kPlaceLineBits) - 1;
constexpr uint64_t MakePlace(uint32_t file, uint64_t line) {
  return uint64_t{file} << kPlaceLineBits | line;
}

// What few edges have.
struct BulkEdgeExtra {
  uint32_t source_count = 1;
  std::string_view title;
};

// The hash of what a fact says.
struct BulkIdentRow {
  uint64_t high = 0;
  uint64_t low = 0;
  uint64_t fact = 0;

  uint64_t Prefix() const { return high; }
  friend bool operator<(const BulkIdentRow& a, const BulkIdentRow& b) {
    if (a.high != b.high) return a.high < b.high;
    if (a.low != b.low) return a.low < b.low;
    return a.fact < b.fact;
  }
};

// A gram of a node's name: at most three characters.
inline constexpr size_t kBulkGramBytesMax = 12;
struct BulkGramRow {
  uint64_t first = 0;   // The gram's bytes 0 to 7 as a number, zeros behind its end.
  uint32_t second = 0;  // Bytes 8 to 11.
  uint32_t node = 0;

  uint64_t Prefix() const { return first; }
  friend bool operator<(const BulkGramRow& a, const BulkGramRow& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.second != b.second) return a.second < b.second;
    return a.node < b.node;
  }
};
BulkGramRow MakeGramRow(std::string_view gram, uint32_t node);

// A company, person or product.
struct BulkNode {
  NodeKind kind{};
  std::string_view name;
  std::string_view org_type;
  std::string_view external_id;
  uint64_t degree = 0;
};

// Writes the stored form of nodes and facts of one load. Buffers are kept: the views that it
// returns live until the next call.
class BulkRowWriter {
 public:
  struct Context {
    NamespaceId ns{};
    NodeId first_node{};
    FactId first_fact{};
    Sequence sequence{};
    uint32_t import = 0;
  };
  explicit BulkRowWriter(const Context& context);

  struct Row {
    std::string_view key;
    std::string_view value;
  };

  // The adj row. `fact` counts from the first.
  Row Adj(const BulkEdgeRow& row, Direction direction, uint64_t fact, NodeKind other_kind,
          const BulkEdgeExtra& extra);

  // The fact row of an out row. `deal` is the fact of the partnership that the edge is of, or 0.
  Row EdgeFact(const BulkEdgeRow& row, uint64_t fact, FactId deal, std::string_view title_key,
               const BulkEdgeExtra& extra, bool later_occurrence);

  // The hash of what an out row says.
  BulkIdentRow Ident(const BulkEdgeRow& row, uint64_t fact, std::string_view title_key,
                     bool later_occurrence);
  Row IdentRow(const BulkIdentRow& row);

  Row Node(uint32_t number, const BulkNode& node);
  // The row of a name that the import gives a node.
  Row Alias(uint32_t number, std::string_view name);

  Row GramRow(const BulkGramRow& row);
  Row Degree(uint32_t node, Direction direction, uint16_t type, uint64_t degree);

 private:
  const Context context_;
  std::string key_;
  std::string value_;
  std::string imported_;
};

}  // namespace partnergraph
