// Values that reads return. Plain structs; the layers above translate them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/article_facts.h"
#include "graph/date.h"
#include "graph/ids.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

struct NodeSummary {
  NodeId id{};
  NodeKind kind{};
  std::string name;
};

struct Alias {
  std::string name;
  uint32_t article_count = 0;
};

struct Participant {
  NodeSummary node;
  std::string role;  // Empty for a product.
};

// A term of a deal, as all its evidence together gives it.
struct DealTerm {
  TermValue value;
  NodeId party{};  // The party that it is said of; 0: the deal's own.
  uint32_t source_count = 0;
};

// A deal with its attributes, as its evidence gives them together.
struct Partnership {
  FactId fact{};
  std::string kind;
  Date date;
  std::string location;
  FactStatus status{};
  float confidence = 0;
  uint32_t source_count = 0;
  std::vector<Participant>
      participants;  // At most kParticipantsMax: parties, then people, then products.
  // By kind, and within a kind the one of most sources first. At most kDealTermsMax.
  std::vector<DealTerm> terms;
};
inline constexpr size_t kParticipantsMax = 256;

struct Node {
  NodeId id{};
  NodeKind kind{};
  std::string name;
  std::string org_type;
  std::string external_id;     // What an import calls it, or empty.
  std::vector<Alias> aliases;  // Most supported first.
  uint32_t article_count = 0;
  uint64_t degree = 0;
  std::optional<Partnership> partnership;  // Partnerships only.
};

// Longest quote of a passage, in bytes; a longer passage is cut at a character, and its span with
// it.
inline constexpr size_t kQuoteBytesMax = 4 << 10;

// Aliases of a node that are returned.
inline constexpr size_t kAliasesMax = 1000;

// Facts and mentions of an article that are returned.
inline constexpr size_t kArticleFactListMax = 1000;
inline constexpr size_t kArticleMentionListMax = 2000;

// A term as one passage words it.
struct QuotedTerm {
  TermValue value;
  NodeId party{};    // As in DealTerm.
  std::string text;  // The article's bytes at `span`.
  ByteSpan span;
};

// One passage of one article that supports a fact; or what an import says: then article_id, quote
// and span are empty, source is "import" or the writer's name, title and url name the place in its
// files, and published is the date of the import.
struct Evidence {
  std::string article_id;
  std::string article_title;
  std::string url;
  std::string source;
  Date published;
  std::string quote;  // The article's bytes at `span`.
  ByteSpan span;
  FactStatus status{};
  float confidence = 0;
  std::string extractor;
  std::vector<QuotedTerm> terms;  // Of a deal: those that stand in the quote.
};

struct Edge {
  FactId fact{};
  EdgeType type{};
  NodeSummary source;
  NodeSummary target;
  std::string role;
  std::string title;
  Date date;
  FactStatus status{};
  float confidence = 0;
  uint32_t source_count = 0;
  NodeId partnership{};            // Of a PARTNER_WITH edge.
  std::string partnership_kind;    // Of a PARTNER_WITH or PARTY_TO edge.
  std::vector<Evidence> evidence;  // When asked for, best first.
};

struct FactSummary {
  FactId fact{};  // 0 in a preview of a new fact.
  std::string description;
};

// What a write changed. Lists are cut at kDiffListMax; counts are exact.
struct GraphDiff {
  std::vector<NodeSummary> nodes_added, nodes_removed;
  std::vector<FactSummary> facts_added, facts_removed, facts_updated;
  uint32_t node_added_count = 0, node_removed_count = 0;
  uint32_t fact_added_count = 0, fact_removed_count = 0, fact_updated_count = 0;
};
inline constexpr size_t kDiffListMax = 1000;

struct ArticleFact {
  FactId fact{};
  std::string description;
  std::vector<ByteSpan> spans;
};
struct ArticleMention {
  NodeSummary node;
  ByteSpan span;
};
struct StoredArticle {
  Article article;
  std::vector<ArticleFact> facts;              // At most kArticleFactListMax.
  std::vector<ArticleMention> mentions;        // In the order of the text, at most
                                               // kArticleMentionListMax.
  uint64_t fact_count = 0, mention_count = 0;  // Exact, also beyond the lists.
};

struct GraphStats {
  uint32_t format_version = 0;
  uint64_t article_count = 0, fact_count = 0, evidence_count = 0, disk_bytes = 0;
  Sequence last_sequence{};
  std::vector<std::pair<NodeKind, uint64_t>> node_counts;
  std::vector<std::pair<EdgeType, uint64_t>> edge_counts;
};

}  // namespace partnergraph
