// What the rules for job titles share: reading a title out of the text between two names, and
// turning title, person and organization into relations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/discourse.h"
#include "ingest/employment_rules.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// One sentence. The rules of a language derive from it. Everything passed in must outlive it.
class EmploymentFinder {
 public:
  EmploymentFinder(const SentenceView& view, const Discourse& discourse,
                   std::vector<Relation>& relations)
      : view_(view), discourse_(discourse), relations_(relations) {}

 protected:
  char32_t At(uint32_t position) const { return view_.document().chars[position]; }

  // Without marks and white space at both ends.
  Span Trim(Span span) const;
  // Drops an opening that is no part of a title; true when one was there.
  bool Drop(Span& span, std::u32string_view opening) const;
  // Skips a bracketed aside at the span's beginning.
  void DropAside(Span& span) const;
  // The last title head in [begin, end), or null.
  const CueHit* LastHead(uint32_t begin, uint32_t end) const;
  // True when the text is a title as it stands: it ends with a head, apart from a bracketed
  // abbreviation, and nothing in it says that it is a sentence. Trims `span`, and cuts off the
  // items of a list before the first that is a title.
  bool IsTitle(Span& span) const;
  // Removes what precedes a title without being part of it. Returns false for one that was held.
  bool CleanTitle(Span& span) const;
  // EMPLOYED_BY, or FOUNDED for a founder, or both, as the title says; nothing for an academician.
  void Add(uint32_t person, uint32_t company, Span title, Span evidence, float confidence,
           const char* rule);

  const SentenceView& view_;
  const Discourse& discourse_;
  std::vector<Relation>& relations_;
  // Of the last relation that was added.
  std::optional<uint32_t> last_person_;
  std::optional<uint32_t> last_company_;
};

// The rules of one language, see FindEmployment.
void FindChineseEmployment(const SentenceView& view, const Discourse& discourse,
                           std::vector<Relation>& relations);
void FindEnglishEmployment(const SentenceView& view, const Discourse& discourse,
                           std::vector<Relation>& relations);

}  // namespace partnergraph
