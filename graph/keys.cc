#include "graph/keys.h"

#include <xxhash.h>

#include <bit>

#include "absl/strings/str_cat.h"
#include "graph/article_facts.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

template <typename Number>
void Append(std::string& out, Number value) {
  for (int shift = 8 * (sizeof(Number) - 1); shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(value >> shift & 0xFF));
  }
}

template <typename Number>
Number Read(std::string_view bytes, size_t offset) {
  Number value = 0;
  for (size_t i = 0; i < sizeof(Number); ++i) {
    value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes[offset + i]));
  }
  return value;
}

}  // namespace

void AppendU16(std::string& out, uint16_t value) { Append(out, value); }
void AppendU32(std::string& out, uint32_t value) { Append(out, value); }
void AppendU64(std::string& out, uint64_t value) { Append(out, value); }
uint16_t ReadU16(std::string_view bytes, size_t offset) { return Read<uint16_t>(bytes, offset); }
uint32_t ReadU32(std::string_view bytes, size_t offset) { return Read<uint32_t>(bytes, offset); }
uint64_t ReadU64(std::string_view bytes, size_t offset) { return Read<uint64_t>(bytes, offset); }

std::string EncodeU64(uint64_t value) {
  std::string out;
  AppendU64(out, value);
  return out;
}

absl::StatusOr<uint64_t> DecodeU64(std::string_view value, std::string_view what) {
  if (value.size() != 8) {
    return absl::DataLossError(absl::StrCat(ToAbsl(what), " has ", value.size(), " bytes, want 8"));
  }
  return ReadU64(value, 0);
}

std::string EncodeU64List(std::span<const uint64_t> values) {
  std::string out;
  out.reserve(8 * values.size());
  for (const uint64_t value : values) AppendU64(out, value);
  return out;
}

absl::StatusOr<std::vector<uint64_t>> DecodeU64List(std::string_view value, std::string_view what) {
  if (value.size() % 8 != 0) {
    return absl::DataLossError(
        absl::StrCat(ToAbsl(what), " has ", value.size(), " bytes, want a multiple of 8"));
  }
  std::vector<uint64_t> values;
  for (size_t offset = 0; offset < value.size(); offset += 8) {
    values.push_back(ReadU64(value, offset));
  }
  return values;
}

KvRange PrefixRange(std::string prefix, uint32_t limit) {
  std::string end = prefix;
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(end.back() + 1);
  return {std::move(prefix), std::move(end), limit};
}

std::string Hash128(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  std::string out;
  AppendU64(out, hash.high64);
  AppendU64(out, hash.low64);
  return out;
}

uint64_t Hash64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

std::string Keys::Prefix() const {
  std::string key;
  key.reserve(40);
  AppendU32(key, static_cast<uint32_t>(ns_));
  return key;
}

std::string Keys::Tagged(char tag) const {
  std::string key = Prefix();
  key.push_back(tag);
  return key;
}

std::string Keys::Node(NodeId node) const {
  std::string key = Prefix();
  AppendU64(key, ToInt(node));
  return key;
}

std::string Keys::AliasPrefix(NodeId node) const {
  std::string key = Node(node);
  key.push_back('a');
  return key;
}

std::string Keys::Alias(NodeId node, std::string_view alias) const {
  return AliasPrefix(node) + Hash128(alias);
}

std::string Keys::Fact(FactId fact) const {
  std::string key = Prefix();
  AppendU64(key, ToInt(fact));
  return key;
}

std::string Keys::Ident(std::string_view hash) const { return Prefix().append(hash); }

std::string Keys::Hist(FactId fact, Sequence sequence) const {
  std::string key = Fact(fact);
  AppendU64(key, ~ToInt(sequence));
  return key;
}

std::string Keys::EvidPrefix(FactId fact) const { return Fact(fact); }

std::string Keys::Evid(FactId fact, ArticleNumber article) const {
  std::string key = Fact(fact);
  AppendU64(key, ToInt(article));
  return key;
}

std::string Keys::Article(ArticleNumber article) const {
  std::string key = Tagged('r');
  AppendU64(key, ToInt(article));
  return key;
}

std::string Keys::ArticleText(ArticleNumber article, uint32_t chunk) const {
  std::string key = Tagged('t');
  AppendU64(key, ToInt(article));
  AppendU32(key, chunk);
  return key;
}

std::string Keys::ArticleMentions(ArticleNumber article, uint32_t chunk) const {
  std::string key = Tagged('m');
  AppendU64(key, ToInt(article));
  AppendU32(key, chunk);
  return key;
}

std::string Keys::ArticleNodePrefix(ArticleNumber article) const {
  std::string key = Tagged('n');
  AppendU64(key, ToInt(article));
  return key;
}

std::string Keys::ArticleNode(ArticleNumber article, NodeId node) const {
  std::string key = ArticleNodePrefix(article);
  AppendU64(key, ToInt(node));
  return key;
}

std::string Keys::ArticleById(std::string_view id) const { return Tagged('i').append(id); }

std::string Keys::ArticleByContent(std::string_view hash) const { return Tagged('c').append(hash); }

std::string Keys::ArticleFactPrefix(ArticleNumber article) const {
  std::string key = Prefix();
  AppendU64(key, ToInt(article));
  return key;
}

std::string Keys::ArticleFact(ArticleNumber article, FactId fact) const {
  std::string key = ArticleFactPrefix(article);
  AppendU64(key, ToInt(fact));
  return key;
}

std::string Keys::NamePrefix(NameKeyKind kind, std::string_view key) const {
  return Tagged(static_cast<char>(kind)).append(key);
}

std::string Keys::Name(const NameKey& key, NodeId node) const {
  std::string out = NamePrefix(key.kind, key.key);
  out.push_back('\0');
  AppendU64(out, ToInt(node));
  return out;
}

std::string Keys::GramPrefix(std::string_view gram) const {
  std::string key = Prefix().append(gram);
  key.push_back('\0');
  return key;
}

std::string Keys::Gram(std::string_view gram, NodeId node) const {
  std::string key = GramPrefix(gram);
  AppendU64(key, ToInt(node));
  return key;
}

std::string Keys::DegreePrefix(NodeId node) const {
  std::string key = Tagged('d');
  AppendU64(key, ToInt(node));
  return key;
}

std::string Keys::Degree(NodeId node, Direction direction, EdgeType type) const {
  std::string key = DegreePrefix(node);
  key.push_back(static_cast<char>(direction));
  AppendU16(key, static_cast<uint16_t>(type));
  return key;
}

std::string Keys::Totals() const { return Tagged('t'); }

std::string Keys::Log(Sequence sequence, uint32_t part) const {
  std::string key = Prefix();
  AppendU64(key, ToInt(sequence));
  AppendU32(key, part);
  return key;
}

std::string Keys::Counters() const { return "counters/" + Prefix(); }

std::string Keys::Schema() const { return "schema/" + Prefix(); }

std::string Keys::Import(uint32_t number) const {
  std::string key = "import/" + Prefix();
  AppendU32(key, number);
  return key;
}

std::string Keys::Writer(std::string_view name) const {
  return ("writer/" + Prefix()).append(name);
}

std::string Keys::ExternalId(std::string_view external_id, NodeId node) const {
  return Name({NameKeyKind::kExternalId, std::string(external_id)}, node);
}

KvRange Keys::Adj(NodeId node) const {
  KvRange range;
  range.begin = Node(node);
  range.end = range.begin;
  range.begin.push_back(static_cast<char>(Direction::kOut));
  range.end.push_back(static_cast<char>(static_cast<int>(Direction::kIn) + 1));
  return range;
}

KvRange Keys::Adj(NodeId node, Direction direction) const {
  KvRange range;
  range.begin = Node(node);
  range.end = range.begin;
  range.begin.push_back(static_cast<char>(direction));
  range.end.push_back(static_cast<char>(static_cast<int>(direction) + 1));
  return range;
}

KvRange Keys::Adj(NodeId node, Direction direction, EdgeType type) const {
  KvRange range;
  range.begin = Node(node);
  range.begin.push_back(static_cast<char>(direction));
  range.end = range.begin;
  AppendU16(range.begin, static_cast<uint16_t>(type));
  AppendU16(range.end, static_cast<uint16_t>(static_cast<uint16_t>(type) + 1));
  return range;
}

std::string EncodeAdjKey(NamespaceId ns, const AdjacentEdge& edge) {
  std::string key = Keys(ns).Node(edge.node);
  key.push_back(static_cast<char>(edge.direction));
  AppendU16(key, static_cast<uint16_t>(edge.type));
  AppendU32(key, ~edge.packed_date);
  AppendU64(key, ToInt(edge.other));
  AppendU64(key, ToInt(edge.fact));
  return key;
}

std::string EdgePosition(const AdjacentEdge& edge) {
  return EncodeAdjKey(NamespaceId{}, edge).substr(kNodePrefixBytes);
}

std::string EncodeAdjValue(const AdjRow& row) {
  std::string value;
  value.reserve(kAdjValueBytesMin + row.edge.title.size());
  value.push_back(static_cast<char>(row.edge.status));
  value.push_back(static_cast<char>(row.edge.other_kind));
  AppendU32(value, std::bit_cast<uint32_t>(row.edge.confidence));
  AppendU32(value, row.edge.source_count);
  AppendU64(value, ToInt(row.since));
  value.push_back(static_cast<char>(row.edge.role));
  value.append(row.edge.title);
  return value;
}

absl::StatusOr<AdjRow> DecodeAdjRow(std::string_view key, std::string_view value) {
  if (key.size() != kAdjKeyBytes || value.size() < kAdjValueBytesMin ||
      value.size() > kAdjValueBytesMin + kFactTextBytesMax) {
    return absl::DataLossError(absl::StrCat(
        "edge row has ", key.size(), " and ", value.size(), " bytes, want ", kAdjKeyBytes, " and ",
        kAdjValueBytesMin, " to ", kAdjValueBytesMin + kFactTextBytesMax));
  }
  AdjRow row;
  row.edge.node = NodeId{ReadU64(key, 4)};
  const auto direction = static_cast<uint8_t>(key[12]);
  row.edge.type = EdgeType{ReadU16(key, 13)};
  row.edge.packed_date = ~ReadU32(key, 15);
  row.edge.other = NodeId{ReadU64(key, 19)};
  row.edge.fact = FactId{ReadU64(key, 27)};
  const auto status = static_cast<uint8_t>(value[0]);
  const auto other_kind = static_cast<uint8_t>(value[1]);
  if (direction < 1 || direction > 2 || !IsEdgeTypeNumber(static_cast<uint32_t>(row.edge.type)) ||
      status < 1 || status > 6 || other_kind < 1 || other_kind > 4) {
    return absl::DataLossError(absl::StrCat("edge row of node ", ToInt(row.edge.node),
                                            " holds a direction, type, status or kind that does "
                                            "not exist"));
  }
  row.edge.direction = static_cast<Direction>(direction);
  row.edge.status = static_cast<FactStatus>(status);
  row.edge.other_kind = static_cast<NodeKind>(other_kind);
  row.edge.confidence = std::bit_cast<float>(ReadU32(value, 2));
  row.edge.source_count = ReadU32(value, 6);
  row.since = Sequence{ReadU64(value, 10)};
  row.edge.role = static_cast<EdgeRole>(value[18]);
  row.edge.title = value.substr(kAdjValueBytesMin);
  if (!EdgeRoleName(row.edge.role).has_value() ||
      (!row.edge.title.empty() && row.edge.type != kEmployedBy)) {
    return absl::DataLossError(absl::StrCat("edge row of node ", ToInt(row.edge.node),
                                            " holds a role that does not exist, or a title that "
                                            "is none of its type"));
  }
  return row;
}

absl::StatusOr<AdjacentEdge> DecodeAdjKey(std::string_view key) {
  if (key.size() != kAdjKeyBytes) {
    return absl::DataLossError(
        absl::StrCat("edge key has ", key.size(), " bytes, want ", kAdjKeyBytes));
  }
  AdjacentEdge edge;
  edge.node = NodeId{ReadU64(key, 4)};
  edge.direction = static_cast<Direction>(key[12]);
  edge.type = EdgeType{ReadU16(key, 13)};
  edge.packed_date = ~ReadU32(key, 15);
  edge.other = NodeId{ReadU64(key, 19)};
  edge.fact = FactId{ReadU64(key, 27)};
  return edge;
}

absl::StatusOr<uint64_t> IdInKey(std::string_view key, size_t size, size_t offset) {
  if (key.size() != size) {
    return absl::DataLossError(absl::StrCat("key has ", key.size(), " bytes, want ", size));
  }
  return ReadU64(key, offset);
}

}  // namespace partnergraph
