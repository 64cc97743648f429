#include "graph/bulk_load.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include "absl/strings/str_cat.h"
#include "graph/fact_identity.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/record_reader.h"
#include "graph/schema_record.h"
#include "graph/staged_node.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

// How the memory is shared out, in 32nds of it: what a sorter holds, of which it needs twice as
// much while it sorts. The largest need is at the end of sorting: edges of both directions,
// identities, names and grams, and the later identities while they are sorted.
constexpr size_t kShares = 32;
constexpr size_t kEdgeShares = 9, kIdentShares = 4, kNameShares = 4, kGramShares = 4,
                 kLaterIdentShares = 1;
static_assert(2 * kEdgeShares + kIdentShares + kNameShares + kGramShares + 2 * kLaterIdentShares <=
              kShares);
// Records handed to a sorter together.
constexpr size_t kBatchRecords = 1 << 16;

}  // namespace

absl::Status BulkNodes::Add(const GraphNodeRecord& node, uint64_t place) {
  PG_RETURN_IF_ERROR(CheckGraphRecord(node));
  const auto position = static_cast<uint32_t>(keys_.size());
  keys_.push_back(ids_.KeyOf(node.id));
  external_ids_.push_back(node.external_id.empty() ? NodeIdKey() : ids_.KeyOf(node.external_id));
  kinds_.push_back(static_cast<uint8_t>(node.kind));
  staged_.push_back(StageNode(node, place, ids_));
  // Ascending, so that of several names with one key the row shows the first in byte order.
  std::vector<std::string_view> names(node.names.begin(), node.names.end());
  if (!node.name.empty()) names.push_back(node.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string_view name : names) {
    const std::string_view shown = CutUtf8(name, kNameRowValueBytesMax);
    const NameIndexKeys keys = MakeNameIndexKeys(name);
    for (const NameKey& key : keys.keys) names_.Add(key.kind, key.key, position, shown);
    for (const std::string& gram : keys.grams) grams_.push_back(MakeGramRow(gram, position));
  }
  if (!node.external_id.empty()) {
    names_.Add(NameKeyKind::kExternalId, node.external_id, position, "");
  }
  return absl::OkStatus();
}

absl::Status BulkEdges::Add(const BulkEdge& edge) {
  if (edge.source == edge.target) {
    return absl::InvalidArgumentError("joins a node with itself");
  }
  const NodeKind source = load_.KindOf(edge.source), target = load_.KindOf(edge.target);
  if (!Allows(*edge.type, source, target)) {
    return absl::InvalidArgumentError(absl::StrCat(ToAbsl(edge.type->name), " does not go from ",
                                                   ToAbsl(NodeKindName(source)), " to ",
                                                   ToAbsl(NodeKindName(target))));
  }
  if (edge.title.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError("title holds a 0 byte");
  }
  BulkEdgeRow& row = rows_.emplace_back();
  row.node = edge.source;
  row.other = edge.target;
  row.inverted_date = ~edge.packed_date;
  row.type = static_cast<uint16_t>(edge.type->type);
  row.status = static_cast<uint8_t>(edge.status);
  row.role = static_cast<uint8_t>(edge.role);
  row.confidence = edge.confidence + 0.0f;  // No negative zero.
  row.last = edge.place;
  if (edge.source_count > 1 || !edge.title.empty()) {
    extras_.emplace_back(std::max(edge.source_count, 1u), edge.title);
    row.extra = static_cast<uint32_t>(extras_.size());
  }
  return absl::OkStatus();
}

BulkLoad::BulkLoad(KvStore& store, BulkLoadOptions options, NodeIdMap ids)
    : store_(store),
      options_(std::move(options)),
      ids_(std::move(ids)),
      names_(options_.directory, Share(kNameShares)),
      grams_(options_.directory, blocks_, Share(kGramShares), 1),
      out_(options_.directory, blocks_, Share(kEdgeShares), options_.threads),
      in_(options_.directory, blocks_, Share(kEdgeShares), options_.threads),
      idents_(options_.directory, blocks_, Share(kIdentShares), options_.threads),
      later_idents_(options_.directory, blocks_, Share(kLaterIdentShares), options_.threads) {}

size_t BulkLoad::Share(size_t shares) const {
  if (options_.sort_bytes_for_test > 0) return options_.sort_bytes_for_test;
  return options_.memory_bytes / kShares * shares;
}

absl::StatusOr<std::unique_ptr<BulkLoad>> BulkLoad::Start(KvStore& store, BulkLoadOptions options) {
  if (options.memory_bytes < kBulkMemoryBytesMin) {
    return absl::InvalidArgumentError(absl::StrCat("memory is ", options.memory_bytes,
                                                   " bytes, want at least ", kBulkMemoryBytesMin));
  }
  if (options.threads < 1 || options.files.size() > kBulkFilesMax) {
    return absl::InvalidArgumentError(absl::StrCat(options.threads, " threads and ",
                                                   options.files.size(), " files, want at least 1 ",
                                                   "and at most ", kBulkFilesMax));
  }
  std::unique_ptr<BulkLoad> load(new BulkLoad(store, std::move(options), NodeIdMap()));
  RecordReader reader(store, nullptr, kDefaultNamespace);
  PG_ASSIGN_OR_RETURN(load->counters_, reader.Counters());
  PG_ASSIGN_OR_RETURN(load->totals_, reader.Totals());
  PG_ASSIGN_OR_RETURN(load->schema_, reader.ReadSchema());
  storage::CountersRecord& counters = load->counters_;
  if (counters.last_sequence() > 0) load->counters_before_ = EncodeRecord(counters);
  counters.set_last_sequence(counters.last_sequence() + 1);
  counters.set_last_import(counters.last_import() + 1);
  load->report_.import = counters.last_import();
  load->context_ = {kDefaultNamespace, NodeId{counters.next_node()}, FactId{counters.next_fact()},
                    Sequence{counters.last_sequence()}, counters.last_import()};
  PG_ASSIGN_OR_RETURN(load->staged_, ScratchFile::Create(load->options_.directory));
  PG_ASSIGN_OR_RETURN(load->load_, store.StartBulkLoad());
  return load;
}

absl::Status BulkLoad::Declare(std::span<const EdgeTypeDeclaration> types) {
  PG_ASSIGN_OR_RETURN(schema_, schema_->With(types));
  return absl::OkStatus();
}

absl::Status BulkLoad::CheckCancelled() const {
  return IsCancelled() ? absl::CancelledError("stopped") : absl::OkStatus();
}

BulkLoad::Progress BulkLoad::progress() const {
  const auto done = static_cast<double>(rows_done_.load(std::memory_order_relaxed));
  const auto expected = static_cast<double>(rows_expected_.load(std::memory_order_relaxed));
  return {stage_.load(std::memory_order_relaxed), std::min(done / expected, 1.0)};
}

absl::Status BulkLoad::AddNodes(const BulkNodes& nodes,
                                absl::FunctionRef<void(size_t, const std::string&)> reject) {
  constexpr uint32_t kLeftOut = NameRowSorter::kLeftOut;
  std::vector<uint32_t> numbers(nodes.size(), kLeftOut);  // Of the batch's positions.
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (kinds_.size() >= kBulkItemsMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", kBulkItemsMax, " nodes in one import"));
    }
    const auto number = static_cast<uint32_t>(kinds_.size());
    if (ids_.Find(nodes.keys_[i]) != NodeIdMap::kNone) {
      reject(i, "has an id that an earlier node has");
      continue;
    }
    const NodeIdKey& external_id = nodes.external_ids_[i];
    if (!external_id.empty() && external_ids_.Find(external_id) != NodeIdMap::kNone) {
      reject(i, "has an external id that an earlier node has");
      continue;
    }
    ids_.Insert(nodes.keys_[i], number);
    if (!external_id.empty()) external_ids_.Insert(external_id, number);
    numbers[i] = number;
    kinds_.push_back(nodes.kinds_[i]);
    PG_RETURN_IF_ERROR(staged_->Append(nodes.staged_[i].data(), nodes.staged_[i].size()));
  }
  if (ids_.bytes() + external_ids_.bytes() > options_.memory_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(kinds_.size(), " nodes need more than the ",
                                                     options_.memory_bytes,
                                                     " bytes of memory that were allowed"));
  }
  PG_RETURN_IF_ERROR(names_.Add(nodes.names_, numbers));
  std::vector<BulkGramRow> grams;
  grams.reserve(nodes.grams_.size());
  for (BulkGramRow row : nodes.grams_) {
    if (numbers[row.node] == kLeftOut) continue;
    row.node = numbers[row.node];
    grams.push_back(row);
  }
  return grams_.Add(grams);
}

absl::Status BulkLoad::AddEdges(const BulkEdges& edges) {
  if (out_.size() + edges.size() > kBulkItemsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kBulkItemsMax, " edges in one import"));
  }
  if (edges.extras_.empty()) return out_.Add(edges.rows_);
  std::vector<BulkEdgeRow> rows = edges.rows_;
  const auto first = static_cast<uint32_t>(extras_.size());
  for (BulkEdgeRow& row : rows) {
    if (row.extra != 0) row.extra += first;
  }
  for (const auto& [source_count, title] : edges.extras_) {
    if (titles_.size() + title.size() >= UINT32_MAX) {
      return absl::ResourceExhaustedError("more than 4 GiB of titles in one import");
    }
    extras_.emplace_back(source_count, static_cast<uint32_t>(titles_.size()));
    titles_.append(title);
    titles_.push_back('\0');
  }
  return out_.Add(rows);
}

BulkEdgeExtra BulkLoad::ExtraOf(const BulkEdgeRow& row) const {
  if (row.extra == 0) return {};
  const auto& [source_count, offset] = extras_[row.extra - 1];
  return {source_count, titles_.c_str() + offset};
}

std::string BulkLoad::TitleKeyOf(const BulkEdgeRow& row) const {
  if (row.extra == 0 || row.type != static_cast<uint16_t>(kEmployedBy)) return "";
  return NormalizeName(ExtraOf(row).title);
}

FactId BulkLoad::DealOf(const BulkEdgeRow& row) const {
  uint32_t node = 0;
  if (row.type == static_cast<uint16_t>(kPartyTo) ||
      row.type == static_cast<uint16_t>(kTookPartIn)) {
    node = row.other;
  } else if (row.type == static_cast<uint16_t>(kConcerns)) {
    node = row.node;
  } else {
    return FactId{0};
  }
  return FactId{ToInt(context_.first_fact) + deal_positions_[node]};
}

absl::StatusOr<BulkLoadReport> BulkLoad::Finish() {
  deal_positions_.resize(kinds_.size());
  for (uint32_t node = 0; node < kinds_.size(); ++node) {
    deal_positions_[node] = static_cast<uint32_t>(deals_.size());
    if (IsDeal(node)) deals_.push_back({.node = node});
  }
  stage_ = "sorting";
  PG_RETURN_IF_ERROR(out_.Sort());
  // One thread merges; another one sorts in the meantime what has nothing to do with it.
  absl::Status merged, grams;
  const auto sort_grams = [&] { grams = grams_.Sort(); };
  std::thread sorter;
  if (options_.threads > 1) sorter = std::thread(sort_grams);
  merged = MergeEdges();
  if (sorter.joinable()) {
    sorter.join();
  } else {
    sort_grams();
  }
  PG_RETURN_IF_ERROR(merged);
  PG_RETURN_IF_ERROR(grams);
  PG_RETURN_IF_ERROR(CheckCancelled());
  // In the memory of what the ones were gathered in the others are sorted.
  PG_RETURN_IF_ERROR(idents_.Sort());
  PG_RETURN_IF_ERROR(CheckCancelled());
  PG_RETURN_IF_ERROR(SortIncoming());
  PG_RETURN_IF_ERROR(CountDegrees());
  PG_RETURN_IF_ERROR(FindOccurrences());
  PG_RETURN_IF_ERROR(MakeDeals());
  PG_RETURN_IF_ERROR(later_idents_.Sort());
  blocks_.Clear();  // Nothing is gathered any more.
  report_.spilled_bytes += in_.file_bytes() + idents_.file_bytes() + later_idents_.file_bytes() +
                           grams_.file_bytes() + names_.file_bytes();
  PG_RETURN_IF_ERROR(HashState());
  stage_ = "writing";
  PG_RETURN_IF_ERROR(WriteAll());
  PG_RETURN_IF_ERROR(CheckCancelled());
  stage_ = "applying";
  KvExpectation unchanged{ColumnFamily::kMeta, Keys(context_.ns).Counters(), std::nullopt};
  if (!counters_before_.empty()) unchanged.value = counters_before_;
  PG_RETURN_IF_ERROR(load_->Apply({&unchanged, 1}));
  return report_;
}

// Everything that is written follows from what is hashed here. The parties of terms are hashed by
// keys of this process: two loads with such terms never have one hash, which is never wrong.
absl::Status BulkLoad::HashState() {
  constexpr size_t kPieceBytes = 64 << 20;
  uint64_t state_hash = counters_.state_hash();
  const auto hash = [&](const void* data, size_t size) -> absl::Status {
    std::string_view rest(static_cast<const char*>(data), size);
    do {
      PG_RETURN_IF_ERROR(CheckCancelled());
      state_hash = Hash64(rest.substr(0, kPieceBytes), state_hash);
      rest.remove_prefix(std::min(kPieceBytes, rest.size()));
    } while (!rest.empty());
    return absl::OkStatus();
  };
  PG_RETURN_IF_ERROR(hash(staged_->bytes().data(), staged_->bytes().size()));
  PG_RETURN_IF_ERROR(hash(merged_.data(), merged_.size_bytes()));
  PG_RETURN_IF_ERROR(hash(extras_.data(), extras_.size() * sizeof(extras_[0])));
  PG_RETURN_IF_ERROR(hash(titles_.data(), titles_.size()));
  const std::string schema = EncodeRecord(ToSchemaRecord(*schema_));
  PG_RETURN_IF_ERROR(hash(schema.data(), schema.size()));
  const std::string import = EncodeRecord(MakeImport());
  PG_RETURN_IF_ERROR(hash(import.data(), import.size()));
  counters_.set_state_hash(state_hash);
  return absl::OkStatus();
}

// Leaves out edges that say the same as one before, numbers the others, and hashes what they say.
absl::Status BulkLoad::MergeEdges() {
  RecordArray<BulkEdgeRow>* const in_memory = out_.InMemory();
  if (in_memory == nullptr) {
    PG_ASSIGN_OR_RETURN(merged_file_, ScratchFile::Create(options_.directory));
  }
  const auto runs = out_.runs();
  MergeCursor<BulkEdgeRow> cursor(runs);
  BulkRowWriter writer(context_);
  std::vector<BulkEdgeRow> same;  // Those kept that have the type, ends and date of the last.
  std::vector<BulkIdentRow> idents;
  uint64_t count = 0;
  for (; cursor.Get() != nullptr; cursor.Next()) {
    const BulkEdgeRow row = *cursor.Get();
    const bool parallel = !same.empty() && same[0].node == row.node && same[0].type == row.type &&
                          same[0].inverted_date == row.inverted_date && same[0].other == row.other;
    if (!parallel) same.clear();
    const bool known = std::any_of(same.begin(), same.end(), [&](const BulkEdgeRow& kept) {
      return kept.role == row.role &&
             (kept.extra == row.extra || TitleKeyOf(kept) == TitleKeyOf(row));
    });
    if (known) {
      ++report_.merged;
      continue;
    }
    same.push_back(row);
    idents.push_back(writer.Ident(row, deals_.size() + count, TitleKeyOf(row), false));
    if (row.type == static_cast<uint16_t>(kPartyTo)) party_edges_.emplace_back(row.other, row.node);
    // What was read of the run is not needed any more, so the run itself has the room.
    if (in_memory != nullptr) {
      in_memory->data()[count] = row;
    } else {
      PG_RETURN_IF_ERROR(merged_file_->Append(&row, sizeof(row)));
    }
    ++count;
    if (idents.size() == kBatchRecords) {
      PG_RETURN_IF_ERROR(CheckCancelled());
      PG_RETURN_IF_ERROR(idents_.Add(idents));
      idents.clear();
    }
  }
  PG_RETURN_IF_ERROR(idents_.Add(idents));
  if (in_memory != nullptr) {
    merged_ = in_memory->records().first(count);
  } else {
    PG_RETURN_IF_ERROR(merged_file_->Map());
    merged_ = merged_file_->Records<BulkEdgeRow>();
    report_.spilled_bytes += out_.file_bytes();
    out_.Clear();
  }
  report_.edges = count;
  report_.nodes = kinds_.size();
  return absl::OkStatus();
}

// The rows of merged edges as seen from their targets.
class BulkLoad::TurnedEdges {
 public:
  // The first of `rows` states the fact `first_fact`.
  TurnedEdges(std::span<const BulkEdgeRow> rows, uint64_t first_fact)
      : rows_(rows), first_fact_(first_fact) {}

  size_t size() const { return rows_.size(); }

  template <typename Visitor>
  void Visit(size_t begin, size_t end, Visitor visit) const {
    for (size_t i = begin; i < end; ++i) {
      BulkEdgeRow row = rows_[i];
      std::swap(row.node, row.other);
      row.last = first_fact_ + i;
      visit(row);
    }
  }

 private:
  const std::span<const BulkEdgeRow> rows_;
  const uint64_t first_fact_;
};

absl::Status BulkLoad::SortIncoming() {
  // What fits in one direction does in the other.
  if (merged_file_ == nullptr) {
    return in_.SortFrom(TurnedEdges(merged_, deals_.size()));
  }
  std::vector<BulkEdgeRow> rows;
  for (size_t begin = 0; begin < merged_.size(); begin += kBatchRecords) {
    PG_RETURN_IF_ERROR(CheckCancelled());
    const size_t size = std::min(kBatchRecords, merged_.size() - begin);
    rows.clear();
    TurnedEdges(merged_.subspan(begin, size), deals_.size() + begin)
        .Visit(0, size, [&](const BulkEdgeRow& row) { rows.push_back(row); });
    PG_RETURN_IF_ERROR(in_.Add(rows));
  }
  return in_.Sort();
}

absl::Status BulkLoad::CountDegrees() {
  degrees_.assign(kinds_.size(), 0);
  std::vector<std::span<const BulkEdgeRow>> runs = in_.runs();
  runs.push_back(merged_);
  for (std::span<const BulkEdgeRow> run : runs) {
    while (!run.empty()) {
      PG_RETURN_IF_ERROR(CheckCancelled());
      const auto rows = run.first(std::min(kBatchRecords, run.size()));
      for (const BulkEdgeRow& row : rows) ++degrees_[row.node];
      run = run.subspan(rows.size());
    }
  }
  return absl::OkStatus();
}

// Edges of one identity are of several dates: the first keeps it.
absl::Status BulkLoad::FindOccurrences() {
  later_.assign(merged_.size(), false);
  const auto runs = idents_.runs();
  MergeCursor<BulkIdentRow> cursor(runs);
  BulkRowWriter writer(context_);
  BulkIdentRow last;
  for (bool first = true; cursor.Get() != nullptr; cursor.Next(), first = false) {
    const BulkIdentRow row = *cursor.Get();
    if (!first && row.high == last.high && row.low == last.low) {
      const uint64_t edge = row.fact - deals_.size();
      later_[edge] = true;
      const BulkIdentRow own =
          writer.Ident(merged_[edge], row.fact, TitleKeyOf(merged_[edge]), true);
      PG_RETURN_IF_ERROR(later_idents_.Add({&own, 1}));
    }
    last = row;
  }
  return absl::OkStatus();
}

// Finds the parties of partnerships and the hashes of what these say. The second of two that say
// the same is an occurrence of its own.
absl::Status BulkLoad::MakeDeals() {
  std::sort(party_edges_.begin(), party_edges_.end());
  party_edges_.erase(std::unique(party_edges_.begin(), party_edges_.end()), party_edges_.end());
  auto edge = party_edges_.begin();
  for (Deal& deal : deals_) {
    while (edge != party_edges_.end() && edge->first < deal.node) ++edge;
    for (; edge != party_edges_.end() && edge->first == deal.node; ++edge) {
      deal.parties.push_back(edge->second);
    }
    if (deal.parties.size() < 2 || deal.parties.size() > kParticipantsMax) deal.parties = {};
  }
  party_edges_ = {};
  PG_RETURN_IF_ERROR(staged_->Map());
  std::map<std::pair<uint64_t, uint64_t>, size_t> known;  // Deals by the hash of what they say.
  size_t position = 0;
  return ForEachStagedNode(staged_->bytes(), [&](uint32_t, const StagedNode& node) -> absl::Status {
    if (node.kind != NodeKind::kPartnership) return absl::OkStatus();
    Deal& deal = deals_[position];
    const auto hash = [&] {
      const std::string bytes = Hash128(FactIdentity(MakeDealFact(position, node)));
      return std::pair(ReadU64(bytes, 0), ReadU64(bytes, 8));
    };
    auto own = hash();
    if (!known.emplace(own, position).second) {
      deal.occurrence = ToInt(context_.first_fact) + position;
      own = hash();
    }
    const BulkIdentRow row{own.first, own.second, position};
    ++position;
    return later_idents_.Add({&row, 1});
  });
}

storage::FactRecord BulkLoad::MakeDealFact(size_t position, const StagedNode& node) const {
  const Deal& deal = deals_[position];
  storage::FactRecord fact;
  fact.set_deal_kind(std::string(node.deal_kind));
  for (const uint32_t party : deal.parties) {
    fact.add_parties(ToInt(context_.first_node) + party);
  }
  fact.set_year(node.year);
  fact.set_deal(ToInt(context_.first_node) + deal.node);
  fact.set_occurrence(deal.occurrence);
  return fact;
}

}  // namespace partnergraph
