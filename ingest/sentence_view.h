// One sentence as the relation and deal rules see it: its names in order, its cues, and which
// companies are coordinated ("A、B和C"). Positions are code points of Document::chars.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/cue_lexicon.h"
#include "ingest/document.h"

namespace partnergraph {

// A resolved company, person or product of the sentence.
struct Name {
  Span span;
  MentionType type = MentionType::kCompany;
  uint32_t entity = 0;
  // Companies: named only to say who employs a person ("A公司总裁X"): no party by itself.
  bool employer = false;
  // Inside round brackets or book marks: an alias, a listing, a part of a document's name.
  bool aside = false;
};

// Coordinated companies, or a single one. Members are entities in order, without repetition.
struct Group {
  Span span;
  std::vector<uint32_t> entities;
  // Position of the 与/和/同/跟/with before the group when it is the partner in "(A) ... 与 B".
  std::optional<uint32_t> with;
};

// Longest list of coordinated companies: what is over is left out, so that candidates stay linear
// in the text.
inline constexpr size_t kGroupSizeMax = 40;

// Marks that end a clause outside brackets.
inline constexpr std::u32string_view kClauseEnds = U",;。!?:【】";

class SentenceView {
 public:
  SentenceView(const Document& document, const Sentence& sentence, size_t first_mention);

  const Document& document() const { return document_; }
  const Sentence& sentence() const { return sentence_; }
  Span span() const { return sentence_.span; }
  bool english() const { return sentence_.language == Language::kEnglish; }
  const std::vector<Name>& names() const { return names_; }
  const std::vector<CueHit>& cues() const { return cues_; }
  const std::vector<Group>& groups() const { return groups_; }

  // Index into Document::mentions of the first mention at or after the sentence's end.
  size_t next_mention() const { return next_mention_; }

  std::u32string_view Between(uint32_t begin, uint32_t end) const {
    return begin < end ? std::u32string_view(document_.chars).substr(begin, end - begin)
                       : std::u32string_view();
  }
  // True when a hit of the cue begins in [begin, end).
  bool Has(Cue cue, uint32_t begin, uint32_t end) const;
  bool Has(Cue cue) const { return Has(cue, span().begin, span().end); }
  // The last group that ends at or before `position`, or null.
  const Group* GroupBefore(uint32_t position) const;
  // The first group that begins at or after `position`, or null.
  const Group* GroupAfter(uint32_t position) const;
  // The clause around `position`: between commas and semicolons outside brackets.
  Span Clause(uint32_t position) const;
  // True when a mark in [begin, end) ends a clause.
  bool CrossesClause(uint32_t begin, uint32_t end) const {
    return Between(begin, end).find_first_of(kClauseEnds) != std::u32string_view::npos;
  }
  // What to quote: the sentence without white space, bullets and final punctuation around it.
  Span Evidence() const;

 private:
  void CollectNames(size_t first_mention);
  void MarkAsides();
  // "上证报讯", "路透报道": who reports takes no part.
  bool IsSource(Span name) const;
  void MarkEmployers();
  void BuildGroups();
  // True when a list of statements, not of companies, goes on between the two.
  bool EndsStatement(const Name& last, const Name& next) const;
  std::optional<uint32_t> FindWith(uint32_t begin, uint32_t from) const;

  const Document& document_;
  const Sentence& sentence_;
  size_t next_mention_ = 0;
  std::vector<Name> names_;
  std::vector<CueHit> cues_;
  std::vector<Group> groups_;
};

// Trims white space and punctuation that do not belong to a quotation.
Span TrimEvidence(const Document& document, Span span);

// Drops a bracketed aside at the beginning of `text`, with the white space around it: what comes
// after an alias definition or a ticker.
std::u32string_view SkipAside(std::u32string_view text);

// Without white space and quotation marks at both ends.
std::u32string_view TrimMarks(std::u32string_view text);

}  // namespace partnergraph
