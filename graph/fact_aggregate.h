// What a fact is by its evidence: pure functions, so that taking evidence away leaves exactly what
// the rest supports, in whatever order it came.
#pragma once

#include <span>

#include "graph/deal_term.h"
#include "graph/record_codec.h"

namespace partnergraph {

// The most that combined evidence can come to: no text is proof.
inline constexpr double kConfidenceMax = 0.99;

// Sets status, confidence, date, title, location, source_count and terms of `fact`. The order of
// `evidence` does not matter; it is empty only for a fact that an import states. What the import
// says counts as one more piece of evidence, undated, of a group of its own; alone it is what the
// fact is.
//   source_count  number of groups: copies of one story are one source. An import counts for as
//                 many sources as it says.
//   confidence    1 - product of (1 - best confidence of a group), at most kConfidenceMax.
//   status        of the evidence published last; undated is oldest; ties by confidence, then by
//                 the later status of FactStatus.
//   date          the most precise (day, month, year; a date at before one with a bound), then the
//                 one of most sources, then the earlier.
//   title, location  the one of most sources, then the first in byte order.
//   terms         each term (value and party) once, with its number of groups: by kind, then
//                 the one of most sources, then in the order of TermValue; at most kDealTermsMax.
void AggregateEvidence(std::span<const storage::EvidenceRecord* const> evidence,
                       storage::FactRecord& fact);

// Adds a further passage of the same article for the same fact to `evidence`: its spans, the more
// confident passage first and at most kEvidenceSpansMax in all; status and confidence are those of
// the more confident; date, title and location of it too, unless it has none. Terms of both, each
// once, the more confident passage's first and at most kDealTermsMax in all.
void CombinePassages(const storage::EvidenceRecord& passage, storage::EvidenceRecord& evidence);

// Into the order in which a fact has its terms.
void SortTerms(google::protobuf::RepeatedPtrField<storage::DealTermRecord>& terms);

// A term's value to and from its record.
void StoreTermValue(const TermValue& value, storage::DealTermRecord& record);
TermValue LoadTermValue(const storage::DealTermRecord& record);

}  // namespace partnergraph
