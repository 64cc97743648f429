// The forms in which a graph is written for other programs. All are UTF-8 and stream: nothing is
// held, so that writing can go on anywhere between two records.
//
//   JSON Lines  graph.jsonl: see graph_record.h. Lossless for what an import keeps.
//   CSV         nodes.csv, edges.csv: the form of neo4j-admin import, RFC 4180 with line ends \n.
//                 id:ID,name,names:string[],:LABEL,org_type,kind,date,bound,status,confidence:float,
//                   source_count:int,location
//                 :START_ID,:END_ID,:TYPE,role,title,date,bound,status,confidence:float,
//                   source_count:int
//               Labels are COMPANY, PERSON, PRODUCT, PARTNERSHIP. Further names are joined by ';',
//               and those that hold one are left out, as are external ids and the terms of deals.
//   GraphML     graph.graphml: directed, a key for each property; no further names, no terms.
//   GEXF 1.3    graph.gexf: the same, labels being names.
//   N-Triples   graph.nt: RDF 1.1. With P = urn:partnergraph:v1: and rdf:, rdfs:, xsd: as usual,
//                 <P node:12> rdf:type <P Company>; rdfs:label "name"; <P alias> "name";
//                   <P orgType>, <P externalId>, <P dealKind>, <P location> "..."
//                 <P node:5> <P type:EMPLOYED_BY> <P node:12>
//                 <P fact:7> rdf:type rdf:Statement; rdf:subject, rdf:predicate, rdf:object of it;
//                   <P role>, <P title> "..."
//                 and of deals' nodes and of facts: <P date> "2018-06"^^xsd:gYearMonth (or
//                   xsd:gYear, xsd:date), <P dateBound> "BEFORE", <P status> "ACTIVE",
//                   <P confidence> "0.9"^^xsd:float, <P sourceCount> "2"^^xsd:nonNegativeInteger
//
// Names of partnerships, which are made from their parties, are written where they are labels
// (GraphML, GEXF, N-Triples). XML 1.0 has no way to write some control characters: they become
// U+FFFD there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "graph/graph_record.h"
#include "graph/ids.h"
#include "graph/schema.h"

namespace partnergraph {

enum class ExportFormat : uint8_t { kJsonLines = 1, kCsv, kGraphMl, kGexf, kNTriples };

// A node, whose label is its name or, of a partnership without one, what it is called.
struct ExportedNode {
  GraphNodeRecord record;
  std::string label;
};

struct ExportedEdge {
  GraphEdgeRecord record;
  FactId fact{};
};

// Appends text; has no state. Nodes are written before edges.
class GraphFormatter {
 public:
  virtual ~GraphFormatter() = default;

  // The files of nodes and of edges; the same, when both are in one.
  virtual std::string_view node_file() const = 0;
  virtual std::string_view edge_file() const = 0;

  virtual void BeginNodes(const Schema& schema, std::string& out) const = 0;
  virtual void Append(const ExportedNode& node, std::string& out) const = 0;
  // Between the last node, to whose file `nodes` belongs, and the first edge.
  virtual void BeginEdges(std::string& nodes, std::string& edges) const = 0;
  virtual void Append(const ExportedEdge& edge, std::string& out) const = 0;
  virtual void EndEdges(std::string& out) const = 0;
};

std::unique_ptr<GraphFormatter> MakeGraphFormatter(ExportFormat format);

// Parts of formatters.
std::unique_ptr<GraphFormatter> MakeGraphMlFormatter();
std::unique_ptr<GraphFormatter> MakeGexfFormatter();
std::unique_ptr<GraphFormatter> MakeNTriplesFormatter();

// "AT", "BEFORE" or "AFTER".
std::string_view DateBoundName(DateBound bound);
// The shortest decimal that reads back as the same float.
std::string ShortestText(float number);

}  // namespace partnergraph
