#include "ingest/training/training_set.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/article_reader.h"
#include "ingest/evaluation.h"
#include "ingest/json_fields.h"

namespace partnergraph {
namespace {

using nlohmann::json;

MentionType TypeOf(const std::string& type) {
  if (type == "PERSON") return MentionType::kPerson;
  return type == "PRODUCT" ? MentionType::kProduct : MentionType::kCompany;
}

// The annotations of one article; its text is filled in by the caller.
class GoldReader {
 public:
  absl::StatusOr<GoldArticle> Read(const json& object) {
    GoldArticle gold;
    gold.article.id = StringField(object, "article_id");
    if (gold.article.id.empty()) return absl::InvalidArgumentError("no article_id");
    for (const json& entity : ArrayField(object, "entities")) {
      ids_[StringField(entity, "id")] = gold.entities.size();
      GoldEntity& added = gold.entities.emplace_back();
      added.type = TypeOf(StringField(entity, "type"));
      added.org_type = StringField(entity, "org_type");
      added.canonical = StringField(entity, "canonical");
      added.names.push_back(added.canonical);
      for (std::string& name : StringsField(entity, "mentions")) {
        if (name != added.canonical) added.names.push_back(std::move(name));
      }
    }
    for (const json& partnership : ArrayField(object, "partnerships")) {
      GoldDeal deal;
      deal.kind = StringField(partnership, "kind");
      deal.date = StringField(partnership, "date");
      deal.evidence = StringsField(partnership, "evidence");
      PG_ASSIGN_OR_RETURN(deal.parties, Participations(ArrayField(partnership, "participants")));
      PG_ASSIGN_OR_RETURN(deal.people, Participations(ArrayField(partnership, "people")));
      for (const std::string& product : StringsField(partnership, "products")) {
        PG_ASSIGN_OR_RETURN(const size_t index, Index(product));
        deal.products.push_back(index);
      }
      gold.deals.push_back(std::move(deal));
    }
    for (const json& value : ArrayField(object, "relations")) {
      GoldRelation relation;
      relation.type = StringField(value, "type");
      relation.title = StringField(value, "title");
      relation.evidence = StringsField(value, "evidence");
      PG_ASSIGN_OR_RETURN(relation.source, Index(StringField(value, "source")));
      PG_ASSIGN_OR_RETURN(relation.target, Index(StringField(value, "target")));
      gold.relations.push_back(std::move(relation));
    }
    return gold;
  }

 private:
  absl::StatusOr<size_t> Index(const std::string& id) const {
    const auto it = ids_.find(id);
    if (it == ids_.end()) return absl::InvalidArgumentError(absl::StrCat("no entity ", id));
    return it->second;
  }
  absl::StatusOr<std::vector<GoldParticipation>> Participations(const json& array) const {
    std::vector<GoldParticipation> participations;
    for (const json& value : array) {
      PG_ASSIGN_OR_RETURN(const size_t index, Index(StringField(value, "entity")));
      participations.push_back({index, StringField(value, "role")});
    }
    return participations;
  }

  std::map<std::string, size_t> ids_;
};

}  // namespace

absl::StatusOr<GoldArticle> ReadGoldArticle(Article article, std::string annotation) {
  const json object = json::parse(annotation, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return absl::InvalidArgumentError("no JSON object");
  PG_ASSIGN_OR_RETURN(GoldArticle gold, GoldReader().Read(object));
  gold.article = std::move(article);
  gold.annotation = std::move(annotation);
  return gold;
}

absl::StatusOr<std::vector<GoldArticle>> ReadTrainingSet(const std::string& articles_path,
                                                         const std::string& gold_path) {
  std::map<std::string, Article> articles;
  absl::Status bad;
  PG_RETURN_IF_ERROR(
      ReadRecords(articles_path, RecordFormat::kJson, [&](absl::StatusOr<ArticleRecord> record) {
        absl::StatusOr<Article> article =
            record.ok() ? ReadArticle(*record) : absl::StatusOr<Article>(record.status());
        if (!article.ok()) {
          bad = article.status();
          return false;
        }
        const std::string id = article->id;
        if (!articles.emplace(id, *std::move(article)).second) {
          bad = absl::InvalidArgumentError(
              absl::StrCat(articles_path, ":", record->line, ": a second article ", id));
          return false;
        }
        return true;
      }));
  PG_RETURN_IF_ERROR(bad);
  std::vector<GoldArticle> result;
  std::set<std::string> annotated;
  PG_RETURN_IF_ERROR(
      ReadRecords(gold_path, RecordFormat::kJson, [&](absl::StatusOr<ArticleRecord> record) {
        if (!record.ok()) {
          bad = record.status();
          return false;
        }
        const json object = json::parse(record->data, nullptr, /*allow_exceptions=*/false);
        absl::StatusOr<GoldArticle> gold =
            object.is_object()
                ? GoldReader().Read(object)
                : absl::StatusOr<GoldArticle>(absl::InvalidArgumentError("no JSON object"));
        const auto article = gold.ok() ? articles.find(gold->article.id) : articles.end();
        if (gold.ok() && article == articles.end()) {
          gold = absl::InvalidArgumentError(absl::StrCat("no article ", gold->article.id));
        } else if (gold.ok() && !annotated.insert(gold->article.id).second) {
          gold = absl::InvalidArgumentError(
              absl::StrCat("a second annotation of article ", gold->article.id));
        }
        if (!gold.ok()) {
          bad = absl::InvalidArgumentError(absl::StrCat(gold_path, ":", record->line, ": ",
                                                        std::string(gold.status().message())));
          return false;
        }
        gold->article = std::move(article->second);
        gold->annotation = std::string(record->data);
        result.push_back(*std::move(gold));
        return true;
      }));
  PG_RETURN_IF_ERROR(bad);
  return result;
}

std::vector<int> AlignEntities(const Document& document, const GoldArticle& gold) {
  std::vector<std::set<std::string>> gold_names;
  for (const GoldEntity& entity : gold.entities) {
    std::set<std::string>& names = gold_names.emplace_back();
    for (const std::string& name : entity.names) names.insert(ComparedName(name));
    names.erase("");
  }
  std::vector<std::tuple<double, size_t, size_t>> pairs;  // -similarity, gold, document's.
  for (size_t i = 0; i < document.entities.size(); ++i) {
    const Entity& entity = document.entities[i];
    std::set<std::string> names = {ComparedName(entity.canonical)};
    for (const uint32_t m : entity.mentions) {
      names.insert(ComparedName(document.Text(document.mentions[m].span)));
    }
    names.erase("");
    for (size_t g = 0; g < gold.entities.size(); ++g) {
      if (gold.entities[g].type != entity.type) continue;
      double similarity = 0;
      for (const std::string& name : names) {
        if (gold_names[g].contains(name)) similarity += 1 + static_cast<double>(name.size()) / 3000;
      }
      if (similarity > 0) pairs.emplace_back(-similarity, g, i);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<int> aligned(document.entities.size(), -1);
  std::vector<bool> used(gold.entities.size());
  for (const auto& [similarity, g, i] : pairs) {
    if (used[g] || aligned[i] >= 0) continue;
    used[g] = true;
    aligned[i] = static_cast<int>(g);
  }
  return aligned;
}

}  // namespace partnergraph
