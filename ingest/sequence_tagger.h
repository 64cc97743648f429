// A trained tagger of names: finds the spans that may name something, with their probability. A
// linear-chain conditional random field over hashed features (tagger_features.h, tag_lattice.h).
// It sees one sentence at a time; what the whole document says decides later.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/document.h"
#include "ingest/linear_model.h"
#include "ingest/recognition.h"
#include "ingest/segmenter.h"
#include "ingest/tag_lattice.h"
#include "ingest/tagger_features.h"

namespace partnergraph {

// A possible name in a document.
struct TaggedSpan {
  Span span;
  MentionType type = MentionType::kCompany;
  float probability = 0;  // That exactly this span is a name of this type.
  bool best = false;      // It is part of the best reading of its sentence.
};

// "COMPANY", "PERSON", "PRODUCT", "TITLE", "PLACE"; empty for kDate.
std::string_view TagTypeName(MentionType type);
std::optional<MentionType> MentionTypeOfTag(std::string_view name);

// What the rules say of a document, as hints to the tagger; ascending by begin. The hints of the
// shipped model.
std::vector<TagHint> RuleHints(const Recognition& recognition);

// The names of the model's columns for a tag set: "-2 O", "-2 B-COMPANY", ...
std::vector<std::string> TaggerColumns(const TagSet& tags);
// The row that holds the scores of what follows a label.
uint64_t TransitionHash(size_t label);
// The row that is there when the model knows words anywhere in a sentence.
uint64_t SentenceWordsHash();

// Thread-safe.
class SequenceTagger {
 public:
  // INVALID_ARGUMENT when the model's labels are no tagger's. The bytes that the model reads must
  // outlive the tagger; a copy of the model is kept.
  static absl::StatusOr<SequenceTagger> Create(const LinearModel& model);

  const TagSet& tags() const { return tags_; }

  // Tags every sentence of a document whose sentences are known. `tokens` are those of all
  // sentences in order, as Segment makes them (Recognition::tokens); `hints` ascend by begin, and
  // are those that the model learned from, or none. Replaces `spans` by the names of the best
  // reading and all others at least `probability_min` probable, ascending by begin, then by end,
  // then the more probable first. Linear in the length of the text.
  void Tag(const Document& document, std::span<const Token> tokens, std::span<const TagHint> hints,
           float probability_min, std::vector<TaggedSpan>& spans) const;

  // Tags one sentence: the best reading only, as spans of `units`, which are replaced too. Unless
  // `constrained`, names may cross quotes, as those of some public sets do.
  void TagSentence(std::u32string_view chars, Span sentence, std::span<const TagHint> hints,
                   bool constrained, std::vector<TagUnit>& units,
                   std::vector<TagSpan>& spans) const;

 private:
  struct Workspace;
  SequenceTagger() = default;
  void Score(Workspace& work) const;

  LinearModel model_;
  TagSet tags_;
  bool sentence_words_ = false;
  std::vector<float> transitions_;
  std::vector<std::optional<MentionType>> types_;  // By tag type.
};

}  // namespace partnergraph
