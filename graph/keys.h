// The layout of keys: the only code that knows their bytes. Numbers are big-endian, so that byte
// order is numeric order. Every key begins with the namespace (4 bytes), those of `meta` excepted.
//
// clang-format off
//   family  key after the namespace                         value
//   node    node 8                                          NodeRecord
//           node 8, 'a', hash of the alias 16               AliasRecord
//   adj     node 8, direction 1, type 2, ~date 4,           see AdjRow
//             other 8, fact 8
//   fact    fact 8                                          FactRecord
//   ident   hash of what the fact says 16                   fact ids, 8 bytes each
//   hist    fact 8, ~sequence 8                             FactRecord until then
//   evid    fact 8, article 8                               EvidenceRecord
//   art     'r', article 8                                  ArticleRecord
//           't', article 8, chunk 4                         at most 64 KiB of the whole text
//           'm', article 8, chunk 4                         MentionsRecord
//           'n', article 8, node 8                          ArticleNodeRecord
//           'i', article id                                 article number, 8 bytes
//           'c', content hash 16                            article numbers, 8 bytes each
//   a2f     article 8, fact 8                               empty
//   name    kind of key 1, normalized name, 0, node 8       the name as written, cut to 128 bytes
//           5, external id, 0, node 8                       empty
//   gram    gram, 0, node 8                                 empty
//   merge   none yet: reserved for redirects of merged nodes
//   stat    'd', node 8, direction 1, type 2                number of edges, 8 bytes
//           't'                                             TotalsRecord
//   log     sequence 8, part 4                              ChangeRecord
//   meta    "format"                                        FormatRecord
//           "counters/", namespace 4                        CountersRecord
//           "schema/", namespace 4                          SchemaRecord
//           "import/", namespace 4, number 4                ImportRecord
//           "writer/", namespace 4, name                    number of its ImportRecord, 8 bytes
//
// An adj key, byte by byte. A scan of the first 12 bytes lists the edges of a node, of 13 those of
// one direction, of 15 those of one type, newest first and undated ones (date 0) last:
//
//   offset  size  field
//   0       4     namespace
//   4       8     node
//   12      1     direction (1 out, 2 in)
//   13      2     edge type
//   15      4     complement of the packed date
//   19      8     node at the other end
//   27      8     fact
// clang-format on
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/kv_store.h"
#include "graph/name_key.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

void AppendU16(std::string& out, uint16_t value);
void AppendU32(std::string& out, uint32_t value);
void AppendU64(std::string& out, uint64_t value);
// The number at `offset`, which the caller has checked to lie inside.
uint16_t ReadU16(std::string_view bytes, size_t offset);
uint32_t ReadU32(std::string_view bytes, size_t offset);
uint64_t ReadU64(std::string_view bytes, size_t offset);

// A number as a value of 8 bytes, and back. DATA_LOSS for other lengths; `what` names the value.
std::string EncodeU64(uint64_t value);
absl::StatusOr<uint64_t> DecodeU64(std::string_view value, std::string_view what);
// The same for a list.
std::string EncodeU64List(std::span<const uint64_t> values);
absl::StatusOr<std::vector<uint64_t>> DecodeU64List(std::string_view value, std::string_view what);

// The range of all keys that begin with `prefix`, which is not all 0xFF.
KvRange PrefixRange(std::string prefix, uint32_t limit = UINT32_MAX);

// 128 bits of `bytes`, as 16 bytes. For finding; whoever finds by it compares what it found.
std::string Hash128(std::string_view bytes);
// 64 bits of `bytes`.
uint64_t Hash64(std::string_view bytes, uint64_t seed = 0);

// Makes the keys of one namespace.
class Keys {
 public:
  explicit Keys(NamespaceId ns) : ns_(ns) {}

  std::string Node(NodeId node) const;
  std::string Alias(NodeId node, std::string_view alias) const;
  std::string AliasPrefix(NodeId node) const;
  std::string Fact(FactId fact) const;
  std::string Ident(std::string_view hash) const;
  std::string Hist(FactId fact, Sequence sequence) const;
  std::string Evid(FactId fact, ArticleNumber article) const;
  std::string EvidPrefix(FactId fact) const;
  std::string Article(ArticleNumber article) const;
  std::string ArticleText(ArticleNumber article, uint32_t chunk) const;
  std::string ArticleMentions(ArticleNumber article, uint32_t chunk) const;
  std::string ArticleNode(ArticleNumber article, NodeId node) const;
  std::string ArticleNodePrefix(ArticleNumber article) const;
  std::string ArticleById(std::string_view id) const;
  std::string ArticleByContent(std::string_view hash) const;
  std::string ArticleFact(ArticleNumber article, FactId fact) const;
  std::string ArticleFactPrefix(ArticleNumber article) const;
  // Rows of the names index, and what all rows of one key begin with. Keys hold no 0 byte.
  std::string Name(const NameKey& key, NodeId node) const;
  std::string NamePrefix(NameKeyKind kind, std::string_view key) const;
  std::string Gram(std::string_view gram, NodeId node) const;
  std::string GramPrefix(std::string_view gram) const;
  std::string Degree(NodeId node, Direction direction, EdgeType type) const;
  std::string DegreePrefix(NodeId node) const;
  std::string Totals() const;
  std::string Log(Sequence sequence, uint32_t part) const;
  std::string Counters() const;
  std::string Schema() const;
  std::string Import(uint32_t number) const;
  std::string Writer(std::string_view name) const;
  std::string ExternalId(std::string_view external_id, NodeId node) const;

  // The rows of a node: all, of one direction, of one direction and type. Both ends begin with the
  // namespace and the node, which the engine's prefix extractor relies on.
  KvRange Adj(NodeId node) const;
  KvRange Adj(NodeId node, Direction direction) const;
  KvRange Adj(NodeId node, Direction direction, EdgeType type) const;

  // The namespace alone: what all keys of a family begin with.
  std::string Prefix() const;

 private:
  std::string Tagged(char tag) const;

  NamespaceId ns_;
};

inline constexpr std::string_view kFormatKey = "format";
inline constexpr size_t kNodePrefixBytes = 12;  // Namespace and node.
inline constexpr size_t kAdjKeyBytes = 35;
inline constexpr size_t kAdjValueBytesMin = 19;  // Without a title.
inline constexpr size_t kTextChunkBytes = 64 << 10;
inline constexpr size_t kMentionsPerChunk = 2000;
// The value of a row of the names index: the name, cut at a character.
inline constexpr size_t kNameRowValueBytesMax = 128;

// An adj row. It repeats what an answer says of the edge itself, so that listing edges reads no
// fact records.
//   offset  size  field of the value
//   0       1     fact status
//   1       1     kind of the other node
//   2       4     confidence, IEEE 754
//   6       4     source count
//   10      8     sequence since which the fact is as it is
//   18      1     role, see EdgeRole
//   19      *     title: the rest, at most kFactTextBytesMax; of EMPLOYED_BY edges only
struct AdjRow {
  AdjacentEdge edge;
  Sequence since{};
};
std::string EncodeAdjKey(NamespaceId ns, const AdjacentEdge& edge);
// What follows the node in that key: the place of the edge among those of its node, behind which a
// list of them goes on.
std::string EdgePosition(const AdjacentEdge& edge);
std::string EncodeAdjValue(const AdjRow& row);
// The title is a part of `value`. DATA_LOSS for bytes that are no row.
absl::StatusOr<AdjRow> DecodeAdjRow(std::string_view key, std::string_view value);
// What the key alone says: node, direction, type, date, other, fact. DATA_LOSS for other lengths.
absl::StatusOr<AdjacentEdge> DecodeAdjKey(std::string_view key);

// The ids in keys that scans return; DATA_LOSS for keys of another length. `size` is the key's,
// `offset` the id's.
absl::StatusOr<uint64_t> IdInKey(std::string_view key, size_t size, size_t offset);

}  // namespace partnergraph
