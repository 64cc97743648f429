// What a document tells about two of its companies, place by place, and about a set of companies
// that may be the parties of one deal: sparse features for the model `deals`. The same code serves
// training and use, so a change of a template asks for a new model.
//
// Positions are code points of Document::chars.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ingest/deal_candidate.h"
#include "ingest/linear_model.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// The kinds of deals, as the annotation guidelines name them.
inline constexpr std::array<std::string_view, 11> kDealKinds = {"STRATEGIC_COOPERATION",
                                                                "JOINT_VENTURE",
                                                                "TECHNOLOGY_INTEGRATION",
                                                                "SUPPLY",
                                                                "RESEARCH",
                                                                "EDUCATION",
                                                                "INVESTMENT",
                                                                "ACQUISITION",
                                                                "INCUBATION",
                                                                "DISTRIBUTION",
                                                                "OTHER"};
// Index into kDealKinds, or -1.
int DealKindIndex(std::string_view kind);

// The probabilities of no deal (index 0) and of each kind (index 1 + that in kDealKinds).
using KindScores = std::array<float, 1 + kDealKinds.size()>;

// Most companies of one sentence that are paired, most places of one article: what is over is left
// out, so that the work stays linear in the text.
inline constexpr size_t kPlaceNamesMax = 10;
inline constexpr size_t kPlacesMax = 240;
// Most parties of a proposed deal.
inline constexpr size_t kProposalPartiesMax = 40;

// A place where the text may say something of two companies.
struct DealPlace {
  uint32_t sentence = 0;
  uint32_t first = 0, second = 0;  // Entities; the first is named first.
  // Where they stand. Empty for one that the sentence does not name: the topic of the article, or
  // whom a rule has found by 公司 or "the company".
  Span first_span, second_span;
};

// A set of companies that may be the parties of one deal.
struct DealProposal {
  std::vector<uint32_t> parties;     // Ascending.
  std::vector<uint32_t> candidates;  // Indices of the rules' candidates with parties among these.
  std::vector<uint32_t> places;      // Indices of the places of their pairs.
  bool clustered = false;            // The rules alone would make it a deal.
  float rule_confidence = 0;         // As AssembleDeals has it.
  std::string_view rule_kind;        // Empty where no rule speaks of exactly these.
};

// One document with what the features are made of, prepared once. Refers to what it is made from.
class DealContext {
 public:
  DealContext(const Document& document, const std::vector<SentenceView>& views,
              const std::vector<DealCandidate>& candidates);

  const Document& document() const { return document_; }
  const std::vector<SentenceView>& views() const { return views_; }
  const std::vector<DealCandidate>& candidates() const { return candidates_; }
  const std::vector<DealPlace>& places() const { return places_; }
  std::optional<uint32_t> topic() const { return topic_; }
  bool IsPart(uint32_t a, uint32_t b) const {
    return parts_.contains({a, b}) || parts_.contains({b, a});
  }

  // Replaces `features` by those of a place. Bounded by constants, not by the sentence.
  void PlaceFeatures(const DealPlace& place, std::vector<Feature>& features) const;
  // Replaces `features` by those of a proposed deal. `scores` has the kinds of each place.
  void ProposalFeatures(const DealProposal& proposal, std::span<const KindScores> scores,
                        std::vector<Feature>& features) const;
  // Replaces `features` by those of a party's role in a deal of `kind`.
  void RoleFeatures(const DealProposal& proposal, std::span<const KindScores> scores,
                    std::string_view kind, uint32_t party, std::vector<Feature>& features) const;

 private:
  // A word, a Han character, a number or a name of a sentence.
  struct Token {
    uint32_t begin;
    uint64_t hash;
  };
  void ReadTokens();
  void FindPlaces();
  void AddPlace(const DealPlace& place);

  const Document& document_;
  const std::vector<SentenceView>& views_;
  const std::vector<DealCandidate>& candidates_;
  std::optional<uint32_t> topic_;
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> parts_;
  std::vector<std::vector<Token>> tokens_;            // By sentence.
  std::vector<std::vector<uint32_t>> candidates_of_;  // By sentence.
  std::vector<DealPlace> places_;
  std::vector<uint32_t> mentions_;  // By entity: how often it is named.
  uint32_t companies_ = 0;
};

}  // namespace partnergraph
