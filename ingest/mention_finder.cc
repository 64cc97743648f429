#include "ingest/mention_finder.h"

#include "ingest/recognition.h"

namespace partnergraph {

absl::Status MentionFinder::Process(Document& document) const {
  Recognition recognition(document);
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
  SelectMentions(recognition);
  return absl::OkStatus();
}

}  // namespace partnergraph
