#include "ingest/mention_finder.h"

#include <utility>

#include "graph/status_macros.h"
#include "ingest/name_classifier.h"
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

absl::StatusOr<std::unique_ptr<MentionFinder>> MentionFinder::Create(
    const ExtractionModels& models) {
  PG_RETURN_IF_ERROR(CheckModel("names", models.names));
  PG_RETURN_IF_ERROR(CheckModel("tagger", models.tagger));
  auto finder = std::make_unique<MentionFinder>();
  finder->names_ = models.names;
  if (!models.names.empty() && !models.tagger.empty()) {
    PG_ASSIGN_OR_RETURN(finder->tagger_, SequenceTagger::Create(models.tagger));
  }
  return finder;
}

absl::Status MentionFinder::Process(Document& document) const {
  Recognition recognition(document);
  FindByRules(recognition);
  if (names_.empty()) {
    SelectMentions(recognition);
    return absl::OkStatus();
  }
  const std::unique_ptr<NameReading> reading =
      ReadNames(recognition, tagger_ ? &*tagger_ : nullptr);
  DecodeNames(recognition, reading->candidates,
              ClassifyNames(names_, reading->candidates, *reading->features));
  return absl::OkStatus();
}

}  // namespace partnergraph
