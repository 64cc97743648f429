#include "graph/fact_aggregate.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "graph/article_facts.h"
#include "graph/date.h"

namespace partnergraph {
namespace {

using Evidence = std::span<const storage::EvidenceRecord* const>;

double CombineConfidence(Evidence evidence, double confidence_max) {
  std::map<uint64_t, double> best;  // By group.
  for (const storage::EvidenceRecord* record : evidence) {
    double& confidence = best[record->group()];
    confidence = std::max(confidence, static_cast<double>(record->confidence()));
  }
  std::vector<double> confidences;
  for (const auto& [group, confidence] : best) confidences.push_back(confidence);
  // A product of floating-point numbers depends on their order.
  std::ranges::sort(confidences);
  double doubt = 1;
  for (const double confidence : confidences) doubt *= 1 - confidence;
  return std::min(1 - doubt, confidence_max);
}

// The group of what an import says.
constexpr uint64_t kImportGroup = 0;

// What an import says, as a piece of evidence without spans.
storage::EvidenceRecord ToEvidence(const storage::ImportedFactRecord& imported) {
  storage::EvidenceRecord evidence;
  evidence.set_group(kImportGroup);
  evidence.set_status(imported.status());
  evidence.set_confidence(imported.confidence());
  evidence.set_date(imported.date());
  evidence.set_title(imported.title());
  evidence.set_location(imported.location());
  *evidence.mutable_terms() = imported.terms();
  return evidence;
}

void SetToImported(storage::FactRecord& fact) {
  const storage::ImportedFactRecord& imported = fact.imported();
  fact.set_status(imported.status());
  fact.set_confidence(imported.confidence());
  fact.set_date(imported.date());
  fact.set_title(imported.title());
  fact.set_location(imported.location());
  fact.set_source_count(imported.source_count());
  *fact.mutable_terms() = imported.terms();
}

// Number of groups for each value that is set.
template <typename Value, typename Get>
std::map<Value, size_t> CountSources(Evidence evidence, Get get) {
  std::map<Value, std::set<uint64_t>> groups;
  for (const storage::EvidenceRecord* record : evidence) {
    if (const Value value = get(*record); value != Value()) groups[value].insert(record->group());
  }
  std::map<Value, size_t> counts;
  for (const auto& [value, members] : groups) counts[value] = members.size();
  return counts;
}

int Precision(uint32_t packed) {
  const Date date = UnpackDate(packed);
  const int parts = 1 + (date.month != 0) + (date.day != 0);
  return 2 * parts + (date.bound == DateBound::kAt ? 1 : 0);
}

uint32_t BestDate(Evidence evidence) {
  uint32_t best = 0;
  std::pair<int, size_t> best_rank;
  for (const auto& [date, sources] :
       CountSources<uint32_t>(evidence, [](const auto& record) { return record.date(); })) {
    const std::pair<int, size_t> rank{Precision(date), sources};
    if (best == 0 || rank > best_rank) {
      best = date;
      best_rank = rank;
    }
  }
  return best;
}

template <typename Get>
std::string BestText(Evidence evidence, Get get) {
  std::string best;
  size_t best_sources = 0;
  for (const auto& [text, sources] : CountSources<std::string>(evidence, get)) {
    if (sources > best_sources) {
      best = text;
      best_sources = sources;
    }
  }
  return best;
}

// What makes two terms the same.
using TermKey = std::pair<TermValue, uint64_t>;  // With the party.

TermKey KeyOf(const storage::DealTermRecord& term) { return {LoadTermValue(term), term.party()}; }

void SetBestTerms(Evidence evidence, storage::FactRecord& fact) {
  std::map<TermKey, std::set<uint64_t>> groups;
  for (const storage::EvidenceRecord* record : evidence) {
    for (const storage::DealTermRecord& term : record->terms()) {
      groups[KeyOf(term)].insert(record->group());
    }
  }
  std::map<TermKey, size_t> counts;
  for (const auto& [key, members] : groups) counts[key] = members.size();
  for (const storage::DealTermRecord& term : fact.imported().terms()) {
    counts[KeyOf(term)] += std::max<size_t>(term.source_count(), 1) - 1;
  }
  std::vector<std::pair<const TermKey*, size_t>> ranked;
  for (const auto& [key, sources] : counts) ranked.emplace_back(&key, sources);
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
    const DealTermKind a_kind = a.first->first.kind, b_kind = b.first->first.kind;
    return a_kind != b_kind ? a_kind < b_kind : a.second > b.second;
  });
  if (ranked.size() > kDealTermsMax) ranked.resize(kDealTermsMax);
  fact.clear_terms();
  for (const auto& [key, sources] : ranked) {
    storage::DealTermRecord* term = fact.add_terms();
    StoreTermValue(key->first, *term);
    term->set_party(key->second);
    term->set_source_count(static_cast<uint32_t>(sources));
  }
}

}  // namespace

void StoreTermValue(const TermValue& value, storage::DealTermRecord& record) {
  record.set_kind(static_cast<uint32_t>(value.kind));
  record.set_value(value.value);
  record.set_currency(value.currency);
  record.set_bound(static_cast<uint32_t>(value.bound));
}

TermValue LoadTermValue(const storage::DealTermRecord& record) {
  return {static_cast<DealTermKind>(record.kind()), record.value(), record.currency(),
          static_cast<TermBound>(record.bound())};
}

void AggregateEvidence(Evidence stated, storage::FactRecord& fact) {
  if (stated.empty() && fact.has_imported()) return SetToImported(fact);
  std::vector<const storage::EvidenceRecord*> pieces(stated.begin(), stated.end());
  storage::EvidenceRecord base;
  double confidence_max = kConfidenceMax;
  if (fact.has_imported()) {
    base = ToEvidence(fact.imported());
    pieces.push_back(&base);
    confidence_max = std::max<double>(confidence_max, base.confidence());
  }
  const Evidence evidence = pieces;
  const auto newest = std::ranges::max_element(evidence, std::less<>(), [](const auto* record) {
    return std::tuple(record->published(), record->confidence(), record->status());
  });
  std::set<uint64_t> groups;
  for (const storage::EvidenceRecord* record : evidence) groups.insert(record->group());
  fact.set_status((*newest)->status());
  fact.set_confidence(static_cast<float>(CombineConfidence(evidence, confidence_max)));
  fact.set_date(BestDate(evidence));
  fact.set_title(BestText(evidence, [](const auto& record) { return record.title(); }));
  fact.set_location(BestText(evidence, [](const auto& record) { return record.location(); }));
  size_t sources = groups.size();
  if (fact.has_imported()) sources += std::max(fact.imported().source_count(), 1u) - 1;
  fact.set_source_count(static_cast<uint32_t>(std::min<size_t>(sources, UINT32_MAX)));
  SetBestTerms(evidence, fact);
}

void SortTerms(google::protobuf::RepeatedPtrField<storage::DealTermRecord>& terms) {
  std::sort(terms.begin(), terms.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.kind(), ~a.source_count(), KeyOf(a)) <
           std::tuple(b.kind(), ~b.source_count(), KeyOf(b));
  });
}

void CombinePassages(const storage::EvidenceRecord& passage, storage::EvidenceRecord& evidence) {
  const bool better = passage.confidence() > evidence.confidence();
  storage::EvidenceRecord best = better ? passage : evidence;
  const storage::EvidenceRecord& other = better ? evidence : passage;
  std::set<std::pair<uint32_t, uint32_t>> spans;
  for (int i = 0; i < best.span_begins_size(); ++i) {
    spans.emplace(best.span_begins(i), best.span_sizes(i));
  }
  for (int i = 0; i < other.span_begins_size() && spans.size() < kEvidenceSpansMax; ++i) {
    if (!spans.emplace(other.span_begins(i), other.span_sizes(i)).second) continue;
    best.add_span_begins(other.span_begins(i));
    best.add_span_sizes(other.span_sizes(i));
  }
  if (best.date() == 0) best.set_date(other.date());
  if (best.title().empty()) best.set_title(other.title());
  if (best.location().empty()) best.set_location(other.location());
  std::set<TermKey> terms;
  for (const storage::DealTermRecord& term : best.terms()) terms.insert(KeyOf(term));
  for (const storage::DealTermRecord& term : other.terms()) {
    if (static_cast<size_t>(best.terms_size()) >= kDealTermsMax) break;
    if (terms.insert(KeyOf(term)).second) *best.add_terms() = term;
  }
  evidence = std::move(best);
}

}  // namespace partnergraph
