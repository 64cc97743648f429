// Where the rules for binary relations put what a sentence says.
#pragma once

#include <utility>
#include <vector>

#include "ingest/sentence_view.h"

namespace partnergraph {

// Appends to a list that must outlive it, as must the view.
class RelationSink {
 public:
  RelationSink(const SentenceView& view, std::vector<Relation>& relations)
      : view_(view), relations_(relations) {}

  // One statement with its evidence, trimmed. Nothing when an entity is related to itself. `rule`
  // has static storage.
  void Add(EdgeType type, uint32_t source, uint32_t target, Span evidence, float confidence,
           const char* rule) {
    if (source == target) return;
    Relation relation;
    relation.type = type;
    relation.source = source;
    relation.target = target;
    relation.confidence = confidence;
    relation.evidence.push_back(TrimEvidence(view_.document(), evidence));
    relation.rule = rule;
    Add(std::move(relation));
  }
  void Add(Relation relation) { relations_.push_back(std::move(relation)); }

 private:
  const SentenceView& view_;
  std::vector<Relation>& relations_;
};

}  // namespace partnergraph
