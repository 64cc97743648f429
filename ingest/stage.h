// A stage of extraction: Document in, Document out. Rules and trained models stand behind the same
// interface.
#pragma once

#include "absl/status/status.h"
#include "ingest/document.h"

namespace partnergraph {

class Stage {
 public:
  virtual ~Stage() = default;

  // A short name for reports: "recognize".
  virtual const char* name() const = 0;

  // Adds this stage's part to the document. Time and memory are linear in the length of the text.
  // Thread-safe: stages keep no state between documents. INVALID_ARGUMENT or RESOURCE_EXHAUSTED
  // refuse the article; nothing else is returned.
  virtual absl::Status Process(Document& document) const = 0;
};

}  // namespace partnergraph
