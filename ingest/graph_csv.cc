#include "ingest/graph_csv.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/article_facts.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/csv_splitter.h"

namespace partnergraph {
namespace {

using enum CsvColumn;

// Columns that are named by what they hold.
struct NamedColumn {
  std::string_view name;
  CsvColumn column;
  bool of_nodes;
  bool of_edges;
};
constexpr std::array kNamedColumns = {
    NamedColumn{"name", kName, true, false},
    NamedColumn{"names", kNames, true, false},
    NamedColumn{"org_type", kOrgType, true, false},
    NamedColumn{"kind", kKind, true, false},
    NamedColumn{"location", kLocation, true, false},
    NamedColumn{"role", kRole, false, true},
    NamedColumn{"title", kTitle, false, true},
    NamedColumn{"date", kDate, true, true},
    NamedColumn{"bound", kBound, true, true},
    NamedColumn{"status", kStatus, true, true},
    NamedColumn{"confidence", kConfidence, true, true},
    NamedColumn{"source_count", kSourceCount, true, true},
};
constexpr char kListDelimiter = ';';

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

std::string Upper(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

// "ID(Company)" is ID with the space Company.
std::pair<std::string, std::string> SplitSpace(std::string_view type) {
  const size_t open = type.find('(');
  if (open == std::string_view::npos || !type.ends_with(')')) return {std::string(type), ""};
  return {std::string(type.substr(0, open)),
          std::string(type.substr(open + 1, type.size() - open - 2))};
}

absl::StatusOr<CsvColumn> ReadColumn(std::string_view text, bool nodes, CsvHeader& header) {
  const size_t colon = text.rfind(':');
  const std::string_view name = text.substr(0, colon);
  const std::string_view type =
      colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  const auto [kind, space] = SplitSpace(type);
  if (kind == "IGNORE") return kIgnore;
  if (nodes && kind == "ID") {
    header.id_space = space;
    return kId;
  }
  if (nodes && kind == "LABEL") return kLabel;
  if (!nodes && kind == "START_ID") {
    header.start_space = space;
    return kStart;
  }
  if (!nodes && kind == "END_ID") {
    header.end_space = space;
    return kEnd;
  }
  if (!nodes && kind == "TYPE") return kType;
  std::string known;
  for (const NamedColumn& column : kNamedColumns) {
    if (!(nodes ? column.of_nodes : column.of_edges)) continue;
    if (column.name == name) return column.column;
    absl::StrAppend(&known, known.empty() ? "" : ", ", ToAbsl(column.name));
  }
  return Invalid("the header has the column ", Quoted(text), ", which is none of ", known,
                 nodes ? ", :ID and :LABEL" : ", :START_ID, :END_ID and :TYPE",
                 "; write \":IGNORE\" behind its name to leave it out");
}

absl::StatusOr<CsvHeader> ParseHeader(
    std::string_view line, char delimiter, bool nodes,
    std::initializer_list<std::pair<CsvColumn, const char*>> required) {
  CsvHeader header;
  CsvSplitter splitter(line, 1, delimiter);
  if (!splitter.Next() || splitter.fault() != nullptr) return Invalid("there is no header");
  std::set<CsvColumn> seen;
  for (const std::string_view field : splitter.fields()) {
    PG_ASSIGN_OR_RETURN(const CsvColumn column, ReadColumn(field, nodes, header));
    if (column != kIgnore && !seen.insert(column).second) {
      return Invalid("the header has the column ", Quoted(field), " twice");
    }
    header.columns.push_back(column);
  }
  for (const auto& [column, name] : required) {
    if (!seen.contains(column))
      return Invalid("the header ", Quoted(line), " has no column ", name);
  }
  return header;
}

absl::Status CheckFieldCount(std::span<const std::string_view> fields, const CsvHeader& header) {
  if (fields.size() == header.columns.size()) return absl::OkStatus();
  return Invalid("has ", fields.size(), " fields, want ", header.columns.size());
}

absl::Status BadField(const char* name, std::string_view text) {
  return Invalid(name, " is ", Quoted(text), ", which is none");
}

// The values that partnerships and edges share.
struct FactFields {
  Date date;
  FactStatus status = FactStatus::kAnnounced;
  float confidence = 1;
  uint32_t source_count = 1;
};

template <typename Number>
bool ReadNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

// True when the column is one of them; `status` says whether the text is a value of it.
bool ReadFactField(CsvColumn column, std::string_view text, FactFields& fields,
                   absl::Status& status) {
  switch (column) {
    case kDate: {
      const std::optional<Date> date = ParseDate(text);
      if (!date.has_value()) {
        status = BadField("date", text);
        return true;
      }
      const DateBound bound = fields.date.bound;
      fields.date = *date;
      fields.date.bound = bound;
      return true;
    }
    case kBound: {
      const std::string name = Upper(text);
      if (name == "BEFORE") {
        fields.date.bound = DateBound::kBefore;
      } else if (name == "AFTER") {
        fields.date.bound = DateBound::kAfter;
      } else if (name != "AT") {
        status = BadField("bound", text);
      }
      return true;
    }
    case kStatus: {
      const std::optional<FactStatus> parsed = ParseFactStatus(Upper(text));
      if (parsed.has_value()) {
        fields.status = *parsed;
      } else {
        status = BadField("status", text);
      }
      return true;
    }
    case kConfidence:
      // The form is false for NaN too.
      if (!ReadNumber(text, fields.confidence) ||
          !(fields.confidence >= 0 && fields.confidence <= 1)) {
        status = Invalid("confidence is ", Quoted(text), ", want 0 to 1");
      }
      return true;
    case kSourceCount:
      if (!ReadNumber(text, fields.source_count) || fields.source_count == 0) {
        status = Invalid("source_count is ", Quoted(text), ", want a whole number from 1");
      }
      return true;
    default:
      return false;
  }
}

absl::Status CheckBound(const Date& date) {
  if (date.empty() && date.bound != DateBound::kAt) return Invalid("has a bound without a date");
  return absl::OkStatus();
}

// All labels are kinds, and one kind.
absl::StatusOr<NodeKind> ReadLabels(std::string_view labels) {
  std::optional<NodeKind> kind;
  for (size_t begin = 0; begin <= labels.size();) {
    const size_t end = std::min(labels.find(kListDelimiter, begin), labels.size());
    const std::string_view label = labels.substr(begin, end - begin);
    const std::optional<NodeKind> found = ParseNodeKind(Upper(label));
    if (!found.has_value() || (kind.has_value() && kind != found)) {
      return Invalid("the label is ", Quoted(labels),
                     ", want one of Company, Person, Product and Partnership");
    }
    kind = found;
    begin = end + 1;
  }
  return *kind;
}

}  // namespace

absl::StatusOr<CsvHeader> ParseNodeHeader(std::string_view line, char delimiter, bool has_default) {
  if (has_default) return ParseHeader(line, delimiter, true, {{kId, ":ID"}});
  return ParseHeader(line, delimiter, true, {{kId, ":ID"}, {kLabel, ":LABEL"}});
}

absl::StatusOr<CsvHeader> ParseEdgeHeader(std::string_view line, char delimiter, bool has_default) {
  if (has_default) {
    return ParseHeader(line, delimiter, false, {{kStart, ":START_ID"}, {kEnd, ":END_ID"}});
  }
  return ParseHeader(line, delimiter, false,
                     {{kStart, ":START_ID"}, {kEnd, ":END_ID"}, {kType, ":TYPE"}});
}

absl::StatusOr<GraphNodeRecord> CsvNodeReader::Read(
    std::span<const std::string_view> fields) const {
  PG_RETURN_IF_ERROR(CheckFieldCount(fields, header_));
  GraphNodeRecord node;
  FactFields fact;
  std::string_view label = label_;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string_view text = fields[i];
    if (text.empty()) continue;
    absl::Status status;
    switch (header_.columns[i]) {
      case kId:
        node.id = header_.id_space.empty() ? std::string(text)
                                           : absl::StrCat(header_.id_space, ":", ToAbsl(text));
        break;
      case kLabel:
        label = text;
        break;
      case kName:
        node.name = text;
        break;
      case kNames:
        for (size_t begin = 0; begin < text.size();) {
          const size_t end = std::min(text.find(kListDelimiter, begin), text.size());
          if (end > begin) node.names.emplace_back(text.substr(begin, end - begin));
          begin = end + 1;
        }
        break;
      case kOrgType:
        node.org_type = Upper(text);
        break;
      case kKind:
        node.partnership.kind = Upper(text);
        break;
      case kLocation:
        node.partnership.location = text;
        break;
      default:
        ReadFactField(header_.columns[i], text, fact, status);
        PG_RETURN_IF_ERROR(status);
    }
  }
  PG_ASSIGN_OR_RETURN(node.kind, ReadLabels(label));
  PG_RETURN_IF_ERROR(CheckBound(fact.date));
  node.external_id = node.id;
  node.partnership.date = fact.date;
  node.partnership.status = fact.status;
  node.partnership.confidence = fact.confidence;
  node.partnership.source_count = fact.source_count;
  return node;
}

const EdgeTypeInfo* CsvEdgeReader::FindType(std::string_view name) {
  // Files often give one type after the other.
  if (last_type_ == nullptr || last_type_->name != name) last_type_ = load_.schema().Find(name);
  return last_type_;
}

NodeIdKey CsvEdgeReader::KeyOf(const std::string& space, std::string_view id) {
  if (space.empty()) return load_.ids().KeyOf(id);
  id_.assign(space).append(":").append(id);
  return load_.ids().KeyOf(id_);
}

absl::Status CsvEdgeReader::Parse(std::span<const std::string_view> fields, Parsed& parsed) {
  PG_RETURN_IF_ERROR(CheckFieldCount(fields, header_));
  parsed = {};
  FactFields fact;
  std::string_view type = type_, role;
  bool has_start = false, has_end = false;
  absl::Status status;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string_view text = fields[i];
    if (text.empty()) continue;
    switch (header_.columns[i]) {
      case kIgnore:
        break;
      case kStart:
        parsed.source = KeyOf(header_.start_space, text);
        has_start = true;
        break;
      case kEnd:
        parsed.target = KeyOf(header_.end_space, text);
        has_end = true;
        break;
      case kType:
        type = text;
        break;
      case kRole:
        role = text;
        break;
      case kTitle:
        parsed.edge.title = text;
        break;
      default:
        ReadFactField(header_.columns[i], text, fact, status);
        if (!status.ok()) return status;
    }
  }
  if (!has_start || !has_end) return Invalid("has no :START_ID or no :END_ID");
  PG_RETURN_IF_ERROR(CheckBound(fact.date));
  parsed.edge.type = FindType(type);
  if (parsed.edge.type == nullptr) {
    return Invalid(":TYPE is ", Quoted(type),
                   ", which is no edge type; declare it with --edge-type");
  }
  const EdgeType number = parsed.edge.type->type;
  if (!role.empty()) {
    const std::string name = Upper(role);
    if (!(number == kPartyTo && IsPartyRole(name)) &&
        !(number == kTookPartIn && IsPersonRole(name))) {
      return BadField("role", role);
    }
    parsed.edge.role = FindEdgeRole(name);
  } else if (number == kPartyTo) {
    parsed.edge.role = FindEdgeRole("PARTY");
  }
  if (!parsed.edge.title.empty()) {
    if (number != kEmployedBy) return Invalid("title is for EMPLOYED_BY only");
    if (parsed.edge.title.size() > kFactTextBytesMax) {
      return Invalid("title has ", parsed.edge.title.size(), " bytes, at most ", kFactTextBytesMax);
    }
    if (const auto offset = FindInvalidUtf8(parsed.edge.title)) {
      return Invalid("title is not UTF-8 at byte ", *offset);
    }
  }
  parsed.edge.packed_date = PackDate(fact.date);
  parsed.edge.status = fact.status;
  parsed.edge.confidence = fact.confidence;
  parsed.edge.source_count = fact.source_count;
  return absl::OkStatus();
}

absl::Status CsvEdgeReader::Resolve(Parsed& parsed) const {
  parsed.edge.source = load_.ids().Find(parsed.source);
  if (parsed.edge.source == NodeIdMap::kNone) return Invalid(":START_ID names no node");
  parsed.edge.target = load_.ids().Find(parsed.target);
  if (parsed.edge.target == NodeIdMap::kNone) return Invalid(":END_ID names no node");
  return absl::OkStatus();
}

}  // namespace partnergraph
