// What the classifier of relations sees of a pair of entities. The same code runs in training and
// in use.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ingest/linear_model.h"
#include "ingest/pair_classifier.h"
#include "ingest/relation_candidates.h"

namespace partnergraph {

class FeatureSink;

// Questions about a whole document that the features of all its pairs share. Built once; what it
// is given must outlive it. Linear in the text.
class RelationFeatures {
 public:
  // A name or a job title in a sentence: one word, whatever it says.
  struct Unit {
    Span span;
    uint64_t code;
  };

  // `pair_model` is the model `pairs`; an empty one adds nothing.
  RelationFeatures(const Document& document, const DocumentViews& views, const RuleReading& rules,
                   const std::vector<RelationPair>& pairs, const LinearModel& pair_model);

  // Replaces `features` by those of a pair, without repetition, ascending by hash. Their number is
  // bounded, whatever the length of the text.
  void Extract(const RelationPair& pair, std::vector<Feature>& features) const;

 private:
  // What is known of an entity from all pairs together.
  struct EntityFacts {
    uint32_t mentions = 0;  // Outside boilerplate.
    bool in_title = false;
    float proposal = 0;  // Surest proposal that makes it the dependent part of a relation.
    uint32_t nearest = UINT32_MAX;      // Least gap to a company in one sentence.
    std::optional<NamePosition> first;  // The first one, but rather one with a title.
    bool titled = false;
    uint32_t products = 0;  // Of a company: those that a rule says it makes.
  };

  uint32_t Gap(const PairPlace& place) const;
  // What a company is to the place `at` of a person or a product: its antecedent, the topic, the
  // nearest, in the same sentence, before it. Below 32.
  uint64_t RoleOf(const RelationPair& pair, NamePosition at, uint32_t company,
                  const PairPlace& place) const;
  // The words around a person, product or part. `role` is that of RoleOf.
  void AddOwn(const RelationPair& pair, NamePosition at, uint64_t role, FeatureSink& sink) const;
  // The same for a pair that stands nowhere together.
  void AddFarPlace(const RelationPair& pair, FeatureSink& base) const;
  // Who makes the products listed right before and behind the one at hand.
  void AddListed(const RelationPair& pair, NamePosition at, FeatureSink& sink) const;
  void AddDocument(const RelationPair& pair, FeatureSink& sink) const;
  void AddProposals(const RelationPair& pair, FeatureSink& sink) const;
  void AddPlace(const RelationPair& pair, const PairPlace& place, bool nearest,
                FeatureSink& sink) const;
  void AddCues(const SentenceView& view, Span left, Span right, FeatureSink& sink) const;

  // Asks the model of pairs about two companies that stand close together.
  void ReadPair(const RelationPair& pair);
  void AddPairModel(const RelationPair& pair, FeatureSink& sink) const;

  const Document& document_;
  const DocumentViews& views_;
  const RuleReading& rules_;
  PairClassifier pair_classifier_;
  // By view: prepared for the classifier of pairs where two companies stand.
  std::vector<std::unique_ptr<PairSentence>> pair_sentences_;
  // By first << 32 | second of a pair of companies.
  absl::flat_hash_map<uint64_t, PairProbabilities> pair_probabilities_;
  std::vector<std::vector<Span>> lists_;  // By view and name: the list that it belongs to.
  std::vector<std::vector<Unit>> units_;  // By view, ascending, not overlapping.
  std::vector<EntityFacts> entities_;
  size_t companies_ = 0;
  absl::flat_hash_set<uint64_t> makers_;  // Company << 32 | product, by the rules.
  std::vector<uint32_t> company_rank_;    // By entity: how many companies are mentioned more often.
};

}  // namespace partnergraph
