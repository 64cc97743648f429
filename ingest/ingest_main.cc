// partnergraph-ingest: the import tool that needs no server.
// clang-format off
//
//   extract FILE...             one JSON object per article on stdout, in the shape of the annotation guidelines
//   build --data DIR FILE...    fills a database
//   graph --data DIR --nodes FILE... --edges FILE... loads a graph in bulk
//   bench --workload DIR --data DIR   measures a database in process
//   extract --explain FILE...   what each stage of extraction did, for people
//   eval --gold GOLD FILE...    extracts and compares with the annotations in GOLD
//   eval --set NAME             reads a public set (its dev split, or --file FILE in its form)
//   eval                        all of them
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
#include <optional>
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
#include "ingest/bench_command.h"
#include "ingest/eval_command.h"
#include "ingest/explanation.h"
#include "ingest/graph_command.h"
#include "ingest/pipeline.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

constexpr int kExitRefused = 6;
constexpr int kExitInterrupted = 130;

std::atomic<bool> interrupted = false;

void OnSignal(int) { interrupted = true; }

std::string Text(const absl::Status& status) { return std::string(status.message()); }

// Says why, and returns the exit code for it.
int Fail(const absl::Status& status) {
  fmt::print(stderr, "error: {}\n", Text(status));
  return 1;
}

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
  std::optional<float> confidence_min;
  int threads = 2;
  bool explain = false;
};

absl::StatusOr<std::unique_ptr<Pipeline>> MakePipeline(const Arguments& arguments) {
  return Pipeline::Create(ShippedModels(), {.confidence_min = arguments.confidence_min});
}

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
    return Fail(status);
  }
  const absl::StatusOr<std::unique_ptr<Pipeline>> made = MakePipeline(arguments);
  if (!made.ok()) return Fail(made.status());
  const Pipeline& pipeline = **made;
  Progress progress("extract");
  uint64_t done = 0, refused = 0;
  const absl::StatusOr<BatchCounts> counts =
      RunBatches(pipeline, arguments.files, {arguments.threads, &interrupted},
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
    return Fail(opened);
  }
  const absl::StatusOr<std::unique_ptr<Pipeline>> made = MakePipeline(arguments);
  if (!made.ok()) return Fail(made.status());
  const Pipeline& pipeline = **made;
  Progress progress("build");
  uint64_t stored = 0, unchanged = 0, refused = 0;
  const absl::StatusOr<BatchCounts> counts = RunBatches(
      pipeline, arguments.files, {arguments.threads, &interrupted},
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

int Eval(const EvalArguments& arguments) {
  const absl::Status status = RunEval(arguments, interrupted);
  if (status.ok()) return 0;
  if (absl::IsCancelled(status)) {
    fmt::print(stderr, "interrupted\n");
    return kExitInterrupted;
  }
  fmt::print(stderr, "error: {}\n", Text(status));
  return absl::IsInvalidArgument(status) ? 2 : 1;
}

// Prints what each stage did to each article.
int ExplainAll(const Arguments& arguments) {
  const absl::StatusOr<std::unique_ptr<Pipeline>> made = MakePipeline(arguments);
  if (!made.ok()) return Fail(made.status());
  const Pipeline& pipeline = **made;
  uint64_t refused = 0;
  for (const std::string& file : arguments.files) {
    const absl::StatusOr<RecordFormat> format = FormatOfFile(file);
    absl::Status status = format.status();
    if (status.ok()) {
      status = ReadRecords(file, *format, [&](absl::StatusOr<ArticleRecord> record) {
        absl::StatusOr<Article> article =
            record.ok() ? ReadArticle(*record) : absl::StatusOr<Article>(record.status());
        const absl::StatusOr<std::string> text =
            article.ok() ? Explain(pipeline, *std::move(article))
                         : absl::StatusOr<std::string>(article.status());
        if (text.ok()) {
          fmt::print("{}", *text);
        } else {
          ++refused;
          fmt::print(stderr, "refused: {}\n", Text(text.status()));
        }
        return !interrupted;
      });
    }
    if (!status.ok()) {
      return Fail(status);
    }
  }
  if (interrupted) return kExitInterrupted;
  return refused > 0 ? kExitRefused : 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Reads articles without a server. Files: .tsv (title, tab, text), .jsonl, .txt.",
               "partnergraph-ingest");
  app.require_subcommand(1);
  Arguments arguments;
  EvalArguments eval_arguments;
  const auto add_confidence = [&](CLI::App* command, std::optional<float>& confidence_min) {
    command
        ->add_option("--min-confidence", confidence_min,
                     "Leave out facts that are less sure: higher for precision, lower for recall")
        ->check(CLI::Range(0.0, 1.0));
  };
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
  extract->add_flag("--explain", arguments.explain,
                    "Print what each stage of extraction did instead, for people");
  add_confidence(extract, arguments.confidence_min);
  add_common(extract);
  CLI::App* build = app.add_subcommand("build", "Fill a database");
  build->add_option("FILE", arguments.files, "Article files")->required();
  build->add_option("--data", arguments.data, "Database directory, created when missing")
      ->required();
  build->add_option("--rejects", arguments.rejects,
                    "Write refused records with their reasons to this file");
  add_confidence(build, arguments.confidence_min);
  add_common(build);
  GraphArguments graph_arguments;
  CLI::App* const graph = AddGraphCommand(app, graph_arguments);
  BenchArguments bench_arguments;
  CLI::App* const bench = AddBenchCommand(app, bench_arguments);
  CLI::App* eval = app.add_subcommand(
      "eval",
      "Compare extraction with annotations: of FILE... and --gold, of a public --set, or of all "
      "that there are");
  CLI::Option* const files = eval->add_option("FILE", eval_arguments.files, "Article files");
  CLI::Option* const gold =
      eval->add_option("--gold", eval_arguments.gold, "Annotations, one JSON object a line");
  gold->needs(files);
  files->needs(gold);
  eval->add_option("--eval", eval_arguments.annotations,
                   "Folder of folders with articles.jsonl and gold.jsonl")
      ->capture_default_str();
  CLI::Option* const set =
      eval->add_option("--set", eval_arguments.set, "A public set by its name");
  eval->add_option("--file", eval_arguments.file,
                   "A file in the form of the set; else its dev split")
      ->needs(set);
  eval->add_option("--data", eval_arguments.data, "Folder of the public sets")
      ->capture_default_str();
  eval->add_flag("--errors", eval_arguments.errors, "List what was missed and what is spurious");
  eval->add_flag("--traditional", eval_arguments.traditional,
                 "Read copies in traditional characters of the articles in simplified ones");
  eval->add_option("--threads", eval_arguments.threads, "Threads that extract")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  add_confidence(eval, eval_arguments.confidence_min);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::signal(SIGINT, OnSignal);
  std::signal(SIGTERM, OnSignal);
  if (extract->parsed()) return arguments.explain ? ExplainAll(arguments) : Extract(arguments);
  if (build->parsed()) return Build(arguments);
  if (graph->parsed()) return RunGraphCommand(graph_arguments, interrupted);
  if (bench->parsed()) return RunBenchCommand(bench_arguments, interrupted);
  return Eval(eval_arguments);
}

}  // namespace
}  // namespace partnergraph

int main(int argc, char** argv) { return partnergraph::Main(argc, argv); }
