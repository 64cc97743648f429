// Trains the models of extraction, and measures how well they read what they did not learn from.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/evaluation.h"
#include "ingest/training/annotated_corpora.h"
#include "ingest/training/extraction_trainer.h"
#include "ingest/training/training_set.h"

namespace partnergraph {
namespace {

struct Arguments {
  std::vector<std::string> gold = {"../shared/eval/train"};
  std::vector<std::string> extra = {"ingest/training/articles"};
  std::vector<std::string> calibration = {"../shared/eval/dev"};
  std::string annotations = "ingest/training/annotations";
  std::string data = "../shared/data";
  std::string out = "ingest/models";
  std::string predictions;
  size_t folds = 5;
  size_t inner_folds = 4;
  bool errors = false;
};

int Fail(const absl::Status& status) {
  fmt::print(stderr, "error: {}\n", std::string(status.message()));
  return 1;
}

std::vector<const GoldArticle*> Pointers(const std::vector<GoldArticle>& articles) {
  std::vector<const GoldArticle*> pointers;
  for (const GoldArticle& article : articles) pointers.push_back(&article);
  return pointers;
}

// The annotated articles of all folders.
absl::StatusOr<std::vector<GoldArticle>> ReadGold(const std::vector<std::string>& folders,
                                                  ArticleOrigin origin = ArticleOrigin::kNews) {
  std::vector<GoldArticle> all;
  for (const std::string& folder : folders) {
    absl::StatusOr<std::vector<GoldArticle>> gold =
        ReadTrainingSet(folder + "/articles.jsonl", folder + "/gold.jsonl");
    if (!gold.ok()) return gold.status();
    for (GoldArticle& article : *gold) article.origin = origin;
    all.insert(all.end(), std::make_move_iterator(gold->begin()),
               std::make_move_iterator(gold->end()));
  }
  return all;
}

// What is learned from beside the gold articles: the invented ones and, when there is public data,
// the annotated texts of it.
absl::StatusOr<std::vector<GoldArticle>> ReadExtra(const Arguments& arguments) {
  absl::StatusOr<std::vector<GoldArticle>> extra =
      ReadGold(arguments.extra, ArticleOrigin::kInvented);
  if (!extra.ok() || arguments.data.empty() || arguments.annotations.empty()) return extra;
  absl::StatusOr<std::vector<GoldArticle>> annotated =
      ReadAnnotatedCorpora(arguments.annotations, arguments.data);
  if (!annotated.ok()) return annotated;
  extra->insert(extra->end(), std::make_move_iterator(annotated->begin()),
                std::make_move_iterator(annotated->end()));
  return extra;
}

// The annotations of all folders, as Evaluate reads them.
std::string ReadAnnotations(const std::vector<std::string>& folders) {
  std::string annotations;
  for (const std::string& folder : folders) {
    std::ifstream file(folder + "/gold.jsonl", std::ios::binary);
    annotations.append(std::istreambuf_iterator<char>(file), {});
    annotations += '\n';
  }
  return annotations;
}

void Progress(std::string_view what) { fmt::print(stderr, "{}\n", what); }

// What the public sets teach; nothing when --data is empty.
absl::StatusOr<PublicKnowledge> Learn(const Arguments& arguments) {
  if (arguments.data.empty()) return PublicKnowledge();
  Progress("public sets");
  return LearnFromPublicSets(arguments.data);
}

int Train(const Arguments& arguments) {
  absl::StatusOr<std::vector<GoldArticle>> gold = ReadGold(arguments.gold);
  if (!gold.ok()) return Fail(gold.status());
  absl::StatusOr<std::vector<GoldArticle>> extra = ReadExtra(arguments);
  if (!extra.ok()) return Fail(extra.status());
  gold->insert(gold->end(), std::make_move_iterator(extra->begin()),
               std::make_move_iterator(extra->end()));
  const absl::StatusOr<PublicKnowledge> knowledge = Learn(arguments);
  if (!knowledge.ok()) return Fail(knowledge.status());
  const absl::StatusOr<std::vector<GoldArticle>> calibration = ReadGold(arguments.calibration);
  if (!calibration.ok()) return Fail(calibration.status());
  const std::vector<const GoldArticle*> held_out = Pointers(*calibration);
  const absl::StatusOr<std::unique_ptr<TrainedModels>> trained =
      TrainExtraction(Pointers(*gold), *knowledge, {.calibration = held_out, .progress = Progress});
  if (!trained.ok()) return Fail(trained.status());
  std::error_code failed;
  std::filesystem::create_directories(arguments.out, failed);  // Writing tells.
  for (const auto& [name, bytes] : (*trained)->bytes()) {
    const std::string path = fmt::format("{}/{}.model", arguments.out, name);
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file.flush()) return Fail(absl::UnavailableError("cannot write " + path));
    fmt::print("{}: {} bytes\n", path, bytes.size());
  }
  return 0;
}

int RunCrossValidation(const Arguments& arguments) {
  const absl::StatusOr<std::vector<GoldArticle>> gold = ReadGold(arguments.gold);
  if (!gold.ok()) return Fail(gold.status());
  const absl::StatusOr<std::vector<GoldArticle>> extra = ReadExtra(arguments);
  if (!extra.ok()) return Fail(extra.status());
  const absl::StatusOr<PublicKnowledge> knowledge = Learn(arguments);
  if (!knowledge.ok()) return Fail(knowledge.status());
  const absl::StatusOr<std::string> predicted =
      CrossValidate(Pointers(*gold), Pointers(*extra), *knowledge, arguments.folds,
                    {.folds = arguments.inner_folds, .progress = Progress});
  if (!predicted.ok()) return Fail(predicted.status());
  if (!arguments.predictions.empty()) {
    std::ofstream file(arguments.predictions, std::ios::binary);
    file << *predicted;
    if (!file.flush()) {
      return Fail(absl::UnavailableError("cannot write " + arguments.predictions));
    }
  }
  const absl::StatusOr<Evaluation> evaluation =
      Evaluate(ReadAnnotations(arguments.gold), *predicted, arguments.errors);
  if (!evaluation.ok()) return Fail(evaluation.status());
  fmt::print("{}", ToTable(*evaluation));
  return 0;
}

int Main(int argc, char** argv) {
  CLI::App app("Trains the models of extraction and measures them.", "partnergraph-train");
  app.require_subcommand(1);
  Arguments arguments;
  const auto add_gold = [&](CLI::App* command) {
    command->add_option("--gold", arguments.gold, "Folders with articles.jsonl and gold.jsonl")
        ->capture_default_str();
    command->add_option(
        "--extra", arguments.extra,
        "Further such folders, of invented articles: learned from, never tested on");
    command
        ->add_option("--annotations", arguments.annotations,
                     "Folder of annotations of public data: learned from, never tested on; empty "
                     "for none")
        ->capture_default_str();
    command->add_option("--data", arguments.data, "Folder of the public sets")
        ->capture_default_str();
  };
  CLI::App* train = app.add_subcommand("train", "Train all models and write them");
  add_gold(train);
  train->add_option("--out", arguments.out, "Folder for the models")->capture_default_str();
  train
      ->add_option("--calibration", arguments.calibration,
                   "Further such folders: not learned from, confidence is calibrated by them")
      ->capture_default_str();
  CLI::App* validate = app.add_subcommand(
      "cross-validate", "Read each part of the articles with models trained on the others");
  add_gold(validate);
  validate->add_option("--folds", arguments.folds, "Parts")
      ->check(CLI::Range(2, 50))
      ->capture_default_str();
  validate
      ->add_option("--inner-folds", arguments.inner_folds,
                   "Parts of the articles that a model learns from, for stacking")
      ->check(CLI::Range(2, 50))
      ->capture_default_str();
  validate->add_option("--predictions", arguments.predictions, "Write what was read to this file");
  validate->add_flag("--errors", arguments.errors, "List what was missed and what is spurious");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return train->parsed() ? Train(arguments) : RunCrossValidation(arguments);
}

}  // namespace
}  // namespace partnergraph

int main(int argc, char** argv) { return partnergraph::Main(argc, argv); }
