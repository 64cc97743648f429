// Lists of names as hints to a tagger that is trained and tested on a public set: where in a
// sentence a listed name stands, and of which lists. Also the names of the set's own train split:
// in a sentence to learn from, only those that other sentences have too count, so that the tagger
// does not trust them more than it should.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ingest/tagger_features.h"
#include "ingest/training/ner_sets.h"

namespace partnergraph {

// Immutable once filled. A look-up is linear in the sentence, with kNameCharsMax steps a character.
class NameLists {
 public:
  static constexpr size_t kNameCharsMax = 14;

  // The public lists below the folder of data: organizations, people, places, transliterations,
  // words with their parts of speech. NOT_FOUND when one is missing.
  static absl::StatusOr<NameLists> Read(const std::string& data_folder);

  // The names of sentences of type `type` become list kFirstType + type.
  void AddSentence(const NerSentence& sentence, const std::vector<std::string>& types);

  // What the lists say of a sentence, ascending by begin. `own`, when not null, is the sentence
  // itself as AddSentence took it: its names count once less.
  std::vector<TagHint> Find(std::u32string_view chars, const NerSentence* own,
                            const std::vector<std::string>& types) const;

 private:
  struct Entry {
    uint64_t lists = 0;                               // A bit each.
    std::vector<std::pair<uint8_t, uint32_t>> types;  // How often as which type in the train split.
  };
  absl::Status ReadFile(const std::string& path, int list);

  absl::flat_hash_map<std::u32string, Entry> entries_;
};

}  // namespace partnergraph
