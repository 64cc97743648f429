// Loads a graph in bulk: nodes, then edges, in the order of their files; everything that the write
// path would store of them is sorted and taken into the store at once. All nodes are new.
//
//   nodes -> ids, node map, names ----------------------------------+
//   edges -> rows by source -> sort -> merge equal ones, number --+  +-> files, one family or a
//                                        |          |             +---   range of one per thread
//                              rows by target     hashes of what            -> Apply
//                                   sort          edges say, sort
//
// The memory that sorting takes is bounded; what is over goes through temporary files beside the
// database. Beyond it a load keeps, in memory: 52 bytes for each node, 8 for each PARTY_TO edge and
// about 30 and the text for each edge with a title or a source count. Until Apply the store is as
// before, whatever happens; after it, all is there.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/bulk_rows.h"
#include "graph/date.h"
#include "graph/external_sort.h"
#include "graph/graph_record.h"
#include "graph/kv_store.h"
#include "graph/name_row_sorter.h"
#include "graph/node_id_map.h"
#include "graph/schema.h"
#include "graph/scratch_file.h"
#include "graph/sort_memory.h"
#include "graph/staged_node.h"

namespace partnergraph {

struct BulkLoadOptions {
  std::string directory;  // For temporary files; exists.
  size_t memory_bytes = size_t{2} << 30;
  int threads = 2;
  // Where the store keeps the file of its topology; it is made when the store was empty. Empty: it
  // keeps none.
  std::string topology_path;
  Date date;                        // Of the import.
  std::vector<std::string> files;   // By name; places refer to their positions. At most 1,000.
  std::function<bool()> cancelled;  // May be empty. Asked from several threads.
  size_t sort_bytes_for_test = 0;   // What each sorter holds, instead of a share of memory_bytes.
};
inline constexpr size_t kBulkFilesMax = 1000;
inline constexpr size_t kBulkMemoryBytesMin = 64 << 20;
// Nodes and facts of one load.
inline constexpr uint64_t kBulkItemsMax = UINT32_MAX - 1;

struct BulkLoadReport {
  uint64_t nodes = 0;
  uint64_t edges = 0;   // Facts that are edges.
  uint64_t merged = 0;  // Edges that say the same as another one: type, ends, role, title and date.
  uint32_t import = 0;
  uint64_t spilled_bytes = 0;  // Sorted through files, as they did not fit into memory.
};

class BulkLoad;

// Nodes that one thread has made ready. Prepared apart, so that several threads can.
class BulkNodes {
 public:
  explicit BulkNodes(const NodeIdMap& ids) : ids_(ids) {}

  // INVALID_ARGUMENT when the record breaks a rule of its own.
  absl::Status Add(const GraphNodeRecord& node, uint64_t place);

  size_t size() const { return keys_.size(); }

 private:
  friend class BulkLoad;

  const NodeIdMap& ids_;
  std::vector<NodeIdKey> keys_;
  std::vector<NodeIdKey> external_ids_;  // Empty keys for nodes without one.
  std::vector<uint8_t> kinds_;
  std::vector<std::string> staged_;
  NameRowBatch names_;  // Of nodes by their positions; so are the grams.
  std::vector<BulkGramRow> grams_;
};

// An edge with its ends found.
struct BulkEdge {
  const EdgeTypeInfo* type = nullptr;
  uint32_t source = 0;  // NodeIdMap's numbers.
  uint32_t target = 0;
  uint32_t packed_date = 0;
  FactStatus status = FactStatus::kAnnounced;
  EdgeRole role{};
  float confidence = 1;
  uint32_t source_count = 1;
  std::string_view title;
  uint64_t place = 0;  // See MakePlace.
};

// Edges that one thread has made ready.
class BulkEdges {
 public:
  explicit BulkEdges(const BulkLoad& load) : load_(load) {}

  // INVALID_ARGUMENT for an edge that joins a node with itself, or kinds that its type does not.
  absl::Status Add(const BulkEdge& edge);

  size_t size() const { return rows_.size(); }
  void Reserve(size_t edges) { rows_.reserve(edges); }

 private:
  friend class BulkLoad;

  const BulkLoad& load_;
  std::vector<BulkEdgeRow> rows_;
  std::vector<std::pair<uint32_t, std::string>> extras_;  // Source count and title.
};

class BulkLoad {
 public:
  // Begins a load into `store`, which outlives it, and whose format is prepared; nobody else writes
  // to it. FAILED_PRECONDITION when there is another load; INVALID_ARGUMENT for options out of
  // range.
  static absl::StatusOr<std::unique_ptr<BulkLoad>> Start(KvStore& store, BulkLoadOptions options);

  // Adds edge types; see Schema::With for the errors.
  absl::Status Declare(std::span<const EdgeTypeDeclaration> types);
  const Schema& schema() const { return *schema_; }

  // The nodes by what their files call them.
  const NodeIdMap& ids() const { return ids_; }
  NodeKind KindOf(uint32_t node) const { return static_cast<NodeKind>(kinds_[node]); }

  // Adds nodes, whose numbers follow those added before. One with an id or an external id that an
  // earlier one has is left out and given to `reject` with its position and the reason.
  // RESOURCE_EXHAUSTED when there are more than the memory allows.
  absl::Status AddNodes(const BulkNodes& nodes,
                        absl::FunctionRef<void(size_t, const std::string&)> reject);

  // Adds edges between nodes that have been added. No nodes can be added any more.
  absl::Status AddEdges(const BulkEdges& edges);

  // Sorts, writes and applies. To be called once. CANCELLED when it was told so; ABORTED when
  // somebody else wrote to the store; UNAVAILABLE, also when a disk is full; UNKNOWN when the
  // engine cannot say whether it is applied.
  absl::StatusOr<BulkLoadReport> Finish();

  // What Finish is doing, for people, and how much of it is done, in [0, 1]. Thread-safe.
  struct Progress {
    const char* stage = "reading";
    double done = 0;
  };
  Progress progress() const;

 private:
  struct Deal {
    uint32_t node = 0;
    uint64_t occurrence = 0;        // Of its fact; see fact_identity.h.
    std::vector<uint32_t> parties;  // Ascending.
  };
  using Task = std::function<absl::Status()>;
  class Sink;
  class TurnedEdges;

  BulkLoad(KvStore& store, BulkLoadOptions options, NodeIdMap ids);

  size_t Share(size_t shares) const;
  bool IsCancelled() const { return options_.cancelled && options_.cancelled(); }
  absl::Status CheckCancelled() const;
  bool IsDeal(uint32_t node) const { return KindOf(node) == NodeKind::kPartnership; }
  BulkEdgeExtra ExtraOf(const BulkEdgeRow& row) const;
  std::string TitleKeyOf(const BulkEdgeRow& row) const;
  FactId DealOf(const BulkEdgeRow& row) const;

  absl::Status MergeEdges();
  absl::Status SortIncoming();
  absl::Status CountDegrees();
  absl::Status MakeDeals();
  absl::Status FindOccurrences();
  absl::Status WriteAll();
  absl::Status RunTasks(std::vector<Task>& tasks);
  absl::Status WriteAdjacency(uint32_t begin, uint32_t end);
  absl::Status WriteEdgeFacts(uint64_t begin, uint64_t end);
  absl::Status WriteIdents();
  absl::Status WriteNodes();
  absl::Status WriteNames();
  absl::Status WriteGrams();
  absl::Status WriteTotals();
  absl::Status WriteTopology();
  // The record of a partnership's node; `deal` is its position among deals_.
  storage::NodeRecord MakeDealNode(uint32_t number, const StagedNode& node, size_t deal) const;
  absl::Status HashState();
  storage::ImportRecord MakeImport() const;
  storage::ChangeRecord MakeChange() const;
  // What identifies the fact of a partnership, and the whole of it.
  storage::FactRecord MakeDealFact(size_t position, const StagedNode& node) const;
  absl::StatusOr<storage::FactRecord> MakeWholeDealFact(size_t position,
                                                        const StagedNode& node) const;

  KvStore& store_;
  const BulkLoadOptions options_;
  std::shared_ptr<const Schema> schema_;
  std::unique_ptr<KvBulkLoad> load_;
  storage::CountersRecord counters_;
  std::string counters_before_;
  storage::TotalsRecord totals_;
  BulkRowWriter::Context context_;
  BulkLoadReport report_;

  // Nodes.
  NodeIdMap ids_;
  NodeIdMap external_ids_;
  std::vector<uint8_t> kinds_;
  SortBlockPool blocks_;                 // Of all sorters; before them.
  std::unique_ptr<ScratchFile> staged_;  // One after the other; see BulkNodes::Add.
  NameRowSorter names_;
  ExternalSorter<BulkGramRow> grams_;

  // Edges.
  ExternalSorter<BulkEdgeRow> out_;
  std::unique_ptr<ScratchFile> merged_file_;
  // Sorted, each once: the position is the fact. In the run of out_ or in merged_file_.
  std::span<const BulkEdgeRow> merged_;
  ExternalSorter<BulkEdgeRow> in_;
  ExternalSorter<BulkIdentRow> idents_;
  ExternalSorter<BulkIdentRow> later_idents_;
  std::vector<bool> later_;                            // Of each edge: it has an occurrence.
  std::vector<std::pair<uint32_t, uint32_t>> extras_;  // Source count, offset of the title.
  std::string titles_;                                 // Each ends with a 0 byte.
  std::vector<uint32_t> degrees_;
  std::vector<Deal> deals_;                                 // By ascending node.
  std::vector<uint32_t> deal_positions_;                    // Of each node: deals before it.
  std::vector<std::pair<uint32_t, uint32_t>> party_edges_;  // Deal, party.

  std::atomic<const char*> stage_ = "reading";
  std::atomic<uint64_t> rows_done_ = 0;
  std::atomic<uint64_t> rows_expected_ = 1;
};

}  // namespace partnergraph
