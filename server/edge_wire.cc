#include "server/edge_wire.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "partnergraph/v1/graph.pb.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "server/proto_conversion.h"

namespace partnergraph {
namespace {

constexpr uint8_t kVarint = 0, kBytes = 2, kFixed32 = 5;

constexpr uint8_t Tag(int field, uint8_t wire_type) {
  return static_cast<uint8_t>(field << 3 | wire_type);
}

size_t VarintSize(uint64_t value) {
  return static_cast<size_t>((std::bit_width(value | 1) + 6) / 7);
}

// Writes into room that is large enough.
class WireWriter {
 public:
  explicit WireWriter(char* to) : to_(to) {}

  void Varint(uint64_t value) {
    while (value >= 0x80) {
      *to_++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *to_++ = static_cast<char>(value);
  }
  void Number(int field, uint64_t value) {
    if (value == 0) return;
    *to_++ = static_cast<char>(Tag(field, kVarint));
    Varint(value);
  }
  void Float(int field, float value) {
    const auto bits = std::bit_cast<uint32_t>(value);
    if (bits == 0) return;
    *to_++ = static_cast<char>(Tag(field, kFixed32));
    for (int shift = 0; shift < 32; shift += 8) *to_++ = static_cast<char>(bits >> shift);
  }
  void Text(int field, std::string_view text) {
    if (text.empty()) return;
    Open(field, text.size());
    std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }
  // The head of a message or a text of `size` bytes.
  void Open(int field, size_t size) {
    *to_++ = static_cast<char>(Tag(field, kBytes));
    Varint(size);
  }

  char* end() const { return to_; }

 private:
  char* to_;
};

size_t NumberSize(uint64_t value) { return value == 0 ? 0 : 1 + VarintSize(value); }
size_t TextSize(std::string_view text) {
  return text.empty() ? 0 : 1 + VarintSize(text.size()) + text.size();
}
size_t MessageSize(size_t size) { return 1 + VarintSize(size) + size; }

size_t NodeSize(const NodeRow& node) {
  return NumberSize(ToInt(node.id)) + NumberSize(static_cast<uint64_t>(node.kind)) +
         TextSize(node.name);
}

void PutNode(int field, const NodeRow& node, size_t size, WireWriter& out) {
  out.Open(field, size);
  out.Number(v1::NodeSummary::kNodeIdFieldNumber, ToInt(node.id));
  out.Number(v1::NodeSummary::kKindFieldNumber, static_cast<uint64_t>(node.kind));
  out.Text(v1::NodeSummary::kNameFieldNumber, node.name);
}

uint64_t BoundNumber(DateBound bound) { return static_cast<uint64_t>(bound) + 1; }

size_t DateSize(const Date& date) {
  return NumberSize(static_cast<uint64_t>(date.year)) + NumberSize(date.month) +
         NumberSize(date.day) + NumberSize(BoundNumber(date.bound));
}

static_assert(static_cast<int>(v1::DATE_BOUND_AT) == static_cast<int>(DateBound::kAt) + 1 &&
              static_cast<int>(v1::DATE_BOUND_AFTER) == static_cast<int>(DateBound::kAfter) + 1);
static_assert(static_cast<int>(v1::NODE_KIND_COMPANY) == static_cast<int>(NodeKind::kCompany) &&
              static_cast<int>(v1::FACT_STATUS_DENIED) == static_cast<int>(FactStatus::kDenied));

}  // namespace

void AppendEdge(const EdgeRow& edge, const Schema& schema, std::string& bytes) {
  using Field = v1::Edge;
  const std::string_view type = schema.Get(edge.type).name;
  const auto status = static_cast<uint64_t>(edge.status);
  const size_t source_size = NodeSize(edge.source), target_size = NodeSize(edge.target);
  const size_t date_size = edge.date.empty() ? 0 : DateSize(edge.date);
  const size_t size = NumberSize(ToInt(edge.fact)) + TextSize(type) + MessageSize(source_size) +
                      MessageSize(target_size) + TextSize(edge.role) + TextSize(edge.title) +
                      (edge.date.empty() ? 0 : MessageSize(date_size)) + NumberSize(status) +
                      (std::bit_cast<uint32_t>(edge.confidence) == 0 ? 0 : 5) +
                      NumberSize(edge.source_count) + NumberSize(ToInt(edge.partnership)) +
                      TextSize(edge.partnership_kind);
  const size_t begin = bytes.size();
  bytes.resize(begin + MessageSize(size));
  WireWriter out(bytes.data() + begin);
  out.Open(v1::ListEdgesResponse::kEdgesFieldNumber, size);
  out.Number(Field::kFactIdFieldNumber, ToInt(edge.fact));
  out.Text(Field::kTypeFieldNumber, type);
  PutNode(Field::kSourceFieldNumber, edge.source, source_size, out);
  PutNode(Field::kTargetFieldNumber, edge.target, target_size, out);
  out.Text(Field::kRoleFieldNumber, edge.role);
  out.Text(Field::kTitleFieldNumber, edge.title);
  if (!edge.date.empty()) {
    out.Open(Field::kDateFieldNumber, date_size);
    out.Number(v1::Date::kYearFieldNumber, static_cast<uint64_t>(edge.date.year));
    out.Number(v1::Date::kMonthFieldNumber, edge.date.month);
    out.Number(v1::Date::kDayFieldNumber, edge.date.day);
    out.Number(v1::Date::kBoundFieldNumber, BoundNumber(edge.date.bound));
  }
  out.Number(Field::kStatusFieldNumber, status);
  out.Float(Field::kConfidenceFieldNumber, edge.confidence);
  out.Number(Field::kSourceCountFieldNumber, edge.source_count);
  out.Number(Field::kPartnershipIdFieldNumber, ToInt(edge.partnership));
  out.Text(Field::kPartnershipKindFieldNumber, edge.partnership_kind);
}

}  // namespace partnergraph
