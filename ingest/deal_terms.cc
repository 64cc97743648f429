#include "ingest/deal_terms.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "ingest/term_context.h"
#include "ingest/term_reading.h"

namespace partnergraph {
namespace {

// Clauses before and after a quantity's own that are asked for a party.
constexpr int kClausesBack = 3;

// A reading of a quantity as a term of one deal.
struct Candidate {
  Term term;
  int strength = 0;     // See TermReading.
  uint32_t clause = 0;  // Where its clause begins.
  size_t sentence = 0;  // Rank of its sentence among the deal's evidence.
};

bool IsParty(const Deal& deal, uint32_t entity) {
  return std::any_of(deal.parties.begin(), deal.parties.end(),
                     [&](const Participation& party) { return party.entity == entity; });
}

// How near a quantity is to the deal: {clauses between, characters to the nearest party that the
// other deals of the sentence lack}; nullopt when its clause speaks of other companies.
using Nearness = std::pair<int, uint32_t>;

std::optional<Nearness> NearnessOf(const TermContext& context, Span words, const Deal& deal,
                                   const std::vector<const Deal*>& others) {
  Span clause = context.Clause(words);
  std::vector<CompanyPlace> companies = context.CompaniesIn(clause);
  int distance = 0;
  for (Span before = clause; companies.empty() && distance < kClausesBack; ++distance) {
    before = context.ClauseBefore(before);
    if (before.begin >= before.end) break;
    companies = context.CompaniesIn(before);
  }
  if (companies.empty()) companies = context.CompaniesIn(context.ClauseAfter(clause));
  std::optional<uint32_t> nearest;
  bool any = false;
  for (const CompanyPlace& place : companies) {
    if (!IsParty(deal, place.entity)) continue;
    any = true;
    if (std::any_of(others.begin(), others.end(),
                    [&](const Deal* other) { return IsParty(*other, place.entity); })) {
      continue;
    }
    const uint32_t gap = place.span.end <= words.begin   ? words.begin - place.span.end
                         : place.span.begin >= words.end ? place.span.begin - words.end
                                                         : 0;
    nearest = std::min(nearest.value_or(gap), gap);
  }
  if (!any) return std::nullopt;
  return Nearness(distance, nearest.value_or(2 * kClauseCharsMax));
}

// The terms of one deal out of its candidates: what has most support, nothing that is contradicted.
class Selection {
 public:
  explicit Selection(std::vector<Candidate> candidates) : candidates_(std::move(candidates)) {}

  std::vector<Term> Select() {
    DropContradictions();
    std::vector<Term> terms;
    // Each value once, by kind and party: the one said most often, then exactly, then first.
    std::map<std::pair<DealTermKind, int>, std::vector<Value>> slots;
    for (const Candidate& candidate : candidates_) {
      std::vector<Value>& values = slots[{candidate.term.value.kind, candidate.term.party}];
      auto value = std::find_if(values.begin(), values.end(), [&](const Value& v) {
        return v.best->term.value == candidate.term.value;
      });
      if (value == values.end()) {
        values.push_back({&candidate, 1});
        continue;
      }
      ++value->count;
      if (candidate.sentence < value->best->sentence) value->best = &candidate;
    }
    for (auto& [slot, values] : slots) {
      std::sort(values.begin(), values.end(),
                [](const Value& a, const Value& b) { return a.Rank() < b.Rank(); });
      const size_t most = slot.first == DealTermKind::kRound ? kRoundsMax : 1;
      for (size_t i = 0; i < std::min(most, values.size()); ++i) {
        terms.push_back(values[i].best->term);
      }
    }
    if (terms.size() > kDealTermsMax) terms.resize(kDealTermsMax);
    return terms;
  }

 private:
  static constexpr size_t kRoundsMax = 2;

  struct Value {
    const Candidate* best = nullptr;
    int count = 0;
    std::tuple<int, int, bool, size_t, uint32_t> Rank() const {
      return {-count, -best->strength, best->term.value.bound != TermBound::kExact, best->sentence,
              best->term.span.begin};
    }
  };

  // "以3亿元现金及2亿元股份收购": neither is the price, unless one is called the total.
  void DropContradictions() {
    std::map<std::tuple<uint32_t, DealTermKind, int>, std::set<TermValue>> values;
    const auto key = [](const Candidate& candidate) {
      return std::tuple(candidate.clause, candidate.term.value.kind, candidate.term.party);
    };
    for (const Candidate& candidate : candidates_) {
      values[key(candidate)].insert(candidate.term.value);
    }
    std::erase_if(candidates_, [&](const Candidate& candidate) {
      return candidate.term.value.kind != DealTermKind::kRound && candidate.strength < 2 &&
             values[key(candidate)].size() > 1;
    });
  }

  std::vector<Candidate> candidates_;
};

// Reads the quantities of one sentence for the deals that it is evidence of.
void ReadSentence(const TermContext& context, const std::vector<uint32_t>& deals,
                  const std::vector<Deal>& all, const std::map<uint32_t, size_t>& ranks,
                  std::map<uint32_t, std::vector<Candidate>>& candidates) {
  for (size_t q = 0; q < context.quantities().size(); ++q) {
    const Span words = context.quantities()[q].span;
    std::optional<Nearness> best;
    std::optional<TermReading> best_reading;
    uint32_t best_deal = 0;
    bool tie = false;
    for (const uint32_t deal : deals) {
      const std::optional<TermReading> reading = ReadTerm(context, q, all[deal]);
      if (!reading.has_value()) continue;
      std::vector<const Deal*> others;
      for (const uint32_t other : deals) {
        if (other != deal) others.push_back(&all[other]);
      }
      const std::optional<Nearness> nearness = NearnessOf(context, words, all[deal], others);
      if (!nearness.has_value()) continue;
      // Of deals between the same parties the surer one.
      const float margin = best.has_value() ? all[deal].confidence - all[best_deal].confidence : 0;
      if (best.has_value() && *best == *nearness && margin <= 0) tie |= margin == 0;
      if (best.has_value() && (*best < *nearness || (*best == *nearness && margin <= 0))) continue;
      tie = false;
      best = nearness;
      best_reading = reading;
      best_deal = deal;
    }
    if (!best_reading.has_value() || tie) continue;
    for (const int party : best_reading->parties) {
      Candidate candidate;
      candidate.term = {best_reading->value, party, words};
      candidate.strength = best_reading->strength;
      candidate.clause = context.Clause(words).begin;
      candidate.sentence = ranks.at(best_deal);
      candidates[best_deal].push_back(std::move(candidate));
    }
  }
}

}  // namespace

void AttachTerms(Document& document) {
  // By sentence, the deals that it is evidence of, with its rank among their evidence.
  std::map<Span, std::map<uint32_t, size_t>> sentences;
  for (uint32_t d = 0; d < document.deals.size(); ++d) {
    const Deal& deal = document.deals[d];
    if (LabelOfKind(deal.kind) == 0) continue;
    for (size_t i = 0; i < std::min(deal.evidence.size(), kTermSentencesMax); ++i) {
      sentences[deal.evidence[i]].emplace(d, i);
    }
  }
  std::map<uint32_t, std::vector<Candidate>> candidates;
  for (const auto& [span, ranks] : sentences) {
    const TermContext context(document, span);
    if (context.quantities().empty() || ranks.size() > kTermDealsPerSentenceMax) continue;
    std::vector<uint32_t> deals;
    for (const auto& [deal, rank] : ranks) deals.push_back(deal);
    ReadSentence(context, deals, document.deals, ranks, candidates);
  }
  for (auto& [deal, found] : candidates) {
    document.deals[deal].terms = Selection(std::move(found)).Select();
  }
}

}  // namespace partnergraph
