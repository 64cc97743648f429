// A document as one JSON object, in the shape of the annotation guidelines.
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "ingest/pipeline.h"
#include "ingest/text_normalizer.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

using Json = nlohmann::ordered_json;

std::string_view TypeName(MentionType type) {
  switch (type) {
    case MentionType::kPerson:
      return "PERSON";
    case MentionType::kProduct:
      return "PRODUCT";
    default:
      return "COMPANY";
  }
}

std::string EntityId(uint32_t index) { return absl::StrCat("e", index + 1); }

// Two decimals: more would claim a precision that rules do not have.
double Rounded(float value) { return static_cast<int>(value * 100 + 0.5f) / 100.0; }

Json DateOrNull(const Date& date) { return date.empty() ? Json() : Json(FormatDate(date)); }

Json SpanJson(const Document& document, Span span) {
  const ByteSpan bytes = document.ToBytes(span);
  return Json::array({bytes.begin, bytes.end});
}

// "evidence": the quoted strings, "evidence_spans": where they stand.
void AddEvidence(const Document& document, const std::vector<Span>& evidence, Json& json) {
  Json quotes = Json::array(), spans = Json::array();
  for (const Span& span : evidence) {
    quotes.push_back(document.Text(span));
    spans.push_back(SpanJson(document, span));
  }
  json["evidence"] = std::move(quotes);
  json["evidence_spans"] = std::move(spans);
}

Json EntityJson(const Document& document, uint32_t index) {
  const Entity& entity = document.entities[index];
  Json json;
  json["id"] = EntityId(index);
  json["type"] = TypeName(entity.type);
  if (entity.type == MentionType::kCompany) json["org_type"] = entity.org_type;
  json["canonical"] = entity.canonical;
  Json names = Json::array(), spans = Json::array();
  std::set<std::string_view> seen;
  for (const uint32_t i : entity.mentions) {
    const Mention& mention = document.mentions[i];
    const std::string_view name = document.Text(mention.span);
    if (seen.insert(name).second) names.push_back(name);
    spans.push_back(SpanJson(document, mention.span));
  }
  json["mentions"] = std::move(names);
  json["mention_spans"] = std::move(spans);
  json["confidence"] = Rounded(entity.score);
  return json;
}

Json PartiesJson(const std::vector<Participation>& parties) {
  Json json = Json::array();
  for (const Participation& party : parties) {
    json.push_back({{"entity", EntityId(party.entity)}, {"role", party.role}});
  }
  return json;
}

// "terms": what the deal costs and buys, each with its wording and where it stands.
Json TermsJson(const Document& document, const Deal& deal) {
  Json json = Json::array();
  for (const Term& term : deal.terms) {
    Json entry;
    entry["kind"] = DealTermKindName(term.value.kind);
    entry["value"] = term.value.value;
    if (!term.value.currency.empty()) entry["currency"] = term.value.currency;
    if (term.value.bound != TermBound::kExact) entry["bound"] = TermBoundName(term.value.bound);
    if (term.party >= 0) entry["party"] = EntityId(static_cast<uint32_t>(term.party));
    entry["text"] = document.Text(term.span);
    entry["span"] = SpanJson(document, term.span);
    json.push_back(std::move(entry));
  }
  return json;
}

Json DealJson(const Document& document, size_t index) {
  const Deal& deal = document.deals[index];
  Json json;
  json["id"] = absl::StrCat("p", index + 1);
  json["kind"] = deal.kind;
  json["participants"] = PartiesJson(deal.parties);
  json["people"] = PartiesJson(deal.people);
  Json products = Json::array();
  for (const uint32_t product : deal.products) products.push_back(EntityId(product));
  json["products"] = std::move(products);
  json["date"] = DateOrNull(deal.date);
  json["location"] = deal.location.size() == 0 ? Json() : Json(document.Text(deal.location));
  if (!deal.terms.empty()) json["terms"] = TermsJson(document, deal);
  json["status"] = FactStatusName(deal.status);
  json["confidence"] = Rounded(deal.confidence);
  AddEvidence(document, deal.evidence, json);
  return json;
}

Json RelationJson(const Document& document, const Relation& relation) {
  Json json;
  json["type"] = GetEdgeType(relation.type).name;
  json["source"] = EntityId(relation.source);
  json["target"] = EntityId(relation.target);
  if (relation.type == kEmployedBy) json["title"] = relation.title;
  if (!relation.date.empty()) json["date"] = FormatDate(relation.date);
  json["status"] = FactStatusName(relation.status);
  json["confidence"] = Rounded(relation.confidence);
  AddEvidence(document, relation.evidence, json);
  return json;
}

}  // namespace

std::string ToJson(const Document& document) {
  Json json;
  json["article_id"] = document.article.id;
  json["title"] = document.article.title;
  json["language"] = LanguageName(document.language);
  json["published"] = DateOrNull(document.article.published);
  Json entities = Json::array(), deals = Json::array(), relations = Json::array();
  for (uint32_t i = 0; i < document.entities.size(); ++i) {
    entities.push_back(EntityJson(document, i));
  }
  for (size_t i = 0; i < document.deals.size(); ++i) deals.push_back(DealJson(document, i));
  for (const Relation& relation : document.relations) {
    relations.push_back(RelationJson(document, relation));
  }
  json["entities"] = std::move(entities);
  json["partnerships"] = std::move(deals);
  json["relations"] = std::move(relations);
  json["extractor"] = kExtractorName;
  return json.dump();
}

}  // namespace partnergraph
