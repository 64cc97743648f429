// Decides which mentions of an article name the same thing.
#pragma once

#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::entities and Mention::entity from Document::mentions.
class EntityResolver : public Stage {
 public:
  const char* name() const override { return "resolve"; }
  absl::Status Process(Document& document) const override;
};

}  // namespace partnergraph
