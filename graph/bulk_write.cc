// BulkLoad: from sorted rows to files.
#include <algorithm>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/bulk_load.h"
#include "graph/display_name.h"
#include "graph/fact_aggregate.h"
#include "graph/keys.h"
#include "graph/schema_record.h"
#include "graph/staged_node.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Adjacency and facts are written in parts of about so many edges, on all threads.
constexpr size_t kPartEdges = 1 << 21;
constexpr int kPartsMin = 4, kPartsMax = 64;
constexpr uint64_t kRowsPerCheck = 4096;

// The records of a sorted run whose node lies in [begin, end).
std::span<const BulkEdgeRow> NodesBetween(std::span<const BulkEdgeRow> run, uint32_t begin,
                                          uint32_t end) {
  const auto first = std::ranges::lower_bound(run, begin, {}, &BulkEdgeRow::node);
  const auto last = std::ranges::lower_bound(first, run.end(), end, {}, &BulkEdgeRow::node);
  return {first, last};
}

}  // namespace

absl::Status BulkLoad::WriteAll() {
  // Rows of adj and fact; of the others about as many.
  rows_expected_ = 4 * merged_.size() + idents_.size() + names_.size() + grams_.size() + 1;
  // Those that cannot be split come first, the longest ahead, and the shortest parts last, so that
  // the threads end at about the same time.
  std::vector<Task> tasks;
  if (!options_.topology_path.empty() && counters_before_.empty()) {
    tasks.push_back([this] { return WriteTopology(); });
  }
  tasks.push_back([this] { return WriteGrams(); });
  tasks.push_back([this] { return WriteNodes(); });
  tasks.push_back([this] { return WriteNames(); });
  tasks.push_back([this] { return WriteIdents(); });
  const auto parts =
      std::clamp(static_cast<int>(merged_.size() / kPartEdges), kPartsMin, kPartsMax);
  for (int part = 0; part < parts; ++part) {
    // By edges, not by nodes: hubs make some nodes' rows many.
    const auto edge = [&](int i) {
      return merged_.size() * static_cast<size_t>(i) / static_cast<size_t>(parts);
    };
    const auto node = [&, edge](int i) -> uint32_t {
      if (i == 0 || merged_.empty()) return i == 0 ? 0 : static_cast<uint32_t>(kinds_.size());
      return i == parts ? static_cast<uint32_t>(kinds_.size()) : merged_[edge(i)].node;
    };
    const uint32_t begin = node(part), end = node(part + 1);
    tasks.push_back([this, begin, end] { return WriteAdjacency(begin, end); });
  }
  for (int part = 0; part < parts; ++part) {
    const auto edge = [&](int i) {
      return merged_.size() * static_cast<uint64_t>(i) / static_cast<uint64_t>(parts);
    };
    const uint64_t begin = edge(part), end = edge(part + 1);
    tasks.push_back([this, begin, end] { return WriteEdgeFacts(begin, end); });
  }
  tasks.push_back([this] { return WriteTotals(); });
  return RunTasks(tasks);
}

absl::Status BulkLoad::RunTasks(std::vector<Task>& tasks) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> failed = false;
  std::mutex mutex;
  absl::Status first;
  RunThreads(options_.threads, [&](int) {
    for (size_t i = next++; i < tasks.size() && !failed; i = next++) {
      const absl::Status status = tasks[i]();
      if (status.ok()) continue;
      failed = true;
      const std::lock_guard lock(mutex);
      if (first.ok()) first = status;
    }
  });
  return first;
}

// Puts rows of one family and counts them.
class BulkLoad::Sink {
 public:
  static absl::StatusOr<Sink> Make(BulkLoad& load, ColumnFamily cf) {
    PG_ASSIGN_OR_RETURN(std::unique_ptr<KvBulkWriter> writer, load.load_->NewWriter(cf));
    return Sink(load, std::move(writer));
  }

  absl::Status Put(std::string_view key, std::string_view value) {
    if (++rows_ % kRowsPerCheck == 0) {
      load_->rows_done_.fetch_add(kRowsPerCheck, std::memory_order_relaxed);
      PG_RETURN_IF_ERROR(load_->CheckCancelled());
    }
    return writer_->Put(key, value);
  }
  absl::Status Put(const BulkRowWriter::Row& row) { return Put(row.key, row.value); }
  absl::Status Finish() { return writer_->Finish(); }

 private:
  Sink(BulkLoad& load, std::unique_ptr<KvBulkWriter> writer)
      : load_(&load), writer_(std::move(writer)) {}

  BulkLoad* load_;
  std::unique_ptr<KvBulkWriter> writer_;
  uint64_t rows_ = 0;
};

absl::Status BulkLoad::WriteAdjacency(uint32_t begin, uint32_t end) {
  PG_ASSIGN_OR_RETURN(Sink adj, Sink::Make(*this, ColumnFamily::kAdj));
  PG_ASSIGN_OR_RETURN(Sink stat, Sink::Make(*this, ColumnFamily::kStat));
  BulkRowWriter rows(context_), degrees(context_);
  const std::span<const BulkEdgeRow> out = NodesBetween(merged_, begin, end);
  std::vector<std::span<const BulkEdgeRow>> in_runs = in_.runs();
  for (auto& run : in_runs) run = NodesBetween(run, begin, end);
  MergeCursor<BulkEdgeRow> in(in_runs);
  const BulkEdgeRow* next_out = out.data();
  const BulkEdgeRow* const end_out = out.data() + out.size();

  // Counts runs of one node, direction and type.
  uint32_t node = 0;
  Direction direction{};
  uint16_t type = 0;
  uint64_t degree = 0;
  const auto write_degree = [&]() -> absl::Status {
    if (degree == 0) return absl::OkStatus();
    return stat.Put(degrees.Degree(node, direction, type, std::exchange(degree, 0)));
  };
  const auto write = [&](const BulkEdgeRow& row, Direction way, uint64_t fact) -> absl::Status {
    if (row.node != node || way != direction || row.type != type) {
      PG_RETURN_IF_ERROR(write_degree());
      node = row.node;
      direction = way;
      type = row.type;
    }
    ++degree;
    return adj.Put(rows.Adj(row, way, fact, KindOf(row.other), ExtraOf(row)));
  };
  while (next_out != end_out || in.Get() != nullptr) {
    // Of one node the outgoing edges come first.
    if (in.Get() == nullptr || (next_out != end_out && next_out->node <= in.Get()->node)) {
      const uint64_t fact = deals_.size() + static_cast<uint64_t>(next_out - merged_.data());
      PG_RETURN_IF_ERROR(write(*next_out, Direction::kOut, fact));
      ++next_out;
    } else {
      PG_RETURN_IF_ERROR(write(*in.Get(), Direction::kIn, in.Get()->last));
      in.Next();
    }
  }
  PG_RETURN_IF_ERROR(write_degree());
  PG_RETURN_IF_ERROR(adj.Finish());
  return stat.Finish();
}

absl::Status BulkLoad::WriteEdgeFacts(uint64_t begin, uint64_t end) {
  PG_ASSIGN_OR_RETURN(Sink facts, Sink::Make(*this, ColumnFamily::kFact));
  BulkRowWriter rows(context_);
  for (uint64_t edge = begin; edge < end; ++edge) {
    const BulkEdgeRow& row = merged_[edge];
    PG_RETURN_IF_ERROR(facts.Put(rows.EdgeFact(row, deals_.size() + edge, DealOf(row),
                                               TitleKeyOf(row), ExtraOf(row), later_[edge])));
  }
  return facts.Finish();
}

absl::Status BulkLoad::WriteIdents() {
  PG_ASSIGN_OR_RETURN(Sink idents, Sink::Make(*this, ColumnFamily::kIdent));
  BulkRowWriter rows(context_);
  const auto all_runs = idents_.runs(), later_runs = later_idents_.runs();
  MergeCursor<BulkIdentRow> all(all_runs), later(later_runs);
  const bool any_later = std::ranges::find(later_, true) != later_.end();
  const auto has_another = [&](const BulkIdentRow& row) {
    return any_later && later_[row.fact - deals_.size()];
  };
  while (all.Get() != nullptr || later.Get() != nullptr) {
    if (all.Get() != nullptr && has_another(*all.Get())) {
      all.Next();
    } else if (all.Get() == nullptr || (later.Get() != nullptr && *later.Get() < *all.Get())) {
      PG_RETURN_IF_ERROR(idents.Put(rows.IdentRow(*later.Get())));
      later.Next();
    } else {
      PG_RETURN_IF_ERROR(idents.Put(rows.IdentRow(*all.Get())));
      all.Next();
    }
  }
  return idents.Finish();
}

// Nodes with their aliases, and the facts of partnerships.
absl::Status BulkLoad::WriteNodes() {
  PG_ASSIGN_OR_RETURN(Sink nodes, Sink::Make(*this, ColumnFamily::kNode));
  PG_ASSIGN_OR_RETURN(Sink facts, Sink::Make(*this, ColumnFamily::kFact));
  const Keys keys(context_.ns);
  BulkRowWriter rows(context_);
  size_t deal = 0;
  std::vector<std::pair<std::string, std::string>> aliases;
  PG_RETURN_IF_ERROR(ForEachStagedNode(
      staged_->bytes(), [&](uint32_t number, const StagedNode& staged) -> absl::Status {
        if (staged.kind == NodeKind::kPartnership) {
          const storage::NodeRecord node = MakeDealNode(number, staged, deal);
          PG_ASSIGN_OR_RETURN(const storage::FactRecord fact, MakeWholeDealFact(deal, staged));
          PG_RETURN_IF_ERROR(facts.Put(keys.Fact(FactId{node.fact()}), EncodeRecord(fact)));
          ++deal;
          const NodeId id{ToInt(context_.first_node) + number};
          PG_RETURN_IF_ERROR(nodes.Put(keys.Node(id), EncodeRecord(node)));
        } else {
          PG_RETURN_IF_ERROR(nodes.Put(rows.Node(number, {staged.kind, staged.name, staged.org_type,
                                                          staged.external_id, degrees_[number]})));
        }
        if (staged.names.size() == 1) return nodes.Put(rows.Alias(number, staged.names[0]));
        aliases.clear();
        for (const std::string_view name : staged.names) {
          const BulkRowWriter::Row row = rows.Alias(number, name);
          aliases.emplace_back(row.key, row.value);
        }
        std::sort(aliases.begin(), aliases.end());
        for (const auto& [key, value] : aliases) PG_RETURN_IF_ERROR(nodes.Put(key, value));
        return absl::OkStatus();
      }));
  PG_RETURN_IF_ERROR(nodes.Finish());
  return facts.Finish();
}

storage::NodeRecord BulkLoad::MakeDealNode(uint32_t number, const StagedNode& staged,
                                           size_t deal) const {
  storage::NodeRecord node;
  node.set_kind(static_cast<uint32_t>(staged.kind));
  storage::ImportedNodeRecord& imported = *node.mutable_imported();
  imported.set_import(context_.import);
  imported.set_name(std::string(staged.name));
  imported.set_org_type(std::string(staged.org_type));
  imported.set_external_id(std::string(staged.external_id));
  node.set_degree(degrees_[number]);
  const storage::FactRecord fact = MakeDealFact(deal, staged);
  node.set_fact(ToInt(context_.first_fact) + deal);
  node.set_deal_kind(fact.deal_kind());
  *node.mutable_parties() = fact.parties();
  node.set_name(imported.name());
  if (node.name().empty()) {
    // A name that is not the canonical one is one all the same.
    std::map<std::string, storage::AliasRecord> names;
    for (const std::string_view name : staged.names) names[std::string(name)];
    node.set_name(NodeName(node, names));
  }
  return node;
}

absl::StatusOr<storage::FactRecord> BulkLoad::MakeWholeDealFact(size_t position,
                                                                const StagedNode& staged) const {
  storage::FactRecord fact = MakeDealFact(position, staged);
  storage::ImportedFactRecord& imported = *fact.mutable_imported();
  PG_ASSIGN_OR_RETURN(imported,
                      DecodeRecord<storage::ImportedFactRecord>(staged.fact, "staged fact"));
  imported.set_import(context_.import);
  for (size_t i = 0; i < staged.parties.size(); ++i) {
    if (staged.parties[i].empty()) continue;
    const uint32_t party = ids_.Find(staged.parties[i]);
    // A term of somebody who is no node is the deal's own.
    if (party == NodeIdMap::kNone) continue;
    imported.mutable_terms(static_cast<int>(i))->set_party(ToInt(context_.first_node) + party);
  }
  SortTerms(*imported.mutable_terms());
  AggregateEvidence({}, fact);
  fact.set_sequence(ToInt(context_.sequence));
  return fact;
}

absl::Status BulkLoad::WriteNames() {
  PG_ASSIGN_OR_RETURN(Sink names, Sink::Make(*this, ColumnFamily::kName));
  std::string key;
  PG_RETURN_IF_ERROR(names_.Scan(
      [&](std::string_view sort_key, uint32_t node, std::string_view shown) -> absl::Status {
        key = Keys(context_.ns).Prefix();
        key.append(sort_key);
        key.push_back('\0');
        AppendU64(key, ToInt(context_.first_node) + node);
        return names.Put(key, shown);
      }));
  return names.Finish();
}

absl::Status BulkLoad::WriteGrams() {
  PG_ASSIGN_OR_RETURN(Sink grams, Sink::Make(*this, ColumnFamily::kGram));
  BulkRowWriter rows(context_);
  const auto runs = grams_.runs();
  MergeCursor<BulkGramRow> cursor(runs);
  BulkGramRow last{0, 0, UINT32_MAX};
  for (; cursor.Get() != nullptr; cursor.Next()) {
    const BulkGramRow& row = *cursor.Get();
    // Names of one node share grams.
    if (row.first == last.first && row.second == last.second && row.node == last.node) continue;
    last = row;
    PG_RETURN_IF_ERROR(grams.Put(rows.GramRow(row)));
  }
  return grams.Finish();
}

absl::Status BulkLoad::WriteTotals() {
  const Keys keys(context_.ns);
  const uint64_t facts = deals_.size() + merged_.size();
  counters_.set_next_node(counters_.next_node() + kinds_.size());
  counters_.set_next_fact(counters_.next_fact() + facts);
  for (const uint8_t kind : kinds_) ++(*totals_.mutable_nodes())[kind];
  // Few types: a run of one type is counted at once.
  std::map<uint32_t, uint64_t> by_type;
  for (const BulkEdgeRow& row : merged_) ++by_type[row.type];
  for (const auto& [type, count] : by_type) (*totals_.mutable_edges())[type] += count;

  PG_ASSIGN_OR_RETURN(Sink stat, Sink::Make(*this, ColumnFamily::kStat));
  PG_RETURN_IF_ERROR(stat.Put(keys.Totals(), EncodeRecord(totals_)));
  PG_RETURN_IF_ERROR(stat.Finish());

  PG_ASSIGN_OR_RETURN(Sink meta, Sink::Make(*this, ColumnFamily::kMeta));
  PG_RETURN_IF_ERROR(meta.Put(keys.Counters(), EncodeRecord(counters_)));
  PG_RETURN_IF_ERROR(meta.Put(keys.Import(context_.import), EncodeRecord(MakeImport())));
  PG_RETURN_IF_ERROR(meta.Put(keys.Schema(), EncodeRecord(ToSchemaRecord(*schema_))));
  PG_RETURN_IF_ERROR(meta.Finish());

  PG_ASSIGN_OR_RETURN(Sink log, Sink::Make(*this, ColumnFamily::kLog));
  PG_RETURN_IF_ERROR(log.Put(keys.Log(context_.sequence, 0), EncodeRecord(MakeChange())));
  return log.Finish();
}

storage::ImportRecord BulkLoad::MakeImport() const {
  storage::ImportRecord import;
  import.set_source("import");
  for (const std::string& file : options_.files) import.add_files(file);
  import.set_date(PackDate(options_.date));
  import.set_node_count(kinds_.size());
  import.set_edge_count(merged_.size());
  return import;
}

storage::ChangeRecord BulkLoad::MakeChange() const {
  storage::ChangeRecord change;
  change.set_kind(storage::WRITE_KIND_IMPORT);
  change.set_import(context_.import);
  change.set_first_node(ToInt(context_.first_node));
  change.set_node_count(kinds_.size());
  change.set_first_fact(ToInt(context_.first_fact));
  change.set_fact_count(deals_.size() + merged_.size());
  change.set_state_hash(counters_.state_hash());
  return change;
}

}  // namespace partnergraph
