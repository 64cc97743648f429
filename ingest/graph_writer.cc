// A document as what the graph stores of it.
#include <algorithm>
#include <utility>

#include "ingest/pipeline.h"

namespace partnergraph {
namespace {

NodeKind KindOf(MentionType type) {
  switch (type) {
    case MentionType::kPerson:
      return NodeKind::kPerson;
    case MentionType::kProduct:
      return NodeKind::kProduct;
    default:
      return NodeKind::kCompany;
  }
}

// Collects the facts of one document. Entities that the text names only by article-local names have
// no name that the graph could know them by: they are left out, with what is said about them.
class Writer {
 public:
  explicit Writer(const Document& document) : document_(document) {}

  ArticleFacts Write() {
    facts_.article = document_.article;
    facts_.extractor = kExtractorName;
    for (const Entity& entity : document_.entities) WriteNode(entity);
    for (const Relation& relation : document_.relations) WriteEdge(relation);
    for (const Deal& deal : document_.deals) WriteDeal(deal);
    return std::move(facts_);
  }

 private:
  static constexpr int kLeftOut = -1;

  void WriteNode(const Entity& entity) {
    NodeAssertion node;
    node.kind = KindOf(entity.type);
    if (node.kind == NodeKind::kCompany) node.org_type = entity.org_type;
    bool canonical_is_local = false;
    for (const uint32_t i : entity.mentions) {
      const Mention& mention = document_.mentions[i];
      const std::string name(document_.Text(mention.span));
      node.mentions.push_back(document_.ToBytes(mention.span));
      if (mention.local_name) {
        canonical_is_local |= name == entity.canonical;
      } else {
        AddName(name, node.names);
      }
    }
    if (!canonical_is_local) AddName(entity.canonical, node.names);
    if (node.names.empty()) {
      nodes_.push_back(kLeftOut);
      return;
    }
    const bool has_canonical =
        std::find(node.names.begin(), node.names.end(), entity.canonical) != node.names.end();
    node.canonical =
        has_canonical
            ? entity.canonical
            : *std::max_element(node.names.begin(), node.names.end(),
                                [](const auto& a, const auto& b) { return a.size() < b.size(); });
    nodes_.push_back(static_cast<int>(facts_.nodes.size()));
    facts_.nodes.push_back(std::move(node));
  }

  static void AddName(const std::string& name, std::vector<std::string>& names) {
    if (name.empty() || name.size() > kNodeNameBytesMax) return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }

  EvidenceAssertion EvidenceOf(const std::vector<Span>& spans, FactStatus status,
                               float confidence) const {
    EvidenceAssertion evidence;
    for (const Span& span : spans) evidence.spans.push_back(document_.ToBytes(span));
    evidence.status = status;
    evidence.confidence = confidence;
    return evidence;
  }

  void WriteEdge(const Relation& relation) {
    const int source = nodes_[relation.source], target = nodes_[relation.target];
    if (source == kLeftOut || target == kLeftOut) return;
    EdgeAssertion edge;
    edge.type = relation.type;
    edge.source = static_cast<uint32_t>(source);
    edge.target = static_cast<uint32_t>(target);
    edge.title = relation.title;
    edge.date = relation.date;
    edge.evidence = EvidenceOf(relation.evidence, relation.status, relation.confidence);
    facts_.edges.push_back(std::move(edge));
  }

  void WriteDeal(const Deal& deal) {
    PartnershipAssertion partnership;
    partnership.kind = deal.kind;
    partnership.parties = Participants(deal.parties);
    partnership.people = Participants(deal.people);
    if (partnership.parties.size() < 2) return;
    for (const uint32_t product : deal.products) {
      if (nodes_[product] != kLeftOut) {
        partnership.products.push_back(static_cast<uint32_t>(nodes_[product]));
      }
    }
    partnership.date = deal.date;
    partnership.location = document_.Text(deal.location);
    WriteTerms(deal, partnership);
    partnership.evidence = EvidenceOf(deal.evidence, deal.status, deal.confidence);
    facts_.partnerships.push_back(std::move(partnership));
  }

  // What is said of a party that is left out is left out with it.
  void WriteTerms(const Deal& deal, PartnershipAssertion& partnership) const {
    for (const Term& term : deal.terms) {
      DealTermAssertion assertion{term.value, std::nullopt, document_.ToBytes(term.span)};
      if (term.party >= 0) {
        const int node = nodes_[static_cast<size_t>(term.party)];
        if (node == kLeftOut) continue;
        assertion.party = static_cast<uint32_t>(node);
      }
      partnership.terms.push_back(std::move(assertion));
    }
  }

  std::vector<PartnershipAssertion::Participant> Participants(
      const std::vector<Participation>& participations) const {
    std::vector<PartnershipAssertion::Participant> participants;
    for (const Participation& participation : participations) {
      const int node = nodes_[participation.entity];
      if (node != kLeftOut) {
        participants.push_back({static_cast<uint32_t>(node), participation.role});
      }
    }
    return participants;
  }

  const Document& document_;
  ArticleFacts facts_;
  std::vector<int> nodes_;  // By entity: its node, or kLeftOut.
};

}  // namespace

ArticleFacts ToArticleFacts(const Document& document) { return Writer(document).Write(); }

}  // namespace partnergraph
