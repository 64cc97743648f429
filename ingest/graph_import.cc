#include "ingest/graph_import.h"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "graph/imported_fact.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "ingest/chunk_reader.h"
#include "ingest/csv_splitter.h"
#include "ingest/graph_csv.h"
#include "ingest/ordered_workers.h"

namespace partnergraph {
namespace {

// Edges whose ends are looked up together: enough for the look-ups to overlap.
constexpr size_t kLookAhead = 32;
constexpr auto kProgressInterval = std::chrono::milliseconds(200);

// Calls a function now and then on a thread of its own.
class Ticker {
 public:
  explicit Ticker(std::function<void()> tick)
      : thread_([this, tick = std::move(tick)] {
          std::unique_lock lock(mutex_);
          while (!changed_.wait_for(lock, kProgressInterval, [this] { return ended_; })) tick();
        }) {}
  ~Ticker() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;
};

// A piece of a file with what is needed to read it.
struct Piece {
  RecordChunk chunk;
  uint32_t file = 0;  // Position among all files.
  const CsvSource* source = nullptr;
  const CsvHeader* header = nullptr;
};

struct Fault {
  uint64_t line = 0;
  std::string_view record;
  std::string reason;
};

struct NodeResult {
  Piece piece;
  std::unique_ptr<BulkNodes> nodes;
  std::vector<std::pair<uint64_t, std::string_view>> places;  // Line and record of each node.
  std::vector<Fault> faults;
  std::vector<EdgeTypeDeclaration> types;  // JSON Lines only; with their places.
  std::vector<std::pair<uint64_t, std::string_view>> type_places;
};

struct EdgeResult {
  Piece piece;
  std::unique_ptr<BulkEdges> edges;
  std::vector<Fault> faults;
};

std::string Text(const absl::Status& status) { return std::string(status.message()); }

class GraphImporter {
 public:
  GraphImporter(KvStore& store, const GraphImportOptions& options,
                absl::FunctionRef<void(const RejectedRecord&)> reject)
      : store_(store), options_(options), reject_(reject) {}

  absl::StatusOr<GraphImportReport> Run(
      const std::function<void(const GraphImportProgress&)>& progress);

 private:
  using Sources = std::vector<std::pair<const CsvSource*, bool>>;  // With: it is JSON Lines.

  bool IsCancelled() const {
    return options_.cancelled != nullptr && options_.cancelled->load(std::memory_order_relaxed);
  }
  void ListFiles();
  GraphImportProgress Now() const;

  // Gives the pieces of all files of the sources one after the other.
  class Pieces;

  absl::Status ReadNodes();
  absl::Status ReadEdges();
  NodeResult ParseCsvNodes(Piece piece) const;
  NodeResult ParseRecordNodes(Piece piece) const;
  EdgeResult ParseCsvEdges(Piece piece) const;
  EdgeResult ParseRecordEdges(Piece piece) const;
  absl::Status TakeNodes(NodeResult result);
  absl::Status TakeEdges(EdgeResult result);
  void Reject(const Piece& piece, uint64_t line, std::string_view record, std::string reason);

  KvStore& store_;
  const GraphImportOptions& options_;
  absl::FunctionRef<void(const RejectedRecord&)> reject_;
  std::vector<CsvSource> record_sources_;
  std::map<std::string, uint32_t> file_numbers_;
  std::vector<std::string> files_;
  std::unique_ptr<BulkLoad> load_;
  std::atomic<bool> finishing_ = false;
  std::atomic<const char*> stage_ = "opening";
  std::atomic<uint64_t> nodes_ = 0, edges_ = 0, rejected_ = 0;
  std::atomic<uint64_t> bytes_read_ = 0, bytes_total_ = 1;
};

class GraphImporter::Pieces {
 public:
  Pieces(GraphImporter& importer, const std::vector<CsvSource>& sources, bool nodes, bool records)
      : importer_(importer), sources_(sources), nodes_(nodes), records_(records) {}

  absl::StatusOr<std::optional<Piece>> Next() {
    while (true) {
      if (importer_.IsCancelled()) return absl::CancelledError("stopped");
      if (source_ == sources_.size()) return std::nullopt;
      const CsvSource& source = sources_[source_];
      if (reader_ == nullptr) {
        if (file_ == source.files.size()) {
          ++source_;
          file_ = 0;
          continue;
        }
        PG_ASSIGN_OR_RETURN(
            reader_, ChunkReader::Open(source.files[file_], records_ ? ChunkReader::Records::kLines
                                                                     : ChunkReader::Records::kCsv));
        importer_.bytes_total_ = std::max<uint64_t>(reader_->bytes_total(), 1);
      }
      PG_ASSIGN_OR_RETURN(RecordChunk chunk, reader_->Next());
      importer_.bytes_read_ = reader_->bytes_read();
      if (chunk.bytes.empty()) {
        if (file_ == 0 && !records_ && header_of_ != source_) {
          return absl::InvalidArgumentError(
              absl::StrCat(source.files[0], " is empty: it has no header"));
        }
        reader_.reset();
        ++file_;
        continue;
      }
      Piece piece{std::move(chunk), importer_.file_numbers_.at(source.files[file_]), &source,
                  nullptr};
      if (!records_) {
        if (header_of_ != source_) PG_RETURN_IF_ERROR(TakeHeader(source, piece.chunk));
        piece.header = headers_.back().get();
      }
      return piece;
    }
  }

 private:
  // Cuts the header off the first chunk of a source.
  absl::Status TakeHeader(const CsvSource& source, RecordChunk& chunk) {
    const size_t end = std::min(chunk.bytes.find('\n'), chunk.bytes.size() - 1) + 1;
    const std::string& given =
        nodes_ ? importer_.options_.nodes_header : importer_.options_.edges_header;
    const std::string_view line = given.empty() ? chunk.bytes.substr(0, end) : given;
    const char delimiter = importer_.options_.delimiter;
    absl::StatusOr<CsvHeader> header =
        nodes_ ? ParseNodeHeader(line, delimiter, !source.label.empty())
               : ParseEdgeHeader(line, delimiter, !source.label.empty());
    if (!header.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(source.files[0], ": ", header.status().message()));
    }
    headers_.push_back(std::make_unique<CsvHeader>(*std::move(header)));
    header_of_ = source_;
    chunk.bytes.remove_prefix(end);
    ++chunk.first_line;
    return absl::OkStatus();
  }

  GraphImporter& importer_;
  const std::vector<CsvSource>& sources_;
  const bool nodes_;
  const bool records_;
  size_t source_ = 0, file_ = 0;
  size_t header_of_ = SIZE_MAX;  // The source whose header was read last.
  std::unique_ptr<ChunkReader> reader_;
  std::vector<std::unique_ptr<CsvHeader>> headers_;  // Pieces refer to them.
};

void GraphImporter::ListFiles() {
  if (!options_.records.empty()) record_sources_.push_back({"", options_.records});
  for (const std::vector<CsvSource>* sources :
       {&options_.nodes, &options_.edges, &std::as_const(record_sources_)}) {
    for (const CsvSource& source : *sources) {
      for (const std::string& file : source.files) {
        if (file_numbers_.emplace(file, files_.size()).second) files_.push_back(file);
      }
    }
  }
}

GraphImportProgress GraphImporter::Now() const {
  GraphImportProgress now{stage_, nodes_, edges_, rejected_, 0};
  if (finishing_) {
    const BulkLoad::Progress progress = load_->progress();
    now.stage = progress.stage;
    now.done = progress.done;
  } else {
    now.done = static_cast<double>(bytes_read_) / static_cast<double>(bytes_total_);
  }
  return now;
}

absl::StatusOr<GraphImportReport> GraphImporter::Run(
    const std::function<void(const GraphImportProgress&)>& progress) {
  ListFiles();
  BulkLoadOptions load = options_.load;
  load.files = files_;
  load.cancelled = [this] { return IsCancelled(); };
  PG_ASSIGN_OR_RETURN(load_, BulkLoad::Start(store_, std::move(load)));
  PG_RETURN_IF_ERROR(load_->Declare(options_.edge_types));
  const Ticker ticker([&] { progress(Now()); });
  PG_RETURN_IF_ERROR(ReadNodes());
  PG_RETURN_IF_ERROR(ReadEdges());
  finishing_ = true;
  GraphImportReport report;
  PG_ASSIGN_OR_RETURN(report.load, load_->Finish());
  report.rejected = rejected_;
  return report;
}

void GraphImporter::Reject(const Piece& piece, uint64_t line, std::string_view record,
                           std::string reason) {
  ++rejected_;
  reject_({files_[piece.file], line, std::string(record.substr(0, kRejectedBytesMax)),
           std::move(reason)});
}

absl::Status GraphImporter::ReadNodes() {
  stage_ = "nodes";
  Pieces csv(*this, options_.nodes, true, false);
  const auto take = [this](NodeResult result) { return TakeNodes(std::move(result)); };
  PG_RETURN_IF_ERROR((RunOrdered<Piece, NodeResult>(
      options_.load.threads, [&] { return csv.Next(); },
      [this](Piece piece) { return ParseCsvNodes(std::move(piece)); }, take)));
  Pieces records(*this, record_sources_, true, true);
  return RunOrdered<Piece, NodeResult>(
      options_.load.threads, [&] { return records.Next(); },
      [this](Piece piece) { return ParseRecordNodes(std::move(piece)); }, take);
}

absl::Status GraphImporter::ReadEdges() {
  stage_ = "edges";
  Pieces csv(*this, options_.edges, false, false);
  const auto take = [this](EdgeResult result) { return TakeEdges(std::move(result)); };
  PG_RETURN_IF_ERROR((RunOrdered<Piece, EdgeResult>(
      options_.load.threads, [&] { return csv.Next(); },
      [this](Piece piece) { return ParseCsvEdges(std::move(piece)); }, take)));
  Pieces records(*this, record_sources_, false, true);
  return RunOrdered<Piece, EdgeResult>(
      options_.load.threads, [&] { return records.Next(); },
      [this](Piece piece) { return ParseRecordEdges(std::move(piece)); }, take);
}

NodeResult GraphImporter::ParseCsvNodes(Piece piece) const {
  NodeResult result{std::move(piece), std::make_unique<BulkNodes>(load_->ids()), {}, {}, {}, {}};
  const RecordChunk& chunk = result.piece.chunk;
  const CsvNodeReader reader(*result.piece.header, result.piece.source->label);
  CsvSplitter rows(chunk.bytes, chunk.first_line, options_.delimiter);
  while (rows.Next()) {
    absl::Status status;
    if (rows.fault() != nullptr) {
      status = absl::InvalidArgumentError(rows.fault());
    } else {
      const absl::StatusOr<GraphNodeRecord> node = reader.Read(rows.fields());
      status = node.ok() ? result.nodes->Add(*node, MakePlace(result.piece.file, rows.line()))
                         : node.status();
    }
    if (status.ok()) {
      result.places.emplace_back(rows.line(), rows.record());
    } else {
      result.faults.push_back({rows.line(), rows.record(), Text(status)});
    }
  }
  return result;
}

// Visits the lines of a chunk that are not empty.
template <typename Visit>
void ForEachLine(const RecordChunk& chunk, Visit visit) {
  uint64_t number = chunk.first_line;
  for (std::string_view rest = chunk.bytes; !rest.empty(); ++number) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) visit(number, line);
  }
}

// What our own writer begins an edge and a node with: the other reading skips them unparsed.
constexpr std::string_view kEdgeLine = "{\"edge\":";
constexpr std::string_view kNodeLine = "{\"node\":";

NodeResult GraphImporter::ParseRecordNodes(Piece piece) const {
  NodeResult result{std::move(piece), std::make_unique<BulkNodes>(load_->ids()), {}, {}, {}, {}};
  ForEachLine(result.piece.chunk, [&](uint64_t number, std::string_view line) {
    if (line.starts_with(kEdgeLine)) return;
    const absl::StatusOr<GraphRecord> record = ParseGraphRecord(line);
    absl::Status status = record.status();
    if (record.ok() && std::holds_alternative<EdgeTypeDeclaration>(*record)) {
      result.types.push_back(std::get<EdgeTypeDeclaration>(*record));
      result.type_places.emplace_back(number, line);
    } else if (record.ok() && std::holds_alternative<GraphNodeRecord>(*record)) {
      status = result.nodes->Add(std::get<GraphNodeRecord>(*record),
                                 MakePlace(result.piece.file, number));
      if (status.ok()) result.places.emplace_back(number, line);
    }
    if (!status.ok()) result.faults.push_back({number, line, Text(status)});
  });
  return result;
}

absl::Status GraphImporter::TakeNodes(NodeResult result) {
  for (const Fault& fault : result.faults) {
    Reject(result.piece, fault.line, fault.record, fault.reason);
  }
  for (size_t i = 0; i < result.types.size(); ++i) {
    const absl::Status status = load_->Declare({&result.types[i], 1});
    if (status.ok()) continue;
    const auto& [line, record] = result.type_places[i];
    Reject(result.piece, line, record, Text(status));
  }
  nodes_ += result.nodes->size();
  return load_->AddNodes(*result.nodes, [&](size_t position, const std::string& reason) {
    const auto& [line, record] = result.places[position];
    Reject(result.piece, line, record, reason);
  });
}

EdgeResult GraphImporter::ParseCsvEdges(Piece piece) const {
  EdgeResult result{std::move(piece), std::make_unique<BulkEdges>(*load_), {}};
  const RecordChunk& chunk = result.piece.chunk;
  CsvEdgeReader reader(*result.piece.header, result.piece.source->label, *load_);
  CsvSplitter rows(chunk.bytes, chunk.first_line, options_.delimiter);
  struct Ahead {
    CsvEdgeReader::Parsed parsed;
    uint64_t line = 0;
    std::string_view record;
    std::string title;  // A field may be gone by the time.
  };
  std::vector<Ahead> ahead(kLookAhead);
  size_t held = 0;
  const auto fail = [&](uint64_t line, std::string_view record, const absl::Status& status) {
    result.faults.push_back({line, record, Text(status)});
  };
  const auto flush = [&] {
    for (size_t i = 0; i < held; ++i) {
      Ahead& edge = ahead[i];
      absl::Status status = reader.Resolve(edge.parsed);
      if (status.ok()) {
        edge.parsed.edge.title = edge.title;
        edge.parsed.edge.place = MakePlace(result.piece.file, edge.line);
        status = result.edges->Add(edge.parsed.edge);
      }
      if (!status.ok()) fail(edge.line, edge.record, status);
    }
    held = 0;
  };
  while (rows.Next()) {
    if (rows.fault() != nullptr) {
      fail(rows.line(), rows.record(), absl::InvalidArgumentError(rows.fault()));
      continue;
    }
    Ahead& edge = ahead[held];
    if (const absl::Status status = reader.Parse(rows.fields(), edge.parsed); !status.ok()) {
      fail(rows.line(), rows.record(), status);
      continue;
    }
    load_->ids().Prefetch(edge.parsed.source);
    load_->ids().Prefetch(edge.parsed.target);
    edge.line = rows.line();
    edge.record = rows.record();
    edge.title.assign(edge.parsed.edge.title);
    if (++held == ahead.size()) flush();
  }
  flush();
  return result;
}

EdgeResult GraphImporter::ParseRecordEdges(Piece piece) const {
  EdgeResult result{std::move(piece), std::make_unique<BulkEdges>(*load_), {}};
  ForEachLine(result.piece.chunk, [&](uint64_t number, std::string_view line) {
    if (line.starts_with(kNodeLine)) return;
    const absl::StatusOr<GraphRecord> record = ParseGraphRecord(line);
    // The first reading has said what is wrong with lines of other forms.
    if (!record.ok() && !line.starts_with(kEdgeLine)) return;
    if (record.ok() && !std::holds_alternative<GraphEdgeRecord>(*record)) return;
    const auto add = [&]() -> absl::Status {
      PG_RETURN_IF_ERROR(record.status());
      const auto& from = std::get<GraphEdgeRecord>(*record);
      BulkEdge edge;
      edge.type = load_->schema().Find(from.type);
      if (edge.type == nullptr) {
        return absl::InvalidArgumentError(absl::StrCat("edge.type is ", Quoted(from.type),
                                                       ", which is no edge type; declare it"));
      }
      edge.source = load_->ids().Find(load_->ids().KeyOf(from.source));
      edge.target = load_->ids().Find(load_->ids().KeyOf(from.target));
      if (edge.source == NodeIdMap::kNone || edge.target == NodeIdMap::kNone) {
        return absl::InvalidArgumentError(absl::StrCat(
            edge.source == NodeIdMap::kNone ? "edge.source" : "edge.target", " names no node"));
      }
      edge.packed_date = PackDate(from.date);
      edge.status = from.status;
      edge.role = FindEdgeRole(StoredRole(edge.type->type, from.role));
      edge.confidence = from.confidence;
      edge.source_count = from.source_count;
      edge.title = from.title;
      edge.place = MakePlace(result.piece.file, number);
      return result.edges->Add(edge);
    };
    if (const absl::Status status = add(); !status.ok()) {
      result.faults.push_back({number, line, Text(status)});
    }
  });
  return result;
}

absl::Status GraphImporter::TakeEdges(EdgeResult result) {
  for (const Fault& fault : result.faults) {
    Reject(result.piece, fault.line, fault.record, fault.reason);
  }
  edges_ += result.edges->size();
  return load_->AddEdges(*result.edges);
}

}  // namespace

absl::StatusOr<EdgeTypeDeclaration> ParseEdgeTypeFlag(std::string_view flag) {
  EdgeTypeDeclaration type;
  size_t begin = 0;
  for (bool first = true; begin <= flag.size(); first = false) {
    const size_t end = std::min(flag.find(':', begin), flag.size());
    const std::string_view part = flag.substr(begin, end - begin);
    begin = end + 1;
    const size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1);
    if (first) {
      type.name = part;
    } else if (part == "symmetric") {
      type.symmetric = true;
    } else if (key == "inverse") {
      type.inverse_name = value;
    } else if (key == "source" || key == "target") {
      uint8_t kinds = 0;
      for (size_t at = 0; at <= value.size();) {
        const size_t stop = std::min(value.find('|', at), value.size());
        std::string name(value.substr(at, stop - at));
        for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        const std::optional<NodeKind> kind = ParseNodeKind(name);
        if (!kind.has_value()) {
          return absl::InvalidArgumentError(
              absl::StrCat("edge type ", Quoted(flag), ": ", Quoted(name), " is no kind of node"));
        }
        kinds |= KindBit(*kind);
        at = stop + 1;
      }
      (key == "source" ? type.source_kinds : type.target_kinds) = kinds;
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("edge type ", Quoted(flag), ": ", Quoted(part),
                       " is none of inverse=NAME, symmetric, source=KINDS and target=KINDS"));
    }
  }
  return type;
}

CsvSource ParseSourceFlag(std::string_view flag) {
  CsvSource source;
  const size_t equals = flag.find('=');
  if (equals != std::string_view::npos && flag.substr(0, equals).find('/') == std::string::npos) {
    source.label = flag.substr(0, equals);
    flag.remove_prefix(equals + 1);
  }
  for (size_t begin = 0; begin <= flag.size();) {
    const size_t end = std::min(flag.find(',', begin), flag.size());
    if (end > begin) source.files.emplace_back(flag.substr(begin, end - begin));
    begin = end + 1;
  }
  return source;
}

absl::StatusOr<GraphImportReport> ImportGraph(
    KvStore& store, const GraphImportOptions& options,
    absl::FunctionRef<void(const RejectedRecord&)> reject,
    const std::function<void(const GraphImportProgress&)>& progress) {
  return GraphImporter(store, options, reject).Run(progress);
}

}  // namespace partnergraph
