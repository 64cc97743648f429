#include "ingest/partnership_extractor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "ingest/deal_assembly.h"
#include "ingest/deal_attributes.h"
#include "ingest/deal_candidate.h"
#include "ingest/deal_classifier.h"
#include "ingest/deal_terms.h"
#include "ingest/sentence_view.h"

namespace partnergraph {
namespace {

// The founders of a venture founded it.
void AddFounders(const Deal& deal, Document& document) {
  const Participation* venture = nullptr;
  for (const Participation& party : deal.parties) {
    if (party.role == "VENTURE") venture = &party;
  }
  if (venture == nullptr) return;
  for (const Participation& party : deal.parties) {
    if (party.role != "FOUNDER") continue;
    const bool known = std::any_of(
        document.relations.begin(), document.relations.end(), [&](const Relation& relation) {
          return relation.type == kFounded && relation.source == party.entity &&
                 relation.target == venture->entity;
        });
    if (known) continue;
    Relation relation;
    relation.type = kFounded;
    relation.source = party.entity;
    relation.target = venture->entity;
    relation.confidence = deal.confidence;
    relation.evidence.push_back(deal.evidence.front());
    relation.rule = "founder of a venture";
    document.relations.push_back(std::move(relation));
  }
}

}  // namespace

absl::Status PartnershipExtractor::Process(Document& document) const {
  std::vector<SentenceView> views;
  std::vector<DealCandidate> candidates;
  FindDealCandidates(document, views, candidates);
  std::vector<AssembledDeal> deals;
  if (models_.deals.empty()) {
    deals = AssembleDeals(document, std::move(candidates));
    DropUnits(document, deals);
  } else {
    deals = DealClassifier(models_.deals, threshold_max_)
                .Read(DealContext(document, views, candidates));
  }
  FillAttributes(document, views, deals);
  for (AssembledDeal& assembled : deals) {
    AddFounders(assembled.deal, document);
    document.deals.push_back(std::move(assembled.deal));
  }
  AttachTerms(document);
  return absl::OkStatus();
}

}  // namespace partnergraph
