#include "ingest/deal_assembly.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ingest/organization_rules.h"

namespace partnergraph {
namespace {

enum class Family : uint8_t { kCooperation, kEquity, kVenture };

Family FamilyOf(std::string_view kind) {
  if (kind == "ACQUISITION" || kind == "INVESTMENT") return Family::kEquity;
  if (kind == "JOINT_VENTURE") return Family::kVenture;
  return Family::kCooperation;
}

std::set<uint32_t> PartySet(const std::vector<Participation>& parties) {
  std::set<uint32_t> set;
  for (const Participation& party : parties) set.insert(party.entity);
  return set;
}

// The investee or target, which makes two equity candidates speak of one deal.
std::optional<uint32_t> ObjectOf(const DealCandidate& candidate) {
  for (const Participation& party : candidate.parties) {
    if (party.role == "INVESTEE" || party.role == "TARGET") return party.entity;
  }
  return std::nullopt;
}

// A deal while it grows.
struct Cluster {
  Family family = Family::kCooperation;
  std::set<uint32_t> parties;
  std::vector<DealCandidate> candidates;
};

bool Contains(const std::set<uint32_t>& outer, const std::set<uint32_t>& inner) {
  return std::includes(outer.begin(), outer.end(), inner.begin(), inner.end());
}

bool SameDeal(const Cluster& cluster, const DealCandidate& candidate,
              const std::set<uint32_t>& parties) {
  const Family family = FamilyOf(candidate.kind);
  const bool nested = Contains(cluster.parties, parties) || Contains(parties, cluster.parties);
  if (family != cluster.family) {
    const bool venture = (family == Family::kVenture && cluster.family == Family::kCooperation) ||
                         (family == Family::kCooperation && cluster.family == Family::kVenture);
    // A strategic agreement that is stated as such stands beside the venture.
    return venture && nested && (family == Family::kVenture || candidate.confidence < 0.8f);
  }
  if (family == Family::kEquity) {
    // Who sells in one deal bought in another.
    for (const Participation& party : candidate.parties) {
      for (const Participation& other : cluster.candidates.front().parties) {
        if (party.entity == other.entity &&
            (party.role == "ACQUIRER") != (other.role == "ACQUIRER")) {
          return false;
        }
      }
    }
    if (nested) return true;
    const std::optional<uint32_t> object = ObjectOf(candidate);
    if (!object || cluster.candidates.front().kind != candidate.kind ||
        ObjectOf(cluster.candidates.front()) != object) {
      return false;
    }
    // Investors of one round named in two sentences; other buyers are other deals.
    return candidate.kind == "INVESTMENT" ||
           std::any_of(candidate.parties.begin(), candidate.parties.end(),
                       [&](const Participation& party) {
                         return party.role == "ACQUIRER" && cluster.parties.contains(party.entity);
                       });
  }
  return nested;
}

// Merges what `candidate` says into the cluster's family: a venture absorbs a cooperation.
void Append(Cluster& cluster, DealCandidate candidate, const std::set<uint32_t>& parties) {
  if (FamilyOf(candidate.kind) == Family::kVenture) cluster.family = Family::kVenture;
  cluster.parties.insert(parties.begin(), parties.end());
  cluster.candidates.push_back(std::move(candidate));
}

AssembledDeal Finish(const Document& document, Cluster cluster) {
  AssembledDeal assembled;
  Deal& deal = assembled.deal;
  // The kind with the most weight; a venture stays one.
  std::map<std::string_view, float> weight;
  for (const DealCandidate& candidate : cluster.candidates) {
    const bool headline = document.sentences[candidate.sentence].title;
    weight[candidate.kind] +=
        candidate.confidence * candidate.kind_weight * (headline ? 1.5f : 1.0f);
  }
  if (cluster.family == Family::kVenture) {
    deal.kind = "JOINT_VENTURE";
  } else {
    float best = 0;
    for (const auto& [kind, value] : weight) {
      if (value > best) {
        best = value;
        deal.kind = kind;
      }
    }
  }
  std::stable_sort(cluster.candidates.begin(), cluster.candidates.end(),
                   [&](const DealCandidate& a, const DealCandidate& b) {
                     const bool a_kind = a.kind == deal.kind, b_kind = b.kind == deal.kind;
                     if (a_kind != b_kind) return a_kind;
                     return a.confidence > b.confidence;
                   });
  const DealCandidate& surest = cluster.candidates.front();
  std::map<uint32_t, size_t> index;
  for (const DealCandidate& candidate : cluster.candidates) {
    for (const Participation& party : candidate.parties) {
      const auto [it, inserted] = index.try_emplace(party.entity, deal.parties.size());
      if (!inserted) continue;
      Participation added = party;
      // A party that only a candidate of another kind names plays no role of that kind.
      if (candidate.kind != deal.kind)
        added.role = deal.kind == "JOINT_VENTURE" ? "FOUNDER" : "PARTY";
      deal.parties.push_back(std::move(added));
    }
  }
  deal.status = surest.status;
  deal.rule = surest.rule;
  bool headline = false;
  float confidence = 0;
  for (const DealCandidate& candidate : cluster.candidates) {
    confidence = std::max(confidence, candidate.confidence);
    headline |= document.sentences[candidate.sentence].title;
    if (std::find(assembled.sentences.begin(), assembled.sentences.end(), candidate.sentence) ==
        assembled.sentences.end()) {
      assembled.sentences.push_back(candidate.sentence);
      if (deal.evidence.size() < kDealEvidenceMax) deal.evidence.push_back(candidate.evidence);
    }
    // A signing anywhere makes a plan a fact.
    if (candidate.status == FactStatus::kAnnounced && deal.status == FactStatus::kPlanned) {
      deal.status = FactStatus::kAnnounced;
    }
    if (candidate.status == FactStatus::kEnded) deal.status = FactStatus::kEnded;
  }
  confidence += kFurtherEvidenceBonus * static_cast<float>(assembled.sentences.size() - 1);
  if (headline) confidence += kHeadlineBonus;
  deal.confidence = std::min(0.99f, confidence);
  std::sort(assembled.sentences.begin(), assembled.sentences.end());
  assembled.candidates = std::move(cluster.candidates);
  return assembled;
}

}  // namespace

std::vector<AssembledDeal> AssembleDeals(const Document& document,
                                         std::vector<DealCandidate> candidates,
                                         float confidence_min) {
  std::erase_if(candidates, [](const DealCandidate& candidate) { return !candidate.stated; });
  // Larger sets first: what a headline leaves out joins what the lead says in full.
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const DealCandidate& a, const DealCandidate& b) {
                     return a.parties.size() > b.parties.size();
                   });
  std::vector<Cluster> clusters;
  absl::flat_hash_map<uint32_t, std::vector<size_t>> by_party;
  for (DealCandidate& candidate : candidates) {
    const std::set<uint32_t> parties = PartySet(candidate.parties);
    if (parties.size() < 2) continue;
    std::optional<size_t> home;
    for (const size_t c : by_party[*parties.begin()]) {
      if (SameDeal(clusters[c], candidate, parties)) {
        home = c;
        break;
      }
    }
    if (!home) {
      for (const uint32_t party : parties) {
        for (const size_t c : by_party[party]) {
          if (!home && SameDeal(clusters[c], candidate, parties)) home = c;
        }
        if (home) break;
      }
    }
    if (!home) {
      home = clusters.size();
      clusters.emplace_back();
      clusters.back().family = FamilyOf(candidate.kind);
    }
    for (const uint32_t party : parties) {
      std::vector<size_t>& list = by_party[party];
      if (std::find(list.begin(), list.end(), *home) == list.end()) list.push_back(*home);
    }
    Append(clusters[*home], std::move(candidate), parties);
  }
  std::vector<AssembledDeal> deals;
  for (Cluster& cluster : clusters) {
    AssembledDeal assembled = Finish(document, std::move(cluster));
    if (assembled.deal.confidence >= confidence_min) deals.push_back(std::move(assembled));
  }
  // In the order of the text.
  std::stable_sort(deals.begin(), deals.end(), [](const AssembledDeal& a, const AssembledDeal& b) {
    return a.sentences.front() < b.sentences.front();
  });
  return deals;
}

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

}  // namespace partnergraph
