#include "graph/integrity.h"

#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/fact_aggregate.h"
#include "graph/fact_identity.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/record_reader.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

using Rows = std::map<std::string, std::string>;

class IntegrityCheck {
 public:
  explicit IntegrityCheck(RecordReader reader) : reader_(std::move(reader)) {}

  absl::StatusOr<IntegrityReport> Run() {
    PG_RETURN_IF_ERROR(ReadArticles());
    PG_RETURN_IF_ERROR(ReadEvidence());
    PG_RETURN_IF_ERROR(ReadFacts());
    PG_RETURN_IF_ERROR(ReadNodes());
    ExpectTotals();
    PG_RETURN_IF_ERROR(CompareAll());
    PG_RETURN_IF_ERROR(CheckLog());
    return std::move(report_);
  }

 private:
  template <typename... Parts>
  void Problem(const Parts&... parts) {
    ++report_.problem_count;
    if (report_.problems.size() < kProblemsMax) report_.problems.push_back(absl::StrCat(parts...));
  }

  absl::Status ScanFamily(
      ColumnFamily cf, absl::FunctionRef<absl::Status(std::string_view, std::string_view)> visit) {
    const KvRange range = PrefixRange(reader_.keys().Prefix());
    return reader_.Scan(cf, {&range, 1}, [&](size_t, std::string_view key, std::string_view value) {
      ++report_.rows_checked;
      return visit(key, value);
    });
  }

  Rows& Expected(ColumnFamily cf) { return expected_[static_cast<size_t>(cf)]; }

  absl::Status ReadArticles();
  absl::Status ReadEvidence();
  absl::Status ReadFacts();
  absl::Status ReadNodes();
  void ExpectEdge(FactId id, const storage::FactRecord& fact);
  void ExpectNames(NodeId id);
  void ExpectTotals();
  absl::Status CompareAll();
  absl::Status CheckLog();

  RecordReader reader_;
  IntegrityReport report_;
  Rows expected_[kColumnFamilyCount];
  std::map<ArticleNumber, storage::ArticleRecord> articles_;
  std::map<FactId, std::vector<storage::EvidenceRecord>> evidence_;
  std::map<FactId, storage::FactRecord> facts_;
  std::map<NodeId, storage::NodeRecord> nodes_;  // As votes and facts make them.
  std::map<NodeId, std::map<std::string, storage::AliasRecord>> aliases_;
  std::map<std::tuple<NodeId, Direction, EdgeType>, uint64_t> degrees_;
  storage::TotalsRecord totals_;
};

absl::Status IntegrityCheck::ReadArticles() {
  const Keys& keys = reader_.keys();
  std::map<std::string, std::vector<uint64_t>> by_content;
  PG_RETURN_IF_ERROR(ScanFamily(
      ColumnFamily::kArt, [&](std::string_view key, std::string_view value) -> absl::Status {
        if (key.size() == 13 && key[4] == 'r') {
          const ArticleNumber number{ReadU64(key, 5)};
          PG_ASSIGN_OR_RETURN(articles_[number],
                              DecodeRecord<storage::ArticleRecord>(value, "article record"));
        } else if (key.size() == 21 && key[4] == 'n') {
          PG_ASSIGN_OR_RETURN(const auto vote, DecodeRecord<storage::ArticleNodeRecord>(
                                                   value, "node of an article"));
          const NodeId node{ReadU64(key, 13)};
          storage::NodeRecord& record = nodes_[node];
          record.set_article_count(record.article_count() + 1);
          if (!vote.org_type().empty()) ++(*record.mutable_org_types())[vote.org_type()];
          for (const std::string& name : vote.names()) {
            storage::AliasRecord& alias = aliases_[node][name];
            alias.set_name(name);
            alias.set_article_count(alias.article_count() + 1);
            if (name == vote.canonical()) alias.set_canonical_count(alias.canonical_count() + 1);
          }
          Expected(ColumnFamily::kArt)[std::string(key)] = std::string(value);
        }
        return absl::OkStatus();
      }));
  Rows& expected = Expected(ColumnFamily::kArt);
  for (const auto& [number, article] : articles_) {
    expected[keys.Article(number)] = EncodeRecord(article);
    const auto text = reader_.WholeText(number, article);
    if (!text.ok()) {
      Problem("article ", article.id(), ": ", text.status().ToString());
      continue;
    }
    for (uint32_t chunk = 0; chunk < TextChunkCount(text->size()); ++chunk) {
      expected[keys.ArticleText(number, chunk)] =
          text->substr(chunk * kTextChunkBytes, kTextChunkBytes);
    }
    expected[keys.ArticleById(article.id())] = EncodeU64(ToInt(number));
    by_content[article.content_hash()].push_back(ToInt(number));
    size_t mentions = 0;
    for (uint32_t chunk = 0; chunk < MentionChunkCount(article.mention_count()); ++chunk) {
      const std::string key = keys.ArticleMentions(number, chunk);
      PG_ASSIGN_OR_RETURN(const auto value,
                          reader_.store().Get(reader_.snapshot(), ColumnFamily::kArt, key));
      PG_ASSIGN_OR_RETURN(const auto record, DecodeRecord<storage::MentionsRecord>(
                                                 value.value_or(""), "mentions of an article"));
      mentions += static_cast<size_t>(record.nodes_size());
      if (value.has_value()) expected[key] = *value;
    }
    if (mentions != article.mention_count()) {
      Problem("article ", article.id(), " has ", mentions, " mentions, want ",
              article.mention_count());
    }
  }
  for (const auto& [hash, numbers] : by_content) {
    expected[keys.ArticleByContent(hash)] = EncodeU64List(numbers);
  }
  totals_.set_article_count(articles_.size());
  return absl::OkStatus();
}

absl::Status IntegrityCheck::ReadEvidence() {
  return ScanFamily(
      ColumnFamily::kEvid, [&](std::string_view key, std::string_view value) -> absl::Status {
        PG_ASSIGN_OR_RETURN(const uint64_t article, IdInKey(key, 20, 12));
        const FactId fact{ReadU64(key, 4)};
        PG_ASSIGN_OR_RETURN(auto record,
                            DecodeRecord<storage::EvidenceRecord>(value, "evidence record"));
        if (!articles_.contains(ArticleNumber{article})) {
          Problem("evidence of fact ", ToInt(fact), " is of article number ", article,
                  ", which does not exist");
        }
        evidence_[fact].push_back(std::move(record));
        Expected(ColumnFamily::kEvid)[std::string(key)] = std::string(value);
        Expected(ColumnFamily::kA2f)[reader_.keys().ArticleFact(ArticleNumber{article}, fact)] = "";
        totals_.set_evidence_count(totals_.evidence_count() + 1);
        return absl::OkStatus();
      });
}

absl::Status IntegrityCheck::ReadFacts() {
  PG_RETURN_IF_ERROR(ScanFamily(
      ColumnFamily::kFact, [&](std::string_view key, std::string_view value) -> absl::Status {
        PG_ASSIGN_OR_RETURN(const uint64_t id, IdInKey(key, 12, 4));
        PG_ASSIGN_OR_RETURN(facts_[FactId{id}],
                            DecodeRecord<storage::FactRecord>(value, "fact record"));
        return absl::OkStatus();
      }));
  std::map<std::string, std::vector<uint64_t>> identities;
  for (const auto& [id, fact] : facts_) {
    const auto support = evidence_.find(id);
    if (support == evidence_.end() && !fact.has_imported()) {
      Problem("fact ", ToInt(id), " has no evidence and no import states it");
      continue;
    }
    storage::FactRecord aggregated = fact;
    std::vector<const storage::EvidenceRecord*> pieces;
    if (support != evidence_.end()) {
      for (const storage::EvidenceRecord& piece : support->second) pieces.push_back(&piece);
    }
    AggregateEvidence(pieces, aggregated);
    Expected(ColumnFamily::kFact)[reader_.keys().Fact(id)] = EncodeRecord(aggregated);
    identities[reader_.keys().Ident(Hash128(FactIdentity(fact)))].push_back(ToInt(id));
    if (fact.edge_type() != 0) {
      ExpectEdge(id, fact);
      continue;
    }
    storage::NodeRecord& node = nodes_[NodeId{fact.deal()}];
    node.set_kind(static_cast<uint32_t>(NodeKind::kPartnership));
    node.set_article_count(static_cast<uint32_t>(pieces.size()));
    node.set_fact(ToInt(id));
    node.set_deal_kind(fact.deal_kind());
    *node.mutable_parties() = fact.parties();
  }
  for (const auto& [id, pieces] : evidence_) {
    if (!facts_.contains(id)) Problem("evidence is of fact ", ToInt(id), ", which does not exist");
  }
  for (const auto& [key, ids] : identities) {
    Expected(ColumnFamily::kIdent)[key] = EncodeU64List(ids);
  }
  return absl::OkStatus();
}

void IntegrityCheck::ExpectEdge(FactId id, const storage::FactRecord& fact) {
  const NodeId source{fact.source()}, target{fact.target()};
  const EdgeType type{static_cast<uint16_t>(fact.edge_type())};
  AdjRow row;
  row.edge.type = type;
  row.edge.fact = id;
  row.edge.packed_date = fact.date();
  row.edge.status = static_cast<FactStatus>(fact.status());
  row.edge.confidence = fact.confidence();
  row.edge.source_count = fact.source_count();
  row.edge.role = FindEdgeRole(fact.role());
  row.edge.title = fact.title();
  row.since = Sequence{fact.sequence()};
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    row.edge.direction = direction;
    row.edge.node = direction == Direction::kOut ? source : target;
    row.edge.other = direction == Direction::kOut ? target : source;
    // The kind of the other node is filled in when all nodes have been read.
    Expected(ColumnFamily::kAdj)[EncodeAdjKey(reader_.ns(), row.edge)] = EncodeAdjValue(row);
    ++degrees_[{row.edge.node, direction, type}];
    storage::NodeRecord& node = nodes_[row.edge.node];
    node.set_degree(node.degree() + 1);
  }
  ++(*totals_.mutable_edges())[fact.edge_type()];
}

absl::Status IntegrityCheck::ReadNodes() {
  std::set<NodeId> stored;
  PG_RETURN_IF_ERROR(ScanFamily(
      ColumnFamily::kNode, [&](std::string_view key, std::string_view value) -> absl::Status {
        const NodeId id{ReadU64(key, 4)};
        if (key.size() != kNodePrefixBytes) {
          PG_ASSIGN_OR_RETURN(const auto alias,
                              DecodeRecord<storage::AliasRecord>(value, "alias record"));
          if (alias.imported()) {
            storage::AliasRecord& known = aliases_[id][alias.name()];
            known.set_name(alias.name());
            known.set_imported(true);
          }
          return absl::OkStatus();
        }
        PG_ASSIGN_OR_RETURN(const auto record,
                            DecodeRecord<storage::NodeRecord>(value, "node record"));
        stored.insert(id);
        // What a node is cannot be derived: its articles only say what it is called. Nor can what
        // an import says.
        storage::NodeRecord& node = nodes_[id];
        if (node.kind() == 0) node.set_kind(record.kind());
        if (record.has_imported()) *node.mutable_imported() = record.imported();
        return absl::OkStatus();
      }));
  const Keys& keys = reader_.keys();
  for (auto& [id, node] : nodes_) {
    if (!stored.contains(id)) Problem("node ", ToInt(id), " is referred to and does not exist");
    if (node.article_count() == 0 && !node.has_imported()) {
      Problem("node ", ToInt(id), " is in no article and no import states it");
    }
    const std::string& imported_name = node.imported().name();
    if (!imported_name.empty() && !aliases_[id][imported_name].imported()) {
      Problem("node ", ToInt(id), " lacks the imported name ", imported_name);
    }
    node.set_name(NodeName(node, aliases_[id]));
    Expected(ColumnFamily::kNode)[keys.Node(id)] = EncodeRecord(node);
    for (const auto& [name, alias] : aliases_[id]) {
      Expected(ColumnFamily::kNode)[keys.Alias(id, name)] = EncodeRecord(alias);
    }
    ExpectNames(id);
    ++(*totals_.mutable_nodes())[node.kind()];
  }
  for (auto& [key, value] : Expected(ColumnFamily::kAdj)) {
    value[1] = static_cast<char>(nodes_[NodeId{ReadU64(key, 19)}].kind());
  }
  return absl::OkStatus();
}

void IntegrityCheck::ExpectNames(NodeId id) {
  for (const auto& [name, alias] : aliases_[id]) {
    const std::string shown(CutUtf8(name, kNameRowValueBytesMax));
    for (const NameKey& key : MakeNameKeys(name)) {
      Expected(ColumnFamily::kName).emplace(reader_.keys().Name(key, id), shown);
    }
    for (const std::string& gram : MakeNameGrams(CoreName(name))) {
      Expected(ColumnFamily::kGram)[reader_.keys().Gram(gram, id)] = "";
    }
  }
  const std::string& external_id = nodes_[id].imported().external_id();
  if (!external_id.empty()) {
    Expected(ColumnFamily::kName)[reader_.keys().ExternalId(external_id, id)] = "";
  }
}

void IntegrityCheck::ExpectTotals() {
  for (const auto& [key, degree] : degrees_) {
    const auto& [node, direction, type] = key;
    Expected(ColumnFamily::kStat)[reader_.keys().Degree(node, direction, type)] = EncodeU64(degree);
  }
}

absl::Status IntegrityCheck::CompareAll() {
  for (const ColumnFamily cf :
       {ColumnFamily::kNode, ColumnFamily::kAdj, ColumnFamily::kFact, ColumnFamily::kIdent,
        ColumnFamily::kEvid, ColumnFamily::kArt, ColumnFamily::kA2f, ColumnFamily::kName,
        ColumnFamily::kGram, ColumnFamily::kStat}) {
    Rows& expected = Expected(cf);
    const auto name = ToAbsl(ColumnFamilyName(cf));
    const auto hex = [](std::string_view key) { return absl::BytesToHexString(ToAbsl(key)); };
    PG_RETURN_IF_ERROR(
        ScanFamily(cf, [&](std::string_view key, std::string_view value) -> absl::Status {
          if (cf == ColumnFamily::kStat && key == reader_.keys().Totals()) {
            return absl::OkStatus();
          }
          const auto entry = expected.find(std::string(key));
          if (entry == expected.end()) {
            Problem(name, " has a row that nothing supports: ", hex(key));
            return absl::OkStatus();
          }
          if (entry->second != value)
            Problem(name, " has another value than it should: ", hex(key));
          expected.erase(entry);
          return absl::OkStatus();
        }));
    for (const auto& [key, value] : expected) Problem(name, " lacks a row: ", hex(key));
  }
  PG_ASSIGN_OR_RETURN(const storage::TotalsRecord stored, reader_.Totals());
  if (EncodeRecord(stored) != EncodeRecord(totals_)) {
    Problem("totals are ", stored.ShortDebugString(), ", want ", totals_.ShortDebugString());
  }
  return absl::OkStatus();
}

absl::Status IntegrityCheck::CheckLog() {
  uint64_t last = 0;
  PG_RETURN_IF_ERROR(
      ScanFamily(ColumnFamily::kLog, [&](std::string_view key, std::string_view) -> absl::Status {
        PG_ASSIGN_OR_RETURN(const uint64_t sequence, IdInKey(key, 16, 4));
        if (sequence != last && sequence != last + 1) {
          Problem("the change log goes from ", last, " to ", sequence);
        }
        last = sequence;
        return absl::OkStatus();
      }));
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader_.Counters());
  if (counters.last_sequence() != last) {
    Problem("the change log ends at ", last, ", want ", counters.last_sequence());
  }
  const bool ids_used =
      (!nodes_.empty() && ToInt(nodes_.rbegin()->first) >= counters.next_node()) ||
      (!facts_.empty() && ToInt(facts_.rbegin()->first) >= counters.next_fact()) ||
      (!articles_.empty() && ToInt(articles_.rbegin()->first) >= counters.next_article());
  if (ids_used) Problem("a counter would give out an id that is in use");
  PG_ASSIGN_OR_RETURN(const std::shared_ptr<const Schema> schema, reader_.ReadSchema());
  std::set<uint32_t> imports;
  for (const auto& [id, fact] : facts_) {
    if (fact.has_imported()) imports.insert(fact.imported().import());
    const EdgeType type{static_cast<uint16_t>(fact.edge_type())};
    if (fact.edge_type() != 0 && schema->Find(type) == nullptr) {
      Problem("fact ", ToInt(id), " has edge type ", fact.edge_type(), ", which the schema lacks");
    }
  }
  for (const auto& [id, node] : nodes_) {
    if (node.has_imported()) imports.insert(node.imported().import());
  }
  for (const uint32_t import : imports) {
    PG_ASSIGN_OR_RETURN(const auto record, reader_.Imports({&import, 1}));
    if (!record[0].has_value() || import > counters.last_import()) {
      Problem("import ", import, " states facts and has no record");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IntegrityReport> CheckIntegrity(KvStore& store) {
  PG_ASSIGN_OR_RETURN(std::shared_ptr<const KvSnapshot> snapshot, store.Snapshot());
  return IntegrityCheck(RecordReader(store, std::move(snapshot), kDefaultNamespace)).Run();
}

}  // namespace partnergraph
