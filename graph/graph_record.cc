#include "graph/graph_record.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/article_facts.h"
#include "graph/name_key.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

using Json = nlohmann::json;

// Objects and lists in one record: bounds what the parser builds of a hostile line.
constexpr ptrdiff_t kJsonBracketsMax = 4096;

constexpr std::string_view kDateBounds[] = {"AT", "BEFORE", "AFTER"};

absl::Status Invalid(std::string_view where, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(where), " ", ToAbsl(what)));
}

// Text in JSON: only quotes, backslashes and control characters are escaped.
void AppendText(std::string_view text, std::string& out) {
  constexpr char kHex[] = "0123456789abcdef";
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out.push_back(kHex[static_cast<unsigned char>(c) >> 4]);
      out.push_back(kHex[c & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

// Writes the fields of one object.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& out) : out_(out) { out_.push_back('{'); }
  ~ObjectWriter() { out_.push_back('}'); }

  std::string& Key(std::string_view key) {
    if (!first_) out_.push_back(',');
    first_ = false;
    AppendText(key, out_);
    out_.push_back(':');
    return out_;
  }
  void Text(std::string_view key, std::string_view text) {
    if (!text.empty()) AppendText(text, Key(key));
  }
  void Number(std::string_view key, uint64_t number) { absl::StrAppend(&Key(key), number); }
  // The shortest form that reads back as the same number.
  void Number(std::string_view key, float number) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
    Key(key).append(digits, end);
  }
  void Fact(const Date& date, FactStatus status, float confidence, uint32_t source_count) {
    Text("date", FormatDate(date));
    if (!date.empty() && date.bound != DateBound::kAt) {
      Text("bound", kDateBounds[static_cast<size_t>(date.bound)]);
    }
    Text("status", FactStatusName(status));
    Number("confidence", confidence);
    Number("source_count", uint64_t{source_count});
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void AppendKinds(uint8_t kinds, std::string& out) {
  out.push_back('[');
  for (int kind = 1; kind <= static_cast<int>(NodeKind::kPartnership); ++kind) {
    if ((kinds & 1 << kind) == 0) continue;
    if (out.back() != '[') out.push_back(',');
    AppendText(NodeKindName(static_cast<NodeKind>(kind)), out);
  }
  out.push_back(']');
}

// Reads the fields of one object; every error names the field by its path.
class ObjectReader {
 public:
  ObjectReader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {}

  absl::Status Check(std::initializer_list<std::string_view> fields) const {
    if (!object_.is_object()) return Invalid(where_, "is not an object");
    for (const auto& [key, value] : object_.items()) {
      if (std::find(fields.begin(), fields.end(), key) == fields.end()) {
        return Invalid(where_, absl::StrCat("has the unknown field ", Quoted(key)));
      }
    }
    return absl::OkStatus();
  }

  // `value` stays as it is when there is no such field.
  absl::Status Text(const char* field, std::string& value) const {
    const Json* const found = Find(field);
    if (found == nullptr) return absl::OkStatus();
    if (!found->is_string()) return Invalid(Path(field), "is not a string");
    value = found->get<std::string>();
    return absl::OkStatus();
  }

  // A reference to a node: its id, or the number of a stored node, which reads as "#" and digits.
  absl::Status Reference(const char* field, std::string& value) const {
    const Json* const found = Find(field);
    if (found != nullptr && found->is_number_unsigned()) {
      value = absl::StrCat("#", found->get<uint64_t>());
      return absl::OkStatus();
    }
    return Text(field, value);
  }

  template <typename Value, typename Parse>
  absl::Status Named(const char* field, Value& value, Parse parse) const {
    std::string text;
    PG_RETURN_IF_ERROR(Text(field, text));
    if (text.empty()) return absl::OkStatus();
    const auto parsed = parse(text);
    if (!parsed.has_value()) {
      return Invalid(Path(field), absl::StrCat("is ", Quoted(text), ", which does not exist"));
    }
    value = *parsed;
    return absl::OkStatus();
  }

  absl::Status Bool(const char* field, bool& value) const {
    const Json* const found = Find(field);
    if (found == nullptr) return absl::OkStatus();
    if (!found->is_boolean()) return Invalid(Path(field), "is neither true nor false");
    value = found->get<bool>();
    return absl::OkStatus();
  }

  absl::Status Count(const char* field, uint32_t& value) const {
    const Json* const found = Find(field);
    if (found == nullptr) return absl::OkStatus();
    if (!found->is_number_unsigned() || found->get<uint64_t>() == 0 ||
        found->get<uint64_t>() > UINT32_MAX) {
      return Invalid(Path(field), "is not a whole number from 1");
    }
    value = found->get<uint32_t>();
    return absl::OkStatus();
  }

  absl::Status Fact(Date& date, FactStatus& status, float& confidence,
                    uint32_t& source_count) const {
    PG_RETURN_IF_ERROR(Named("date", date, ParseDate));
    PG_RETURN_IF_ERROR(Named("bound", date.bound, [](const std::string& name) {
      const auto found = std::find(std::begin(kDateBounds), std::end(kDateBounds), name);
      return found == std::end(kDateBounds)
                 ? std::nullopt
                 : std::optional(static_cast<DateBound>(found - std::begin(kDateBounds)));
    }));
    PG_RETURN_IF_ERROR(Named("status", status, ParseFactStatus));
    if (const Json* const found = Find("confidence"); found != nullptr) {
      if (!found->is_number()) return Invalid(Path("confidence"), "is not a number");
      confidence = found->get<float>();
    }
    return Count("source_count", source_count);
  }

  const Json* Find(const char* field) const {
    const auto found = object_.find(field);
    return found == object_.end() ? nullptr : &*found;
  }
  std::string Path(std::string_view field) const {
    return absl::StrCat(where_, ".", ToAbsl(field));
  }

 private:
  const Json& object_;
  const std::string where_;
};

// "kind", "names": a list of strings, each read by `add`, which says whether it is one.
template <typename Add>
absl::Status ReadList(const ObjectReader& object, const char* field, Add add) {
  const Json* const list = object.Find(field);
  if (list == nullptr) return absl::OkStatus();
  if (!list->is_array()) return Invalid(object.Path(field), "is not a list");
  for (const Json& item : *list) {
    if (!item.is_string() || !add(item.get<std::string>())) {
      return Invalid(object.Path(field), absl::StrCat("has the entry ", Quoted(item.dump())));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<GraphRecord> ReadEdgeType(const Json& json) {
  EdgeTypeDeclaration type;
  const ObjectReader object(json, "edge_type");
  PG_RETURN_IF_ERROR(
      object.Check({"name", "inverse", "symmetric", "source_kinds", "target_kinds"}));
  PG_RETURN_IF_ERROR(object.Text("name", type.name));
  PG_RETURN_IF_ERROR(object.Text("inverse", type.inverse_name));
  PG_RETURN_IF_ERROR(object.Bool("symmetric", type.symmetric));
  for (const auto& [field, kinds] : {std::pair("source_kinds", &type.source_kinds),
                                     std::pair("target_kinds", &type.target_kinds)}) {
    if (object.Find(field) != nullptr) *kinds = 0;
    PG_RETURN_IF_ERROR(ReadList(object, field, [kinds = kinds](const std::string& name) {
      const std::optional<NodeKind> kind = ParseNodeKind(name);
      if (kind.has_value()) *kinds |= KindBit(*kind);
      return kind.has_value();
    }));
  }
  return type;
}

absl::Status ReadTerm(const Json& json, const std::string& where, PartnershipRecord::Term& term) {
  const ObjectReader object(json, where);
  PG_RETURN_IF_ERROR(object.Check({"kind", "value", "currency", "bound", "party", "source_count"}));
  PG_RETURN_IF_ERROR(object.Named("kind", term.value.kind, [](const std::string& name) {
    for (int kind = 1; kind <= static_cast<int>(DealTermKind::kCapital); ++kind) {
      const auto candidate = static_cast<DealTermKind>(kind);
      if (DealTermKindName(candidate) == name) return std::optional(candidate);
    }
    return std::optional<DealTermKind>();
  }));
  PG_RETURN_IF_ERROR(object.Text("value", term.value.value));
  PG_RETURN_IF_ERROR(object.Text("currency", term.value.currency));
  PG_RETURN_IF_ERROR(object.Named("bound", term.value.bound, [](const std::string& name) {
    for (int bound = 0; bound <= static_cast<int>(TermBound::kAtMost); ++bound) {
      const auto candidate = static_cast<TermBound>(bound);
      if (TermBoundName(candidate) == name) return std::optional(candidate);
    }
    return std::optional<TermBound>();
  }));
  PG_RETURN_IF_ERROR(object.Reference("party", term.party));
  return object.Count("source_count", term.source_count);
}

absl::Status ReadPartnership(const Json& json, PartnershipRecord& partnership) {
  const ObjectReader object(json, "node.partnership");
  PG_RETURN_IF_ERROR(object.Check(
      {"kind", "date", "bound", "status", "confidence", "source_count", "location", "terms"}));
  PG_RETURN_IF_ERROR(object.Text("kind", partnership.kind));
  PG_RETURN_IF_ERROR(object.Fact(partnership.date, partnership.status, partnership.confidence,
                                 partnership.source_count));
  PG_RETURN_IF_ERROR(object.Text("location", partnership.location));
  const Json* const terms = object.Find("terms");
  if (terms == nullptr) return absl::OkStatus();
  if (!terms->is_array()) return Invalid(object.Path("terms"), "is not a list");
  for (const Json& term : *terms) {
    PG_RETURN_IF_ERROR(ReadTerm(term, object.Path("terms"), partnership.terms.emplace_back()));
  }
  return absl::OkStatus();
}

absl::StatusOr<GraphRecord> ReadNode(const Json& json) {
  GraphNodeRecord node;
  const ObjectReader object(json, "node");
  PG_RETURN_IF_ERROR(
      object.Check({"id", "kind", "name", "names", "org_type", "external_id", "partnership"}));
  PG_RETURN_IF_ERROR(object.Text("id", node.id));
  PG_RETURN_IF_ERROR(object.Named("kind", node.kind, ParseNodeKind));
  PG_RETURN_IF_ERROR(object.Text("name", node.name));
  PG_RETURN_IF_ERROR(ReadList(object, "names", [&](std::string name) {
    node.names.push_back(std::move(name));
    return true;
  }));
  PG_RETURN_IF_ERROR(object.Text("org_type", node.org_type));
  PG_RETURN_IF_ERROR(object.Text("external_id", node.external_id));
  if (const Json* const partnership = object.Find("partnership"); partnership != nullptr) {
    if (node.kind != NodeKind::kPartnership) {
      return Invalid("node.partnership", "is for nodes of kind PARTNERSHIP only");
    }
    PG_RETURN_IF_ERROR(ReadPartnership(*partnership, node.partnership));
  }
  PG_RETURN_IF_ERROR(CheckGraphRecord(node));
  return node;
}

absl::StatusOr<GraphRecord> ReadEdge(const Json& json) {
  GraphEdgeRecord edge;
  const ObjectReader object(json, "edge");
  PG_RETURN_IF_ERROR(object.Check({"type", "source", "target", "role", "title", "date", "bound",
                                   "status", "confidence", "source_count"}));
  PG_RETURN_IF_ERROR(object.Text("type", edge.type));
  PG_RETURN_IF_ERROR(object.Reference("source", edge.source));
  PG_RETURN_IF_ERROR(object.Reference("target", edge.target));
  PG_RETURN_IF_ERROR(object.Text("role", edge.role));
  PG_RETURN_IF_ERROR(object.Text("title", edge.title));
  PG_RETURN_IF_ERROR(object.Fact(edge.date, edge.status, edge.confidence, edge.source_count));
  PG_RETURN_IF_ERROR(CheckGraphRecord(edge));
  return edge;
}

absl::Status CheckText(const char* where, std::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) {
    return Invalid(where, absl::StrCat("has ", text.size(), " bytes, at most ", bytes_max));
  }
  if (const auto offset = FindInvalidUtf8(text)) {
    return Invalid(where, absl::StrCat("is not UTF-8 at byte ", *offset));
  }
  return absl::OkStatus();
}

absl::Status CheckId(const char* where, std::string_view id, bool required) {
  if (id.empty()) return required ? Invalid(where, "is required") : absl::OkStatus();
  PG_RETURN_IF_ERROR(CheckText(where, id, kRecordIdBytesMax));
  const bool control = std::any_of(id.begin(), id.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return control ? Invalid(where, "holds a control character") : absl::OkStatus();
}

absl::Status CheckName(const char* where, std::string_view name) {
  PG_RETURN_IF_ERROR(CheckText(where, name, kNodeNameBytesMax));
  // Letters and digits are never dropped.
  const bool has_letter = std::any_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (!has_letter && NormalizeName(name).empty()) return Invalid(where, "is empty");
  return absl::OkStatus();
}

absl::Status CheckFact(const char* where, const Date& date, float confidence) {
  if (!IsValid(date) || (date.empty() && date.bound != DateBound::kAt)) {
    return Invalid(where, "has a bound without a date, or a date that does not exist");
  }
  // The form is false for NaN too.
  if (!(confidence >= 0 && confidence <= 1)) {
    return Invalid(where, absl::StrCat("has confidence ", confidence, ", want 0 to 1"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckGraphRecord(const GraphNodeRecord& node) {
  PG_RETURN_IF_ERROR(CheckId("node.id", node.id, true));
  PG_RETURN_IF_ERROR(CheckId("node.external_id", node.external_id, false));
  if (NodeKindName(node.kind).empty()) return Invalid("node.kind", "is required");
  const bool is_partnership = node.kind == NodeKind::kPartnership;
  if (!is_partnership || !node.name.empty()) PG_RETURN_IF_ERROR(CheckName("node.name", node.name));
  size_t bytes = node.name.size();
  for (const std::string& name : node.names) {
    PG_RETURN_IF_ERROR(CheckName("node.names", name));
    bytes += name.size();
  }
  if (bytes > kNodeNamesBytesMax) {
    return Invalid("node.names",
                   absl::StrCat("have ", bytes, " bytes, at most ", kNodeNamesBytesMax));
  }
  if (!node.org_type.empty() && (node.kind != NodeKind::kCompany || !IsOrgType(node.org_type))) {
    return Invalid("node.org_type", absl::StrCat("is ", Quoted(node.org_type),
                                                 ", which is none, or not of a company"));
  }
  if (!is_partnership) return absl::OkStatus();
  const PartnershipRecord& deal = node.partnership;
  if (!IsPartnershipKind(deal.kind)) {
    return Invalid("node.partnership.kind",
                   absl::StrCat("is ", Quoted(deal.kind), ", which does not exist"));
  }
  PG_RETURN_IF_ERROR(CheckFact("node.partnership", deal.date, deal.confidence));
  PG_RETURN_IF_ERROR(CheckText("node.partnership.location", deal.location, kFactTextBytesMax));
  if (deal.terms.size() > kDealTermsMax) {
    return Invalid("node.partnership.terms",
                   absl::StrCat("has ", deal.terms.size(), " entries, at most ", kDealTermsMax));
  }
  std::set<std::pair<TermValue, std::string>> terms;
  for (const PartnershipRecord::Term& term : deal.terms) {
    if (const auto fault = TermFault(term.value)) {
      return Invalid("node.partnership.terms", *fault);
    }
    if (!terms.emplace(term.value, term.party).second) {
      return Invalid("node.partnership.terms", "has one term twice");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckGraphRecord(const GraphEdgeRecord& edge) {
  if (edge.type.empty()) return Invalid("edge.type", "is required");
  PG_RETURN_IF_ERROR(CheckId("edge.source", edge.source, true));
  PG_RETURN_IF_ERROR(CheckId("edge.target", edge.target, true));
  const bool party = edge.type == "PARTY_TO", person = edge.type == "TOOK_PART_IN";
  if (!edge.role.empty() && !(party && IsPartyRole(edge.role)) &&
      !(person && IsPersonRole(edge.role))) {
    return Invalid("edge.role",
                   absl::StrCat("is ", Quoted(edge.role), ", which is none of ", edge.type));
  }
  if (!edge.title.empty() && edge.type != "EMPLOYED_BY") {
    return Invalid("edge.title", "is for EMPLOYED_BY only");
  }
  PG_RETURN_IF_ERROR(CheckText("edge.title", edge.title, kFactTextBytesMax));
  return CheckFact("edge", edge.date, edge.confidence);
}

void AppendGraphRecord(const EdgeTypeDeclaration& type, std::string& out) {
  {
    ObjectWriter line(out);
    ObjectWriter object(line.Key("edge_type"));
    object.Text("name", type.name);
    object.Text("inverse", type.inverse_name);
    object.Key("symmetric") += type.symmetric ? "true" : "false";
    AppendKinds(type.source_kinds, object.Key("source_kinds"));
    AppendKinds(type.target_kinds, object.Key("target_kinds"));
  }
  out.push_back('\n');
}

void AppendGraphRecord(const GraphNodeRecord& node, std::string& out) {
  {
    ObjectWriter line(out);
    ObjectWriter object(line.Key("node"));
    object.Text("id", node.id);
    object.Text("kind", NodeKindName(node.kind));
    object.Text("name", node.name);
    if (!node.names.empty()) {
      object.Key("names").push_back('[');
      for (const std::string& name : node.names) {
        if (out.back() != '[') out.push_back(',');
        AppendText(name, out);
      }
      out.push_back(']');
    }
    object.Text("org_type", node.org_type);
    object.Text("external_id", node.external_id);
    if (node.kind == NodeKind::kPartnership) {
      const PartnershipRecord& deal = node.partnership;
      ObjectWriter partnership(object.Key("partnership"));
      partnership.Text("kind", deal.kind);
      partnership.Fact(deal.date, deal.status, deal.confidence, deal.source_count);
      partnership.Text("location", deal.location);
      if (!deal.terms.empty()) {
        partnership.Key("terms").push_back('[');
        for (const PartnershipRecord::Term& term : deal.terms) {
          if (out.back() != '[') out.push_back(',');
          ObjectWriter written(out);
          written.Text("kind", DealTermKindName(term.value.kind));
          written.Text("value", term.value.value);
          written.Text("currency", term.value.currency);
          written.Text("bound", TermBoundName(term.value.bound));
          written.Text("party", term.party);
          written.Number("source_count", uint64_t{term.source_count});
        }
        out.push_back(']');
      }
    }
  }
  out.push_back('\n');
}

void AppendGraphRecord(const GraphEdgeRecord& edge, std::string& out) {
  {
    ObjectWriter line(out);
    ObjectWriter object(line.Key("edge"));
    object.Text("type", edge.type);
    object.Text("source", edge.source);
    object.Text("target", edge.target);
    object.Text("role", edge.role);
    object.Text("title", edge.title);
    object.Fact(edge.date, edge.status, edge.confidence, edge.source_count);
  }
  out.push_back('\n');
}

absl::StatusOr<GraphRecord> ParseGraphRecord(std::string_view line) {
  if (line.size() > kGraphRecordBytesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("record has ", line.size(), " bytes, at most ", kGraphRecordBytesMax));
  }
  const auto is_bracket = [](char c) { return c == '[' || c == '{'; };
  if (std::count_if(line.begin(), line.end(), is_bracket) > kJsonBracketsMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("record has more than ", kJsonBracketsMax, " brackets"));
  }
  const Json json = Json::parse(line.begin(), line.end(), nullptr, false);
  if (json.is_discarded()) return absl::InvalidArgumentError("record is not JSON");
  if (!json.is_object() || json.size() != 1) {
    return absl::InvalidArgumentError("record is not an object of one field");
  }
  const auto& [kind, value] = *json.items().begin();
  if (kind == "node") return ReadNode(value);
  if (kind == "edge") return ReadEdge(value);
  if (kind == "edge_type") return ReadEdgeType(value);
  return absl::InvalidArgumentError(
      absl::StrCat("record is ", Quoted(kind), ", want node, edge or edge_type"));
}

}  // namespace partnergraph
