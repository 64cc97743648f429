// What the shipped sequence tagger learns from: texts with the names that are known in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/document.h"
#include "ingest/segmenter.h"
#include "ingest/tagger_features.h"
#include "ingest/training/tagger_trainer.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

// The types of the shipped tagger, in the order of its labels.
const TagSet& ShippedTags();

// A name that is known to stand in a text.
struct KnownName {
  Span span;
  uint8_t type = 0;  // Of ShippedTags().
};

// A text with what is known of its names.
struct TaggerText {
  Document document;  // With sentences.
  std::vector<Token> tokens;
  std::vector<TagHint> hints;
  std::vector<KnownName> names;  // Ascending, not overlapping.
  // The labels that are right where no name is known: bit 0, O, alone when all names are.
  uint64_t elsewhere = 1;
  float weight = 1;
};

// The labels of a type of ShippedTags(), as a mask.
uint64_t LabelsOf(uint8_t type);

// Normalizes, splits and segments an article and runs the rules over it; no name is known yet.
// Errors as those of MakeDocument.
absl::StatusOr<TaggerText> ReadTaggerText(Article article);

// An article with every occurrence of its annotated names, longest first, Latin ones as whole
// words, and the titles of its people. Companies, persons and products are annotated completely;
// the rest is as the rules see it.
absl::StatusOr<TaggerText> ReadGoldText(const GoldArticle& gold);

// Adds names to a text that do not overlap those that are there.
void AddNames(const std::vector<KnownName>& names, TaggerText& text);

// Adds all sentences of a text. A name that units do not spell is unknown: any label is right
// there.
void AddText(const TaggerText& text, TaggerTrainer& trainer);

}  // namespace partnergraph
