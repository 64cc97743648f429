// The label sequences of a sentence and what can be asked of them: the best one (Viterbi), and how
// probable labels and spans are (forward-backward; Rabiner, A tutorial on hidden Markov models,
// Proceedings of the IEEE 77, 1989). Scores are log-potentials of a linear-chain conditional random
// field (Lafferty, McCallum, Pereira: Conditional Random Fields, ICML 2001).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partnergraph {

// The labels of a set of types: O, and for each type B, M, E (begin, middle, end) and S (a name of
// one unit). A label set has at most 64 labels.
class TagSet {
 public:
  static constexpr size_t kLabelsMax = 64;
  static constexpr size_t kTypesMax = (kLabelsMax - 1) / 4;
  enum Part : uint8_t { kBegin, kMiddle, kEnd, kSingle };

  TagSet() = default;
  // At most kTypesMax types.
  explicit TagSet(std::vector<std::string> types);

  size_t size() const { return 1 + 4 * types_.size(); }
  const std::vector<std::string>& types() const { return types_; }
  // The index of a type, or -1.
  int TypeIndex(std::string_view type) const;

  static uint8_t Label(size_t type, Part part) { return static_cast<uint8_t>(1 + 4 * type + part); }
  static int TypeOf(uint8_t label) { return label == 0 ? -1 : (label - 1) / 4; }
  static Part PartOf(uint8_t label) { return static_cast<Part>((label - 1) % 4); }
  static bool Begins(uint8_t label) {
    return label == 0 || PartOf(label) == kBegin || PartOf(label) == kSingle;
  }
  static bool Ends(uint8_t label) {
    return label == 0 || PartOf(label) == kEnd || PartOf(label) == kSingle;
  }
  // Whether `to` may follow `from`; across a cut no name goes on.
  static bool Follows(uint8_t from, uint8_t to) {
    return Begins(to) ? Ends(from) : !Ends(from) && TypeOf(from) == TypeOf(to);
  }

  // The labels at which names end, and O; and at which they begin, and O.
  const std::vector<uint8_t>& ends() const { return ends_; }
  const std::vector<uint8_t>& begins() const { return begins_; }
  // "O", "B-COMPANY", ...
  std::string Name(uint8_t label) const;

 private:
  std::vector<std::string> types_;
  std::vector<uint8_t> ends_, begins_;
};

// A name in a sentence of units: [begin, end).
struct TagSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint8_t type = 0;
  float probability = 0;
};

// Scores of one sentence: `emissions` has a row of tags.size() scores per unit, `transitions` a
// row per label before. cuts[i] is set where no name goes on from unit i-1 into unit i; every
// name ends with the sentence.
struct TagScores {
  const TagSet& tags;
  std::span<const float> emissions;
  std::span<const float> transitions;
  std::span<const uint8_t> cuts;
  size_t size() const { return cuts.size(); }
};

// The most probable labels. `allowed`, when it is not empty, has a mask of labels per unit.
// Linear in the number of units.
void BestLabels(const TagScores& scores, std::span<const uint64_t> allowed,
                std::vector<uint8_t>& labels);

// Names that a label sequence spells.
void LabelsToSpans(std::span<const uint8_t> labels, std::vector<TagSpan>& spans);

// Probabilities by forward-backward; reusable.
class TagMarginals {
 public:
  // `allowed` as above. Returns false when no sequence is allowed, or the scores are not finite.
  bool Compute(const TagScores& scores, std::span<const uint64_t> allowed = {});

  // Of a label at a unit.
  float Of(size_t unit, uint8_t label) const {
    return forward_[unit * labels_ + label] * backward_[unit * labels_ + label] * scale_[unit];
  }
  // That from -> to stands at unit - 1 and unit.
  float Of(size_t unit, uint8_t from, uint8_t to) const {
    return forward_[(unit - 1) * labels_ + from] * potentials_[from * labels_ + to] *
           emissions_[unit * labels_ + to] * backward_[unit * labels_ + to];
  }
  // That exactly this name stands there.
  float Of(const TagSpan& span) const;
  // All names at least this probable, ascending by begin. Names of more than kSpanUnitsMax units
  // are left out.
  void SpansOver(float probability_min, std::vector<TagSpan>& spans) const;
  static constexpr size_t kSpanUnitsMax = 60;

 private:
  template <size_t kWidth>
  bool ReadForward();
  template <size_t kWidth>
  void ReadBackward();

  const TagSet* tags_ = nullptr;
  size_t labels_ = 0;
  size_t units_ = 0;
  std::vector<float> emissions_;   // exp(score - best of the unit).
  std::vector<float> potentials_;  // exp(transition); 0 where none is.
  std::vector<float> forward_, backward_;
  std::vector<float> scale_;
  std::vector<uint8_t> cuts_;
};

}  // namespace partnergraph
