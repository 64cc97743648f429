// The order of the stages, from an article to what it says.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/article_facts.h"
#include "ingest/document.h"
#include "ingest/models.h"
#include "ingest/stage.h"

namespace partnergraph {

// Name and version of the extractor, stored with all evidence: bump it when its output changes.
inline constexpr std::string_view kExtractorName = "partnergraph-extract/2";

// No model states what it holds for less probable: that would be every pair of names.
inline constexpr float kThresholdMin = 0.05f;

struct ExtractionOptions {
  // Facts (relations and partnerships) below this confidence, in [0, 1], are left out: higher for
  // precision, lower for recall. The points from which on models state a kind of fact are lowered
  // to it where they lie above, but not below kThresholdMin. Unset: those points alone, which
  // cross-validation chose and which favour precision.
  std::optional<float> confidence_min;
};

// Runs the stages. Thread-safe; make one and share it.
class Pipeline {
 public:
  // The stages that ship: rules over gazetteers built into the program, and what `models` learned.
  // Copies the models; their bytes must outlive the pipeline. INVALID_ARGUMENT when CheckModels
  // refuses them, which it does not with ShippedModels.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Create(
      const ExtractionModels& models = ShippedModels(), const ExtractionOptions& options = {});
  explicit Pipeline(std::vector<std::unique_ptr<Stage>> stages);

  // Reads one article. INVALID_ARGUMENT for an article without text, over a limit or not UTF-8 (the
  // message names the byte offset); RESOURCE_EXHAUSTED when it names more than article_facts.h
  // allows.
  absl::StatusOr<Document> Extract(Article article) const;

  const std::vector<std::unique_ptr<Stage>>& stages() const { return stages_; }

 private:
  std::vector<std::unique_ptr<Stage>> stages_;
};

// Checks an article's limits and encoding, and builds its Document with text, chars, raw, offsets
// and body_begin filled.
absl::StatusOr<Document> MakeDocument(Article article);

// What the graph is to store of a document: nodes without article-local names, edges and deals with
// byte spans.
ArticleFacts ToArticleFacts(const Document& document);

// One JSON object in the shape of the annotation guidelines, without a newline; with offsets,
// confidence and extractor as further keys.
std::string ToJson(const Document& document);

}  // namespace partnergraph
