#include "graph/bulk_rows.h"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "graph/date.h"
#include "graph/imported_fact.h"
#include "graph/keys.h"

namespace partnergraph {
namespace {

// The protocol buffers wire format: https://protobuf.dev/programming-guides/encoding/. Fields that
// have their default value are left out, as proto3 does.
enum class Wire : uint32_t { kVarint = 0, kBytes = 2, kFixed32 = 5 };

// Writes fields one after the other into room that is large enough.
class WireWriter {
 public:
  explicit WireWriter(char* out) : out_(out) {}
  char* end() const { return out_; }

  void Number(uint32_t field, uint64_t value) {
    if (value == 0) return;
    Tag(field, Wire::kVarint);
    Varint(value);
  }
  void Bytes(uint32_t field, std::string_view bytes) {
    if (bytes.empty()) return;
    Tag(field, Wire::kBytes);
    Varint(bytes.size());
    std::memcpy(out_, bytes.data(), bytes.size());
    out_ += bytes.size();
  }
  void Float(uint32_t field, float value) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    if (bits == 0) return;
    Tag(field, Wire::kFixed32);
    for (int shift = 0; shift < 32; shift += 8) *out_++ = static_cast<char>(bits >> shift);
  }

 private:
  void Tag(uint32_t field, Wire wire) { Varint(field << 3 | static_cast<uint32_t>(wire)); }
  void Varint(uint64_t value) {
    while (value >= 0x80) {
      *out_++ = static_cast<char>(value | 0x80);
      value >>= 7;
    }
    *out_++ = static_cast<char>(value);
  }

  char* out_;
};

// More than all fields of a fact or a node take beside their texts.
constexpr size_t kFixedBytesMax = 256;

// Big-endian at a place that has room.
template <typename Number>
void Store(char* out, Number value) {
  if constexpr (sizeof(Number) == 8) {
    value = __builtin_bswap64(value);
  } else if constexpr (sizeof(Number) == 4) {
    value = __builtin_bswap32(value);
  } else {
    value = __builtin_bswap16(value);
  }
  std::memcpy(out, &value, sizeof(Number));
}

std::string_view RoleOf(const BulkEdgeRow& row) {
  return EdgeRoleName(static_cast<EdgeRole>(row.role)).value_or("");
}

}  // namespace

BulkGramRow MakeGramRow(std::string_view gram, uint32_t node) {
  char bytes[kBulkGramBytesMax] = {};
  std::memcpy(bytes, gram.data(), std::min(gram.size(), kBulkGramBytesMax));
  BulkGramRow row;
  std::memcpy(&row.first, bytes, 8);
  std::memcpy(&row.second, bytes + 8, 4);
  row.first = __builtin_bswap64(row.first);
  row.second = __builtin_bswap32(row.second);
  row.node = node;
  return row;
}

BulkRowWriter::BulkRowWriter(const Context& context) : context_(context) {}

BulkRowWriter::Row BulkRowWriter::Adj(const BulkEdgeRow& row, Direction direction, uint64_t fact,
                                      NodeKind other_kind, const BulkEdgeExtra& extra) {
  key_.resize(kAdjKeyBytes);
  char* const key = key_.data();
  Store(key, static_cast<uint32_t>(context_.ns));
  Store(key + 4, ToInt(context_.first_node) + row.node);
  key[12] = static_cast<char>(direction);
  Store(key + 13, row.type);
  Store(key + 15, row.inverted_date);
  Store(key + 19, ToInt(context_.first_node) + row.other);
  Store(key + 27, ToInt(context_.first_fact) + fact);
  value_.resize(kAdjValueBytesMin);
  char* const value = value_.data();
  value[0] = static_cast<char>(row.status);
  value[1] = static_cast<char>(other_kind);
  Store(value + 2, std::bit_cast<uint32_t>(row.confidence));
  Store(value + 6, extra.source_count);
  Store(value + 10, ToInt(context_.sequence));
  value[18] = static_cast<char>(row.role);
  value_.append(extra.title);
  return {key_, value_};
}

BulkRowWriter::Row BulkRowWriter::EdgeFact(const BulkEdgeRow& row, uint64_t fact, FactId deal,
                                           std::string_view title_key, const BulkEdgeExtra& extra,
                                           bool later_occurrence) {
  const uint32_t date = ~row.inverted_date;
  imported_.resize(kFixedBytesMax + extra.title.size());
  WireWriter imported(imported_.data());
  imported.Number(1, context_.import);
  imported.Number(2, row.last >> kPlaceLineBits);
  imported.Number(3, row.last & kPlaceLineMax);
  imported.Number(4, row.status);
  imported.Float(5, row.confidence);
  imported.Number(6, date);
  imported.Number(7, extra.source_count);
  imported.Bytes(8, extra.title);

  const std::string_view role = RoleOf(row);
  value_.resize(2 * kFixedBytesMax + role.size() + title_key.size() + 2 * extra.title.size());
  WireWriter fact_row(value_.data());
  fact_row.Number(1, row.type);
  fact_row.Number(2, ToInt(context_.first_node) + row.node);
  fact_row.Number(3, ToInt(context_.first_node) + row.other);
  fact_row.Bytes(4, role);
  fact_row.Bytes(5, title_key);
  fact_row.Number(9, ToInt(deal));
  fact_row.Number(10, row.status);
  fact_row.Float(11, row.confidence);
  fact_row.Number(12, date);
  fact_row.Bytes(13, extra.title);
  fact_row.Number(15, extra.source_count);
  fact_row.Number(16, ToInt(context_.sequence));
  fact_row.Bytes(18, {imported_.data(), static_cast<size_t>(imported.end() - imported_.data())});
  if (later_occurrence) fact_row.Number(19, OccurrenceOf(UnpackDate(date)));

  key_.resize(12);
  Store(key_.data(), static_cast<uint32_t>(context_.ns));
  Store(key_.data() + 4, ToInt(context_.first_fact) + fact);
  return {key_, {value_.data(), static_cast<size_t>(fact_row.end() - value_.data())}};
}

BulkIdentRow BulkRowWriter::Ident(const BulkEdgeRow& row, uint64_t fact, std::string_view title_key,
                                  bool later_occurrence) {
  // As FactIdentity: edge type, source, target, role, title key, no kind of deal, no year.
  const std::string_view role = RoleOf(row);
  constexpr size_t kFixedBytes = 4 + 8 + 8 + 4 + 4 + 8 + 8;
  value_.resize(kFixedBytes + role.size() + title_key.size());
  char* out = value_.data();
  const auto put = [&out](auto number) {
    Store(out, number);
    out += sizeof(number);
  };
  const auto put_text = [&](std::string_view text) {
    put(static_cast<uint32_t>(text.size()));
    std::memcpy(out, text.data(), text.size());
    out += text.size();
  };
  put(uint32_t{row.type});
  put(ToInt(context_.first_node) + row.node);
  put(ToInt(context_.first_node) + row.other);
  put_text(role);
  put_text(title_key);
  put(uint64_t{0});
  if (later_occurrence) put(OccurrenceOf(UnpackDate(~row.inverted_date)));
  const XXH128_hash_t hash = XXH3_128bits(value_.data(), static_cast<size_t>(out - value_.data()));
  return {hash.high64, hash.low64, fact};
}

BulkRowWriter::Row BulkRowWriter::IdentRow(const BulkIdentRow& row) {
  key_.resize(20);
  Store(key_.data(), static_cast<uint32_t>(context_.ns));
  Store(key_.data() + 4, row.high);
  Store(key_.data() + 12, row.low);
  value_.resize(8);
  Store(value_.data(), ToInt(context_.first_fact) + row.fact);
  return {key_, value_};
}

BulkRowWriter::Row BulkRowWriter::Node(uint32_t number, const BulkNode& node) {
  const size_t texts = node.name.size() + node.org_type.size() + node.external_id.size();
  imported_.resize(kFixedBytesMax + texts);
  WireWriter imported(imported_.data());
  imported.Number(1, context_.import);
  imported.Bytes(2, node.name);
  imported.Bytes(3, node.org_type);
  imported.Bytes(4, node.external_id);

  value_.resize(2 * kFixedBytesMax + texts + node.name.size());
  WireWriter record(value_.data());
  record.Number(1, static_cast<uint64_t>(node.kind));
  record.Bytes(2, node.name);
  record.Number(5, node.degree);
  record.Bytes(9, {imported_.data(), static_cast<size_t>(imported.end() - imported_.data())});

  key_ = Keys(context_.ns).Node(NodeId{ToInt(context_.first_node) + number});
  return {key_, {value_.data(), static_cast<size_t>(record.end() - value_.data())}};
}

BulkRowWriter::Row BulkRowWriter::Alias(uint32_t number, std::string_view name) {
  value_.resize(kFixedBytesMax + name.size());
  WireWriter record(value_.data());
  record.Bytes(1, name);
  record.Number(4, 1);
  key_ = Keys(context_.ns).Alias(NodeId{ToInt(context_.first_node) + number}, name);
  return {key_, {value_.data(), static_cast<size_t>(record.end() - value_.data())}};
}

BulkRowWriter::Row BulkRowWriter::GramRow(const BulkGramRow& row) {
  key_.resize(4 + kBulkGramBytesMax + 1 + 8);
  char* const key = key_.data();
  Store(key, static_cast<uint32_t>(context_.ns));
  Store(key + 4, row.first);
  Store(key + 12, row.second);
  key[4 + kBulkGramBytesMax] = '\0';
  const size_t end = key_.find('\0', 4) + 1;
  Store(key + end, ToInt(context_.first_node) + row.node);
  return {{key, end + 8}, ""};
}

BulkRowWriter::Row BulkRowWriter::Degree(uint32_t node, Direction direction, uint16_t type,
                                         uint64_t degree) {
  key_.resize(16);
  Store(key_.data(), static_cast<uint32_t>(context_.ns));
  key_[4] = 'd';
  Store(key_.data() + 5, ToInt(context_.first_node) + node);
  key_[13] = static_cast<char>(direction);
  Store(key_.data() + 14, type);
  value_.resize(8);
  Store(value_.data(), degree);
  return {key_, value_};
}

}  // namespace partnergraph
