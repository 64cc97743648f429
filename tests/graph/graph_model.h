// A naive graph for tests: keeps the articles, and makes everything anew from them whenever it is
// asked. Says nothing about how a store works, only what it must come to. Graphs are compared as
// text in which nodes stand by what they are called, never by id.
#pragma once

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "graph/article_facts.h"
#include "graph/graph_store.h"
#include "graph/name_key.h"
#include "tests/status_matchers.h"

namespace partnergraph {

// What a fact comes to, as text.
inline std::string DescribeAggregate(FactStatus status, double confidence, size_t sources,
                                     const Date& date, const std::string& text) {
  return absl::StrFormat("%s %.3f x%d %s/%d %s", std::string(FactStatusName(status)),
                         static_cast<float>(confidence), sources, FormatDate(date),
                         static_cast<int>(date.bound), text);
}

// A term with what its party is called, as text; how many sources give it.
inline std::string DescribeTerm(const TermValue& value, const std::string& party, size_t sources) {
  return absl::StrCat(std::string(DealTermKindName(value.kind)), " ", value.value, value.currency,
                      " ", std::string(TermBoundName(value.bound)), " ", party, " x", sources);
}

class GraphModel {
 public:
  // Remembers an article with the node that each of its assertions is, decided as of now.
  void Put(const ArticleFacts& facts) {
    const std::map<int, ModelNode> nodes = MakeNodes();
    std::map<std::pair<NodeKind, int>, std::set<std::string>> keys;  // Of nodes, by kind.
    for (const auto& [id, node] : nodes) {
      for (const auto& [name, counts] : node.names)
        keys[{node.kind, id}].insert(NormalizeName(name));
    }
    ModelArticle article{facts, {}};
    for (const NodeAssertion& assertion : facts.nodes) {
      // All names of the assertions of the kind that are linked by a name, however far.
      std::set<std::string> wanted = KeysOf(assertion);
      for (size_t before = 0; before != wanted.size();) {
        before = wanted.size();
        for (const NodeAssertion& other : facts.nodes) {
          const std::set<std::string> names = KeysOf(other);
          const auto is_wanted = [&](const std::string& name) { return wanted.contains(name); };
          if (other.kind == assertion.kind && std::ranges::any_of(names, is_wanted)) {
            wanted.insert(names.begin(), names.end());
          }
        }
      }
      int best = 0;
      std::pair<size_t, size_t> best_rank;
      for (const auto& [kind_and_id, have] : keys) {
        if (kind_and_id.first != assertion.kind) continue;
        std::vector<std::string> shared;
        std::ranges::set_intersection(wanted, have, std::back_inserter(shared));
        const auto stored = nodes.find(kind_and_id.second);
        const std::pair<size_t, size_t> rank{shared.size(),
                                             stored == nodes.end() ? 0 : stored->second.articles};
        if (!shared.empty() && (best == 0 || rank > best_rank)) {
          best = kind_and_id.second;
          best_rank = rank;
        }
      }
      if (best == 0) {
        // Found again by the other assertions of the same names, and by no others.
        best = next_node_++;
        keys[{assertion.kind, best}] = wanted;
      }
      article.nodes.push_back(best);
    }
    articles_.emplace_back(std::move(article));
  }

  void Retract(const std::string& id) {
    std::erase_if(articles_, [&](const ModelArticle& a) { return a.facts.article.id == id; });
  }

  // One line for each node and fact, sorted.
  std::vector<std::string> Dump() const;

 private:
  struct ModelArticle {
    ArticleFacts facts;
    std::vector<int> nodes;
  };
  struct ModelNode {
    NodeKind kind{};
    size_t articles = 0;
    std::map<std::string, std::pair<int, int>>
        names;  // Articles that use it: as canonical, at all.
    std::map<std::string, int> org_types;
    size_t degree = 0;
  };
  struct Piece {
    std::string group;
    uint32_t published = 0;
    FactStatus status{};
    float confidence = 0;
    Date date;
    std::string text;
    std::set<std::pair<TermValue, int>> terms;  // With the party, 0 for none.
  };
  // Identity -> pieces, one for each article.
  using Facts = std::map<std::string, std::map<size_t, Piece>>;

  static std::set<std::string> KeysOf(const NodeAssertion& assertion) {
    std::set<std::string> keys{NormalizeName(assertion.canonical)};
    for (const std::string& name : assertion.names) keys.insert(NormalizeName(name));
    return keys;
  }

  std::map<int, ModelNode> MakeNodes() const {
    std::map<int, ModelNode> nodes;
    for (const ModelArticle& article : articles_) {
      std::map<int, std::set<std::string>> names;
      std::map<int, std::string> canonical, org_type;
      for (size_t i = 0; i < article.nodes.size(); ++i) {
        const NodeAssertion& assertion = article.facts.nodes[i];
        const int id = article.nodes[i];
        nodes[id].kind = assertion.kind;
        names[id].insert(assertion.canonical);
        names[id].insert(assertion.names.begin(), assertion.names.end());
        canonical.emplace(id, assertion.canonical);
        if (org_type[id].empty()) org_type[id] = assertion.org_type;
      }
      for (const auto& [id, used] : names) {
        ModelNode& node = nodes[id];
        ++node.articles;
        for (const std::string& name : used) ++node.names[name].second;
        ++node.names[canonical[id]].first;
        if (!org_type[id].empty()) ++node.org_types[org_type[id]];
      }
    }
    return nodes;
  }

  static std::string NameOf(const ModelNode& node) {
    std::vector<std::tuple<int, int, size_t, std::string>> ranked;
    for (const auto& [name, counts] : node.names) {
      ranked.emplace_back(-counts.first, -counts.second, ~name.size(), name);
    }
    return std::get<3>(*std::ranges::min_element(ranked));
  }

  static std::string Describe(const ModelNode& node) {
    std::vector<std::string> names;
    for (const auto& [name, counts] : node.names)
      names.push_back(absl::StrCat(name, "=", counts.second));
    std::string org_type;
    int votes = 0;
    for (const auto& [candidate, count] : node.org_types) {
      if (count > votes) {
        org_type = candidate;
        votes = count;
      }
    }
    return absl::StrCat("{", static_cast<int>(node.kind), " ", NameOf(node), " ", org_type, " in ",
                        node.articles, " ", absl::StrJoin(names, ","), "}");
  }

  static void Add(std::map<size_t, Piece>& pieces, size_t article, const Piece& piece) {
    const auto [entry, is_new] = pieces.emplace(article, piece);
    if (is_new) return;
    Piece& old = entry->second;
    Piece better = piece.confidence > old.confidence ? piece : old;
    const Piece& other = piece.confidence > old.confidence ? old : piece;
    if (better.date.empty()) better.date = other.date;
    if (better.text.empty()) better.text = other.text;
    better.terms.insert(other.terms.begin(), other.terms.end());
    old = better;
  }

  static std::string Aggregate(const std::map<size_t, Piece>& pieces) {
    std::map<std::string, double> confidence;
    std::map<uint32_t, std::set<std::string>> dates;
    std::map<std::string, std::set<std::string>> texts;
    std::tuple<uint32_t, float, FactStatus> newest;
    for (const auto& [article, piece] : pieces) {
      confidence[piece.group] = std::max<double>(confidence[piece.group], piece.confidence);
      if (!piece.date.empty()) dates[PackDate(piece.date)].insert(piece.group);
      if (!piece.text.empty()) texts[piece.text].insert(piece.group);
      newest = std::max(newest, std::tuple(piece.published, piece.confidence, piece.status));
    }
    double doubt = 1;
    for (const auto& [group, best] : confidence) doubt *= 1 - best;
    Date date;
    std::tuple<int, int, size_t> date_rank;
    for (const auto& [packed, groups] : dates) {
      const Date candidate = UnpackDate(packed);
      const int parts = candidate.day != 0 ? 3 : candidate.month != 0 ? 2 : 1;
      const std::tuple<int, int, size_t> rank(parts, candidate.bound == DateBound::kAt,
                                              groups.size());
      if (rank > date_rank) {
        date = candidate;
        date_rank = rank;
      }
    }
    std::string text;
    size_t text_support = 0;
    for (const auto& [candidate, groups] : texts) {
      if (groups.size() > text_support) {
        text = candidate;
        text_support = groups.size();
      }
    }
    return DescribeAggregate(std::get<2>(newest), std::min(1 - doubt, 0.99), confidence.size(),
                             date, text);
  }

  std::vector<ModelArticle> articles_;
  int next_node_ = 1;
};

inline std::vector<std::string> GraphModel::Dump() const {
  std::map<int, ModelNode> nodes = MakeNodes();
  // Facts as (type, source, target, role, title key); deals as (kind, parties, year).
  std::map<std::tuple<EdgeType, int, int, std::string>, std::map<size_t, Piece>> edges;
  using DealKey = std::tuple<std::string, std::set<int>, int>;
  std::map<DealKey, std::map<size_t, Piece>> deals;
  std::map<DealKey, std::map<std::tuple<EdgeType, int, std::string>, std::map<size_t, Piece>>>
      deal_edges;
  for (size_t i = 0; i < articles_.size(); ++i) {
    const ModelArticle& article = articles_[i];
    const auto piece = [&](const EvidenceAssertion& evidence, const Date& date,
                           const std::string& text) {
      const Article& from = article.facts.article;
      return Piece{from.text.empty() ? from.WholeText() : from.text,
                   PackDate(article.facts.article.published),
                   evidence.status,
                   evidence.confidence,
                   date,
                   text,
                   {}};
    };
    for (const PartnershipAssertion& deal : article.facts.partnerships) {
      std::set<int> parties;
      for (const auto& party : deal.parties) parties.insert(article.nodes[party.node]);
      if (parties.size() < 2) continue;
      const DealKey key(deal.kind, parties, deal.date.year);
      Piece whole = piece(deal.evidence, deal.date, deal.location);
      for (const DealTermAssertion& term : deal.terms) {
        whole.terms.emplace(term.value, term.party.has_value() ? article.nodes[*term.party] : 0);
      }
      Add(deals[key], i, whole);
      const Piece plain = piece(deal.evidence, deal.date, "");
      for (const auto& party : deal.parties) {
        Add(deal_edges[key][{kPartyTo, article.nodes[party.node], party.role}], i, plain);
      }
      for (const auto& person : deal.people) {
        Add(deal_edges[key][{kTookPartIn, article.nodes[person.node], person.role}], i, plain);
      }
      for (const uint32_t product : deal.products) {
        Add(deal_edges[key][{kConcerns, article.nodes[product], ""}], i, plain);
      }
    }
    for (const EdgeAssertion& edge : article.facts.edges) {
      const int source = article.nodes[edge.source], target = article.nodes[edge.target];
      if (source == target) continue;
      Add(edges[{edge.type, source, target, NormalizeName(edge.title)}], i,
          piece(edge.evidence, edge.date, edge.title));
    }
  }
  for (const auto& [key, pieces] : edges) {
    ++nodes[std::get<1>(key)].degree;
    ++nodes[std::get<2>(key)].degree;
  }
  for (const auto& [key, participants] : deal_edges) {
    for (const auto& [participant, pieces] : participants) ++nodes[std::get<1>(participant)].degree;
  }
  std::vector<std::string> lines;
  for (const auto& [id, node] : nodes) {
    lines.push_back(absl::StrCat("node ", Describe(node), " degree ", node.degree));
  }
  for (const auto& [key, pieces] : edges) {
    lines.push_back(absl::StrCat("edge ", static_cast<int>(std::get<0>(key)), " ",
                                 Describe(nodes[std::get<1>(key)]), " ",
                                 Describe(nodes[std::get<2>(key)]), " ", Aggregate(pieces)));
  }
  for (const auto& [key, pieces] : deals) {
    std::vector<std::string> participants;
    for (const auto& [participant, support] : deal_edges[key]) {
      participants.push_back(absl::StrCat(static_cast<int>(std::get<0>(participant)), " ",
                                          Describe(nodes[std::get<1>(participant)]), " ",
                                          std::get<2>(participant), " ", Aggregate(support)));
    }
    std::map<std::pair<TermValue, int>, std::set<std::string>> terms;
    for (const auto& [article, piece] : pieces) {
      for (const auto& term : piece.terms) terms[term].insert(piece.group);
    }
    for (const auto& [term, groups] : terms) {
      participants.push_back(DescribeTerm(
          term.first, term.second == 0 ? "" : Describe(nodes[term.second]), groups.size()));
    }
    std::ranges::sort(participants);
    lines.push_back(absl::StrCat("deal ", std::get<0>(key), " in ", pieces.size(), " ",
                                 Aggregate(pieces), " [", absl::StrJoin(participants, "; "), "]"));
  }
  std::ranges::sort(lines);
  return lines;
}

// The same text of what a store holds. Reads ids up to `last_node`.
inline std::vector<std::string> DumpGraph(GraphStore& store, uint64_t last_node) {
  std::vector<std::string> lines;
  auto view = store.View();
  EXPECT_THAT(view, IsOk());
  if (!view.ok()) return lines;
  std::vector<NodeId> ids;
  for (uint64_t id = 1; id <= last_node; ++id) ids.push_back(NodeId{id});
  const auto nodes = (*view)->GetNodes(ids);
  EXPECT_THAT(nodes, IsOk());
  if (!nodes.ok()) return lines;
  const auto describe = [&](NodeId id) {
    const Node& node = *(*nodes)[ToInt(id) - 1];
    std::vector<std::string> names;
    for (const Alias& alias : node.aliases) {
      names.push_back(absl::StrCat(alias.name, "=", alias.article_count));
    }
    // As the model lists them.
    std::ranges::sort(names, {}, [](const std::string& s) { return s.substr(0, s.rfind('=')); });
    return absl::StrCat("{", static_cast<int>(node.kind), " ", node.name, " ", node.org_type,
                        " in ", node.article_count, " ", absl::StrJoin(names, ","), "}");
  };
  const auto aggregate = [](const Edge& edge) {
    return DescribeAggregate(edge.status, edge.confidence, edge.source_count, edge.date,
                             edge.title);
  };
  for (const std::optional<Node>& node : *nodes) {
    if (!node.has_value()) continue;
    const auto list =
        (*view)->ListEdges({.node = node->id,
                            .filter = {.statuses = {FactStatus::kRumoured, FactStatus::kPlanned,
                                                    FactStatus::kAnnounced, FactStatus::kActive,
                                                    FactStatus::kEnded, FactStatus::kDenied}},
                            .page_size = 10000});
    EXPECT_THAT(list, IsOk());
    if (!list.ok()) continue;
    if (node->kind == NodeKind::kPartnership) {
      std::vector<std::string> participants;
      for (const Edge& edge : list->edges) {
        const NodeId other = edge.source.id == node->id ? edge.target.id : edge.source.id;
        participants.push_back(absl::StrCat(static_cast<int>(edge.type), " ", describe(other), " ",
                                            edge.role, " ", aggregate(edge)));
      }
      const Partnership& deal = *node->partnership;
      for (const DealTerm& term : deal.terms) {
        participants.push_back(DescribeTerm(
            term.value, ToInt(term.party) == 0 ? "" : describe(term.party), term.source_count));
      }
      std::ranges::sort(participants);
      lines.push_back(absl::StrCat("deal ", deal.kind, " in ", node->article_count, " ",
                                   DescribeAggregate(deal.status, deal.confidence,
                                                     deal.source_count, deal.date, deal.location),
                                   " [", absl::StrJoin(participants, "; "), "]"));
      continue;
    }
    lines.push_back(absl::StrCat("node ", describe(node->id), " degree ", node->degree));
    for (const Edge& edge : list->edges) {
      if (edge.source.id != node->id || edge.target.kind == NodeKind::kPartnership) continue;
      lines.push_back(absl::StrCat("edge ", static_cast<int>(edge.type), " ",
                                   describe(edge.source.id), " ", describe(edge.target.id), " ",
                                   aggregate(edge)));
    }
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace partnergraph
