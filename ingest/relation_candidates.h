// Pairs of entities that a document may relate, what the rules say of each, and where both stand.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Which types the entities of a pair have.
enum class PairKind : uint8_t {
  kPersonCompany,
  kCompanyProduct,
  kCompanyCompany,
  kProductCompany,
  kProductProduct,
};

// A name in DocumentViews::views.
struct NamePosition {
  uint32_t view = 0;
  uint32_t name = 0;
};

// Names of both entities, in one sentence or in adjacent ones.
struct PairPlace {
  NamePosition first, second;
};

// Most places of a pair that are looked at.
inline constexpr size_t kPairPlacesMax = 2;
// Most proposals of the rules for a pair that are looked at: the surest.
inline constexpr size_t kPairProposalsMax = 8;
// How many of the names before it a name is paired with. Keeps pairs linear in the text.
inline constexpr size_t kPairWindow = 10;
// The same for what a product may run on: names after it or before it in its sentence.
inline constexpr size_t kProductPairWindow = 4;
// Most pairs of a document; later ones are left out.
inline constexpr size_t kPairsMax = 4000;

// An ordered pair: a person, a company or a product, and what it may have to do with `second`. Two
// companies make two pairs, and so do two products, or a company and a product.
struct RelationPair {
  PairKind kind{};
  uint32_t first = 0;  // Indices into Document::entities.
  uint32_t second = 0;
  std::vector<PairPlace> places;    // Best first, at most kPairPlacesMax.
  std::vector<uint32_t> proposals;  // Indices into RuleReading::proposals: first to second.
  std::vector<uint32_t> reverse;    // The same, second to first.
};

// The sentences of a document that name entities. The document must outlive it.
struct DocumentViews {
  explicit DocumentViews(const Document& document);
  const Name& At(NamePosition at) const { return views[at.view].names()[at.name]; }
  std::vector<SentenceView> views;  // In the order of the text.
};

// What the rules make of a document.
struct RuleReading {
  std::vector<Relation> proposals;  // One per statement, in the order of the text.
  std::optional<uint32_t> topic;    // Discourse::topic.
  // By view and name: the company that 公司 would mean there. -1 where there is none.
  std::vector<std::vector<int>> antecedents;
};
RuleReading ReadByRules(const Document& document, const DocumentViews& views);

// Collects the pairs: names that stand within kPairWindow names of each other in one sentence (or
// in two adjacent ones, unless both are companies or the first is a product), persons and products
// with the company that the article is about, and whatever the rules propose. In the order of the
// text, which is the same for the same document. Linear in the text.
std::vector<RelationPair> FindPairs(const Document& document, const DocumentViews& views,
                                    const RuleReading& rules);

}  // namespace partnergraph
