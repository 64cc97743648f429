#include "ingest/training/training_document.h"

#include "ingest/feature_hash.h"

namespace partnergraph {

void MarkOrigin(const GoldArticle& gold, size_t first, float invented_weight,
                std::vector<TrainingExample>& examples) {
  if (gold.origin != ArticleOrigin::kInvented) return;
  for (size_t i = first; i < examples.size(); ++i) {
    examples[i].of_domain = false;
    if (examples[i].features.empty()) continue;
    examples[i].weight *= invented_weight;
    examples[i].features.push_back({FeatureHash("invented").value()});
  }
}

}  // namespace partnergraph
