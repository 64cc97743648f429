// Pattern queries on random small graphs against a naive matcher: it tries every assignment, and
// decides all conditions at the end. Answers that are not cut must be equal; cut ones must be
// flagged and hold nothing wrong.
#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/pattern_evaluation.h"
#include "graph/pattern_execution.h"
#include "graph/pattern_parser.h"
#include "graph/pattern_plan.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_pattern_source.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using Rows = std::multiset<std::string>;

std::string ShowEdge(uint64_t fact, NodeId deal, NodeId a, NodeId b) {
  if (deal == NodeId{}) return absl::StrCat("f", fact);
  return absl::StrCat("d", ToInt(deal), ":", ToInt(std::min(a, b)), "-", ToInt(std::max(a, b)));
}
std::string Show(const AdjacentEdge& edge) {
  return ShowEdge(ToInt(edge.fact), edge.partnership, edge.node, edge.other);
}
std::string Show(const Edge& edge) {
  return ShowEdge(ToInt(edge.fact), edge.partnership, edge.source.id, edge.target.id);
}
template <typename Edges>
std::string ShowList(const Edges& edges) {
  std::vector<std::string> texts;
  for (const auto& edge : edges) texts.push_back(Show(edge));
  return absl::StrCat("[", absl::StrJoin(texts, ","), "]");
}

std::string Show(const PatternCell& cell) {
  if (const auto* node = std::get_if<NodeId>(&cell)) return absl::StrCat("n", ToInt(*node));
  if (const auto* edge = std::get_if<AdjacentEdge>(&cell)) return Show(*edge);
  if (const auto* edges = std::get_if<std::vector<AdjacentEdge>>(&cell)) return ShowList(*edges);
  if (const auto* integer = std::get_if<int64_t>(&cell)) return absl::StrCat(*integer);
  if (const auto* number = std::get_if<double>(&cell)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&cell)) return *text;
  if (const auto* date = std::get_if<Date>(&cell)) return FormatDate(*date);
  if (const auto* truth = std::get_if<bool>(&cell)) return *truth ? "true" : "false";
  return "null";
}
std::string Show(const PatternValue& value) {
  if (const auto* node = std::get_if<NodeSummary>(&value))
    return absl::StrCat("n", ToInt(node->id));
  if (const auto* edge = std::get_if<Edge>(&value)) return Show(*edge);
  if (const auto* edges = std::get_if<std::vector<Edge>>(&value)) return ShowList(*edges);
  if (const auto* integer = std::get_if<int64_t>(&value)) return absl::StrCat(*integer);
  if (const auto* number = std::get_if<double>(&value)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* date = std::get_if<Date>(&value)) return FormatDate(*date);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return "null";
}

// Tries everything.
class NaiveMatcher {
 public:
  NaiveMatcher(MemoryEdgeSource& graph, MemoryPatternSource& source, const PatternQuery& query)
      : graph_(graph), query_(query), evaluator_(query, plan_, source.schema()) {
    binding_.nodes.resize(query.nodes.size());
    binding_.edges.resize(query.edges.size());
    std::vector<NodeId> all;
    for (uint64_t id = 1; id <= graph.node_count(); ++id) all.push_back(NodeId{id});
    const auto values = source.ReadNodes(all, {true, true});
    for (const auto& value : *values) values_[value->node.id] = *value;
    for (PatternExpressionIndex i = 0; i < query.expressions.size(); ++i) {
      if (query.expressions[i].kind != PatternExpression::Kind::kNamed) continue;
      std::set<NodeId> named;
      for (const PatternScalar& name : query.expressions[i].list) {
        const auto nodes = source.NodesNamed(std::get<std::string>(name), 1000);
        named.insert(nodes->begin(), nodes->end());
      }
      plan_.named[i].assign(named.begin(), named.end());
    }
    for (PatternEdgeIndex i = 0; i < query.edges.size(); ++i) rows_.push_back(RowsOf(i));
  }

  Rows Run() {
    MatchEdge(0);
    return std::move(results_);
  }

 private:
  // Everything that the edge pattern may pass, one entry for each direction.
  std::vector<AdjacentEdge> RowsOf(PatternEdgeIndex index) const {
    const PatternEdge& pattern = query_.edges[index];
    std::set<EdgeType> types;
    for (const PatternWord& word : pattern.types)
      types.insert(FindEdgeType(absl::AsciiStrToUpper(word.text))->type);
    bool denied = false;
    for (const PatternExpression& expression : query_.expressions) {
      denied |= expression.kind == PatternExpression::Kind::kEdgeProperty &&
                expression.index == index && expression.property == PatternProperty::kStatus;
    }
    std::vector<AdjacentEdge> rows;
    std::set<std::string> passages;
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      for (const AdjacentEdge& row : graph_.rows(NodeId{id})) {
        if (!denied && row.status == FactStatus::kDenied) continue;
        const bool wrong_way =
            (pattern.direction == DirectionFilter::kOut && row.direction != Direction::kOut) ||
            (pattern.direction == DirectionFilter::kIn && row.direction != Direction::kIn);
        const bool seen = row.node == row.other && row.direction == Direction::kIn &&
                          pattern.direction == DirectionFilter::kBoth;
        if (!wrong_way && !seen && (types.empty() || types.contains(row.type))) rows.push_back(row);
        if (!types.contains(kPartnerWith) || row.type != kPartyTo ||
            row.direction != Direction::kOut) {
          continue;
        }
        for (const AdjacentEdge& back : graph_.rows(row.other)) {
          if (back.type != kPartyTo || back.direction != Direction::kIn || back.other == row.node ||
              (!denied && back.status == FactStatus::kDenied)) {
            continue;
          }
          AdjacentEdge passage = back;
          passage.node = row.node;
          passage.type = kPartnerWith;
          passage.partnership = row.other;
          if (passages.insert(absl::StrCat(Show(passage), ToInt(passage.node))).second) {
            rows.push_back(passage);
          }
        }
      }
    }
    return rows;
  }

  void MatchEdge(PatternEdgeIndex index) {
    if (index == query_.edges.size()) return MatchNode(0);
    const PatternEdge& pattern = query_.edges[index];
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      const PatternBinding::BoundNode left = binding_.nodes[pattern.left];
      if (left.id != NodeId{} && left.id != NodeId{id}) continue;
      binding_.nodes[pattern.left] = {NodeId{id}, graph_.kind(NodeId{id})};
      Walk(index, NodeId{id});
      binding_.nodes[pattern.left] = left;
    }
  }

  void Walk(PatternEdgeIndex index, NodeId at) {
    const PatternEdge& pattern = query_.edges[index];
    const size_t length = binding_.edges[index].size();
    const PatternBinding::BoundNode right = binding_.nodes[pattern.right];
    if (length >= pattern.hops_min && (right.id == NodeId{} || right.id == at)) {
      binding_.nodes[pattern.right] = {at, graph_.kind(at)};
      MatchEdge(index + 1);
      binding_.nodes[pattern.right] = right;
    }
    if (length == pattern.hops_max) return;
    for (const AdjacentEdge& row : rows_[index]) {
      if (row.node != at || used_.contains(Show(row))) continue;
      PatternBinding alone;
      alone.edges.resize(query_.edges.size());
      alone.edges[index] = {&row};
      if (!std::ranges::all_of(pattern.each, [&](PatternExpressionIndex condition) {
            return evaluator_.Holds(condition, alone, values_);
          })) {
        continue;
      }
      used_.insert(Show(row));
      binding_.edges[index].push_back(&row);
      Walk(index, row.other);
      binding_.edges[index].pop_back();
      used_.erase(Show(row));
    }
  }

  void MatchNode(PatternNodeIndex index) {
    if (index == query_.nodes.size()) return AddMatch();
    if (binding_.nodes[index].id != NodeId{}) return MatchNode(index + 1);
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      binding_.nodes[index] = {NodeId{id}, graph_.kind(NodeId{id})};
      MatchNode(index + 1);
    }
    binding_.nodes[index] = {};
  }

  void AddMatch() {
    for (size_t i = 0; i < query_.nodes.size(); ++i) {
      if ((KindBit(binding_.nodes[i].kind) & query_.nodes[i].kinds) == 0) return;
    }
    for (const PatternExpressionIndex condition : query_.conditions) {
      if (!evaluator_.Holds(condition, binding_, values_)) return;
    }
    std::vector<std::string> row;
    for (const PatternItem& item : query_.items) {
      row.push_back(Show(evaluator_.Evaluate(item.expression, binding_, values_)));
    }
    results_.insert(absl::StrJoin(row, " "));
  }

  MemoryEdgeSource& graph_;
  const PatternQuery& query_;
  PatternPlan plan_;
  PatternEvaluator evaluator_;
  PatternBinding binding_;
  PatternValues values_;
  std::vector<std::vector<AdjacentEdge>> rows_;  // By edge.
  std::set<std::string> used_;
  Rows results_;
};

class PatternRandomTest : public testing::TestWithParam<int> {
 protected:
  PatternRandomTest() : random_(static_cast<uint32_t>(GetParam()) * 7919 + 5) {
    static constexpr NodeKind kKinds[] = {NodeKind::kCompany, NodeKind::kCompany,
                                          NodeKind::kPartnership, NodeKind::kPerson};
    for (int i = 0, n = 2 + Below(6); i < n; ++i) {
      const NodeId node = graph_.AddNode(kKinds[Below(4)]);
      if (graph_.kind(node) != NodeKind::kPartnership) continue;
      PatternNodeValues& deal = source_.deals[node];
      deal.deal_kind = Below(2) == 0 ? "SUPPLY" : "OTHER";
      deal.date = AnyDate();
      deal.status = FactStatus::kActive;
      deal.confidence = static_cast<float>(1 + Below(9)) / 10;
      deal.source_count = static_cast<uint32_t>(Below(4));
    }
    for (int i = 0, n = Below(14); i < n; ++i) AddEdge();
    source_.aliases = {{"Shared", NodeId{1}}, {"shared", NodeId{2}}};
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  NodeId AnyNode() { return NodeId{1 + random_() % graph_.node_count()}; }
  Date AnyDate() {
    Date date;
    if (Below(4) == 0) return date;
    date.year = static_cast<int16_t>(2017 + Below(3));
    if (Below(3) != 0) date.month = static_cast<uint8_t>(5 + Below(3));
    if (date.month != 0 && Below(2) == 0) date.day = static_cast<uint8_t>(1 + Below(28));
    date.bound = static_cast<DateBound>(Below(5) < 3 ? 0 : Below(3));
    return date;
  }

  void AddEdge() {
    MemoryEdge edge{.source = AnyNode(), .target = AnyNode()};
    const NodeKind source = graph_.kind(edge.source), target = graph_.kind(edge.target);
    if (source == NodeKind::kPartnership) return;
    if (target == NodeKind::kPartnership) {
      edge.type = source == NodeKind::kCompany ? kPartyTo : kTookPartIn;
    } else {
      static constexpr EdgeType kTypes[] = {kFounded, kPartOf, kUses, kPartnerWith};
      edge.type = kTypes[Below(4)];
    }
    edge.date = AnyDate();
    edge.status = static_cast<FactStatus>(1 + Below(6));
    edge.confidence = static_cast<float>(1 + Below(9)) / 10;
    edge.source_count = static_cast<uint32_t>(1 + Below(3));
    graph_.AddEdge(edge);
  }

  std::string AnyDateText() {
    static constexpr const char* kDates[] = {"'2017'", "'2018'", "'2018-06'", "'2018-06-15'",
                                             "'2019-05-01'"};
    return kDates[Below(5)];
  }
  std::string AnyOperator() {
    static constexpr const char* kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
    return kOperators[Below(6)];
  }

  std::string NodePattern() {
    std::string text = "(";
    const int form = Below(6);
    if (form > 0) {
      // A few variables, so that they meet again.
      const std::string name(1, static_cast<char>('a' + Below(4)));
      nodes_.insert(name);
      text += name;
    }
    static constexpr const char* kLabels[] = {
        "", "", "", ":Company", ":Partnership", ":Company|Person"};
    text += kLabels[Below(6)];
    const int start = Below(8);
    if (start == 0) absl::StrAppend(&text, " {id: ", ToInt(AnyNode()), "}");
    if (start == 1) absl::StrAppend(&text, " {name: 'Node ", ToInt(AnyNode()), "'}");
    return text + ")";
  }

  std::string EdgePattern() {
    static constexpr const char* kTypes[] = {"",
                                             "",
                                             ":PARTY_TO",
                                             ":FOUNDED|PART_OF|USES",
                                             ":uses",
                                             ":PARTNER_WITH",
                                             ":PARTY_TO|PARTNER_WITH"};
    std::string detail;
    const int type = Below(7);
    const bool variable = Below(3) == 0;
    if (Below(3) > 0) {
      const std::string name = absl::StrCat("r", ++edge_count_);
      detail = name;
      (variable ? lists_ : type >= 5 ? derived_ : edges_).insert(name);
    }
    detail += kTypes[type];
    static constexpr const char* kLengths[] = {"*1..2", "*0..1", "*2", "*..3"};
    if (variable) detail += kLengths[Below(4)];
    if (type < 5 && Below(6) == 0) {
      static constexpr const char* kMaps[] = {" {status: 'ACTIVE'}", " {source_count: 1}",
                                              " {date: '2018'}", " {type: 'USES'}"};
      detail += kMaps[Below(4)];
    }
    const int way = Below(4);
    return absl::StrCat(way == 1 ? "<-" : "-", detail.empty() ? "" : "[" + detail + "]",
                        way == 2 ? "->" : "-");
  }

  std::string Condition(int depth) {
    if (depth > 0) {
      switch (Below(5)) {
        case 0:
          return absl::StrCat("(", Condition(depth - 1), " OR ", Condition(depth - 1), ")");
        case 1:
          return absl::StrCat("NOT ", Condition(depth - 1));
        case 2:
          return absl::StrCat("(", Condition(depth - 1), " AND ", Condition(depth - 1), ")");
        default:
          break;
      }
    }
    const auto any = [&](const std::set<std::string>& names) {
      return *std::next(names.begin(), Below(static_cast<int>(names.size())));
    };
    if (!edges_.empty() && Below(2) == 0) {
      const std::string edge = any(edges_);
      switch (Below(6)) {
        case 0:
          return absl::StrCat(edge, ".date ", AnyOperator(), " ", AnyDateText());
        case 1:
          return absl::StrCat(edge, ".confidence ", AnyOperator(), " 0.", 1 + Below(9));
        case 2:
          return absl::StrCat(edge, ".status IN ['ACTIVE', 'DENIED', 'PLANNED']");
        case 3:
          return absl::StrCat(edge, ".source_count ", AnyOperator(), " ", Below(4));
        case 4:
          return absl::StrCat(edge, ".type = 'PARTY_TO'");
        default:
          return absl::StrCat(edge, ".date IS NOT NULL");
      }
    }
    if (!lists_.empty() && Below(4) == 0) {
      return absl::StrCat(any(lists_), Below(2) == 0 ? " IS NULL" : " IS NOT NULL");
    }
    if (nodes_.empty()) return "1 = 1";
    const std::string node = any(nodes_), other = any(nodes_);
    switch (Below(9)) {
      case 0:
        return absl::StrCat(node, ".id ", AnyOperator(), " ", ToInt(AnyNode()));
      case 1:
        return absl::StrCat(node, ".id IN [", ToInt(AnyNode()), ", ", ToInt(AnyNode()), "]");
      case 2:
        return absl::StrCat(node, ".name = 'shared'");
      case 3:
        return absl::StrCat(node, ".name ENDS WITH '", 1 + Below(7), "'");
      case 4:
        return absl::StrCat(node, ".degree ", AnyOperator(), " ", Below(5));
      case 5:
        return absl::StrCat(node, ".date ", AnyOperator(), " ", AnyDateText());
      case 6:
        return absl::StrCat(node, ".kind IN ['SUPPLY', 'COMPANY']");
      case 7:
        return absl::StrCat(node, node == other ? " = " : " <> ", other);
      default:
        return absl::StrCat(node, ".org_type IS NULL");
    }
  }

  // A query that returns all its variables; false when it has none.
  bool AnyQuery(std::string& text) {
    nodes_.clear(), edges_.clear(), lists_.clear(), derived_.clear();
    edge_count_ = 0;
    text = "MATCH ";
    const int paths = Below(4) == 0 ? 2 : 1;
    int edges_left = 3;
    for (int i = 0; i < paths; ++i) {
      absl::StrAppend(&text, i > 0 ? ", " : "", NodePattern());
      for (int j = Below(edges_left + 1); j > 0; --j, --edges_left) {
        absl::StrAppend(&text, EdgePattern(), NodePattern());
      }
    }
    for (int i = 0, n = Below(3); i < n; ++i) {
      absl::StrAppend(&text, i == 0 ? " WHERE " : " AND ", Condition(2));
    }
    std::vector<std::string> items(nodes_.begin(), nodes_.end());
    for (const std::set<std::string>* names : {&edges_, &lists_, &derived_}) {
      items.insert(items.end(), names->begin(), names->end());
    }
    if (items.empty()) return false;
    absl::StrAppend(&text, " RETURN ", absl::StrJoin(items, ", "));
    if (!nodes_.empty() && Below(3) == 0) absl::StrAppend(&text, ", ", *nodes_.begin(), ".date");
    return true;
  }

  static Budget Ample() {
    Budget budget;
    budget.edges_scanned_max = 1'000'000'000;
    budget.nodes_max = 1'000'000;
    budget.bytes_max = 1 << 30;
    budget.per_node_limit = 100'000;
    return budget;
  }

  struct Answer {
    Rows rows;
    PatternEnd end;
  };
  absl::StatusOr<Answer> Ask(const std::string& text, const Budget& budget) {
    Answer answer;
    auto end = RunPattern(source_, {text, {}, budget}, [&](PatternPart part) {
      for (const auto& row : part.rows) {
        std::vector<std::string> values;
        for (const PatternValue& value : row) values.push_back(Show(value));
        answer.rows.insert(absl::StrJoin(values, " "));
      }
      return true;
    });
    if (!end.ok()) return end.status();
    answer.end = *std::move(end);
    return answer;
  }

  std::mt19937 random_;
  MemoryEdgeSource graph_;
  MemoryPatternSource source_{graph_};
  std::set<std::string> nodes_, edges_, lists_, derived_;
  int edge_count_ = 0;
};

TEST_P(PatternRandomTest, AnswersEqualTheNaiveOnes) {
  int answered = 0;
  for (int i = 0; i < 40; ++i) {
    std::string text;
    if (!AnyQuery(text)) continue;
    const auto query = ParsePattern(text);
    ASSERT_THAT(query, IsOk()) << text;
    const auto answer = Ask(text, Ample());
    // Two paths without anything to start from.
    if (!answer.ok() && absl::StrContains(answer.status().message(), "nothing to start")) continue;
    ASSERT_THAT(answer, IsOk()) << text;
    EXPECT_FALSE(answer->end.end.truncation.has_value()) << text;
    const Rows expected = NaiveMatcher(graph_, source_, *query).Run();
    ASSERT_EQ(answer->rows, expected) << text << "\n" << Ask("EXPLAIN " + text, Ample())->end.plan;
    ++answered;
    // Counting and telling apart agree with the rows.
    const std::string items = text.substr(text.find(" RETURN ") + 8);
    const auto distinct =
        Ask(text.substr(0, text.find(" RETURN ")) + " RETURN DISTINCT " + items, Ample());
    ASSERT_THAT(distinct, IsOk());
    const std::set<std::string> once(expected.begin(), expected.end());
    EXPECT_EQ(distinct->rows, Rows(once.begin(), once.end())) << text;
    const auto count = Ask(text.substr(0, text.find(" RETURN ")) + " RETURN count(*)", Ample());
    ASSERT_THAT(count, IsOk());
    EXPECT_EQ(count->rows, Rows({absl::StrCat(expected.size())})) << text;
  }
  EXPECT_GT(answered, 10);
}

TEST_P(PatternRandomTest, CutAnswersAreFlaggedAndHoldNothingWrong) {
  for (int i = 0; i < 40; ++i) {
    std::string text;
    if (!AnyQuery(text)) continue;
    const auto whole = Ask(text, Ample());
    if (!whole.ok()) continue;
    Budget budget = Ample();
    switch (Below(4)) {
      case 0:
        budget.edges_scanned_max = static_cast<uint64_t>(1 + Below(30));
        break;
      case 1:
        budget.nodes_max = static_cast<uint64_t>(1 + Below(5));
        break;
      case 2:
        budget.bytes_max = static_cast<uint64_t>(1 + Below(500));
        break;
      default:
        budget.per_node_limit = static_cast<uint32_t>(1 + Below(3));
        break;
    }
    if (Below(3) == 0) text += " ORDER BY 1 = 1";
    const auto cut = Ask(text, budget);
    ASSERT_THAT(cut, IsOk()) << text;
    EXPECT_TRUE(std::ranges::includes(whole->rows, cut->rows)) << text;
    if (cut->rows.size() < whole->rows.size()) {
      EXPECT_TRUE(cut->end.end.truncation.has_value()) << text;
    }
    EXPECT_LE(cut->end.end.stats.edges_scanned, budget.edges_scanned_max) << text;
    EXPECT_LE(cut->rows.size(), budget.nodes_max) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, PatternRandomTest, testing::Range(0, 200));

}  // namespace
}  // namespace partnergraph
