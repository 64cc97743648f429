#include "ingest/mention_finder.h"

#include <memory>
#include <utility>

#include "absl/status/statusor.h"
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

MentionFinder::MentionFinder(const ExtractionModels& models) : models_(models) {
  if (models_.names.empty() || models_.tagger.empty()) return;
  absl::StatusOr<SequenceTagger> tagger = SequenceTagger::Create(models_.tagger);
  if (tagger.ok()) tagger_ = *std::move(tagger);
}

absl::Status MentionFinder::Process(Document& document) const {
  Recognition recognition(document);
  FindByRules(recognition);
  if (models_.names.empty()) {
    SelectMentions(recognition);
    return absl::OkStatus();
  }
  const std::unique_ptr<NameReading> reading =
      ReadNames(recognition, tagger_ ? &*tagger_ : nullptr);
  DecodeNames(recognition, reading->candidates,
              ClassifyNames(models_.names, reading->candidates, *reading->features));
  return absl::OkStatus();
}

}  // namespace partnergraph
