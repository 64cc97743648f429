#include "ingest/training/gold_document.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "graph/status_macros.h"
#include "ingest/character.h"
#include "ingest/pipeline.h"
#include "ingest/training/annotated_names.h"

namespace partnergraph {
namespace {

// What a character belongs to; 0 for nothing yet.
constexpr uint8_t kName = 1, kProductGoesOn = 2, kProductBegins = 3;

struct Form {
  std::string_view text;
  size_t entity;
};

// Latin forms match whole words only.
bool Joins(char32_t a, char32_t b) { return IsAlphanumeric(a) && IsAlphanumeric(b); }

void ReplaceNames(const GoldArticle& gold, Document& document) {
  std::vector<Form> forms;
  for (size_t e = 0; e < gold.entities.size(); ++e) {
    for (const std::string& name : gold.entities[e].names) {
      if (!name.empty()) forms.push_back({name, e});
    }
  }
  std::stable_sort(forms.begin(), forms.end(),
                   [](const Form& a, const Form& b) { return a.text.size() > b.text.size(); });
  std::vector<Mention> mentions;
  for (Mention& mention : document.mentions) {
    if (mention.type == MentionType::kJobTitle || mention.type == MentionType::kPlace ||
        mention.type == MentionType::kDate) {
      mentions.push_back(std::move(mention));
    }
  }
  std::vector<uint8_t> taken(document.chars.size());
  std::vector<std::vector<Mention>> found(gold.entities.size());
  for (const Form& form : forms) {
    for (const Span span : OccurrencesOf(form.text, document)) {
      if (CutsWord(document.chars, span, Joins)) continue;
      // The maker's name at the beginning of a product's is a mention too.
      const bool maker = gold.entities[form.entity].type == MentionType::kCompany &&
                         taken[span.begin] == kProductBegins &&
                         std::all_of(taken.begin() + span.begin + 1, taken.begin() + span.end,
                                     [](uint8_t used) { return used == kProductGoesOn; });
      if (!maker && std::any_of(taken.begin() + span.begin, taken.begin() + span.end,
                                [](uint8_t used) { return used != 0; })) {
        continue;
      }
      const bool product = gold.entities[form.entity].type == MentionType::kProduct;
      std::fill(taken.begin() + span.begin, taken.begin() + span.end,
                product ? kProductGoesOn : kName);
      if (product) taken[span.begin] = kProductBegins;
      Mention& mention = found[form.entity].emplace_back();
      mention.span = span;
      mention.type = gold.entities[form.entity].type;
      mention.org_type = gold.entities[form.entity].org_type;
      mention.score = 1;
      mention.rule = "annotated";
    }
  }
  document.entities.clear();
  for (size_t e = 0; e < found.size(); ++e) {
    if (found[e].empty()) continue;
    Entity& entity = document.entities.emplace_back();
    entity.type = gold.entities[e].type;
    entity.org_type = gold.entities[e].org_type;
    entity.canonical = gold.entities[e].canonical;
    entity.score = 1;
    for (Mention& mention : found[e]) {
      mention.entity = static_cast<int>(document.entities.size() - 1);
      mentions.push_back(std::move(mention));
    }
  }
  std::stable_sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.span.end > b.span.end;
  });
  document.mentions = std::move(mentions);
  for (uint32_t m = 0; m < document.mentions.size(); ++m) {
    const int entity = document.mentions[m].entity;
    if (entity >= 0) document.entities[static_cast<size_t>(entity)].mentions.push_back(m);
  }
}

}  // namespace

absl::StatusOr<Document> ReadWithGoldEntities(const GoldArticle& gold,
                                              const ExtractionModels& models) {
  PG_ASSIGN_OR_RETURN(Document document, MakeDocument(gold.article));
  PG_ASSIGN_OR_RETURN(const std::unique_ptr<Pipeline> pipeline, Pipeline::Create(models));
  for (const std::unique_ptr<Stage>& stage : pipeline->stages()) {
    if (std::string_view(stage->name()) == "assemble") return document;
    PG_RETURN_IF_ERROR(stage->Process(document));
    if (std::string_view(stage->name()) == "resolve") ReplaceNames(gold, document);
  }
  return absl::InternalError("no stage assemble");
}

}  // namespace partnergraph
