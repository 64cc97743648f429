// Splits a document into sentences, headings and list items.
#pragma once

#include "ingest/stage.h"

namespace partnergraph {

// Longest sentence, in code points: longer ones are cut, at a comma where there is one, so that
// what follows may be linear in the text even where it is not linear in the sentence.
inline constexpr uint32_t kSentenceCharsMax = 1000;

// Fills Document::sentences. Newlines always end a sentence. Otherwise 。！？ end one, as do . ! ?
// before white space and a new beginning, with the closing quotes and brackets after them; not
// inside short round brackets, nor after abbreviations (Inc., Mr., U.S.). Numbered items (1. 2. 3.)
// in one line begin a sentence each. Marks title, boilerplate and language per sentence.
class SentenceSplitter : public Stage {
 public:
  const char* name() const override { return "split"; }
  absl::Status Process(Document& document) const override;
};

}  // namespace partnergraph
