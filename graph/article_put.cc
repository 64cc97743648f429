#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "graph/article_check.h"
#include "graph/article_write.h"
#include "graph/fact_aggregate.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/node_resolution.h"
#include "graph/retraction_size.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

// A fact with what the article says for it.
struct StatedFact {
  storage::FactRecord fact;
  storage::EvidenceRecord evidence;
};

std::string Hex(std::string_view bytes) { return absl::BytesToHexString(ToAbsl(bytes)); }

void AppendField(std::string& out, std::string_view field) {
  AppendU32(out, static_cast<uint32_t>(field.size()));
  out.append(field);
}

bool SameContent(const Article& article, const storage::ArticleRecord& record,
                 const std::string& whole_text) {
  return record.title() == article.title && record.url() == article.url &&
         record.source() == article.source && record.published() == PackDate(article.published) &&
         whole_text == article.WholeText();
}

storage::EvidenceRecord MakeEvidence(const ArticleFacts& facts, uint64_t group,
                                     const EvidenceAssertion& assertion, const Date& date) {
  storage::EvidenceRecord evidence;
  for (const ByteSpan& span :
       std::span(assertion.spans).first(std::min(assertion.spans.size(), kEvidenceSpansMax))) {
    evidence.add_span_begins(span.begin);
    evidence.add_span_sizes(span.end - span.begin);
  }
  evidence.set_status(static_cast<uint32_t>(assertion.status));
  evidence.set_confidence(assertion.confidence + 0.0f);  // No negative zero.
  evidence.set_published(PackDate(facts.article.published));
  evidence.set_group(group);
  evidence.set_date(PackDate(date));
  return evidence;
}

class PutPlanner {
 public:
  PutPlanner(RecordReader& reader, const ArticleFacts& facts, GraphEdit edit)
      : reader_(reader),
        facts_(facts),
        edit_(std::move(edit)),
        text_(facts.article.WholeText()),
        // Reprints often come with a headline of their own.
        group_(Hash64(facts.article.text.empty() ? text_ : facts.article.text)) {}

  absl::StatusOr<PlannedWrite> Plan(std::string article_id, std::string content_hash);

 private:
  absl::Status AddDeals(std::vector<StatedFact>& edges);
  void AddTerms(const PartnershipAssertion& deal, storage::EvidenceRecord& evidence) const;
  void AddDealEdges(const PartnershipAssertion& deal, FactId fact, std::vector<StatedFact>& edges);
  void AddEdges(std::vector<StatedFact>& edges);
  absl::Status State(const std::vector<StatedFact>& stated);
  void Vote();
  absl::Status WriteArticle(const std::string& article_id, const std::string& content_hash);
  void WriteMentions();

  RecordReader& reader_;
  const ArticleFacts& facts_;
  GraphEdit edit_;
  const std::string text_;
  const uint64_t group_;
  ArticleNumber number_{};
  std::vector<NodeId> nodes_;  // Of facts_.nodes.
  std::map<NodeId, storage::ArticleNodeRecord> votes_;
  size_t mention_count_ = 0;
};

absl::StatusOr<PlannedWrite> PutPlanner::Plan(std::string article_id, std::string content_hash) {
  PlannedWrite plan;
  plan.result.article_id = article_id;
  plan.counters_before = edit_.counters_before();
  number_ = edit_.AddArticle();
  PG_ASSIGN_OR_RETURN(nodes_, ResolveNodes(reader_, facts_.nodes, edit_));
  std::vector<StatedFact> edges;
  PG_RETURN_IF_ERROR(AddDeals(edges));
  AddEdges(edges);
  PG_RETURN_IF_ERROR(State(edges));
  Vote();
  edit_.CountArticles(1);
  PG_RETURN_IF_ERROR(WriteArticle(article_id, content_hash));
  const size_t retraction =
      RetractionBytesMax({article_id, number_, text_.size(), mention_count_, votes_}, edit_);
  PG_ASSIGN_OR_RETURN(FinishedEdit finished,
                      edit_.Finish(storage::WRITE_KIND_PUT, article_id, number_));

  // What is stored can be taken back, whatever other articles add to it in between.
  const size_t batch_max = reader_.store().Limits().batch_bytes_max;
  const size_t bytes = BatchBytes(finished.writes);
  if (bytes > batch_max || retraction > batch_max) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "article ", Quoted(article_id), " needs a batch of ", bytes, " bytes, and one of up to ",
        retraction, " to be retracted; at most ", batch_max));
  }
  plan.writes = std::move(finished.writes);
  plan.result.diff = std::move(finished.diff);
  plan.result.sequence = finished.sequence;
  plan.idempotency_key =
      absl::StrCat("put/", ToInt(finished.sequence), "/", Hex(content_hash), "/", article_id);
  return plan;
}

absl::Status PutPlanner::AddDeals(std::vector<StatedFact>& edges) {
  std::vector<const PartnershipAssertion*> deals;
  std::vector<storage::FactRecord> records;
  for (const PartnershipAssertion& deal : facts_.partnerships) {
    std::set<NodeId> parties;
    for (const auto& party : deal.parties) parties.insert(nodes_[party.node]);
    if (parties.size() < 2) continue;
    storage::FactRecord record;
    record.set_deal_kind(deal.kind);
    for (const NodeId party : parties) record.add_parties(ToInt(party));
    record.set_year(static_cast<uint32_t>(deal.date.year));
    deals.push_back(&deal);
    records.push_back(std::move(record));
  }
  PG_ASSIGN_OR_RETURN(const std::vector<FactId> found, edit_.FindFacts(records));
  for (size_t i = 0; i < deals.size(); ++i) {
    const FactId fact = edit_.FindOrAddFact(found[i], records[i]);
    storage::EvidenceRecord evidence =
        MakeEvidence(facts_, group_, deals[i]->evidence, deals[i]->date);
    evidence.set_location(std::string(CutUtf8(deals[i]->location, kFactTextBytesMax)));
    AddTerms(*deals[i], evidence);
    edit_.AddEvidence(number_, fact, evidence);
    AddDealEdges(*deals[i], fact, edges);
  }
  return absl::OkStatus();
}

void PutPlanner::AddTerms(const PartnershipAssertion& deal,
                          storage::EvidenceRecord& evidence) const {
  for (const DealTermAssertion& term :
       std::span(deal.terms).first(std::min(deal.terms.size(), kDealTermsMax))) {
    storage::DealTermRecord* record = evidence.add_terms();
    StoreTermValue(term.value, *record);
    if (term.party.has_value()) record->set_party(ToInt(nodes_[*term.party]));
    record->set_begin(term.span.begin);
    record->set_size(term.span.end - term.span.begin);
  }
}

void PutPlanner::AddDealEdges(const PartnershipAssertion& deal, FactId fact,
                              std::vector<StatedFact>& edges) {
  const NodeId deal_node = edit_.PartnershipNode(fact);
  const auto add = [&](EdgeType type, NodeId source, NodeId target, const std::string& role) {
    StatedFact& edge = edges.emplace_back();
    edge.fact.set_edge_type(static_cast<uint32_t>(type));
    edge.fact.set_source(ToInt(source));
    edge.fact.set_target(ToInt(target));
    edge.fact.set_role(role);
    edge.fact.set_deal(ToInt(fact));
    edge.evidence = MakeEvidence(facts_, group_, deal.evidence, deal.date);
  };
  for (const auto& party : deal.parties) add(kPartyTo, nodes_[party.node], deal_node, party.role);
  for (const auto& person : deal.people) {
    add(kTookPartIn, nodes_[person.node], deal_node, person.role);
  }
  for (const uint32_t product : deal.products) add(kConcerns, deal_node, nodes_[product], "");
}

void PutPlanner::AddEdges(std::vector<StatedFact>& edges) {
  for (const EdgeAssertion& assertion : facts_.edges) {
    const NodeId source = nodes_[assertion.source], target = nodes_[assertion.target];
    if (source == target) continue;
    StatedFact& edge = edges.emplace_back();
    edge.fact.set_edge_type(static_cast<uint32_t>(assertion.type));
    edge.fact.set_source(ToInt(source));
    edge.fact.set_target(ToInt(target));
    std::string title(CutUtf8(assertion.title, kFactTextBytesMax));
    edge.fact.set_title_key(NormalizeName(title));
    edge.evidence = MakeEvidence(facts_, group_, assertion.evidence, assertion.date);
    edge.evidence.set_title(std::move(title));
  }
}

absl::Status PutPlanner::State(const std::vector<StatedFact>& stated) {
  std::vector<storage::FactRecord> records;
  for (const StatedFact& fact : stated) records.push_back(fact.fact);
  PG_ASSIGN_OR_RETURN(const std::vector<FactId> found, edit_.FindFacts(records));
  for (size_t i = 0; i < stated.size(); ++i) {
    edit_.AddEvidence(number_, edit_.FindOrAddFact(found[i], records[i]), stated[i].evidence);
  }
  return absl::OkStatus();
}

void PutPlanner::Vote() {
  std::map<NodeId, std::set<std::string>> names;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const NodeAssertion& assertion = facts_.nodes[i];
    storage::ArticleNodeRecord& vote = votes_[nodes_[i]];
    if (vote.canonical().empty()) vote.set_canonical(assertion.canonical);
    if (vote.org_type().empty()) vote.set_org_type(assertion.org_type);
    std::set<std::string>& all = names[nodes_[i]];
    all.insert(assertion.canonical);
    all.insert(assertion.names.begin(), assertion.names.end());
  }
  for (auto& [node, vote] : votes_) {
    for (const std::string& name : names[node]) vote.add_names(name);
    edit_.AddVote(node, vote);
    edit_.Write(ColumnFamily::kArt, reader_.keys().ArticleNode(number_, node), EncodeRecord(vote));
  }
}

void PutPlanner::WriteMentions() {
  std::set<std::pair<ByteSpan, NodeId>> mentions;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    for (const ByteSpan& span : facts_.nodes[i].mentions) mentions.emplace(span, nodes_[i]);
  }
  storage::MentionsRecord chunk;
  uint32_t chunk_number = 0;
  const auto flush = [&] {
    edit_.Write(ColumnFamily::kArt, reader_.keys().ArticleMentions(number_, chunk_number++),
                EncodeRecord(chunk));
    chunk.Clear();
  };
  for (const auto& [span, node] : mentions) {
    chunk.add_nodes(ToInt(node));
    chunk.add_begins(span.begin);
    chunk.add_sizes(span.end - span.begin);
    if (static_cast<size_t>(chunk.nodes_size()) == kMentionsPerChunk) flush();
  }
  if (chunk.nodes_size() > 0) flush();
  mention_count_ = mentions.size();
}

absl::Status PutPlanner::WriteArticle(const std::string& article_id,
                                      const std::string& content_hash) {
  const Keys& keys = reader_.keys();
  const Article& article = facts_.article;
  storage::ArticleRecord record;
  record.set_id(article_id);
  record.set_title(article.title);
  record.set_url(article.url);
  record.set_source(article.source);
  record.set_published(PackDate(article.published));
  record.set_language(article.language);
  record.set_extractor(facts_.extractor);
  record.set_text_bytes(static_cast<uint32_t>(text_.size()));
  record.set_content_hash(content_hash);
  WriteMentions();
  record.set_mention_count(static_cast<uint32_t>(mention_count_));
  edit_.Write(ColumnFamily::kArt, keys.Article(number_), EncodeRecord(record));
  for (uint32_t chunk = 0; chunk < TextChunkCount(text_.size()); ++chunk) {
    edit_.Write(ColumnFamily::kArt, keys.ArticleText(number_, chunk),
                text_.substr(chunk * kTextChunkBytes, kTextChunkBytes));
  }
  edit_.Write(ColumnFamily::kArt, keys.ArticleById(article_id), EncodeU64(ToInt(number_)));
  PG_ASSIGN_OR_RETURN(const std::vector<ArticleNumber> same_hash,
                      reader_.ArticlesByContent(content_hash));
  std::vector<uint64_t> numbers;
  for (const ArticleNumber other : same_hash) numbers.push_back(ToInt(other));
  numbers.push_back(ToInt(number_));
  edit_.Write(ColumnFamily::kArt, keys.ArticleByContent(content_hash), EncodeU64List(numbers));
  return absl::OkStatus();
}

// The id to store the article under. ALREADY_EXISTS when the one that it names is taken.
absl::StatusOr<std::string> FreeId(RecordReader& reader, const Article& article,
                                   const std::string& content_hash) {
  std::vector<std::string> ids = {article.id};
  if (article.id.empty()) {
    ids = {"a-" + Hex(content_hash.substr(0, 8))};
  } else if (article.id_is_derived) {
    ids.push_back(absl::StrCat(article.id, "-", Hex(content_hash.substr(0, 4))));
    ids.push_back(absl::StrCat(article.id, "-", Hex(content_hash)));
  }
  for (std::string& id : ids) {
    PG_ASSIGN_OR_RETURN(const std::optional<ArticleNumber> taken, reader.ArticleById(id));
    if (!taken.has_value()) return std::move(id);
  }
  return absl::AlreadyExistsError(
      absl::StrCat("article ", Quoted(ids.back()), " is stored with other content"));
}

}  // namespace

std::string ContentHash(const Article& article) {
  std::string content;
  AppendField(content, article.title);
  AppendField(content, article.text);
  AppendField(content, article.url);
  AppendField(content, article.source);
  AppendU32(content, PackDate(article.published));
  return Hash128(content);
}

absl::StatusOr<std::optional<std::string>> FindStoredContent(RecordReader& reader,
                                                             const Article& article) {
  PG_ASSIGN_OR_RETURN(const std::vector<ArticleNumber> numbers,
                      reader.ArticlesByContent(ContentHash(article)));
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<storage::ArticleRecord>> records,
                      reader.Articles(numbers));
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (!records[i].has_value()) continue;
    PG_ASSIGN_OR_RETURN(const std::string text, reader.WholeText(numbers[i], *records[i]));
    if (SameContent(article, *records[i], text)) return records[i]->id();
  }
  return std::nullopt;
}

absl::StatusOr<PlannedWrite> PlanPut(RecordReader& reader, const ArticleFacts& facts) {
  PG_RETURN_IF_ERROR(CheckArticleFacts(facts));
  PG_ASSIGN_OR_RETURN(std::optional<std::string> stored, FindStoredContent(reader, facts.article));
  if (stored.has_value()) {
    PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
    PlannedWrite plan;
    plan.result.unchanged = true;
    plan.result.article_id = *std::move(stored);
    plan.result.sequence = Sequence{counters.last_sequence()};
    return plan;
  }
  std::string content_hash = ContentHash(facts.article);
  PG_ASSIGN_OR_RETURN(std::string article_id, FreeId(reader, facts.article, content_hash));
  PG_ASSIGN_OR_RETURN(GraphEdit edit, GraphEdit::Create(reader));
  return PutPlanner(reader, facts, std::move(edit))
      .Plan(std::move(article_id), std::move(content_hash));
}

}  // namespace partnergraph
