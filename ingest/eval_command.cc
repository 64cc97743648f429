#include "ingest/eval_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "fmt/format.h"
#include "graph/status_macros.h"
#include "ingest/batch_runner.h"
#include "ingest/evaluation.h"
#include "ingest/pipeline.h"
#include "ingest/training/ner_sets.h"
#include "ingest/training/relation_set_evaluation.h"

namespace partnergraph {
namespace {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot read {}", path));
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

// The extractions of the articles, one JSON object a line. Refused records are told and left out.
absl::StatusOr<std::string> ExtractAll(const Pipeline& pipeline, const EvalArguments& arguments,
                                       const std::vector<std::string>& files,
                                       const std::atomic<bool>& cancelled) {
  std::string predicted;
  const absl::StatusOr<BatchCounts> counts = RunBatches(
      pipeline, files, {arguments.threads, &cancelled}, [&](BatchItem item) -> absl::Status {
        if (!item.document.ok()) {
          fmt::print(stderr, "refused: {}\n", std::string(item.document.status().message()));
          return absl::OkStatus();
        }
        if (arguments.traditional && item.document->language == Language::kSimplifiedChinese) {
          Article copy = item.document->article;
          copy.title = TraditionalCopy(copy.title);
          copy.text = TraditionalCopy(copy.text);
          copy.language.clear();
          PG_ASSIGN_OR_RETURN(item.document, pipeline.Extract(std::move(copy)));
        }
        predicted += ToJson(*item.document) + "\n";
        return absl::OkStatus();
      });
  PG_RETURN_IF_ERROR(counts.status());
  return predicted;
}

// The annotations as they compare with extractions of traditional copies: those of articles in
// traditional characters already stay as they are.
std::string TraditionalGold(std::string_view gold) {
  std::string copy;
  while (!gold.empty()) {
    const size_t end = std::min(gold.find('\n'), gold.size());
    const std::string_view line = gold.substr(0, end);
    copy += line.find("\"zh-Hant\"") == line.npos ? TraditionalCopy(line) : std::string(line);
    copy += '\n';
    gold.remove_prefix(std::min(end + 1, gold.size()));
  }
  return copy;
}

absl::Status EvaluateGold(const Pipeline& pipeline, const EvalArguments& arguments,
                          const std::string& gold_path, const std::vector<std::string>& files,
                          const std::atomic<bool>& cancelled) {
  PG_ASSIGN_OR_RETURN(std::string gold, ReadFile(gold_path));
  if (arguments.traditional) gold = TraditionalGold(gold);
  PG_ASSIGN_OR_RETURN(const std::string predicted,
                      ExtractAll(pipeline, arguments, files, cancelled));
  const absl::StatusOr<Evaluation> evaluation = Evaluate(gold, predicted, arguments.errors);
  if (!evaluation.ok()) {
    return absl::Status(
        evaluation.status().code(),
        fmt::format("{}: {}", gold_path, std::string(evaluation.status().message())));
  }
  fmt::print("{}", ToTable(*evaluation));
  return absl::OkStatus();
}

// Our own annotations: the project's sample, and what is there of `annotations`: a folder each with
// gold.jsonl and articles.jsonl, or the articles as ../articles/NAME.tsv.
absl::Status EvaluateOurs(const Pipeline& pipeline, const EvalArguments& arguments,
                          const std::atomic<bool>& cancelled) {
  const std::string& folder = arguments.annotations;
  const struct {
    std::string gold, articles;
    bool learned = false;
  } sets[] = {
      {"ingest/sample/gold.jsonl", "ingest/sample/articles.jsonl"},
      {folder + "/seeds/gold.jsonl", folder + "/../articles/seeds.tsv"},
      {folder + "/dev/gold.jsonl", folder + "/dev/articles.jsonl"},
      {folder + "/train/gold.jsonl", folder + "/train/articles.jsonl", true},
  };
  size_t found = 0;
  for (const auto& [gold, articles, learned] : sets) {
    if (!std::filesystem::exists(articles) || !std::filesystem::exists(gold)) continue;
    fmt::print("{}== {}{}\n", ++found > 1 ? "\n" : "", gold,
               learned ? " (the models learned from it: no measure of quality)" : "");
    PG_RETURN_IF_ERROR(EvaluateGold(pipeline, arguments, gold, {articles}, cancelled));
  }
  if (found == 0) {
    return absl::NotFoundError(fmt::format(
        "no annotations: neither {} nor {}; run it in the root of the repository or name "
        "files",
        sets[0].gold, folder));
  }
  return absl::OkStatus();
}

// The public sets, in the order of the tables. `dev` is the file to choose by, relative to the
// folder of the data; without one, the train split is cut into parts that answer each other.
struct PublicSet {
  const char* name;
  bool relations;
  const char* dev;
};
constexpr PublicSet kPublicSets[] = {
    {"resume", false, ""},
    {"weibo", false, ""},
    {"cluener", false, ""},
    {"msra", false, ""},
    {"core", true, ""},
    {"finre", true, "re_zh/finre/valid.jsonl"},
    {"sanwen", true, "re_zh/sanwen/valid.jsonl"},
    {"finred", true, "re_en/finred/dev.jsonl"},
    {"kbp37", true, "re_en/kbp37/dev.jsonl"},
};
constexpr size_t kPublicFolds = 5;

absl::Status EvaluatePublic(const PublicSet& set, const EvalArguments& arguments) {
  fmt::print(stderr, "{}: training on its train split\n", set.name);
  const std::string& file = arguments.file;
  if (!set.relations) {
    PG_ASSIGN_OR_RETURN(const NerEvaluation evaluation,
                        EvaluateNerSet(arguments.data, set.name, file, arguments.errors));
    fmt::print("{}", ToTable(evaluation));
    return absl::OkStatus();
  }
  if (file.empty() && set.dev[0] == '\0') {
    PG_ASSIGN_OR_RETURN(
        const RelationSetReport report,
        CrossValidateRelationSet(set.name, arguments.data, kPublicFolds, arguments.errors));
    fmt::print("{}", ToTable(report));
    return absl::OkStatus();
  }
  PG_ASSIGN_OR_RETURN(
      const RelationSetReport report,
      EvaluateRelationSet(set.name, arguments.data,
                          file.empty() ? arguments.data + "/" + set.dev : file, arguments.errors));
  fmt::print("{}", ToTable(report));
  return absl::OkStatus();
}

std::string PublicSetNames() {
  std::string names;
  for (const PublicSet& set : kPublicSets) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", set.name);
  }
  return names;
}

// What a set's title line says of where its figures are from.
std::string Origin(const PublicSet& set, const std::string& file) {
  if (!file.empty()) return file;
  if (set.dev[0] != '\0') return set.dev;
  return set.relations ? "its train split, each of five parts by the others"
                       : "its dev split, or a part held out of its train split";
}

}  // namespace

absl::Status RunEval(const EvalArguments& arguments, const std::atomic<bool>& cancelled) {
  if (!arguments.set.empty()) {
    for (const PublicSet& set : kPublicSets) {
      if (set.name != arguments.set) continue;
      fmt::print("== {}: {}\n", set.name, Origin(set, arguments.file));
      return EvaluatePublic(set, arguments);
    }
    return absl::InvalidArgumentError(
        fmt::format("no set is called {}; there are {}", arguments.set, PublicSetNames()));
  }
  PG_ASSIGN_OR_RETURN(
      const std::unique_ptr<Pipeline> pipeline,
      Pipeline::Create(ShippedModels(), {.confidence_min = arguments.confidence_min}));
  if (!arguments.gold.empty()) {
    return EvaluateGold(*pipeline, arguments, arguments.gold, arguments.files, cancelled);
  }
  PG_RETURN_IF_ERROR(EvaluateOurs(*pipeline, arguments, cancelled));
  if (!std::filesystem::exists(arguments.data)) {
    fmt::print("\nno public sets: there is no {}\n", arguments.data);
    return absl::OkStatus();
  }
  for (const PublicSet& set : kPublicSets) {
    if (cancelled) return absl::CancelledError("interrupted");
    fmt::print("\n== {}: {}\n", set.name, Origin(set, ""));
    PG_RETURN_IF_ERROR(EvaluatePublic(set, arguments));
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
