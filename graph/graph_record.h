// Nodes, edges and edge types on their way in and out of a database: what ExportSubgraph writes as
// JSON Lines, and what bulk import and WriteFacts read. Lossless for what an import keeps. One JSON
// object a line, UTF-8:
//
// clang-format off
//   {"edge_type": {"name": "SUPPLIES", "inverse": "SUPPLIED_BY", "symmetric": false,
//                  "source_kinds": ["COMPANY"], "target_kinds": ["COMPANY"]}}
//   {"node": {"id": "12", "kind": "COMPANY", "name": "云桥科技有限公司", "names": ["云桥", "Yunqiao"],
//             "org_type": "COMPANY", "external_id": "c-12"}}
//   {"node": {"id": "20", "kind": "PARTNERSHIP", "name": "",
//             "partnership": {"kind": "JOINT_VENTURE", "date": "2018-06", "bound": "AT",
//                             "status": "ANNOUNCED", "confidence": 0.9, "source_count": 2,
//                             "location": "上海",
//                             "terms": [{"kind": "STAKE", "value": "51", "currency": "",
//                                        "bound": "EXACT", "party": "12", "source_count": 1}]}}}
//   {"edge": {"type": "PARTY_TO", "source": "12", "target": "20", "role": "FOUNDER", "title": "",
//             "date": "2018-06", "bound": "AT", "status": "ANNOUNCED", "confidence": 0.9,
//             "source_count": 2}}
// clang-format on
//
//   id            required; names the node in this file, at most 256 bytes. An export writes the
//                 node's number. Edges and terms refer to nodes by it, and stand behind them.
//   external_id   what another system calls the node; kept, findable, unique within one import. At
//                 most 256 bytes without control characters.
//   name          the canonical name; required save for a partnership, which without one is named
//                 after its parties. names are further ones, each once.
//   date          YYYY, YYYY-MM or YYYY-MM-DD; bound says AT (the default), BEFORE or AFTER it.
//   status        default ANNOUNCED. confidence in [0, 1], default 1. source_count of independent
//                 sources, default 1. An edge without a date says nothing of when.
//
// Every other field may be absent, which says the same as "" or an empty list. Unknown fields are
// refused. An edge type stands before its edges; built-in types need none.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/date.h"
#include "graph/deal_term.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

inline constexpr size_t kRecordIdBytesMax = 256;
// Longest line of a file of records.
inline constexpr size_t kGraphRecordBytesMax = 1 << 20;

// What makes a partnership more than a node.
struct PartnershipRecord {
  struct Term {
    TermValue value;
    std::string party;  // The id of a node; empty: the deal's own.
    uint32_t source_count = 1;
  };
  std::string kind = "OTHER";
  Date date;
  FactStatus status = FactStatus::kAnnounced;
  float confidence = 1;
  uint32_t source_count = 1;
  std::string location;
  std::vector<Term> terms;
};

struct GraphNodeRecord {
  std::string id;
  NodeKind kind{};
  std::string name;
  std::vector<std::string> names;
  std::string org_type;
  std::string external_id;
  PartnershipRecord partnership;  // Of a PARTNERSHIP.
};

struct GraphEdgeRecord {
  std::string type;
  std::string source;
  std::string target;
  std::string role;
  std::string title;
  Date date;
  FactStatus status = FactStatus::kAnnounced;
  float confidence = 1;
  uint32_t source_count = 1;
};

using GraphRecord = std::variant<EdgeTypeDeclaration, GraphNodeRecord, GraphEdgeRecord>;

// Appends the record as one line, its end included. Fields that say nothing are left out.
void AppendGraphRecord(const EdgeTypeDeclaration& type, std::string& out);
void AppendGraphRecord(const GraphNodeRecord& node, std::string& out);
void AppendGraphRecord(const GraphEdgeRecord& edge, std::string& out);

// Reads one line without its end. INVALID_ARGUMENT names the field and what is wrong with it: the
// form alone, not whether what it refers to exists.
absl::StatusOr<GraphRecord> ParseGraphRecord(std::string_view line);

// What is wrong with a record that did not come as JSON; the same rules. OK when nothing is.
absl::Status CheckGraphRecord(const GraphNodeRecord& node);
absl::Status CheckGraphRecord(const GraphEdgeRecord& edge);

}  // namespace partnergraph
