// What one article says, in the graph's vocabulary: the only thing that ingest hands to the graph
// store. Plain values without behaviour. Indices refer to positions in `nodes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/date.h"
#include "graph/deal_term.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// Half-open range of bytes in the article's whole text: title, '\n', text.
struct ByteSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
  friend auto operator<=>(const ByteSpan&, const ByteSpan&) = default;
};

// An article as it came. UTF-8.
struct Article {
  std::string id;  // At most 256 bytes. Empty: the store makes one from the content.
  std::string title;
  std::string text;
  std::string url;
  std::string source;    // Publisher.
  Date published;        // Empty when unknown.
  std::string language;  // "zh", "zh-Hant" or "en"; empty: to be detected.
  // The id is only where the article was found, not its name: when it is stored with other content,
  // the store adds to it from the content's hash.
  bool id_is_derived = false;

  // title, '\n', text: what all spans refer to.
  std::string WholeText() const { return title + "\n" + text; }
};

// Limits on one article, in bytes. See graph.proto and ingest_service.proto, which document them.
inline constexpr size_t kArticleIdBytesMax = 256;
inline constexpr size_t kArticleTitleBytesMax = 4 << 10;
inline constexpr size_t kArticleTextBytesMax = 512 << 10;
inline constexpr size_t kArticleUrlBytesMax = 2 << 10;
inline constexpr size_t kArticleSourceBytesMax = 512;
// Limits on what one article may assert; what is over is RESOURCE_EXHAUSTED and nothing is stored.
inline constexpr size_t kArticleNodesMax = 2000;
inline constexpr size_t kArticleFactsMax = 5000;
inline constexpr size_t kNodeNameBytesMax = 512;
// Titles and locations are stored up to here, cut at a character.
inline constexpr size_t kFactTextBytesMax = 256;
// Passages of one article that are stored for one fact; further ones are left out.
inline constexpr size_t kEvidenceSpansMax = 64;
inline constexpr size_t kNodeNamesBytesMax = 64 << 10;  // All names of one node together.

// A company, person or product that the article names.
struct NodeAssertion {
  NodeKind kind = NodeKind::kCompany;
  std::string org_type;   // Companies only.
  std::string canonical;  // Fullest name in the article.
  // Distinct surface forms, `canonical` included. Only names that identify the node outside the
  // article may be listed: "the Laboratory", "双方" and other names defined for this article alone
  // stay out.
  std::vector<std::string> names;
  std::vector<ByteSpan> mentions;  // Every place that names it, ascending.
};

// A passage that supports a fact.
struct EvidenceAssertion {
  std::vector<ByteSpan> spans;  // At least one; the first is the best.
  FactStatus status = FactStatus::kAnnounced;
  float confidence = 0;  // [0, 1]
};

// A binary relation.
struct EdgeAssertion {
  EdgeType type{};
  uint32_t source = 0;  // Index into nodes.
  uint32_t target = 0;
  std::string title;  // EMPLOYED_BY only. Stored up to kFactTextBytesMax.
  Date date;
  EvidenceAssertion evidence;
};

// A term that the article gives a deal.
struct DealTermAssertion {
  TermValue value;
  // The party that it is said of ("A持股51%"): an index into nodes, one of the deal's parties.
  // Unset: the deal's own.
  std::optional<uint32_t> party;
  ByteSpan span;  // The words that say so. Not empty.
};

// A deal.
struct PartnershipAssertion {
  struct Participant {
    uint32_t node = 0;
    std::string role;
  };
  std::string kind;
  std::vector<Participant> parties;  // Two or more companies.
  std::vector<Participant> people;
  std::vector<uint32_t> products;
  Date date;
  std::string location;                  // Stored up to kFactTextBytesMax.
  std::vector<DealTermAssertion> terms;  // Stored up to kDealTermsMax.
  EvidenceAssertion evidence;
};

// Everything that one article says.
struct ArticleFacts {
  Article article;
  std::string extractor;  // Name and version.
  std::vector<NodeAssertion> nodes;
  std::vector<EdgeAssertion> edges;
  std::vector<PartnershipAssertion> partnerships;
};

}  // namespace partnergraph
