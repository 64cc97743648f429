// What the name classifier sees of a surface form: what the rules and lists say of it, its
// characters and words, and what stands around its occurrences. Features are of the simplified
// characters, so that both scripts of Chinese have the same.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ingest/document_words.h"
#include "ingest/linear_model.h"
#include "ingest/name_candidates.h"
#include "ingest/recognition.h"
#include "ingest/sequence_tagger.h"

namespace partnergraph {

// The labels of the model `names`, in this order.
inline constexpr const char* kNameLabels[] = {"NONE", "COMPANY", "PERSON", "PRODUCT"};
inline constexpr size_t kNameLabelCount = 4;

// Types of mentions that a tagger may find: companies to places.
inline constexpr size_t kTagTypes = 5;

// Probabilities of the labels.
struct NameProbability {
  float of[kNameLabelCount] = {1, 0, 0, 0};
  float none() const { return of[0]; }
  // The most probable type that is no NONE: 1 to 3.
  size_t best() const {
    size_t best = 1;
    for (size_t k = 2; k < kNameLabelCount; ++k) {
      if (of[k] > of[best]) best = k;
    }
    return best;
  }
};

// Features of the candidates of one document. What it is made of must outlive it.
class NameFeatures {
 public:
  // `selected` are the mentions that the rules alone would choose, `tagged` what the sequence
  // tagger sees, ascending by begin; null when there is none.
  NameFeatures(const Recognition& recognition, const NameCandidates& candidates,
               std::span<const Mention> selected, const std::vector<TaggedSpan>* tagged);

  // Whether nothing speaks for a candidate: no rule, and the tagger, which has looked, sees
  // nothing. Such forms are no names, and most candidates are such.
  bool IsHopeless(uint32_t name) const;

  // Replaces `features` by those of a candidate. Without repetition, unordered.
  void Extract(uint32_t name, std::vector<Feature>& features) const;

 private:
  class Collector;
  void ReadTags(std::span<const TaggedSpan> tagged);
  void AddRules(uint32_t name, Collector& out) const;
  void AddTags(uint32_t name, Collector& out) const;
  void AddText(uint32_t name, Collector& out) const;
  void AddWords(uint32_t name, Collector& out) const;
  void AddLexicon(uint32_t name, Collector& out) const;
  void AddContext(uint32_t name, Collector& out) const;
  void AddDocument(uint32_t name, Collector& out) const;
  // name_kin_features.cc.
  void ReadKin();
  void AddKin(uint32_t name, Collector& out) const;
  void AddGeneric(uint32_t name, Collector& out) const;

  const Recognition& r_;
  const NameCandidates& candidates_;
  const DocumentWords words_;
  std::vector<uint8_t> chosen_;   // By occurrence: 1 + the type that the rules choose, or 0.
  std::vector<uint8_t> inside_;   // By occurrence: 1 + type of a longer choice around it, or 0.
  std::vector<uint8_t> crossed_;  // By occurrence: 1 when a choice overlaps it otherwise.
  // By occurrence: how probable the tagger finds each type there, and that a name around it, across
  // its edge or inside it is one.
  struct Tags {
    float of[kTagTypes] = {};
    float around = 0, across = 0, inside = 0;
    bool best = false;
  };
  std::vector<Tags> tags_;           // Empty without a tagger.
  std::vector<uint8_t> mention_at_;  // By position: 1 + type of the rules' choice there, or 0.
  // How much speaks for each type: the tagger's probability, or half a rule's score.
  struct Kin {
    float of[3] = {};
  };
  std::vector<Kin> strength_;                                   // By name.
  absl::flat_hash_map<std::u32string_view, Kin> begun_;         // By beginning: the strongest name.
  absl::flat_hash_map<std::u32string_view, Kin> ended_;         // By end.
  absl::flat_hash_map<std::u32string_view, uint32_t> by_text_;  // Names that are not hopeless.
  std::vector<uint8_t> mention_edge_;  // By position: 1 begins, 2 ends (behind it), of a choice.
};

}  // namespace partnergraph
