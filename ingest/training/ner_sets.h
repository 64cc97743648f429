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

namespace partnergraph {

class NameLists;  // name_lists.h

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

// A public set that a tagger is trained on alone.
struct NerSet {
  std::string_view name;
  std::string_view file;      // Its train split, relative to the folder of the data.
  std::string_view dev_file;  // Its dev split; empty where that is kept for tests.
  // Without a dev split, every `held_out`-th sentence of the train split serves to choose by.
  size_t held_out = 0;
  // How it is trained: chosen by the dev split.
  int epochs = 15;
  float learning_rate = 0.1f;
  float dropout = 0.3f;
  // 0: words anywhere in the sentence are no features.
  float context_rate = 0;
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

// Trains on sentences whose every name is annotated; the bytes of a LinearModel.
// INVALID_ARGUMENT for more types than a TagSet has.
// With `lists`, names of lists and of the sentences themselves, which are added to them, are
// features.
absl::StatusOr<std::string> TrainNer(const std::vector<NerSentence>& sentences, const NerSet& set,
                                     NameLists* lists = nullptr);

// Scores a model on sentences. Lists the errors only when asked to.
absl::StatusOr<NerEvaluation> EvaluateNer(std::string_view model,
                                          const std::vector<NerSentence>& sentences,
                                          bool with_errors, const NameLists* lists = nullptr);

// Trains on the train split of a set below the folder of public data and scores any file of the
// set's form; lists of names in that folder are features. With an empty path, the set's dev split
// or what is held out for it. NOT_FOUND when a file cannot be read, INVALID_ARGUMENT for an unknown
// set or a malformed file.
absl::StatusOr<NerEvaluation> EvaluateNerSet(const std::string& data_folder, std::string_view set,
                                             const std::string& path, bool with_errors);

// The evaluation as a table for people, with errors when it has them.
std::string ToTable(const NerEvaluation& evaluation);

}  // namespace partnergraph
