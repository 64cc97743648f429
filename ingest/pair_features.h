// What a sentence tells about two of its names: sparse features for linear models. The same code
// serves training and use, so a change of a template asks for new models.
//
// Features describe the pair in the order of the text, first name and second name; a model's labels
// carry the direction. Positions are code points of Document::chars.
#pragma once

#include <cstdint>
#include <vector>

#include "ingest/cue_lexicon.h"
#include "ingest/document.h"
#include "ingest/linear_model.h"
#include "ingest/segmenter.h"

namespace partnergraph {

// How many words are read on each side of the two names, and how many of those between them, from
// each end. What is farther away adds nothing, so that a pair costs the same in any sentence.
inline constexpr size_t kPairOuterWordsMax = 24;
inline constexpr size_t kPairInnerWordsMax = 20;

// One word, or one name, of a sentence.
struct PairWord {
  Span span;
  uint64_t text = 0;  // Hash of the lower-case text; of the kind alone for numbers and names.
  uint64_t stem = 0;  // English: hash of the first letters. 0 for other words.
  TokenKind kind = TokenKind::kMark;
  bool name = false;
  bool verb = false;
  bool content = false;  // A verb, a noun or a cue: what skip-bigrams are made of.
};

// A sentence, cut into words and names once for all of its pairs. Refers to the document, which
// must outlive it.
class PairSentence {
 public:
  // Names are the companies, people and products of document.mentions in the sentence, and `a` and
  // `b` where given: those win over mentions that overlap them. Linear in the length of the
  // sentence.
  PairSentence(const Document& document, const Sentence& sentence);
  PairSentence(const Document& document, const Sentence& sentence, Span a, Span b);

  const Document& document() const { return document_; }
  bool english() const { return english_; }
  Span span() const { return span_; }
  const std::vector<PairWord>& words() const { return words_; }
  const std::vector<CueHit>& cues() const { return cues_; }

  // Index of the first word that begins at or after `position`.
  size_t WordAt(uint32_t position) const;

 private:
  void Read(std::vector<Span> given);
  void AddWords(Span span);

  const Document& document_;
  Span span_;
  bool english_ = false;
  std::vector<PairWord> words_;
  std::vector<CueHit> cues_;
};

enum class PairFeatureSet : uint8_t {
  kGeneral,  // Words around the names, and the shape of the names.
  kLexical,  // The names themselves too: for sets whose names come again.
};

// Replaces `features` by those of the pair: two spans that do not overlap, in either order; each
// hash stands once. Bounded by the constants above, not by the sentence.
void ExtractPairFeatures(const PairSentence& sentence, Span a, Span b, PairFeatureSet set,
                         std::vector<Feature>& features);

}  // namespace partnergraph
