// Trains sequence taggers: conditional random fields by stochastic gradient ascent with AdaGrad
// steps (Duchi, Hazan, Singer: Adaptive Subgradient Methods, JMLR 2011) and the average of the last
// epochs' weights. Annotation may be partial: a unit then has a set of labels that are right, and
// what counts is the probability of all sequences within the sets (Tsuboi et al., Training
// Conditional Random Fields Using Incomplete Annotations, COLING 2008).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ingest/linear_model.h"
#include "ingest/tag_lattice.h"
#include "ingest/tagger_features.h"

namespace partnergraph {

// Weights in full, with the hashes that a LinearModel does not keep: what training gives and can go
// on from.
class TaggerWeights {
 public:
  explicit TaggerWeights(TagSet tags)
      : tags_(std::move(tags)), weights_(tags_.size() * tags_.size()) {}

  const TagSet& tags() const { return tags_; }
  size_t rows() const { return rows_.size(); }
  // The bytes of a LinearModel, see sequence_tagger.h. Weights smaller than `weight_min` are left
  // out.
  absl::StatusOr<std::string> ToModel(float weight_min) const;

 private:
  friend class TaggerTraining;
  struct Row {
    uint64_t hash;
    size_t offset;
    int8_t first, last;
  };
  TagSet tags_;
  std::vector<Row> rows_;
  absl::flat_hash_map<uint64_t, uint32_t> row_of_;
  std::vector<float> weights_;  // Of transitions, then of the rows.
  bool sentence_words_ = false;
};

struct TaggerOptions {
  int epochs = 8;
  float learning_rate = 0.15f;
  // How fast the weights of words anywhere in the sentence are learned, as a part of learning_rate.
  float context_rate = 1;
  float l2 = 2e-5f;            // Decay per step of the weights that the step touches.
  float square_start = 0.05f;  // AdaGrad's sums of squares begin with this.
  float dropout = 0.1f;        // Part of a sentence's features that a step does not see.
  int count_min = 2;           // A feature in fewer places is left out, unless `start` knows it.
  uint64_t seed = 1;
  const TaggerWeights* start = nullptr;  // Weights to begin with, of the same tag set.
};

// Collects sentences, then trains. Memory: 8 bytes per feature of a unit, and a row of weights per
// distinct feature.
class TaggerTrainer {
 public:
  explicit TaggerTrainer(TagSet tags) : tags_(std::move(tags)) {}

  // One sentence. `allowed` has the mask of right labels per unit, `cuts` is as TagScores has it. A
  // sentence without units is left out; one whose masks allow no sequence teaches nothing where a
  // unit has several right labels, and must not occur where each has one. `weight` is how much it
  // counts.
  void Add(std::span<const TagFeature> features, std::span<const uint64_t> allowed,
           std::span<const uint8_t> cuts, float weight);

  size_t sentences() const { return sentences_.size(); }

  // Deterministic for a seed. INVALID_ARGUMENT for options.start of another tag set.
  absl::StatusOr<TaggerWeights> Train(const TaggerOptions& options) const;

 private:
  friend class TaggerTraining;
  struct Use {
    uint32_t row;
    uint32_t unit;
  };
  struct Sentence {
    uint32_t first_unit, units;
    size_t first_use, uses;
    float weight;
    bool partial;  // Some unit has more than one right label.
  };
  struct Row {
    uint64_t hash;
    int8_t first, last;
    uint32_t count;
  };

  TagSet tags_;
  bool sentence_words_ = false;  // Some feature speaks of whole sentences.
  std::vector<Sentence> sentences_;
  std::vector<Use> uses_;
  std::vector<uint64_t> allowed_;
  std::vector<uint8_t> cuts_;
  std::vector<Row> rows_;
  absl::flat_hash_map<uint64_t, uint32_t> row_of_;
};

}  // namespace partnergraph
