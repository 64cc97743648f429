// The public sets of named entities: reading them, learning from them, and scoring a tagger.
//
// A set's file has one JSON object per line: {"text", "entities": [[begin, end, type], ...]} with
// positions in code points, or {"tokens", "entities"} with positions in tokens, which are joined by
// spaces.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/document.h"
#include "ingest/training/tagger_trainer.h"

namespace partnergraph {

struct NerEntity {
  Span span;  // Code points of the sentence.
  std::string type;
};

// One line of a set: what it calls a sentence, with characters normalized as those of a Document.
struct NerSentence {
  std::u32string chars;
  std::vector<NerEntity> entities;
};

// Reads a file; one that ends in .xz is decompressed. NOT_FOUND when it cannot be read,
// INVALID_ARGUMENT names the file and line that is wrong.
absl::StatusOr<std::vector<NerSentence>> ReadNerFile(const std::string& path);

// A public set that a tagger is trained on alone. `file` is its train split, relative to the folder
// of the data. Every `held_out`-th sentence is kept out of training to choose by when the set has
// no dev split of its own to use.
struct NerSet {
  std::string_view name;
  std::string_view file;
  std::string_view dev_file;  // Empty: held out of `file`.
  size_t held_out;
};
// "msra", "cluener", "resume", "weibo"; null for another name.
const NerSet* FindNerSet(std::string_view name);

// What was right, by exact span and type.
struct NerScore {
  size_t right = 0, predicted = 0, gold = 0;
  double precision() const {
    return predicted == 0 ? 0 : static_cast<double>(right) / static_cast<double>(predicted);
  }
  double recall() const {
    return gold == 0 ? 0 : static_cast<double>(right) / static_cast<double>(gold);
  }
  double f1() const;
};

struct NerError {
  std::string kind;  // "missed", "spurious", "type", "boundary".
  std::string text;  // The sentence with the name in [brackets], and what was said of it.
};

struct NerEvaluation {
  NerScore all;
  std::map<std::string, NerScore> by_type;
  std::map<std::string, size_t> errors_by_kind;
  std::vector<NerError> errors;  // When asked for.
};

// The types of the sentences' entities, ascending.
std::vector<std::string> NerTypes(const std::vector<NerSentence>& sentences);

// Trains on sentences whose every name is annotated.
absl::StatusOr<std::string> TrainNer(const std::vector<NerSentence>& sentences,
                                     const TaggerOptions& options);

// Scores a model (bytes of LinearModel) on sentences.
absl::StatusOr<NerEvaluation> EvaluateNer(std::string_view model,
                                          const std::vector<NerSentence>& sentences,
                                          bool with_errors);

}  // namespace partnergraph
