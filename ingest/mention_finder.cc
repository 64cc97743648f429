#include "ingest/mention_finder.h"

#include "ingest/name_candidates.h"
#include "ingest/name_classifier.h"
#include "ingest/name_features.h"
#include "ingest/recognition.h"

namespace partnergraph {

void FindByRules(Recognition& recognition) {
  FindJobTitles(recognition);
  FindEnglishJobTitles(recognition);
  FindChineseOrganizations(recognition);
  FindListedNames(recognition);
  FindChinesePeople(recognition);
  FindLatinNames(recognition);
  FindEnglishNames(recognition);
  FindProducts(recognition);
  FindListedProducts(recognition);
  FindNamesInContext(recognition);
  CutGluedNames(recognition);
  FindAliasDefinitions(recognition);
  PropagateNames(recognition);
}

absl::Status MentionFinder::Process(Document& document) const {
  Recognition recognition(document);
  FindByRules(recognition);
  if (models_.names.empty()) {
    SelectMentions(recognition);
    return absl::OkStatus();
  }
  const NameCandidates candidates = FindNameCandidates(recognition);
  SelectMentions(recognition);
  const NameFeatures features(recognition, candidates, document.mentions);
  DecodeNames(recognition, candidates, ClassifyNames(models_.names, candidates, features));
  return absl::OkStatus();
}

}  // namespace partnergraph
