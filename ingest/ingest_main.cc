// partnergraph-ingest: the import tool that needs no server.
// clang-format off
//
//   extract FILE...             one JSON object per article on stdout, in the shape of the annotation guidelines
//   build --data DIR FILE...    fills a database
//   eval --gold GOLD FILE...    extracts and compares with the annotations in GOLD
//
// clang-format on
// Exit codes: 0 done, 1 failed, 2 bad usage, 6 done but some records were refused, 130 interrupted.
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "fmt/format.h"
#include "graph/graph_store.h"
#include "graph/rocks_kv_store.h"
#include "graph/status_macros.h"
#include "ingest/batch_runner.h"
#include "ingest/evaluation.h"
#include "ingest/pipeline.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

constexpr int kExitRefused = 6;
constexpr int kExitInterrupted = 130;

std::atomic<bool> interrupted = false;

void OnSignal(int) { interrupted = true; }

std::string Text(const absl::Status& status) { return std::string(status.message()); }

// One line on a terminal that is rewritten; nothing elsewhere, so that logs stay readable.
class Progress {
 public:
  explicit Progress(const char* what) : what_(what), terminal_(isatty(STDERR_FILENO) != 0) {}
  ~Progress() { Clear(); }

  void Update(uint64_t done, uint64_t refused) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || now - last_ < std::chrono::milliseconds(200)) return;
    last_ = now;
    const double seconds = std::chrono::duration<double>(now - start_).count();
    fmt::print(stderr, "\r{}: {} articles, {} refused, {:.0f}/s ", what_, done, refused,
               done / seconds);
    shown_ = true;
  }
  void Clear() {
    if (shown_) fmt::print(stderr, "\r\033[K");
    shown_ = false;
  }

 private:
  const char* what_;
  const bool terminal_;
  bool shown_ = false;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = start_;
};

// Says a refusal on stderr and, when asked for, as a JSON line in the reject file.
class Rejects {
 public:
  absl::Status Open(const std::string& file) {
    if (file.empty()) return absl::OkStatus();
    out_.open(file, std::ios::binary | std::ios::trunc);
    return out_ ? absl::OkStatus() : absl::UnavailableError(fmt::format("cannot write {}", file));
  }
  void Add(const BatchItem& item, const absl::Status& reason) {
    fmt::print(stderr, "refused: {}\n", Text(reason));
    if (!out_.is_open()) return;
    const nlohmann::json line = {
        {"file", item.file},
        {"line", item.line},
        {"reason", absl::StatusCodeToString(reason.code())},
        {"message", Text(reason)},
        {"record", item.record},
    };
    out_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n'
         << std::flush;
  }

 private:
  std::ofstream out_;
};

struct Arguments {
  std::vector<std::string> files;
  std::string data;
  std::string rejects;
  std::string gold;
  int threads = 2;
  bool errors = false;
};

int Finish(const absl::StatusOr<BatchCounts>& counts, uint64_t refused, std::string_view done) {
  if (absl::IsCancelled(counts.status())) {
    fmt::print(stderr, "interrupted: {}\n", done);
    return kExitInterrupted;
  }
  if (!counts.ok()) {
    fmt::print(stderr, "error: {}\n", Text(counts.status()));
    return absl::IsInvalidArgument(counts.status()) ? 2 : 1;
  }
  fmt::print(stderr, "{}\n", done);
  return refused > 0 ? kExitRefused : 0;
}

int Extract(const Arguments& arguments) {
  Rejects rejects;
  if (const absl::Status status = rejects.Open(arguments.rejects); !status.ok()) {
    fmt::print(stderr, "error: {}\n", Text(status));
    return 1;
  }
  const std::unique_ptr<Pipeline> pipeline = Pipeline::Create();
  Progress progress("extract");
  uint64_t done = 0, refused = 0;
  const absl::StatusOr<BatchCounts> counts =
      RunBatches(*pipeline, arguments.files, {arguments.threads, &interrupted},
                 [&](BatchItem item) -> absl::Status {
                   ++done;
                   if (!item.document.ok()) {
                     ++refused;
                     progress.Clear();
                     rejects.Add(item, item.document.status());
                   } else {
                     const std::string json = ToJson(*item.document);
                     if (std::fwrite(json.data(), 1, json.size(), stdout) != json.size() ||
                         std::fputc('\n', stdout) == EOF) {
                       return absl::UnavailableError("cannot write to standard output");
                     }
                   }
                   progress.Update(done, refused);
                   return absl::OkStatus();
                 });
  progress.Clear();
  if (std::fflush(stdout) != 0) {
    fmt::print(stderr, "error: cannot write to standard output\n");
    return 1;
  }
  return Finish(counts, refused, fmt::format("{} articles, {} refused", done, refused));
}

int Build(const Arguments& arguments) {
  Rejects rejects;
  absl::Status opened = rejects.Open(arguments.rejects);
  std::unique_ptr<GraphStore> store;
  if (opened.ok()) {
    absl::StatusOr<std::unique_ptr<KvStore>> kv = OpenRocksKvStore(arguments.data, {});
    opened = kv.status();
    if (kv.ok()) {
      absl::StatusOr<std::unique_ptr<GraphStore>> graph = GraphStore::Open(*std::move(kv));
      opened = graph.status();
      if (graph.ok()) store = *std::move(graph);
    }
  }
  if (!opened.ok()) {
    fmt::print(stderr, "error: {}\n", Text(opened));
    return 1;
  }
  const std::unique_ptr<Pipeline> pipeline = Pipeline::Create();
  Progress progress("build");
  uint64_t stored = 0, unchanged = 0, refused = 0;
  const absl::StatusOr<BatchCounts> counts = RunBatches(
      *pipeline, arguments.files, {arguments.threads, &interrupted},
      [&](BatchItem item) -> absl::Status {
        absl::Status status = item.document.status();
        if (status.ok()) {
          const absl::StatusOr<PutResult> result =
              store->PutArticle(ToArticleFacts(*item.document));
          status = result.status();
          if (result.ok()) ++(result->unchanged ? unchanged : stored);
          // A store that cannot write or read ends the run; everything else is the article's own
          // fault.
          if (absl::IsUnavailable(status) || absl::IsDataLoss(status) || absl::IsUnknown(status))
            return status;
          if (!status.ok()) {
            status = absl::Status(status.code(),
                                  fmt::format("{}:{}: {}", item.file, item.line, Text(status)));
          }
        }
        if (!status.ok()) {
          ++refused;
          progress.Clear();
          rejects.Add(item, status);
        }
        progress.Update(stored + unchanged + refused, refused);
        return absl::OkStatus();
      });
  progress.Clear();
  return Finish(counts, refused,
                fmt::format("{} stored, {} unchanged, {} refused", stored, unchanged, refused));
}

int Eval(const Arguments& arguments) {
  std::ifstream gold_file(arguments.gold, std::ios::binary);
  if (!gold_file) {
    fmt::print(stderr, "error: cannot read {}\n", arguments.gold);
    return 1;
  }
  const std::string gold((std::istreambuf_iterator<char>(gold_file)), {});
  const std::unique_ptr<Pipeline> pipeline = Pipeline::Create();
  std::string predicted;
  const absl::StatusOr<BatchCounts> counts =
      RunBatches(*pipeline, arguments.files, {arguments.threads, &interrupted},
                 [&](BatchItem item) -> absl::Status {
                   if (item.document.ok()) {
                     predicted += ToJson(*item.document);
                     predicted += '\n';
                   } else {
                     fmt::print(stderr, "refused: {}\n", Text(item.document.status()));
                   }
                   return absl::OkStatus();
                 });
  if (!counts.ok()) return Finish(counts, 0, "stopped");
  const absl::StatusOr<Evaluation> evaluation = Evaluate(gold, predicted, arguments.errors);
  if (!evaluation.ok()) {
    fmt::print(stderr, "error: {}: {}\n", arguments.gold, Text(evaluation.status()));
    return 1;
  }
  fmt::print("{}", ToTable(*evaluation));
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Reads articles without a server. Files: .tsv (title, tab, text), .jsonl, .txt.",
               "partnergraph-ingest");
  app.require_subcommand(1);
  Arguments arguments;
  const auto add_common = [&](CLI::App* command) {
    command->add_option("--threads", arguments.threads, "Threads that extract")
        ->check(CLI::Range(1, 256))
        ->capture_default_str();
  };
  CLI::App* extract =
      app.add_subcommand("extract", "Print what each article says, one JSON object a line");
  extract->add_option("FILE", arguments.files, "Article files")->required();
  extract->add_option("--rejects", arguments.rejects,
                      "Write refused records with their reasons to this file");
  add_common(extract);
  CLI::App* build = app.add_subcommand("build", "Fill a database");
  build->add_option("FILE", arguments.files, "Article files")->required();
  build->add_option("--data", arguments.data, "Database directory, created when missing")
      ->required();
  build->add_option("--rejects", arguments.rejects,
                    "Write refused records with their reasons to this file");
  add_common(build);
  CLI::App* eval =
      app.add_subcommand("eval", "Compare the extraction of articles with gold annotations");
  eval->add_option("FILE", arguments.files, "Article files")->required();
  eval->add_option("--gold", arguments.gold, "Annotations, one JSON object a line")->required();
  eval->add_flag("--errors", arguments.errors, "List what was missed and what is spurious");
  add_common(eval);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  if (extract->parsed()) return Extract(arguments);
  if (build->parsed()) return Build(arguments);
  return Eval(arguments);
}

}  // namespace
}  // namespace partnergraph

int main(int argc, char** argv) { return partnergraph::Main(argc, argv); }
