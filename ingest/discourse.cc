#include "ingest/discourse.h"

#include <algorithm>

namespace partnergraph {

Discourse::Discourse(const Document& document) {
  // A mention in the title weighs as much as three in the text, and the first one breaks ties.
  std::vector<uint32_t> weight(document.entities.size());
  size_t sentence = 0;
  for (const Mention& mention : document.mentions) {
    if (mention.entity < 0 || mention.type != MentionType::kCompany) continue;
    while (sentence + 1 < document.sentences.size() &&
           document.sentences[sentence].span.end <= mention.span.begin) {
      ++sentence;
    }
    if (!document.sentences.empty() && document.sentences[sentence].boilerplate) continue;
    uint32_t& count = weight[static_cast<size_t>(mention.entity)];
    count += mention.span.begin < document.body_begin ? 3 : 1;
    if (!topic_ || count > weight[*topic_]) topic_ = static_cast<uint32_t>(mention.entity);
  }
}

std::optional<uint32_t> Discourse::Antecedent(const SentenceView& view, uint32_t position) const {
  for (const Group& group : view.groups()) {
    if (group.span.end > position) break;
    if (!group.with) return group.entities.front();
  }
  return subject_ ? subject_ : topic_;
}

void Discourse::Advance(const SentenceView& view) {
  for (const Group& group : view.groups()) {
    if (group.with) continue;
    subject_ = group.entities.front();
    return;
  }
}

}  // namespace partnergraph
