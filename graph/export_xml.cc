// GraphML and GEXF.
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/export_format.h"
#include "graph/quoted.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

// Text of an element or an attribute. Line ends and tabs are written as references, because a
// reader makes spaces of them in attributes.
void AppendXml(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const char32_t c = NextCodePoint(text, at);
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        if (c < 0x20 || c == 0xFFFE || c == 0xFFFF) {
          out += "\xEF\xBF\xBD";  // XML 1.0 cannot have it, not even as a reference.
        } else {
          out.append(text.substr(begin, at - begin));
        }
    }
  }
}

std::string Xml(std::string_view text) {
  std::string out;
  AppendXml(text, out);
  return out;
}

struct Attribute {
  std::string_view name;
  std::string_view type;  // Of GraphML and GEXF: string, float, int.
};
constexpr Attribute kNodeAttributes[] = {
    {"name", "string"},        {"label", "string"},   {"org_type", "string"},
    {"external_id", "string"}, {"kind", "string"},    {"date", "string"},
    {"bound", "string"},       {"status", "string"},  {"confidence", "float"},
    {"source_count", "int"},   {"location", "string"}};
constexpr Attribute kEdgeAttributes[] = {
    {"type", "string"},  {"role", "string"},   {"title", "string"},     {"date", "string"},
    {"bound", "string"}, {"status", "string"}, {"confidence", "float"}, {"source_count", "int"}};

using Values = std::vector<std::pair<std::string_view, std::string>>;

void AddFact(const Date& date, FactStatus status, float confidence, uint32_t source_count,
             Values& values) {
  if (!date.empty()) {
    values.emplace_back("date", FormatDate(date));
    values.emplace_back("bound", DateBoundName(date.bound));
  }
  values.emplace_back("status", FactStatusName(status));
  values.emplace_back("confidence", ShortestText(confidence));
  values.emplace_back("source_count", absl::StrCat(source_count));
}

void AddText(std::string_view name, const std::string& text, Values& values) {
  if (!text.empty()) values.emplace_back(name, text);
}

// `label` is the kind of node: COMPANY, ...
Values ValuesOf(const ExportedNode& node) {
  const GraphNodeRecord& record = node.record;
  Values values = {{"name", node.label}, {"label", std::string(NodeKindName(record.kind))}};
  AddText("org_type", record.org_type, values);
  AddText("external_id", record.external_id, values);
  if (record.kind != NodeKind::kPartnership) return values;
  const PartnershipRecord& deal = record.partnership;
  AddText("kind", deal.kind, values);
  AddFact(deal.date, deal.status, deal.confidence, deal.source_count, values);
  AddText("location", deal.location, values);
  return values;
}

Values ValuesOf(const ExportedEdge& edge) {
  const GraphEdgeRecord& record = edge.record;
  Values values = {{"type", record.type}};
  AddText("role", record.role, values);
  AddText("title", record.title, values);
  AddFact(record.date, record.status, record.confidence, record.source_count, values);
  return values;
}

class GraphMlFormatter : public GraphFormatter {
 public:
  std::string_view node_file() const override { return "graph.graphml"; }
  std::string_view edge_file() const override { return "graph.graphml"; }

  void BeginNodes(const Schema&, std::string& out) const override {
    out +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:schemaLocation=\"http://graphml.graphdrawing.org/xmlns "
        "http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd\">\n";
    AppendKeys("node", "n_", kNodeAttributes, out);
    AppendKeys("edge", "e_", kEdgeAttributes, out);
    out += "<graph id=\"graph\" edgedefault=\"directed\">\n";
  }
  void Append(const ExportedNode& node, std::string& out) const override {
    absl::StrAppend(&out, "<node id=\"n", Xml(node.record.id), "\">");
    AppendData("n_", ValuesOf(node), out);
    out += "</node>\n";
  }
  void BeginEdges(std::string&, std::string&) const override {}
  void Append(const ExportedEdge& edge, std::string& out) const override {
    absl::StrAppend(&out, "<edge id=\"e", ToInt(edge.fact), "\" source=\"n",
                    Xml(edge.record.source), "\" target=\"n", Xml(edge.record.target), "\">");
    AppendData("e_", ValuesOf(edge), out);
    out += "</edge>\n";
  }
  void EndEdges(std::string& out) const override { out += "</graph>\n</graphml>\n"; }

 private:
  static void AppendKeys(std::string_view domain, std::string_view prefix,
                         std::span<const Attribute> attributes, std::string& out) {
    for (const Attribute& attribute : attributes) {
      absl::StrAppend(&out, "<key id=\"", ToAbsl(prefix), ToAbsl(attribute.name), "\" for=\"",
                      ToAbsl(domain), "\" attr.name=\"", ToAbsl(attribute.name), "\" attr.type=\"",
                      ToAbsl(attribute.type), "\"/>\n");
    }
  }
  static void AppendData(std::string_view prefix, const Values& values, std::string& out) {
    for (const auto& [name, value] : values) {
      absl::StrAppend(&out, "<data key=\"", ToAbsl(prefix), ToAbsl(name), "\">");
      AppendXml(value, out);
      out += "</data>";
    }
  }
};

class GexfFormatter : public GraphFormatter {
 public:
  std::string_view node_file() const override { return "graph.gexf"; }
  std::string_view edge_file() const override { return "graph.gexf"; }

  void BeginNodes(const Schema&, std::string& out) const override {
    out +=
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<gexf xmlns=\"http://gexf.net/1.3\" version=\"1.3\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:schemaLocation=\"http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd\">\n"
        "<graph mode=\"static\" defaultedgetype=\"directed\">\n";
    AppendAttributes("node", kNodeAttributes, out);
    AppendAttributes("edge", kEdgeAttributes, out);
    out += "<nodes>\n";
  }
  void Append(const ExportedNode& node, std::string& out) const override {
    absl::StrAppend(&out, "<node id=\"", Xml(node.record.id), "\" label=\"", Xml(node.label),
                    "\">");
    AppendValues(ValuesOf(node), out);
    out += "</node>\n";
  }
  void BeginEdges(std::string& nodes, std::string&) const override {
    nodes += "</nodes>\n<edges>\n";
  }
  void Append(const ExportedEdge& edge, std::string& out) const override {
    absl::StrAppend(&out, "<edge id=\"", ToInt(edge.fact), "\" source=\"", Xml(edge.record.source),
                    "\" target=\"", Xml(edge.record.target), "\" label=\"", Xml(edge.record.type),
                    "\">");
    AppendValues(ValuesOf(edge), out);
    out += "</edge>\n";
  }
  void EndEdges(std::string& out) const override { out += "</edges>\n</graph>\n</gexf>\n"; }

 private:
  static void AppendAttributes(std::string_view domain, std::span<const Attribute> attributes,
                               std::string& out) {
    absl::StrAppend(&out, "<attributes class=\"", ToAbsl(domain), "\" mode=\"static\">\n");
    for (const Attribute& attribute : attributes) {
      const std::string_view type = attribute.type == "int" ? "integer" : attribute.type;
      absl::StrAppend(&out, "<attribute id=\"", ToAbsl(attribute.name), "\" title=\"",
                      ToAbsl(attribute.name), "\" type=\"", ToAbsl(type), "\"/>\n");
    }
    out += "</attributes>\n";
  }
  static void AppendValues(const Values& values, std::string& out) {
    out += "<attvalues>";
    for (const auto& [name, value] : values) {
      absl::StrAppend(&out, "<attvalue for=\"", ToAbsl(name), "\" value=\"", Xml(value), "\"/>");
    }
    out += "</attvalues>";
  }
};

}  // namespace

std::unique_ptr<GraphFormatter> MakeGraphMlFormatter() {
  return std::make_unique<GraphMlFormatter>();
}
std::unique_ptr<GraphFormatter> MakeGexfFormatter() { return std::make_unique<GexfFormatter>(); }

}  // namespace partnergraph
