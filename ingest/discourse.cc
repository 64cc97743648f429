#include "ingest/discourse.h"

#include <string_view>

namespace partnergraph {

Discourse::Discourse(const Document& document) {
  // A mention in the title weighs as much as three in the text, and the first one breaks ties.
  std::vector<uint32_t> weight(document.entities.size());
  size_t sentence = 0;
  for (const Mention& mention : document.mentions) {
    if (mention.entity < 0 || mention.type != MentionType::kCompany) continue;
    // A wire service in the dateline: "(NEWSWIRE)", "/NewsWire/".
    if (mention.span.begin > 0 && mention.span.end < document.chars.size()) {
      const char32_t before = document.chars[mention.span.begin - 1];
      const char32_t after = document.chars[mention.span.end];
      if ((before == U'/' && after == U'/') || (before == U'(' && after == U')')) continue;
    }
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
  // What stands in 【】 before the text is its headline.
  const size_t bracket = view.Between(view.span().begin, position).rfind(U'】');
  const uint32_t from = bracket == std::u32string_view::npos
                            ? view.span().begin
                            : view.span().begin + static_cast<uint32_t>(bracket);
  for (const Group& group : view.groups()) {
    if (group.span.end > position) break;
    if (!group.with && group.span.begin >= from) return group.entities.front();
  }
  // "Acme CEO X joined Y to announce the company's ...": the one who has a say in it.
  for (const Name& name : view.names()) {
    if (name.span.end > position) break;
    if (name.employer && !name.aside && name.span.begin >= from && name.span.begin < from + 12) {
      return name.entity;
    }
  }
  return subject_ ? subject_ : topic_;
}

std::optional<uint32_t> Discourse::SubjectBeside(uint32_t entity) const {
  if (subject_ && *subject_ != entity) return subject_;
  for (size_t i = recent_.size(); i-- > 0;) {
    if (recent_[i] != entity) return recent_[i];
  }
  return std::nullopt;
}

void Discourse::Advance(const SentenceView& view) {
  if (!view.groups().empty()) recent_.clear();
  for (const Group& group : view.groups()) {
    recent_.insert(recent_.end(), group.entities.begin(), group.entities.end());
  }
  const size_t bracket = view.Between(view.span().begin, view.span().end).rfind(U'】');
  const uint32_t from = bracket == std::u32string_view::npos
                            ? view.span().begin
                            : view.span().begin + static_cast<uint32_t>(bracket);
  for (const Group& group : view.groups()) {
    if (group.with || group.span.begin < from) continue;
    // A name alone is a byline or a heading, no subject.
    if (group.span.size() + 8 >= view.span().size()) return;
    subject_ = group.entities.front();
    return;
  }
}

}  // namespace partnergraph
