// Builds what an article says, for tests. Invented names only.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graph/article_facts.h"

namespace partnergraph {

class ArticleBuilder {
 public:
  ArticleBuilder(std::string id, std::string title, std::string text = "Text.") {
    facts_.article.id = std::move(id);
    facts_.article.title = std::move(title);
    facts_.article.text = std::move(text);
    facts_.extractor = "test/1";
  }

  uint32_t Company(const std::string& canonical, std::vector<std::string> names = {},
                   const std::string& org_type = "COMPANY") {
    return AddNode(NodeKind::kCompany, canonical, std::move(names), org_type);
  }
  uint32_t Person(const std::string& canonical, std::vector<std::string> names = {}) {
    return AddNode(NodeKind::kPerson, canonical, std::move(names), "");
  }
  uint32_t Product(const std::string& canonical, std::vector<std::string> names = {}) {
    return AddNode(NodeKind::kProduct, canonical, std::move(names), "");
  }

  EdgeAssertion& Edge(EdgeType type, uint32_t source, uint32_t target,
                      const std::string& title = "") {
    EdgeAssertion& edge = facts_.edges.emplace_back();
    edge.type = type;
    edge.source = source;
    edge.target = target;
    edge.title = title;
    edge.evidence = Evidence();
    return edge;
  }

  PartnershipAssertion& Deal(const std::string& kind, const std::vector<uint32_t>& parties,
                             const std::string& role = "PARTY") {
    PartnershipAssertion& deal = facts_.partnerships.emplace_back();
    deal.kind = kind;
    for (const uint32_t party : parties) deal.parties.push_back({party, role});
    deal.evidence = Evidence();
    return deal;
  }

  ArticleFacts& facts() { return facts_; }

 private:
  EvidenceAssertion Evidence() const {
    const auto text_bytes = static_cast<uint32_t>(facts_.article.WholeText().size());
    return {.spans = {{0, text_bytes}}, .status = FactStatus::kAnnounced, .confidence = 0.5f};
  }
  uint32_t AddNode(NodeKind kind, const std::string& canonical, std::vector<std::string> names,
                   const std::string& org_type) {
    NodeAssertion& node = facts_.nodes.emplace_back();
    node.kind = kind;
    node.canonical = canonical;
    node.org_type = org_type;
    node.names = std::move(names);
    node.names.push_back(canonical);
    node.mentions = {{0, 1}};
    return static_cast<uint32_t>(facts_.nodes.size() - 1);
  }

  ArticleFacts facts_;
};

}  // namespace partnergraph
