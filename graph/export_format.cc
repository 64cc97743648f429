#include "graph/export_format.h"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

class JsonLinesFormatter : public GraphFormatter {
 public:
  std::string_view node_file() const override { return "graph.jsonl"; }
  std::string_view edge_file() const override { return "graph.jsonl"; }

  void BeginNodes(const Schema& schema, std::string& out) const override {
    for (const EdgeTypeInfo& type : schema.types()) {
      if (static_cast<uint16_t>(type.type) < kFirstImportedEdgeType) continue;
      AppendGraphRecord(EdgeTypeDeclaration{std::string(type.name), std::string(type.inverse_name),
                                            type.symmetric, type.source_kinds, type.target_kinds},
                        out);
    }
  }
  void Append(const ExportedNode& node, std::string& out) const override {
    AppendGraphRecord(node.record, out);
  }
  void BeginEdges(std::string&, std::string&) const override {}
  void Append(const ExportedEdge& edge, std::string& out) const override {
    AppendGraphRecord(edge.record, out);
  }
  void EndEdges(std::string&) const override {}
};

// Appends a field of a row, behind a comma unless it is the first one.
class CsvRow {
 public:
  explicit CsvRow(std::string& out) : out_(out) {}
  ~CsvRow() { out_.push_back('\n'); }

  CsvRow& Add(std::string_view text) {
    if (!std::exchange(first_, false)) out_.push_back(',');
    const bool quoted = text.find_first_of("\",\r\n;") != std::string_view::npos ||
                        (!text.empty() && (text.front() == ' ' || text.back() == ' '));
    if (!quoted) {
      out_.append(text);
      return *this;
    }
    out_.push_back('"');
    for (const char c : text) {
      if (c == '"') out_.push_back('"');
      out_.push_back(c);
    }
    out_.push_back('"');
    return *this;
  }

  // Columns that facts share.
  CsvRow& AddFact(const Date& date, FactStatus status, float confidence, uint32_t source_count) {
    return Add(FormatDate(date))
        .Add(date.empty() ? "" : DateBoundName(date.bound))
        .Add(FactStatusName(status))
        .Add(ShortestText(confidence))
        .Add(absl::StrCat(source_count));
  }

 private:
  std::string& out_;
  bool first_ = true;
};

class CsvFormatter : public GraphFormatter {
 public:
  std::string_view node_file() const override { return "nodes.csv"; }
  std::string_view edge_file() const override { return "edges.csv"; }

  void BeginNodes(const Schema&, std::string& out) const override {
    out +=
        "id:ID,name,names:string[],:LABEL,org_type,kind,date,bound,status,"
        "confidence:float,source_count:int,location\n";
  }

  void Append(const ExportedNode& node, std::string& out) const override {
    const GraphNodeRecord& record = node.record;
    std::string names;
    for (const std::string& name : record.names) {
      if (name.find(';') != std::string::npos) continue;
      absl::StrAppend(&names, names.empty() ? "" : ";", name);
    }
    CsvRow row(out);
    row.Add(record.id)
        .Add(record.name)
        .Add(names)
        .Add(NodeKindName(record.kind))
        .Add(record.org_type);
    const PartnershipRecord& deal = record.partnership;
    if (record.kind == NodeKind::kPartnership) {
      row.Add(deal.kind)
          .AddFact(deal.date, deal.status, deal.confidence, deal.source_count)
          .Add(deal.location);
    } else {
      for (int i = 0; i < 7; ++i) row.Add("");
    }
  }

  void BeginEdges(std::string&, std::string& edges) const override {
    edges +=
        ":START_ID,:END_ID,:TYPE,role,title,date,bound,status,confidence:float,"
        "source_count:int\n";
  }

  void Append(const ExportedEdge& edge, std::string& out) const override {
    const GraphEdgeRecord& record = edge.record;
    CsvRow(out)
        .Add(record.source)
        .Add(record.target)
        .Add(record.type)
        .Add(record.role)
        .Add(record.title)
        .AddFact(record.date, record.status, record.confidence, record.source_count);
  }
  void EndEdges(std::string&) const override {}
};

}  // namespace

std::string_view DateBoundName(DateBound bound) {
  static constexpr std::string_view kNames[] = {"AT", "BEFORE", "AFTER"};
  return kNames[static_cast<size_t>(bound)];
}

std::string ShortestText(float number) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof(buffer), number).ptr);
}

std::unique_ptr<GraphFormatter> MakeGraphFormatter(ExportFormat format) {
  switch (format) {
    case ExportFormat::kJsonLines:
      return std::make_unique<JsonLinesFormatter>();
    case ExportFormat::kCsv:
      return std::make_unique<CsvFormatter>();
    case ExportFormat::kGraphMl:
      return MakeGraphMlFormatter();
    case ExportFormat::kGexf:
      return MakeGexfFormatter();
    case ExportFormat::kNTriples:
      return MakeNTriplesFormatter();
  }
  return nullptr;
}

}  // namespace partnergraph
