#include "absl/strings/str_cat.h"
#include "graph/article_write.h"
#include "graph/keys.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Deletes the article's own rows.
absl::Status DeleteArticle(RecordReader& reader, ArticleNumber number,
                           const storage::ArticleRecord& article, GraphEdit& edit) {
  const Keys& keys = reader.keys();
  edit.Write(ColumnFamily::kArt, keys.Article(number), std::nullopt);
  for (uint32_t chunk = 0; chunk < TextChunkCount(article.text_bytes()); ++chunk) {
    edit.Write(ColumnFamily::kArt, keys.ArticleText(number, chunk), std::nullopt);
  }
  for (uint32_t chunk = 0; chunk < MentionChunkCount(article.mention_count()); ++chunk) {
    edit.Write(ColumnFamily::kArt, keys.ArticleMentions(number, chunk), std::nullopt);
  }
  edit.Write(ColumnFamily::kArt, keys.ArticleById(article.id()), std::nullopt);
  PG_ASSIGN_OR_RETURN(const std::vector<ArticleNumber> same_hash,
                      reader.ArticlesByContent(article.content_hash()));
  std::vector<uint64_t> others;
  for (const ArticleNumber other : same_hash) {
    if (other != number) others.push_back(ToInt(other));
  }
  edit.Write(ColumnFamily::kArt, keys.ArticleByContent(article.content_hash()),
             others.empty() ? std::nullopt : std::optional(EncodeU64List(others)));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PlannedWrite> PlanRetract(RecordReader& reader, std::string_view article_id) {
  PG_ASSIGN_OR_RETURN(const std::optional<ArticleNumber> number, reader.ArticleById(article_id));
  if (!number.has_value()) {
    return absl::NotFoundError(absl::StrCat("no article ", Quoted(article_id)));
  }
  PG_ASSIGN_OR_RETURN(const auto articles, reader.Articles({&*number, 1}));
  if (!articles[0].has_value()) {
    return absl::DataLossError(absl::StrCat("article ", Quoted(article_id), " has no record"));
  }
  PG_ASSIGN_OR_RETURN(const auto votes, reader.NodesOfArticle(*number));
  PG_ASSIGN_OR_RETURN(const std::vector<FactId> facts, reader.FactsOfArticle(*number));
  PG_ASSIGN_OR_RETURN(GraphEdit edit, GraphEdit::Create(reader));
  std::vector<NodeId> nodes;
  for (const auto& [node, vote] : votes) nodes.push_back(node);
  PG_RETURN_IF_ERROR(edit.LoadNodes(nodes));
  PG_RETURN_IF_ERROR(edit.LoadFacts(facts));

  for (const auto& [node, vote] : votes) {
    PG_RETURN_IF_ERROR(edit.RemoveVote(node, vote));
    edit.Write(ColumnFamily::kArt, reader.keys().ArticleNode(*number, node), std::nullopt);
  }
  for (const FactId fact : facts) PG_RETURN_IF_ERROR(edit.RemoveEvidence(*number, fact));
  edit.CountArticles(-1);
  PG_RETURN_IF_ERROR(DeleteArticle(reader, *number, *articles[0], edit));

  PlannedWrite plan;
  plan.result.article_id = std::string(article_id);
  plan.counters_before = edit.counters_before();
  PG_ASSIGN_OR_RETURN(FinishedEdit finished,
                      edit.Finish(storage::WRITE_KIND_RETRACT, article_id, *number));
  plan.writes = std::move(finished.writes);
  plan.result.diff = std::move(finished.diff);
  plan.result.sequence = finished.sequence;
  plan.idempotency_key = absl::StrCat("retract/", ToInt(finished.sequence), "/", ToInt(*number));
  return plan;
}

}  // namespace partnergraph
