// Who may work where when no rule is sure: titles whose company stands elsewhere in the text.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Most people of a sentence whose employers are guessed, and most companies of which posts are
// looked for.
inline constexpr size_t kGuessedPeopleMax = 32;
inline constexpr size_t kGuessedPostsMax = 64;
// Confidence of what is guessed. Such proposals are for the classifier of relations alone; nothing
// is stated by them without it.
inline constexpr float kGuessConfidence = 0.3f;

// Follows an article from sentence to sentence. Proposes, for each person with a title for whom
// `relations` holds no sure statement of this sentence (those from `known` on): the company before,
// the company behind, the one that 公司 would mean and the one that the article is about; and for a
// post without a person ("曾任A公司总裁", "is the CEO of Acme") the last person before. Linear in
// the sentence.
class EmploymentGuesses {
 public:
  void Read(const SentenceView& view, const Discourse& discourse, size_t known,
            std::vector<Relation>& relations);

 private:
  std::optional<uint32_t> last_person_;  // Of the sentences before.
};

}  // namespace partnergraph
