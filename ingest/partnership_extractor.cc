#include "ingest/partnership_extractor.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/deal_assembly.h"
#include "ingest/deal_attributes.h"
#include "ingest/deal_candidate.h"
#include "ingest/deal_terms.h"
#include "ingest/discourse.h"
#include "ingest/organization_rules.h"
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

// A branch or department acts for its organization, and beside it is no second party: two such
// names alone are no deal.
void DropUnits(const Document& document, std::vector<AssembledDeal>& deals) {
  std::set<std::pair<uint32_t, uint32_t>> parts;
  std::map<uint32_t, uint32_t> branches;  // Units that act for their organization.
  for (const Relation& relation : document.relations) {
    if (relation.type != kPartOf) continue;
    parts.emplace(relation.source, relation.target);
    if (document.entities[relation.source].org_type != "RESEARCH" &&
        std::string_view(relation.rule) == kUnitByName) {
      branches.emplace(relation.source, relation.target);
    }
  }
  if (parts.empty()) return;
  for (AssembledDeal& assembled : deals) {
    std::vector<Participation>& parties = assembled.deal.parties;
    for (Participation& party : parties) {
      const auto branch = branches.find(party.entity);
      const bool beside =
          branch != branches.end() &&
          std::any_of(parties.begin(), parties.end(),
                      [&](const Participation& other) { return other.entity == branch->second; });
      if (branch != branches.end() && !beside) party.entity = branch->second;
    }
    const std::string& kind = assembled.deal.kind;
    if (kind == "ACQUISITION" || kind == "JOINT_VENTURE" || kind == "INVESTMENT") continue;
    const std::vector<Participation> all = parties;
    std::erase_if(parties, [&](const Participation& party) {
      return std::any_of(all.begin(), all.end(), [&](const Participation& other) {
        return parts.contains({party.entity, other.entity});
      });
    });
  }
  std::erase_if(deals, [](const AssembledDeal& deal) { return deal.deal.parties.size() < 2; });
}

}  // namespace

absl::Status PartnershipExtractor::Process(Document& document) const {
  std::vector<SentenceView> views;
  views.reserve(document.sentences.size());
  std::vector<DealCandidate> candidates;
  Discourse discourse(document);
  size_t mention = 0;
  for (const Sentence& sentence : document.sentences) {
    const SentenceView& view = views.emplace_back(document, sentence, mention);
    mention = view.next_mention();
    if (sentence.boilerplate || view.groups().empty()) continue;
    CandidateSink sink(view, static_cast<uint32_t>(views.size() - 1), candidates);
    FindVentures(view, discourse, sink);
    FindTransactions(view, discourse, sink);
    FindSupply(view, discourse, sink);
    FindCooperation(view, discourse, sink);
    discourse.Advance(view);
  }
  std::vector<AssembledDeal> deals = AssembleDeals(document, std::move(candidates));
  DropUnits(document, deals);
  FillAttributes(document, views, deals);
  for (AssembledDeal& assembled : deals) {
    AddFounders(assembled.deal, document);
    document.deals.push_back(std::move(assembled.deal));
  }
  AttachTerms(document);
  return absl::OkStatus();
}

}  // namespace partnergraph
