#include "graph/topology_reader.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/keys.h"
#include "graph/status_macros.h"
#include "graph/topology_record.h"

namespace partnergraph {
namespace {

// Nodes that are read in one go: bounds what is held of their records.
constexpr uint64_t kNodesPerRange = 1 << 16;
// Changed nodes that are read again in one go.
constexpr size_t kNodesPerReplay = 256;
constexpr size_t kFactsPerReplay = 4096;
// Changed nodes and facts beyond which reading the whole graph is as good.
constexpr size_t kReplayItemsMax = 1 << 20;

// Bytes of a node beside its rows: columns and a name of about so many bytes.
constexpr uint64_t kNodeBytes = 20 + 40;
// Bytes of a run, and rows that share one, at the least.
constexpr uint64_t kRunShare = sizeof(TopologyRun) / 2;

KvReadOptions StoppedBy(const std::atomic<bool>& stop) {
  return {.cancelled = [&stop] { return stop.load(std::memory_order_relaxed); }};
}

// The nodes of [begin, end), with their records.
absl::Status ReadNodes(RecordReader& reader, uint64_t begin, uint64_t end,
                       const KvReadOptions& options,
                       std::vector<std::pair<uint64_t, storage::NodeRecord>>& nodes) {
  nodes.clear();
  const KvRange range{reader.keys().Node(NodeId{begin}), reader.keys().Node(NodeId{end})};
  absl::Status status;
  PG_RETURN_IF_ERROR(
      reader.store()
          .MultiScan(reader.snapshot(), ColumnFamily::kNode, {&range, 1}, options,
                     [&](size_t, std::string_view key, std::string_view value) {
                       if (key.size() != kNodePrefixBytes) return true;  // An alias.
                       auto record = DecodeRecord<storage::NodeRecord>(value, "node record");
                       if (!record.ok()) {
                         status = record.status();
                         return false;
                       }
                       nodes.emplace_back(ReadU64(key, kNodePrefixBytes - 8), *std::move(record));
                       return true;
                     })
          .status());
  return status;
}

// True for writes whose log entries name every node and fact that they changed.
bool ListsItsChanges(storage::WriteKind kind) {
  return kind == storage::WRITE_KIND_PUT || kind == storage::WRITE_KIND_RETRACT ||
         kind == storage::WRITE_KIND_FACTS;
}

}  // namespace

absl::StatusOr<uint64_t> TopologyStateHash(RecordReader& reader, Sequence sequence) {
  if (ToInt(sequence) == 0) return 0;
  const std::string key = reader.keys().Log(sequence, 0);
  PG_ASSIGN_OR_RETURN(const auto values, reader.MultiGet(ColumnFamily::kLog, {&key, 1}));
  if (!values[0].has_value()) {
    return absl::DataLossError(absl::StrCat("the change log has no entry ", ToInt(sequence)));
  }
  return Hash64(*values[0]);
}

absl::StatusOr<TopologySize> MeasureTopology(RecordReader& reader) {
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  PG_ASSIGN_OR_RETURN(const storage::TotalsRecord totals, reader.Totals());
  TopologySize size;
  size.node_end = std::max<uint64_t>(counters.next_node(), 1);
  for (const auto& [type, count] : totals.edges()) size.row_count += 2 * count;
  size.bytes = size.row_count * (kRowBytes + kRunShare) + size.node_end * kNodeBytes;
  return size;
}

absl::StatusOr<std::shared_ptr<const TopologyBase>> ReadTopology(RecordReader& reader,
                                                                 const std::string& path,
                                                                 const std::atomic<bool>& stop) {
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  PG_ASSIGN_OR_RETURN(const TopologySize size, MeasureTopology(reader));
  PG_ASSIGN_OR_RETURN(
      std::unique_ptr<TopologyBuilder> builder,
      TopologyBuilder::Create(
          {.path = path, .node_end = size.node_end, .row_count_max = size.row_count}));
  const KvReadOptions options = StoppedBy(stop);
  std::vector<std::pair<uint64_t, storage::NodeRecord>> nodes;
  for (uint64_t begin = 0; begin < size.node_end; begin += kNodesPerRange) {
    const uint64_t end = std::min(begin + kNodesPerRange, size.node_end);
    PG_RETURN_IF_ERROR(ReadNodes(reader, begin, end, options, nodes));
    size_t next = 0;
    absl::Status status;
    // Begins the nodes up to the one with the id.
    const auto begin_nodes = [&](uint64_t id) -> absl::Status {
      for (; next < nodes.size() && nodes[next].first <= id; ++next) {
        PG_RETURN_IF_ERROR(
            builder->BeginNode(NodeId{nodes[next].first}, ToTopologyNode(nodes[next].second)));
      }
      if (next > 0 && nodes[next - 1].first == id) return absl::OkStatus();
      return absl::DataLossError(absl::StrCat("node ", id, " has edges and no record"));
    };
    const KvRange range{reader.keys().Adj(NodeId{begin}).begin,
                        reader.keys().Adj(NodeId{end}).begin};
    uint64_t node = UINT64_MAX;
    PG_RETURN_IF_ERROR(reader.store()
                           .MultiScan(reader.snapshot(), ColumnFamily::kAdj, {&range, 1}, options,
                                      [&](size_t, std::string_view key, std::string_view value) {
                                        const absl::StatusOr<AdjRow> row = DecodeAdjRow(key, value);
                                        status = row.status();
                                        if (status.ok() && ToInt(row->edge.node) != node) {
                                          node = ToInt(row->edge.node);
                                          status = begin_nodes(node);
                                        }
                                        if (status.ok()) status = builder->AddRow(row->edge);
                                        return status.ok();
                                      })
                           .status());
    PG_RETURN_IF_ERROR(status);
    for (; next < nodes.size(); ++next) {
      PG_RETURN_IF_ERROR(
          builder->BeginNode(NodeId{nodes[next].first}, ToTopologyNode(nodes[next].second)));
    }
  }
  const Sequence sequence{counters.last_sequence()};
  PG_ASSIGN_OR_RETURN(const uint64_t state_hash, TopologyStateHash(reader, sequence));
  return builder->Finish(sequence, state_hash);
}

absl::StatusOr<std::shared_ptr<const Topology>> ReplayChanges(
    RecordReader& reader, std::shared_ptr<const Topology> topology, uint64_t commits_max,
    const std::atomic<bool>& stop) {
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  const uint64_t first = ToInt(topology->sequence()) + 1, last = counters.last_sequence();
  if (first > last) return topology;
  if (last - first >= commits_max) {
    return absl::FailedPreconditionError(
        absl::StrCat(last - first + 1, " commits are more than are replayed"));
  }
  const KvReadOptions options = StoppedBy(stop);
  std::set<uint64_t> nodes;
  std::set<uint64_t> facts;
  const KvRange log{reader.keys().Log(Sequence{first}, 0),
                    reader.keys().Log(Sequence{last + 1}, 0)};
  PG_RETURN_IF_ERROR(reader.Scan(
      ColumnFamily::kLog, {&log, 1},
      [&](size_t, std::string_view, std::string_view value) -> absl::Status {
        PG_ASSIGN_OR_RETURN(const auto change,
                            DecodeRecord<storage::ChangeRecord>(value, "change log entry"));
        if (!ListsItsChanges(change.kind())) {
          return absl::FailedPreconditionError("a bulk import does not list its changes");
        }
        nodes.insert(change.nodes_added().begin(), change.nodes_added().end());
        nodes.insert(change.nodes_updated().begin(), change.nodes_updated().end());
        nodes.insert(change.nodes_removed().begin(), change.nodes_removed().end());
        // The edges of facts that went have changed the degrees of their nodes. Those of facts that
        // are new or updated may have changed nothing but a row.
        facts.insert(change.facts_added().begin(), change.facts_added().end());
        facts.insert(change.facts_updated().begin(), change.facts_updated().end());
        if (nodes.size() + facts.size() > kReplayItemsMax) {
          return absl::FailedPreconditionError(absl::StrCat(
              "more than ", kReplayItemsMax, " changed nodes and facts are not replayed"));
        }
        return absl::OkStatus();
      }));
  for (auto next = facts.begin(); next != facts.end();) {
    std::vector<FactId> ids;
    for (; next != facts.end() && ids.size() < kFactsPerReplay; ++next)
      ids.push_back(FactId{*next});
    PG_ASSIGN_OR_RETURN(const auto records, reader.Facts(ids));
    for (const auto& fact : records) {
      if (fact.has_value() && fact->edge_type() != 0) {
        nodes.insert({fact->source(), fact->target()});
      }
    }
  }
  const std::vector<uint64_t> changed(nodes.begin(), nodes.end());
  const Sequence sequence{last};
  for (size_t begin = 0; begin < changed.size(); begin += kNodesPerReplay) {
    const size_t count = std::min(kNodesPerReplay, changed.size() - begin);
    std::vector<NodeId> ids;
    std::vector<KvRange> ranges;
    for (size_t i = begin; i < begin + count; ++i) {
      if (changed[i] >= UINT32_MAX) {
        return absl::ResourceExhaustedError(
            absl::StrCat("node ", changed[i], " does not fit the topology"));
      }
      ids.push_back(NodeId{changed[i]});
      ranges.push_back(reader.keys().Adj(ids.back()));
    }
    PG_ASSIGN_OR_RETURN(const auto records, reader.Nodes(ids));
    // One node's rows at a time; a title dies with its row, so each node is made at once.
    for (size_t i = 0; i < count; ++i) {
      std::vector<AdjacentEdge> rows;
      std::vector<std::unique_ptr<std::string>> titles;
      absl::Status status;
      PG_RETURN_IF_ERROR(
          reader.store()
              .MultiScan(reader.snapshot(), ColumnFamily::kAdj, {&ranges[i], 1}, options,
                         [&](size_t, std::string_view key, std::string_view value) {
                           const absl::StatusOr<AdjRow> row = DecodeAdjRow(key, value);
                           status = row.status();
                           if (!status.ok()) return false;
                           rows.push_back(row->edge);
                           if (!row->edge.title.empty()) {
                             titles.push_back(std::make_unique<std::string>(row->edge.title));
                             rows.back().title = *titles.back();
                           }
                           return true;
                         })
              .status());
      PG_RETURN_IF_ERROR(status);
      const TopologyNode node =
          records[i].has_value() ? ToTopologyNode(*records[i]) : TopologyNode{};
      topology = topology->WithNode(ids[i], MakeNodePatch(node, rows), sequence);
    }
  }
  return topology->WithSequence(sequence);
}

}  // namespace partnergraph
