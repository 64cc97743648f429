// StoreView: evidence and articles.
#include <algorithm>
#include <bit>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/fact_aggregate.h"
#include "graph/keys.h"
#include "graph/status_macros.h"
#include "graph/store_view.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

// The place of a passage in the order "most confident first, then newest, then oldest stored": a
// smaller rank is better. Also what ListEvidence's positions hold.
std::string RankOf(ArticleNumber article, const storage::EvidenceRecord& record, int span) {
  std::string rank;
  // Confidences are not negative, so that the order of their bits is their order; -0 becomes 0.
  AppendU32(rank, ~std::bit_cast<uint32_t>(record.confidence() + 0.0f));
  AppendU32(rank, ~record.published());
  AppendU64(rank, ToInt(article));
  AppendU32(rank, static_cast<uint32_t>(span));
  return rank;
}
constexpr size_t kRankBytes = 20;

// The place of what an import says in the same order: as an undated passage before all articles.
std::string RankOf(const storage::ImportedFactRecord& imported) {
  storage::EvidenceRecord undated;
  undated.set_confidence(imported.confidence());
  return RankOf(ArticleNumber{0}, undated, 0);
}

// The span, cut to kQuoteBytesMax; the cut may fall inside a character.
ByteSpan QuoteSpan(const storage::EvidenceRecord& record, int span) {
  const uint32_t begin = record.span_begins(span);
  const uint32_t size = std::min<uint32_t>(record.span_sizes(span), kQuoteBytesMax);
  return {begin, begin + size};
}

std::vector<ByteSpan> SpansOf(const storage::EvidenceRecord& record) {
  std::vector<ByteSpan> spans;
  for (int i = 0; i < record.span_begins_size(); ++i) {
    spans.push_back({record.span_begins(i), record.span_begins(i) + record.span_sizes(i)});
  }
  return spans;
}

// The terms whose words stand in the quote.
std::vector<QuotedTerm> TermsIn(const storage::EvidenceRecord& record, const Evidence& evidence) {
  std::vector<QuotedTerm> terms;
  for (const storage::DealTermRecord& term : record.terms()) {
    const ByteSpan span{term.begin(), term.begin() + term.size()};
    if (span.begin < evidence.span.begin || span.end > evidence.span.end) continue;
    terms.push_back({LoadTermValue(term), NodeId{term.party()},
                     evidence.quote.substr(span.begin - evidence.span.begin, term.size()), span});
  }
  return terms;
}

}  // namespace

std::vector<StoreView::Passage> StoreView::RankPassages(
    const std::optional<storage::FactRecord>& fact, std::span<const ArticleEvidence> evidence) {
  std::map<std::string, Passage> ranked;
  if (fact.has_value() && fact->has_imported()) {
    ranked.emplace(RankOf(fact->imported()), Passage{.imported = &fact->imported()});
  }
  for (const ArticleEvidence& piece : evidence) {
    for (int span = 0; span < piece.record.span_begins_size(); ++span) {
      ranked.emplace(RankOf(piece.article, piece.record, span),
                     Passage{piece.article, &piece.record, span, nullptr});
    }
  }
  std::vector<Passage> passages;
  for (const auto& [rank, passage] : ranked) passages.push_back(passage);
  return passages;
}

absl::StatusOr<std::vector<Evidence>> StoreView::QuotePassages(std::span<const Passage> passages) {
  std::set<ArticleNumber> article_set;
  std::set<std::pair<ArticleNumber, uint32_t>> chunk_set;
  for (const Passage& passage : passages) {
    if (passage.imported != nullptr) continue;
    if (passage.span >= passage.record->span_sizes_size()) {
      return absl::DataLossError(absl::StrCat("evidence of article number ", ToInt(passage.article),
                                              " lacks a span's size"));
    }
    article_set.insert(passage.article);
    const ByteSpan span = QuoteSpan(*passage.record, passage.span);
    chunk_set.emplace(passage.article, span.begin / kTextChunkBytes);
    chunk_set.emplace(passage.article, (span.end - 1) / kTextChunkBytes);
  }
  const std::vector<ArticleNumber> numbers(article_set.begin(), article_set.end());
  PG_ASSIGN_OR_RETURN(const auto records, reader_.Articles(numbers));
  std::vector<std::string> chunk_keys;
  for (const auto& [article, chunk] : chunk_set) {
    chunk_keys.push_back(reader_.keys().ArticleText(article, chunk));
  }
  PG_ASSIGN_OR_RETURN(const auto chunk_values, reader_.MultiGet(ColumnFamily::kArt, chunk_keys));
  std::map<std::pair<ArticleNumber, uint32_t>, const std::string*> chunks;
  size_t next = 0;
  for (const auto& chunk : chunk_set) {
    const std::optional<std::string>& value = chunk_values[next++];
    if (value.has_value()) chunks[chunk] = &*value;
  }

  PG_ASSIGN_OR_RETURN(std::vector<Evidence> imported, QuoteImports(passages));
  std::vector<Evidence> evidence;
  for (const Passage& passage : passages) {
    if (passage.imported != nullptr) {
      evidence.push_back(std::move(imported[evidence.size()]));
      continue;
    }
    const auto number = std::ranges::lower_bound(numbers, passage.article);
    const auto& article = records[static_cast<size_t>(number - numbers.begin())];
    ByteSpan span = QuoteSpan(*passage.record, passage.span);
    std::string quote;
    const uint32_t first = span.begin / kTextChunkBytes, last = (span.end - 1) / kTextChunkBytes;
    for (uint32_t chunk = first; chunk <= last; ++chunk) {
      const auto text = chunks.find({passage.article, chunk});
      if (text != chunks.end()) quote += *text->second;
    }
    const size_t offset = span.begin - first * kTextChunkBytes;
    if (!article.has_value() || quote.size() < offset + (span.end - span.begin)) {
      return absl::DataLossError(absl::StrCat("article number ", ToInt(passage.article),
                                              " is quoted and lacks its record or text"));
    }
    quote = CutUtf8(std::string_view(quote).substr(offset), span.end - span.begin);
    span.end = span.begin + static_cast<uint32_t>(quote.size());

    Evidence& out = evidence.emplace_back();
    out.article_id = article->id();
    out.article_title = article->title();
    out.url = article->url();
    out.source = article->source();
    out.published = UnpackDate(article->published());
    out.quote = std::move(quote);
    out.span = span;
    out.status = static_cast<FactStatus>(passage.record->status());
    out.confidence = passage.record->confidence();
    out.extractor = article->extractor();
    out.terms = TermsIn(*passage.record, out);
  }
  return evidence;
}

absl::StatusOr<std::vector<Evidence>> StoreView::QuoteImports(std::span<const Passage> passages) {
  std::set<uint32_t> numbers;
  for (const Passage& passage : passages) {
    if (passage.imported != nullptr) numbers.insert(passage.imported->import());
  }
  std::vector<Evidence> evidence(passages.size());
  if (numbers.empty()) return evidence;
  const std::vector<uint32_t> asked(numbers.begin(), numbers.end());
  PG_ASSIGN_OR_RETURN(const auto records, reader_.Imports(asked));
  for (size_t i = 0; i < passages.size(); ++i) {
    const storage::ImportedFactRecord* const imported = passages[i].imported;
    if (imported == nullptr) continue;
    const auto number = std::ranges::lower_bound(asked, imported->import());
    const auto& record = records[static_cast<size_t>(number - asked.begin())];
    if (!record.has_value()) {
      return absl::DataLossError(
          absl::StrCat("import ", imported->import(), " states a fact and has no record"));
    }
    Evidence& out = evidence[i];
    out.source = record->source();
    if (imported->file() < static_cast<uint32_t>(record->files_size())) {
      out.url = record->files(static_cast<int>(imported->file()));
      out.article_title = out.url;
    }
    if (imported->line() > 0) absl::StrAppend(&out.article_title, ", line ", imported->line());
    out.published = UnpackDate(record->date());
    out.status = static_cast<FactStatus>(imported->status());
    out.confidence = imported->confidence();
  }
  return evidence;
}

absl::Status StoreView::AddEvidence(uint32_t limit, std::vector<Edge>& edges) {
  std::vector<FactId> facts;
  for (const Edge& edge : edges) facts.push_back(edge.fact);
  PG_ASSIGN_OR_RETURN(const auto evidence, reader_.Evidence(facts, kListedEvidenceReadMax));
  PG_ASSIGN_OR_RETURN(const auto records, reader_.Facts(facts));
  std::vector<Passage> passages;
  std::vector<size_t> counts;
  for (size_t i = 0; i < facts.size(); ++i) {
    std::vector<Passage> ranked = RankPassages(records[i], evidence[i]);
    if (ranked.size() > limit) ranked.resize(limit);
    counts.push_back(ranked.size());
    passages.insert(passages.end(), ranked.begin(), ranked.end());
  }
  PG_ASSIGN_OR_RETURN(std::vector<Evidence> quoted, QuotePassages(passages));
  auto next = std::make_move_iterator(quoted.begin());
  for (size_t i = 0; i < edges.size(); ++i) {
    edges[i].evidence.assign(next, next + static_cast<ptrdiff_t>(counts[i]));
    next += static_cast<ptrdiff_t>(counts[i]);
  }
  return absl::OkStatus();
}

absl::StatusOr<EvidenceList> StoreView::ListEvidence(FactId id, uint32_t page_size,
                                                     std::string_view position) {
  if (!position.empty() && position.size() != kRankBytes) {
    return absl::InvalidArgumentError("the position does not belong to a list of evidence");
  }
  PG_ASSIGN_OR_RETURN(const auto facts, reader_.Facts({&id, 1}));
  if (!facts[0].has_value()) return absl::NotFoundError(absl::StrCat("no fact ", ToInt(id)));
  PG_ASSIGN_OR_RETURN(const auto evidence, reader_.Evidence({&id, 1}));
  const std::vector<Passage> ranked = RankPassages(facts[0], evidence[0]);
  const auto rank = [](const Passage& passage) {
    if (passage.imported != nullptr) return RankOf(*passage.imported);
    return RankOf(passage.article, *passage.record, passage.span);
  };
  auto begin = ranked.begin();
  if (!position.empty()) {
    begin = std::ranges::upper_bound(ranked, std::string(position), std::less<>(), rank);
  }
  const auto remaining = static_cast<size_t>(ranked.end() - begin);
  const auto end = begin + static_cast<ptrdiff_t>(std::min<size_t>(page_size, remaining));
  EvidenceList list;
  PG_ASSIGN_OR_RETURN(list.evidence, QuotePassages({begin, end}));
  if (end != ranked.end() && end != begin) list.next_position = rank(*(end - 1));
  return list;
}

absl::StatusOr<std::vector<ArticleFact>> StoreView::FactsOf(ArticleNumber number) {
  PG_ASSIGN_OR_RETURN(const std::vector<FactId> ids,
                      reader_.FactsOfArticle(number, kArticleFactListMax));
  PG_ASSIGN_OR_RETURN(const auto facts, reader_.Facts(ids));
  std::vector<NodeId> nodes;
  std::vector<std::string> evidence_keys;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!facts[i].has_value()) {
      return absl::DataLossError(absl::StrCat("no record of fact ", ToInt(ids[i])));
    }
    const bool is_deal = facts[i]->edge_type() == 0;
    nodes.push_back(NodeId{is_deal ? facts[i]->deal() : facts[i]->source()});
    if (!is_deal) nodes.push_back(NodeId{facts[i]->target()});
    evidence_keys.push_back(reader_.keys().Evid(ids[i], number));
  }
  PG_ASSIGN_OR_RETURN(const auto names, nodes_.Names(nodes));
  PG_ASSIGN_OR_RETURN(const auto evidence, reader_.MultiGet(ColumnFamily::kEvid, evidence_keys));
  std::vector<ArticleFact> result;
  for (size_t i = 0; i < ids.size(); ++i) {
    PG_ASSIGN_OR_RETURN(const auto record, DecodeRecord<storage::EvidenceRecord>(
                                               evidence[i].value_or(""), "evidence record"));
    result.push_back(
        {ids[i], DescribeFact(*facts[i], *schema_, [&](NodeId node) { return names.at(node); }),
         SpansOf(record)});
  }
  return result;
}

absl::StatusOr<std::vector<ArticleMention>> StoreView::MentionsOf(
    ArticleNumber number, const storage::ArticleRecord& article) {
  const size_t count = std::min<size_t>(article.mention_count(), kArticleMentionListMax);
  std::vector<std::string> keys;
  for (uint32_t chunk = 0; chunk < MentionChunkCount(count); ++chunk) {
    keys.push_back(reader_.keys().ArticleMentions(number, chunk));
  }
  PG_ASSIGN_OR_RETURN(const auto values, reader_.MultiGet(ColumnFamily::kArt, keys));
  std::vector<ArticleMention> mentions;
  std::vector<NodeId> nodes;
  for (const std::optional<std::string>& value : values) {
    PG_ASSIGN_OR_RETURN(const auto chunk, DecodeRecord<storage::MentionsRecord>(
                                              value.value_or(""), "mentions of an article"));
    if (chunk.nodes_size() != chunk.begins_size() || chunk.nodes_size() != chunk.sizes_size()) {
      return absl::DataLossError(absl::StrCat("mentions of article ", Quoted(article.id()),
                                              " have columns of different lengths"));
    }
    for (int i = 0; i < chunk.nodes_size() && mentions.size() < count; ++i) {
      ArticleMention& mention = mentions.emplace_back();
      mention.node.id = NodeId{chunk.nodes(i)};
      mention.span = {chunk.begins(i), chunk.begins(i) + chunk.sizes(i)};
      nodes.push_back(mention.node.id);
    }
  }
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, DescribeReached(*this, nodes));
  for (ArticleMention& mention : mentions) {
    const auto node = std::ranges::lower_bound(nodes, mention.node.id);
    mention.node = described[static_cast<size_t>(node - nodes.begin())].node;
  }
  return mentions;
}

absl::StatusOr<StoredArticle> StoreView::GetArticle(std::string_view article_id) {
  PG_ASSIGN_OR_RETURN(const std::optional<ArticleNumber> number, reader_.ArticleById(article_id));
  if (!number.has_value()) {
    return absl::NotFoundError(absl::StrCat("no article ", Quoted(article_id)));
  }
  PG_ASSIGN_OR_RETURN(const auto records, reader_.Articles({&*number, 1}));
  if (!records[0].has_value()) {
    return absl::DataLossError(absl::StrCat("article ", Quoted(article_id), " has no record"));
  }
  const storage::ArticleRecord& record = *records[0];
  PG_ASSIGN_OR_RETURN(const std::string text, reader_.WholeText(*number, record));
  StoredArticle stored;
  stored.article.id = record.id();
  stored.article.title = record.title();
  stored.article.text = text.substr(std::min(text.size(), record.title().size() + 1));
  stored.article.url = record.url();
  stored.article.source = record.source();
  stored.article.published = UnpackDate(record.published());
  stored.article.language = record.language();
  PG_ASSIGN_OR_RETURN(const std::vector<FactId> facts, reader_.FactsOfArticle(*number));
  stored.fact_count = facts.size();
  stored.mention_count = record.mention_count();
  PG_ASSIGN_OR_RETURN(stored.facts, FactsOf(*number));
  PG_ASSIGN_OR_RETURN(stored.mentions, MentionsOf(*number, record));
  return stored;
}

}  // namespace partnergraph
