// Articles with their annotations (the shape of the annotation guidelines), to learn from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/document.h"

namespace partnergraph {

struct GoldEntity {
  MentionType type = MentionType::kCompany;  // kCompany, kPerson or kProduct.
  std::string org_type;
  std::string canonical;
  std::vector<std::string> names;  // Every surface form, canonical first.
};

struct GoldParticipation {
  size_t entity = 0;  // Index into GoldArticle::entities.
  std::string role;
};

struct GoldDeal {
  std::string kind;
  std::vector<GoldParticipation> parties;
  std::vector<GoldParticipation> people;
  std::vector<size_t> products;
  std::string date;
  std::vector<std::string> evidence;
};

struct GoldRelation {
  std::string type;  // "EMPLOYED_BY", ...
  size_t source = 0, target = 0;
  std::string title;
  std::vector<std::string> evidence;
};

// Where an article to learn from comes from (training_document.h says what follows from it).
enum class ArticleOrigin : uint8_t {
  kNews,      // What models are measured on, too.
  kInvented,  // Written to learn from.
  kRelease,   // Press releases of a public corpus, annotated for this project.
};

struct GoldArticle {
  Article article;
  ArticleOrigin origin = ArticleOrigin::kNews;
  std::string annotation;  // The JSON object as it stands in the file.
  std::vector<GoldEntity> entities;
  std::vector<GoldDeal> deals;
  std::vector<GoldRelation> relations;
};

// Reads articles.jsonl and gold.jsonl, joined by article_id, in the order of the annotations.
// NOT_FOUND when a file cannot be read. INVALID_ARGUMENT names the file and line that is wrong: no
// JSON object, an unknown entity or article, an id that stands there twice.
absl::StatusOr<std::vector<GoldArticle>> ReadTrainingSet(const std::string& articles_path,
                                                         const std::string& gold_path);

// One article with its annotations, a JSON object in the same form. INVALID_ARGUMENT says what is
// wrong with it.
absl::StatusOr<GoldArticle> ReadGoldArticle(Article article, std::string annotation);

// The gold entity that each entity of the document is, or -1: one to one, of the same type, most
// shared names first; as evaluation.h aligns them.
std::vector<int> AlignEntities(const Document& document, const GoldArticle& gold);

// Which of `folds` parts an article belongs to when models are tested on articles that they did not
// learn from: by position, so that neighbours (often of one source) spread over all parts.
inline size_t FoldOf(size_t article, size_t folds) { return article % folds; }

}  // namespace partnergraph
