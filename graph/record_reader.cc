#include "graph/record_reader.h"

#include "graph/schema_record.h"
#include "graph/status_macros.h"

namespace partnergraph {

uint32_t TextChunkCount(size_t bytes) {
  return static_cast<uint32_t>((bytes + kTextChunkBytes - 1) / kTextChunkBytes);
}

uint32_t MentionChunkCount(size_t mentions) {
  return static_cast<uint32_t>((mentions + kMentionsPerChunk - 1) / kMentionsPerChunk);
}

absl::StatusOr<std::vector<std::optional<std::string>>> RecordReader::MultiGet(
    ColumnFamily cf, std::span<const std::string> keys) {
  if (options_.cancelled && options_.cancelled()) return absl::CancelledError("read cancelled");
  return store_.MultiGet(snapshot(), cf, keys);
}

template <typename Record>
absl::StatusOr<std::vector<std::optional<Record>>> RecordReader::GetRecords(
    ColumnFamily cf, const std::vector<std::string>& keys, std::string_view what) {
  std::vector<std::optional<Record>> records(keys.size());
  if (keys.empty()) return records;
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> values, MultiGet(cf, keys));
  for (size_t i = 0; i < values.size(); ++i) {
    if (!values[i].has_value()) continue;
    PG_ASSIGN_OR_RETURN(records[i], DecodeRecord<Record>(*values[i], what));
  }
  return records;
}

absl::Status RecordReader::Scan(
    ColumnFamily cf, std::span<const KvRange> ranges,
    absl::FunctionRef<absl::Status(size_t, std::string_view, std::string_view)> visit) {
  if (ranges.empty()) return absl::OkStatus();
  absl::Status status;
  const auto ends =
      store_.MultiScan(snapshot(), cf, ranges, options_,
                       [&](size_t range, std::string_view key, std::string_view value) {
                         if (status.ok()) status = visit(range, key, value);
                         return status.ok();
                       });
  PG_RETURN_IF_ERROR(status);
  return ends.status();
}

absl::StatusOr<std::vector<std::optional<storage::NodeRecord>>> RecordReader::Nodes(
    std::span<const NodeId> ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const NodeId id : ids) keys.push_back(keys_.Node(id));
  return GetRecords<storage::NodeRecord>(ColumnFamily::kNode, keys, "node record");
}

absl::StatusOr<std::vector<std::optional<storage::FactRecord>>> RecordReader::Facts(
    std::span<const FactId> ids) {
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const FactId id : ids) keys.push_back(keys_.Fact(id));
  return GetRecords<storage::FactRecord>(ColumnFamily::kFact, keys, "fact record");
}

absl::StatusOr<std::vector<NodeRows>> RecordReader::NodesWithAliases(std::span<const NodeId> ids,
                                                                     uint32_t aliases_max) {
  std::vector<KvRange> ranges;
  ranges.reserve(ids.size());
  for (const NodeId id : ids) ranges.push_back(PrefixRange(keys_.Node(id), aliases_max + 1));
  std::vector<NodeRows> rows(ids.size());
  PG_RETURN_IF_ERROR(
      Scan(ColumnFamily::kNode, ranges,
           [&](size_t range, std::string_view key, std::string_view value) -> absl::Status {
             if (key.size() == kNodePrefixBytes) {
               PG_ASSIGN_OR_RETURN(rows[range].node,
                                   DecodeRecord<storage::NodeRecord>(value, "node record"));
             } else {
               PG_ASSIGN_OR_RETURN(rows[range].aliases.emplace_back(),
                                   DecodeRecord<storage::AliasRecord>(value, "alias record"));
             }
             return absl::OkStatus();
           }));
  return rows;
}

absl::StatusOr<std::vector<std::vector<ArticleEvidence>>> RecordReader::Evidence(
    std::span<const FactId> ids, uint32_t limit_each) {
  std::vector<KvRange> ranges;
  ranges.reserve(ids.size());
  for (const FactId id : ids) ranges.push_back(PrefixRange(keys_.EvidPrefix(id), limit_each));
  std::vector<std::vector<ArticleEvidence>> evidence(ids.size());
  PG_RETURN_IF_ERROR(
      Scan(ColumnFamily::kEvid, ranges,
           [&](size_t range, std::string_view key, std::string_view value) -> absl::Status {
             PG_ASSIGN_OR_RETURN(const uint64_t article, IdInKey(key, 20, 12));
             PG_ASSIGN_OR_RETURN(storage::EvidenceRecord record,
                                 DecodeRecord<storage::EvidenceRecord>(value, "evidence record"));
             evidence[range].push_back({ArticleNumber{article}, std::move(record)});
             return absl::OkStatus();
           }));
  return evidence;
}

absl::StatusOr<std::optional<ArticleNumber>> RecordReader::ArticleById(std::string_view id) {
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                      store_.Get(snapshot(), ColumnFamily::kArt, keys_.ArticleById(id)));
  if (!value.has_value()) return std::nullopt;
  PG_ASSIGN_OR_RETURN(const uint64_t number, DecodeU64(*value, "article number"));
  return ArticleNumber{number};
}

absl::StatusOr<std::vector<ArticleNumber>> RecordReader::ArticlesByContent(std::string_view hash) {
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                      store_.Get(snapshot(), ColumnFamily::kArt, keys_.ArticleByContent(hash)));
  std::vector<ArticleNumber> articles;
  if (!value.has_value()) return articles;
  PG_ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers,
                      DecodeU64List(*value, "list of articles"));
  for (const uint64_t number : numbers) articles.push_back(ArticleNumber{number});
  return articles;
}

absl::StatusOr<std::vector<std::optional<storage::ArticleRecord>>> RecordReader::Articles(
    std::span<const ArticleNumber> numbers) {
  std::vector<std::string> keys;
  for (const ArticleNumber number : numbers) keys.push_back(keys_.Article(number));
  return GetRecords<storage::ArticleRecord>(ColumnFamily::kArt, keys, "article record");
}

absl::StatusOr<std::string> RecordReader::WholeText(ArticleNumber number,
                                                    const storage::ArticleRecord& article) {
  std::vector<std::string> keys;
  for (uint32_t chunk = 0; chunk < TextChunkCount(article.text_bytes()); ++chunk) {
    keys.push_back(keys_.ArticleText(number, chunk));
  }
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> chunks,
                      MultiGet(ColumnFamily::kArt, keys));
  std::string text;
  for (const std::optional<std::string>& chunk : chunks) text += chunk.value_or("");
  if (text.size() != article.text_bytes()) {
    return absl::DataLossError(absl::StrCat("text of article ", Quoted(article.id()), " has ",
                                            text.size(), " bytes, want ", article.text_bytes()));
  }
  return text;
}

absl::StatusOr<std::vector<FactId>> RecordReader::FactsOfArticle(ArticleNumber number,
                                                                 uint32_t limit) {
  std::vector<FactId> facts;
  const KvRange range = PrefixRange(keys_.ArticleFactPrefix(number), limit);
  PG_RETURN_IF_ERROR(Scan(ColumnFamily::kA2f, std::span(&range, 1),
                          [&](size_t, std::string_view key, std::string_view) -> absl::Status {
                            PG_ASSIGN_OR_RETURN(const uint64_t fact, IdInKey(key, 20, 12));
                            facts.push_back(FactId{fact});
                            return absl::OkStatus();
                          }));
  return facts;
}

absl::StatusOr<std::vector<std::pair<NodeId, storage::ArticleNodeRecord>>>
RecordReader::NodesOfArticle(ArticleNumber number) {
  std::vector<std::pair<NodeId, storage::ArticleNodeRecord>> nodes;
  const KvRange range = PrefixRange(keys_.ArticleNodePrefix(number));
  PG_RETURN_IF_ERROR(Scan(
      ColumnFamily::kArt, std::span(&range, 1),
      [&](size_t, std::string_view key, std::string_view value) -> absl::Status {
        PG_ASSIGN_OR_RETURN(const uint64_t node, IdInKey(key, 21, 13));
        PG_ASSIGN_OR_RETURN(storage::ArticleNodeRecord record,
                            DecodeRecord<storage::ArticleNodeRecord>(value, "node of an article"));
        nodes.emplace_back(NodeId{node}, std::move(record));
        return absl::OkStatus();
      }));
  return nodes;
}

absl::StatusOr<storage::CountersRecord> RecordReader::Counters() {
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                      store_.Get(snapshot(), ColumnFamily::kMeta, keys_.Counters()));
  if (value.has_value()) return DecodeRecord<storage::CountersRecord>(*value, "counters");
  storage::CountersRecord counters;
  counters.set_next_node(1);
  counters.set_next_fact(1);
  counters.set_next_article(1);
  return counters;
}

absl::StatusOr<storage::TotalsRecord> RecordReader::Totals() {
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                      store_.Get(snapshot(), ColumnFamily::kStat, keys_.Totals()));
  if (value.has_value()) return DecodeRecord<storage::TotalsRecord>(*value, "totals");
  return storage::TotalsRecord();
}

absl::StatusOr<std::shared_ptr<const Schema>> RecordReader::ReadSchema() {
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                      store_.Get(snapshot(), ColumnFamily::kMeta, keys_.Schema()));
  PG_ASSIGN_OR_RETURN(const auto record,
                      DecodeRecord<storage::SchemaRecord>(value.value_or(""), "schema record"));
  return ToSchema(record);
}

absl::StatusOr<std::vector<std::optional<storage::ImportRecord>>> RecordReader::Imports(
    std::span<const uint32_t> numbers) {
  std::vector<std::string> keys;
  for (const uint32_t number : numbers) keys.push_back(keys_.Import(number));
  return GetRecords<storage::ImportRecord>(ColumnFamily::kMeta, keys, "import record");
}

}  // namespace partnergraph
