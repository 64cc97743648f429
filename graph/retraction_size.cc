#include "graph/retraction_size.h"

#include <algorithm>

#include "graph/article_facts.h"
#include "graph/fact_aggregate.h"
#include "graph/graph_record.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/record_reader.h"
#include "graph/schema.h"

namespace partnergraph {
namespace {

// Keys by what follows their namespace; see keys.h.
constexpr size_t kNamespaceBytes = 4;
constexpr size_t kIdKeyBytes = kNamespaceBytes + 8;
constexpr size_t kIdPairKeyBytes = kNamespaceBytes + 8 + 8;
constexpr size_t kHashKeyBytes = kNamespaceBytes + 16;
constexpr size_t kTagBytes = 1;
constexpr size_t kDegreeRowBytes = kNamespaceBytes + kTagBytes + 8 + 1 + 2 + 8;
// Other ids that share a hash of 128 bits: none, in practice.
constexpr size_t kIdListBytes = 16;
// Totals and counters: a few numbers for each kind of node and type of edge.
constexpr size_t kTotalsBytes = 1 << 10;
// A change record without its article's id and its lists, and each id in them.
constexpr size_t kLogPartBytes = 64;
constexpr size_t kLogIdBytes = 10;
constexpr size_t kLogPartIdsMin = 4000;

void SetLongestTerms(google::protobuf::RepeatedPtrField<storage::DealTermRecord>& terms) {
  terms.Clear();
  while (static_cast<size_t>(terms.size()) < kDealTermsMax) {
    storage::DealTermRecord* term = terms.Add();
    StoreTermValue(
        {DealTermKind::kCapital, std::string(kTermValueBytesMax, '1'), "USD", TermBound::kAtMost},
        *term);
    term->set_party(UINT64_MAX);
    term->set_source_count(UINT32_MAX);
  }
}

// The record with the longest attributes that evidence can give it, and the longest that an import
// can say of it in the meantime.
size_t FactBytesMax(storage::FactRecord fact) {
  const std::string text(kFactTextBytesMax, 'x');
  storage::ImportedFactRecord& imported = *fact.mutable_imported();
  imported.set_import(UINT32_MAX);
  imported.set_file(UINT32_MAX);
  imported.set_line(UINT64_MAX);
  imported.set_status(static_cast<uint32_t>(FactStatus::kDenied));
  imported.set_confidence(1);
  imported.set_date(UINT32_MAX);
  imported.set_source_count(UINT32_MAX);
  fact.set_status(static_cast<uint32_t>(FactStatus::kDenied));
  fact.set_confidence(1);
  fact.set_date(UINT32_MAX);
  if (fact.edge_type() == static_cast<uint32_t>(kEmployedBy)) {
    fact.set_title(text);
    imported.set_title(text);
  }
  if (fact.edge_type() == 0) {
    fact.set_location(text);
    imported.set_location(text);
    SetLongestTerms(*fact.mutable_terms());
    SetLongestTerms(*imported.mutable_terms());
  }
  fact.set_source_count(UINT32_MAX);
  fact.set_sequence(UINT64_MAX);
  return fact.ByteSizeLong();
}

size_t NodeBytesMax(storage::NodeRecord node) {
  node.set_name(std::string(kNodeNameBytesMax, 'x'));
  if (node.kind() == static_cast<uint32_t>(NodeKind::kCompany)) {
    for (const std::string_view type : OrgTypes()) {
      (*node.mutable_org_types())[std::string(type)] = UINT32_MAX;
    }
  }
  storage::ImportedNodeRecord& imported = *node.mutable_imported();
  imported.set_import(UINT32_MAX);
  imported.set_name(std::string(kNodeNameBytesMax, 'x'));
  imported.set_org_type("GOVERNMENT");
  imported.set_external_id(std::string(kRecordIdBytesMax, 'x'));
  node.set_article_count(UINT32_MAX);
  node.set_degree(UINT64_MAX);
  return node.ByteSizeLong();
}

size_t AliasBytesMax(const std::string& name) {
  storage::AliasRecord alias;
  alias.set_name(name);
  alias.set_article_count(UINT32_MAX);
  alias.set_canonical_count(UINT32_MAX);
  alias.set_imported(true);
  return alias.ByteSizeLong();
}

// Rows of one name that goes: its own are deleted, or show another name of the node from now on.
size_t NameRowsBytesMax(const std::string& name) {
  size_t bytes = kIdKeyBytes + kTagBytes + 16 + AliasBytesMax(name);
  for (const NameKey& key : MakeNameKeys(name)) {
    bytes += kNamespaceBytes + 1 + key.key.size() + 1 + 8 + kNameRowValueBytesMax;
  }
  for (const std::string& gram : MakeNameGrams(CoreName(name))) {
    bytes += kNamespaceBytes + gram.size() + 1 + 8;
  }
  return bytes;
}

size_t FactRowsBytesMax(const storage::FactRecord& fact, const GraphEdit& edit) {
  const size_t record = FactBytesMax(fact);
  // Its old version and its new one; its evidence; its identity.
  size_t bytes = kIdPairKeyBytes + record + kIdKeyBytes + record;
  bytes += 2 * kIdPairKeyBytes + kHashKeyBytes + kIdListBytes;
  if (fact.edge_type() == 0) {
    const auto node = edit.nodes().find(NodeId{fact.deal()});
    if (node != edit.nodes().end()) bytes += kIdKeyBytes + NodeBytesMax(node->second.after);
    return bytes;
  }
  // Both rows move when the date changes.
  const bool titled = fact.edge_type() == static_cast<uint32_t>(kEmployedBy);
  const size_t row = 2 * kAdjKeyBytes + kAdjValueBytesMin + (titled ? kFactTextBytesMax : 0);
  return bytes + 2 * (row + kDegreeRowBytes);
}

}  // namespace

size_t RetractionBytesMax(const StoredFootprint& article, const GraphEdit& edit) {
  size_t ids = article.votes.size();
  size_t bytes = kTotalsBytes;
  for (const auto& [id, fact] : edit.facts()) {
    if (!fact.changed.contains(article.number)) continue;
    bytes += FactRowsBytesMax(fact.after, edit);
    ids += fact.after.edge_type() == 0 ? 2 : 1;  // A partnership is a node too.
  }
  for (const auto& [id, vote] : article.votes) {
    bytes += kIdPairKeyBytes + kTagBytes;  // The vote.
    const auto node = edit.nodes().find(id);
    if (node != edit.nodes().end()) bytes += kIdKeyBytes + NodeBytesMax(node->second.after);
    for (const std::string& name : vote.names()) bytes += NameRowsBytesMax(name);
  }
  const size_t chunks =
      TextChunkCount(article.text_bytes) + MentionChunkCount(article.mention_count);
  bytes += (kIdKeyBytes + kTagBytes) + chunks * (kIdKeyBytes + kTagBytes + 4);
  bytes += kNamespaceBytes + kTagBytes + article.article_id.size();
  bytes += kHashKeyBytes + kTagBytes + kIdListBytes;
  bytes += ids * kLogIdBytes;
  bytes +=
      (ids / kLogPartIdsMin + 1) * (kIdKeyBytes + 4 + kLogPartBytes + article.article_id.size());
  return bytes;
}

}  // namespace partnergraph
