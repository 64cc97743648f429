// Reads records of one snapshot in batches: one round trip per call, and each error reported. What
// both the write path and the views read through.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/keys.h"
#include "graph/kv_store.h"
#include "graph/record_codec.h"
#include "graph/schema.h"

namespace partnergraph {

struct NodeRows {
  std::optional<storage::NodeRecord> node;
  std::vector<storage::AliasRecord> aliases;  // In no order that means anything.
};

struct ArticleEvidence {
  ArticleNumber article{};
  storage::EvidenceRecord record;
};

class RecordReader {
 public:
  // `store` outlives the reader. A null snapshot reads the newest state. `options` bound every
  // read: they end with CANCELLED when it says so.
  RecordReader(KvStore& store, std::shared_ptr<const KvSnapshot> snapshot, NamespaceId ns,
               KvReadOptions options = {})
      : store_(store),
        snapshot_(std::move(snapshot)),
        options_(std::move(options)),
        ns_(ns),
        keys_(ns) {}

  KvStore& store() const { return store_; }
  const KvSnapshot* snapshot() const { return snapshot_.get(); }
  const KvReadOptions& options() const { return options_; }
  NamespaceId ns() const { return ns_; }
  const Keys& keys() const { return keys_; }

  // In the order of the arguments; nullopt where there is none. DATA_LOSS for records that cannot
  // be decoded, and the store's errors; the same for all that follow.
  absl::StatusOr<std::vector<std::optional<storage::NodeRecord>>> Nodes(
      std::span<const NodeId> ids);
  absl::StatusOr<std::vector<std::optional<storage::FactRecord>>> Facts(
      std::span<const FactId> ids);
  // Nodes with their aliases, at most `aliases_max` each.
  absl::StatusOr<std::vector<NodeRows>> NodesWithAliases(std::span<const NodeId> ids,
                                                         uint32_t aliases_max = UINT32_MAX - 1);
  // Evidence of each fact by ascending article number, at most `limit_each`.
  absl::StatusOr<std::vector<std::vector<ArticleEvidence>>> Evidence(
      std::span<const FactId> ids, uint32_t limit_each = UINT32_MAX);

  absl::StatusOr<std::optional<ArticleNumber>> ArticleById(std::string_view id);
  absl::StatusOr<std::vector<ArticleNumber>> ArticlesByContent(std::string_view hash);
  absl::StatusOr<std::vector<std::optional<storage::ArticleRecord>>> Articles(
      std::span<const ArticleNumber> numbers);
  // Title, newline, text. DATA_LOSS when chunks are missing.
  absl::StatusOr<std::string> WholeText(ArticleNumber number,
                                        const storage::ArticleRecord& article);
  absl::StatusOr<std::vector<FactId>> FactsOfArticle(ArticleNumber number,
                                                     uint32_t limit = UINT32_MAX);
  absl::StatusOr<std::vector<std::pair<NodeId, storage::ArticleNodeRecord>>> NodesOfArticle(
      ArticleNumber number);

  absl::StatusOr<storage::CountersRecord> Counters();
  absl::StatusOr<storage::TotalsRecord> Totals();
  absl::StatusOr<std::shared_ptr<const Schema>> ReadSchema();
  absl::StatusOr<std::vector<std::optional<storage::ImportRecord>>> Imports(
      std::span<const uint32_t> numbers);

  // The values of keys, in one round trip. All reads of single keys come here.
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      ColumnFamily cf, std::span<const std::string> keys);

  // Reads every entry of the ranges; `visit` may return an error, which ends the scan.
  absl::Status Scan(
      ColumnFamily cf, std::span<const KvRange> ranges,
      absl::FunctionRef<absl::Status(size_t, std::string_view, std::string_view)> visit);

 private:
  template <typename Record>
  absl::StatusOr<std::vector<std::optional<Record>>> GetRecords(
      ColumnFamily cf, const std::vector<std::string>& keys, std::string_view what);

  KvStore& store_;
  std::shared_ptr<const KvSnapshot> snapshot_;
  KvReadOptions options_;
  NamespaceId ns_;
  Keys keys_;
};

// Chunks that a text of this many bytes, or a list of this many mentions, is stored in.
uint32_t TextChunkCount(size_t bytes);
uint32_t MentionChunkCount(size_t mentions);

}  // namespace partnergraph
