// Nodes and edges in the CSV form of neo4j-admin: a header names the columns, each record is a node
// or an edge.
//
//   nodes   id:ID              required; "id" is any name. id:ID(Space) names a space of ids.
//           :LABEL             Company, Person, Product or Partnership, in any case; required
//           unless
//                              the command line gives one
//           name               required save for partnerships
//           names              further ones, separated by ';'
//           org_type           of a company
//           kind               of a partnership, default OTHER; also location
//           date, bound, status, confidence, source_count   of a partnership
//   edges   :START_ID, :END_ID required, with a space as above
//           :TYPE              required unless the command line gives one
//           date, bound, status, confidence, source_count
//           role               of PARTY_TO and TOOK_PART_IN
//           title              of EMPLOYED_BY
//   both    x:IGNORE           is left out
//
// A name may have a type of neo4j's behind it, such as date:date or names:string[], which says
// nothing here. An empty field is an absent one. What an id is called elsewhere is kept as the
// node's external id: the id itself, with "Space:" before it when it has one. See graph_record.h
// for the values.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/bulk_load.h"
#include "graph/graph_record.h"

namespace partnergraph {

enum class CsvColumn : uint8_t {
  kIgnore,
  kId,
  kLabel,
  kName,
  kNames,
  kOrgType,
  kKind,
  kLocation,
  kStart,
  kEnd,
  kType,
  kRole,
  kTitle,
  kDate,
  kBound,
  kStatus,
  kConfidence,
  kSourceCount,
};

struct CsvHeader {
  std::vector<CsvColumn> columns;
  std::string id_space, start_space, end_space;
};

// INVALID_ARGUMENT names the column that is unknown, stands there twice or is missing.
// `has_default`: the label or the type comes from elsewhere.
absl::StatusOr<CsvHeader> ParseNodeHeader(std::string_view line, char delimiter, bool has_default);
absl::StatusOr<CsvHeader> ParseEdgeHeader(std::string_view line, char delimiter, bool has_default);

// Reads nodes. Not thread-safe.
class CsvNodeReader {
 public:
  // `label` stands for a column that is missing or a field that is empty.
  CsvNodeReader(const CsvHeader& header, std::string_view label) : header_(header), label_(label) {}

  // INVALID_ARGUMENT says what is wrong with the fields.
  absl::StatusOr<GraphNodeRecord> Read(std::span<const std::string_view> fields) const;

 private:
  const CsvHeader& header_;
  const std::string label_;
};

// Reads edges in two steps, so that the look-ups of many ids overlap: Parse, then Resolve. Not
// thread-safe.
class CsvEdgeReader {
 public:
  // `load`, which has all nodes, outlives the reader; `type` as `label` above.
  CsvEdgeReader(const CsvHeader& header, std::string_view type, const BulkLoad& load)
      : header_(header), type_(type), load_(load) {}

  // An edge whose ends are keys still. The title is a view of its field.
  struct Parsed {
    BulkEdge edge;
    NodeIdKey source, target;
  };
  absl::Status Parse(std::span<const std::string_view> fields, Parsed& parsed);

  // Fills in the ends. INVALID_ARGUMENT for one that is no node.
  absl::Status Resolve(Parsed& parsed) const;

 private:
  const EdgeTypeInfo* FindType(std::string_view name);
  NodeIdKey KeyOf(const std::string& space, std::string_view id);

  const CsvHeader& header_;
  const std::string type_;
  const BulkLoad& load_;
  const EdgeTypeInfo* last_type_ = nullptr;
  std::string id_;
};

}  // namespace partnergraph
