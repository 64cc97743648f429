// What an article is about, and what 公司, 双方, "the company" and the like refer to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ingest/sentence_view.h"

namespace partnergraph {

// Follows an article from sentence to sentence. Feed it each sentence after it was read.
class Discourse {
 public:
  explicit Discourse(const Document& document);

  // The company that the article speaks of first of all: in the headline, and most often.
  std::optional<uint32_t> topic() const { return topic_; }

  // The company that 公司, 该公司, "the company" at `position` means: the first one named before it
  // in the sentence as its subject, or the subject of the sentence before, or the topic.
  std::optional<uint32_t> Antecedent(const SentenceView& view, uint32_t position) const;

  // The company that the sentence before was about, other than `entity`: its subject, or else the
  // last company that it names.
  std::optional<uint32_t> SubjectBeside(uint32_t entity) const;

  void Advance(const SentenceView& view);

 private:
  std::optional<uint32_t> topic_;
  std::optional<uint32_t> subject_;
  std::vector<uint32_t> recent_;  // Companies of the sentence before, in order.
};

}  // namespace partnergraph
