#include "clients/bench/graph_workloads.h"

#include <atomic>
#include <charconv>
#include <fstream>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/bench/unary_call.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"
#include "partnergraph/v1/ingest_service.grpc.pb.h"

namespace partnergraph::load {
namespace {

constexpr int kLengthMax = 6;
// Of every so many calls of W7 one writes.
constexpr uint64_t kWriteInterval = 20;

using Fields = std::vector<std::string>;

// Calls `line` with the fields of each line; there must be at least `count`.
absl::Status ReadLines(const std::string& path, size_t count,
                       const std::function<bool(const Fields&)>& line) {
  std::ifstream in(path);
  if (!in) return absl::NotFoundError(path + " cannot be read");
  std::string text;
  for (uint64_t number = 1; std::getline(in, text); ++number) {
    const Fields fields = absl::StrSplit(text, '\t');
    if (fields.size() < count || !line(fields)) {
      return absl::InvalidArgumentError(
          fmt::format("{}, line {}: want {} fields of this workload", path, number, count));
    }
  }
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

std::string Differs(std::string_view what, uint64_t id, int64_t want, int64_t got) {
  return want == got ? "" : fmt::format("{} of {}: want {}, got {}", what, id, want, got);
}

// No bound but time, so that answers are whole.
void Unbound(v1::Budget* budget) {
  budget->set_max_edges_scanned(1'000'000'000);
  budget->set_max_nodes(100'000'000);
  budget->set_per_node_limit(100'000'000);
}

// The line of a file that a random number picks.
template <typename Line>
const Line& Pick(const std::vector<Line>& lines, uint64_t random) {
  return lines[random % lines.size()];
}

// Reads that write now and then.
class MixedWorkload : public Workload {
 public:
  MixedWorkload(std::unique_ptr<Workload> read, std::unique_ptr<Workload> write)
      : read_(std::move(read)), write_(std::move(write)) {}

  std::string name() const override { return "W7"; }
  std::unique_ptr<Call> NewCall(std::shared_ptr<grpc::Channel> channel) const override {
    return std::make_unique<MixedCall>(read_->NewCall(channel), write_->NewCall(channel), turn_);
  }

 private:
  class MixedCall : public Call {
   public:
    MixedCall(std::unique_ptr<Call> read, std::unique_ptr<Call> write, std::atomic<uint64_t>& turn)
        : read_(std::move(read)), write_(std::move(write)), turn_(turn) {}
    void Start(uint64_t random, absl::Time deadline, Done done) override {
      writes_ = turn_++ % kWriteInterval == kWriteInterval - 1;
      (writes_ ? *write_ : *read_).Start(random, deadline, std::move(done));
    }
    bool writes() const override { return writes_; }

   private:
    std::unique_ptr<Call> read_, write_;
    std::atomic<uint64_t>& turn_;
    bool writes_ = false;
  };

  std::unique_ptr<Workload> read_, write_;
  mutable std::atomic<uint64_t> turn_{0};
};

using Graph = v1::GraphService;

std::unique_ptr<Workload> NameWorkload(const GraphFiles& files, uint64_t first) {
  return Unary<Graph, v1::SearchNodesRequest, v1::SearchNodesResponse>(
      "W1", &Graph::Stub::async::SearchNodes,
      [&files](uint64_t random, v1::SearchNodesRequest& request) {
        request.set_query(Pick(files.names, random).name);
        request.set_exact(true);
        request.add_kinds(v1::NODE_KIND_UNSPECIFIED);
        request.mutable_page()->set_size(10);
        request.set_summaries_only(true);
      },
      [&files, first](uint64_t random, const v1::SearchNodesResponse& response) -> std::string {
        const GraphFiles::Name& line = Pick(files.names, random);
        for (const v1::NodeMatch& match : response.matches()) {
          if (match.node().node_id() == line.id + first && match.node().name() == line.name) {
            return "";
          }
        }
        return fmt::format("name {}: want node {}", line.name, line.id + first);
      });
}

std::unique_ptr<Workload> RowsWorkload(const GraphFiles& files, uint64_t first, bool at_least) {
  return Unary<Graph, v1::ListEdgesRequest, v1::ListEdgesResponse>(
      "W2", &Graph::Stub::async::ListEdges,
      [&files, first](uint64_t random, v1::ListEdgesRequest& request) {
        request.set_node_id(Pick(files.rows, random).id + first);
        request.mutable_page()->set_size(kGraphRowsMax);
        request.set_asked_node_as_id(true);
      },
      [&files, first, at_least](uint64_t random,
                                const v1::ListEdgesResponse& response) -> std::string {
        const GraphFiles::Count& line = Pick(files.rows, random);
        for (const v1::Edge& edge : response.edges()) {
          const bool outgoing = edge.source().node_id() == line.id + first;
          const v1::NodeSummary& neighbor = outgoing ? edge.target() : edge.source();
          if (!outgoing && edge.target().node_id() != line.id + first) {
            return fmt::format("rows of {}: an edge of other nodes", line.id);
          }
          if (neighbor.name().empty() || neighbor.kind() == v1::NODE_KIND_UNSPECIFIED ||
              edge.type().empty()) {
            return fmt::format("rows of {}: an edge without its neighbor or type", line.id);
          }
        }
        if (at_least && response.edges_size() >= static_cast<int>(line.count)) return "";
        return Differs("rows", line.id, static_cast<int64_t>(line.count), response.edges_size());
      });
}

std::unique_ptr<Workload> PairsWorkload(const GraphFiles& files, uint64_t first) {
  return Unary<Graph, v1::CountTraversalRequest, v1::CountTraversalResponse>(
      "W3", &Graph::Stub::async::CountTraversal,
      [&files, first](uint64_t random, v1::CountTraversalRequest& request) {
        request.add_node_ids(Pick(files.pairs, random).id + first);
        v1::TraverseStep* step = request.add_steps();
        step->mutable_filter()->add_types("PARTNER_WITH");
        step->set_min_repeat(2);
        step->set_max_repeat(2);
        step->set_stored_edges_only(true);
        request.set_exclude_starts(true);
        Unbound(request.mutable_budget());
      },
      [&files](uint64_t random, const v1::CountTraversalResponse& response) -> std::string {
        const GraphFiles::Count& line = Pick(files.pairs, random);
        if (response.has_truncation()) return fmt::format("pairs of {}: cut", line.id);
        return Differs("pairs", line.id, static_cast<int64_t>(line.count),
                       static_cast<int64_t>(response.node_count()));
      });
}

std::unique_ptr<Workload> TriplesWorkload(const GraphFiles& files, uint64_t first) {
  return Unary<Graph, v1::CountNeighborhoodRequest, v1::CountNeighborhoodResponse>(
      "W4", &Graph::Stub::async::CountNeighborhood,
      [&files, first](uint64_t random, v1::CountNeighborhoodRequest& request) {
        request.add_node_ids(Pick(files.triples, random).id + first);
        request.set_hops(3);
        request.set_expand_partnerships(true);
        Unbound(request.mutable_budget());
      },
      [&files](uint64_t random, const v1::CountNeighborhoodResponse& response) -> std::string {
        const GraphFiles::Count& line = Pick(files.triples, random);
        if (response.has_truncation()) return fmt::format("three hops of {}: cut", line.id);
        return Differs("three hops", line.id, static_cast<int64_t>(line.count),
                       static_cast<int64_t>(response.node_count()));
      });
}

std::unique_ptr<Workload> PathsWorkload(const GraphFiles& files, uint64_t first) {
  return Unary<Graph, v1::FindShortestPathRequest, v1::FindShortestPathResponse>(
      "W5", &Graph::Stub::async::FindShortestPath,
      [&files, first](uint64_t random, v1::FindShortestPathRequest& request) {
        const GraphFiles::Path& line = Pick(files.paths, random);
        request.set_source_node_id(line.source + first);
        request.set_target_node_id(line.target + first);
        request.set_max_length(kLengthMax);
        request.set_expand_partnerships(true);
        request.set_nodes_only(true);
        Unbound(request.mutable_budget());
      },
      [&files, first](uint64_t random,
                      const v1::FindShortestPathResponse& response) -> std::string {
        const GraphFiles::Path& line = Pick(files.paths, random);
        int length = -1;
        if (response.has_path()) {
          const v1::Path& path = response.path();
          length = path.nodes_size() - 1;
          if (length < 1 || path.nodes(0).node_id() != line.source + first ||
              path.nodes(length).node_id() != line.target + first) {
            return fmt::format("path from {} to {}: has other ends", line.source, line.target);
          }
        }
        if (length < 0 && response.outcome() != v1::PATH_OUTCOME_NONE) {
          return fmt::format("path from {} to {}: not decided", line.source, line.target);
        }
        return Differs("path", line.source, line.length, length);
      });
}

std::unique_ptr<Workload> WritesWorkload(const GraphFiles& files, uint64_t first) {
  using Ingest = v1::IngestService;
  return Unary<Ingest, v1::WriteFactsRequest, v1::WriteFactsResponse>(
      "writes", &Ingest::Stub::async::WriteFacts,
      [&files, first](uint64_t random, v1::WriteFactsRequest& request) {
        const GraphFiles::Write& line = Pick(files.writes, random);
        request.set_source("bench");
        v1::WrittenEdge* edge = request.add_edges();
        edge->set_type("PARTNER_WITH");
        edge->mutable_source()->set_node_id(line.source + first);
        edge->mutable_target()->set_node_id(line.target + first);
        edge->mutable_date()->set_year(static_cast<int>(line.day.year()));
        edge->mutable_date()->set_month(line.day.month());
        edge->mutable_date()->set_day(line.day.day());
        edge->set_confidence(line.confidence);
      });
}

}  // namespace

absl::StatusOr<GraphFiles> ReadGraphFiles(const std::string& folder) {
  GraphFiles files;
  CLIENT_RETURN_IF_ERROR(ReadLines(folder + "/w1.tsv", 2, [&](const Fields& fields) {
    GraphFiles::Name& name = files.names.emplace_back();
    name.name = fields[0];
    return Parse(fields[1], name.id);
  }));
  CLIENT_RETURN_IF_ERROR(ReadCounts(folder + "/w2.tsv", files.rows));
  CLIENT_RETURN_IF_ERROR(ReadCounts(folder + "/w3.tsv", files.pairs));
  CLIENT_RETURN_IF_ERROR(ReadCounts(folder + "/w4.tsv", files.triples));
  CLIENT_RETURN_IF_ERROR(ReadLines(folder + "/w5.tsv", 3, [&](const Fields& fields) {
    GraphFiles::Path& path = files.paths.emplace_back();
    return Parse(fields[0], path.source) && Parse(fields[1], path.target) &&
           Parse(fields[2], path.length);
  }));
  CLIENT_RETURN_IF_ERROR(ReadLines(folder + "/w7.tsv", 5, [&](const Fields& fields) {
    GraphFiles::Write& write = files.writes.emplace_back();
    int days = 0, thousandths = 0;
    const bool parsed = Parse(fields[0], write.source) && Parse(fields[1], write.target) &&
                        Parse(fields[3], days) && Parse(fields[4], thousandths);
    write.day = absl::CivilDay(2000, 1, 1) + days;
    write.confidence = static_cast<float>(thousandths) / 1000;
    // An edge from a node to itself says nothing.
    if (write.source == write.target) files.writes.pop_back();
    return parsed;
  }));
  for (const auto& [name, empty] :
       {std::pair("w1.tsv", files.names.empty()), std::pair("w2.tsv", files.rows.empty()),
        std::pair("w3.tsv", files.pairs.empty()), std::pair("w4.tsv", files.triples.empty()),
        std::pair("w5.tsv", files.paths.empty()), std::pair("w7.tsv", files.writes.empty())}) {
    if (empty) return absl::InvalidArgumentError(fmt::format("{}/{} is empty", folder, name));
  }
  return files;
}

std::vector<std::unique_ptr<Workload>> GraphWorkloads(const GraphFiles& files,
                                                      uint64_t first_node_id, bool with_writes) {
  std::vector<std::unique_ptr<Workload>> workloads;
  workloads.push_back(NameWorkload(files, first_node_id));
  workloads.push_back(RowsWorkload(files, first_node_id, /*at_least=*/false));
  workloads.push_back(PairsWorkload(files, first_node_id));
  workloads.push_back(TriplesWorkload(files, first_node_id));
  workloads.push_back(PathsWorkload(files, first_node_id));
  if (with_writes) {
    workloads.push_back(
        std::make_unique<MixedWorkload>(RowsWorkload(files, first_node_id, /*at_least=*/true),
                                        WritesWorkload(files, first_node_id)));
  }
  return workloads;
}

}  // namespace partnergraph::load
