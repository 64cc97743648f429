// A sentence with its quantities, companies and clauses, as the assignment of terms to deals sees
// it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "ingest/document.h"
#include "ingest/quantity_finder.h"
#include "ingest/term_labels.h"

namespace partnergraph {

struct CompanyPlace {
  Span span;
  uint32_t entity = 0;
};

// Longest clause that is looked at, to either side of a quantity.
inline constexpr uint32_t kClauseCharsMax = 120;

class TermContext {
 public:
  // `span` is (the evidence that is) a sentence. The document must outlive the context.
  TermContext(const Document& document, Span span);

  const Document& document() const { return document_; }
  Span span() const { return span_; }
  Language language() const { return language_; }
  const std::vector<Quantity>& quantities() const { return quantities_; }
  const std::vector<CompanyPlace>& companies() const { return companies_; }

  // The clause around `words`: between commas and semicolons that are not inside a number.
  Span Clause(Span words) const;
  // The clause before `clause`, empty at the sentence's beginning; the one after it likewise.
  Span ClauseBefore(Span clause) const;
  Span ClauseAfter(Span clause) const;
  // Companies within `span`, ascending.
  std::vector<CompanyPlace> CompaniesIn(Span span) const;
  // Labels within `span` that are no part of a name, ascending.
  std::vector<LabelHit> LabelsIn(Span span) const;
  std::u32string_view Chars(uint32_t begin, uint32_t end) const {
    return begin < end ? document_.Chars({begin, end}) : std::u32string_view();
  }
  bool Has(Span span, std::u32string_view word) const {
    return document_.Chars(span).find(word) != std::u32string_view::npos;
  }

 private:
  bool IsClauseEnd(uint32_t at) const;
  bool InName(Span span) const;

  const Document& document_;
  const Span span_;
  Language language_ = Language::kSimplifiedChinese;
  std::vector<Quantity> quantities_;
  std::vector<CompanyPlace> companies_;
  std::vector<Span> names_;  // Of any type, ascending.
};

}  // namespace partnergraph
