// Public sets whose licences permit shipping what was learned from them, as texts for the shipped
// tagger: FewFC (CC BY-SA 4.0), FinRE (MIT), CORE (CC BY 4.0), CrossNER (MIT), WNUT 17 and wikigold
// (CC BY 4.0). Each annotates some types or some names only; what it does not annotate is unknown
// and not "no name".
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/training/tagger_data.h"

namespace partnergraph {

// How much a sentence of each set counts; a set that counts 0 is not read.
struct TaggerCorpusWeights {
  float fewfc = 0;  // Measured: adds nothing to the others, and its licence asks for more.
  float finre = 0.5f;
  float core = 0.5f;
  float crossner = 0.5f;
  float wnut = 0.3f;
  float wikigold = 0.5f;
};

// Reads the sets below the folder of public data. NOT_FOUND when one is missing, INVALID_ARGUMENT
// names the file and line that is wrong.
absl::StatusOr<std::vector<TaggerText>> ReadTaggerCorpora(const std::string& data_folder,
                                                          const TaggerCorpusWeights& weights = {});

}  // namespace partnergraph
