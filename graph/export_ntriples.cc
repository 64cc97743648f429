#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "graph/export_format.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

constexpr std::string_view kVocabulary = "urn:partnergraph:v1:";
constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr std::string_view kLabel = "http://www.w3.org/2000/01/rdf-schema#label";
constexpr std::string_view kXsd = "http://www.w3.org/2001/XMLSchema#";

std::string Iri(std::string_view base, std::string_view rest) {
  return absl::StrCat("<", ToAbsl(base), ToAbsl(rest), ">");
}

// Names of nodes and types are digits, letters and '_', which an IRI may have as they are.
std::string NodeIri(const std::string& id) { return Iri(kVocabulary, "node:" + id); }

std::string Literal(std::string_view text, std::string_view type = "") {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
          absl::StrAppendFormat(&out, "\\u%04X", static_cast<unsigned>(c));
        } else {
          out.push_back(c);
        }
    }
  }
  out.push_back('"');
  if (!type.empty()) absl::StrAppend(&out, "^^", Iri(kXsd, type));
  return out;
}

void AppendTriple(const std::string& subject, const std::string& predicate,
                  const std::string& object, std::string& out) {
  absl::StrAppend(&out, subject, " ", predicate, " ", object, " .\n");
}

void AppendText(const std::string& subject, std::string_view property, const std::string& text,
                std::string& out) {
  if (!text.empty()) AppendTriple(subject, Iri(kVocabulary, property), Literal(text), out);
}

void AppendFact(const std::string& subject, const Date& date, FactStatus status, float confidence,
                uint32_t source_count, std::string& out) {
  if (!date.empty()) {
    const std::string_view type = date.month == 0 ? "gYear" : date.day == 0 ? "gYearMonth" : "date";
    AppendTriple(subject, Iri(kVocabulary, "date"), Literal(FormatDate(date), type), out);
    if (date.bound != DateBound::kAt) {
      AppendText(subject, "dateBound", std::string(DateBoundName(date.bound)), out);
    }
  }
  AppendText(subject, "status", std::string(FactStatusName(status)), out);
  AppendTriple(subject, Iri(kVocabulary, "confidence"), Literal(ShortestText(confidence), "float"),
               out);
  AppendTriple(subject, Iri(kVocabulary, "sourceCount"),
               Literal(absl::StrCat(source_count), "nonNegativeInteger"), out);
}

std::string_view ClassName(NodeKind kind) {
  switch (kind) {
    case NodeKind::kCompany:
      return "Company";
    case NodeKind::kPerson:
      return "Person";
    case NodeKind::kProduct:
      return "Product";
    case NodeKind::kPartnership:
      return "Partnership";
  }
  return "";
}

class NTriplesFormatter : public GraphFormatter {
 public:
  std::string_view node_file() const override { return "graph.nt"; }
  std::string_view edge_file() const override { return "graph.nt"; }

  void BeginNodes(const Schema&, std::string&) const override {}

  void Append(const ExportedNode& node, std::string& out) const override {
    const GraphNodeRecord& record = node.record;
    const std::string subject = NodeIri(record.id);
    AppendTriple(subject, Iri(kRdf, "type"), Iri(kVocabulary, ClassName(record.kind)), out);
    AppendTriple(subject, Iri(kLabel, ""), Literal(node.label), out);
    for (const std::string& name : record.names) AppendText(subject, "alias", name, out);
    AppendText(subject, "orgType", record.org_type, out);
    AppendText(subject, "externalId", record.external_id, out);
    if (record.kind != NodeKind::kPartnership) return;
    const PartnershipRecord& deal = record.partnership;
    AppendText(subject, "dealKind", deal.kind, out);
    AppendFact(subject, deal.date, deal.status, deal.confidence, deal.source_count, out);
    AppendText(subject, "location", deal.location, out);
  }

  void BeginEdges(std::string&, std::string&) const override {}

  void Append(const ExportedEdge& edge, std::string& out) const override {
    const GraphEdgeRecord& record = edge.record;
    const std::string source = NodeIri(record.source), target = NodeIri(record.target);
    const std::string type = Iri(kVocabulary, "type:" + record.type);
    AppendTriple(source, type, target, out);
    const std::string fact = Iri(kVocabulary, absl::StrCat("fact:", ToInt(edge.fact)));
    AppendTriple(fact, Iri(kRdf, "type"), Iri(kRdf, "Statement"), out);
    AppendTriple(fact, Iri(kRdf, "subject"), source, out);
    AppendTriple(fact, Iri(kRdf, "predicate"), type, out);
    AppendTriple(fact, Iri(kRdf, "object"), target, out);
    AppendText(fact, "role", record.role, out);
    AppendText(fact, "title", record.title, out);
    AppendFact(fact, record.date, record.status, record.confidence, record.source_count, out);
  }

  void EndEdges(std::string&) const override {}
};

}  // namespace

std::unique_ptr<GraphFormatter> MakeNTriplesFormatter() {
  return std::make_unique<NTriplesFormatter>();
}

}  // namespace partnergraph
