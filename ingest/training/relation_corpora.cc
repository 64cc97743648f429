#include "ingest/training/relation_corpora.h"

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

using nlohmann::json;

struct RelationRow {
  std::string_view relation;
  std::optional<PairLabel> label;
};

// Those that begin with 被 are the others turned round.
constexpr RelationRow kFinre[] = {
    {"unknown", PairLabel::kNone},
    {"分析", PairLabel::kNone},
    {"合作", PairLabel::kCooperation},
    {"签约", PairLabel::kCooperation},
    {"合资", PairLabel::kJointVenture},
    {"注资", PairLabel::kInvestsIn},
    {"增持", PairLabel::kInvestsIn},
    {"持股", PairLabel::kInvestsIn},
    {"入股", PairLabel::kInvestsIn},
    {"收购", PairLabel::kAcquires},
    {"拟收购", PairLabel::kAcquires},
    {"借壳", PairLabel::kAcquires},
    {"合并", PairLabel::kMerger},
    {"重组", PairLabel::kMerger},
    {"拥有", PairLabel::kOwns},
    {"成立", PairLabel::kOwns},
    {"自己", PairLabel::kAlias},
    {"竞争", PairLabel::kDispute},
    {"纠纷", PairLabel::kDispute},
    {"买资", PairLabel::kTrade},
    {"交易", PairLabel::kTrade},
    {"转让", PairLabel::kTrade},
    {"减持", PairLabel::kTrade},
    {"商讨", PairLabel::kTrade},
    {"欠款", PairLabel::kTrade},
    {"订单", PairLabel::kSuppliesTo},
    {"发行", std::nullopt},
    {"帮助", std::nullopt},
};

constexpr RelationRow kCore[] = {
    {"undefined", PairLabel::kNone},           {"traded_on", PairLabel::kNone},
    {"regulated_by", PairLabel::kNone},        {"collaboration", PairLabel::kCooperation},
    {"shareholder_of", PairLabel::kInvestsIn}, {"acquired_by", PairLabel::kAcquiredBy},
    {"merged_with", PairLabel::kMerger},       {"client_of", PairLabel::kSuppliedBy},
    {"subsidiary_of", PairLabel::kPartOf},     {"brand_of", PairLabel::kPartOf},
    {"competitor_of", PairLabel::kDispute},    {"product_or_service_of", std::nullopt},
};

template <typename Table>
absl::StatusOr<std::optional<PairLabel>> Find(const Table& table, std::string_view relation) {
  for (const RelationRow& row : table) {
    if (row.relation == relation) return row.label;
  }
  return absl::InvalidArgumentError(absl::StrCat("no relation is called ", Quoted(relation)));
}

// An argument of an event.
struct Argument {
  std::string role;
  Span span;
};

struct Event {
  std::string type;
  std::string trigger;
  std::vector<Argument> arguments;  // Those that may be companies.
};

// What a role says of another in an event of the type; nothing when the two are no pair.
struct RolePair {
  std::string_view type;
  std::string_view first, second;
  PairLabel label;
};

constexpr RolePair kRolePairs[] = {
    {"投资", "sub", "obj", PairLabel::kInvestsIn},
    {"投资", "sub", "sub", PairLabel::kTogether},
    {"收购", "sub-org", "obj-org", PairLabel::kAcquires},
    {"收购", "sub-org", "sub-org", PairLabel::kTogether},
    {"签署合同", "sub-org", "obj-org", PairLabel::kCooperation},
    {"签署合同", "obj-org", "obj-org", PairLabel::kTogether},
    {"签署合同", "sub-org", "sub-org", PairLabel::kCooperation},
    {"中标", "sub", "sub", PairLabel::kTogether},
    {"股份股权转让", "obj-org", "target-company", PairLabel::kInvestsIn},
    {"股份股权转让", "sub-org", "target-company", PairLabel::kTrade},
    {"股份股权转让", "sub-org", "obj-org", PairLabel::kTrade},
    {"减持", "sub", "obj", PairLabel::kTrade},
    {"质押", "sub-org", "obj-org", PairLabel::kTrade},
    {"担保", "sub-org", "obj-org", PairLabel::kTrade},
    {"起诉", "sub-org", "obj-org", PairLabel::kDispute},
    {"判决", "sub-org", "obj-org", PairLabel::kDispute},
};

bool IsParty(std::string_view role) {
  return std::any_of(std::begin(kRolePairs), std::end(kRolePairs), [role](const RolePair& pair) {
    return pair.first == role || pair.second == role;
  });
}

// 收购 as the word for an investment or the purchase of shares.
bool SaysAcquisition(std::string_view trigger) {
  return trigger.find("收购") != std::string_view::npos ||
         trigger.find("并购") != std::string_view::npos;
}

absl::StatusOr<Event> ReadEvent(const json& object, const Document& document) {
  Event event;
  if (!object.is_object() || !object.contains("type") || !object["type"].is_string() ||
      !object.contains("mentions") || !object["mentions"].is_array()) {
    return absl::InvalidArgumentError("an event without type or mentions");
  }
  event.type = object["type"].get<std::string>();
  for (const json& mention : object["mentions"]) {
    if (!mention.is_object() || !mention.contains("role") || !mention["role"].is_string() ||
        !mention.contains("word") || !mention["word"].is_string() || !mention.contains("span") ||
        !mention["span"].is_array() || mention["span"].size() != 2 ||
        !mention["span"][0].is_number_unsigned() || !mention["span"][1].is_number_unsigned()) {
      return absl::InvalidArgumentError("a mention without role, word or span");
    }
    const std::string role = mention["role"].get<std::string>();
    if (role == "trigger") event.trigger = mention["word"].get<std::string>();
    if (!IsParty(role)) continue;
    const Span span{document.body_begin + mention["span"][0].get<uint32_t>(),
                    document.body_begin + mention["span"][1].get<uint32_t>()};
    if (span.begin >= span.end || span.end > document.chars.size()) {
      return absl::InvalidArgumentError("a span beyond the text");
    }
    event.arguments.push_back({role, span});
  }
  return event;
}

// What an event says of two of its arguments: NONE when their roles are no pair.
PairLabel LabelOf(const Event& event, const Argument& a, const Argument& b) {
  for (const RolePair& pair : kRolePairs) {
    if (pair.type != event.type) continue;
    const bool forward = pair.first == a.role && pair.second == b.role;
    const bool backward = pair.first == b.role && pair.second == a.role;
    if (!forward && !backward) continue;
    PairLabel label = pair.label;
    if (label == PairLabel::kInvestsIn && SaysAcquisition(event.trigger)) {
      label = PairLabel::kAcquires;
    }
    return forward ? label : ReversePairLabel(label);
  }
  return PairLabel::kNone;
}

void AddPairs(const std::vector<Event>& events, const std::shared_ptr<const Document>& document,
              std::vector<RelationExample>& examples) {
  // By the two spans, the earlier first. What an event says wins over NONE.
  std::map<std::pair<Span, Span>, PairLabel> labels;
  for (const Event& event : events) {
    for (const Argument& a : event.arguments) {
      for (const Event& other : events) {
        for (const Argument& b : other.arguments) {
          if (a.span.Overlaps(b.span) || b.span < a.span ||
              document->Chars(a.span) == document->Chars(b.span)) {
            continue;
          }
          const PairLabel label = &event == &other ? LabelOf(event, a, b) : PairLabel::kNone;
          PairLabel& known = labels.try_emplace({a.span, b.span}, label).first->second;
          if (known == PairLabel::kNone) known = label;
        }
      }
    }
  }
  for (const auto& [spans, label] : labels) {
    RelationExample& example = examples.emplace_back();
    example.document = document;
    example.head = spans.first;
    example.tail = spans.second;
    example.label = PairLabelName(label);
  }
}

std::optional<PairLabel> PairLabelOf(std::string_view name) {
  for (size_t i = 0; i < kPairLabels; ++i) {
    if (PairLabelName(static_cast<PairLabel>(i)) == name) return static_cast<PairLabel>(i);
  }
  return std::nullopt;
}

// One example for each pair of spans of a document, with all labels that rows give it; NONE gives
// way to any other.
class ExampleTable {
 public:
  void Add(const RelationExample& row, PairLabel label) {
    const auto key = std::make_tuple(row.document.get(), std::min(row.head, row.tail),
                                     std::max(row.head, row.tail));
    const auto [it, added] = index_.try_emplace(key, examples_.size());
    const PairSentence sentence(*row.document, row.document->sentences[0], row.head, row.tail);
    MultiLabelExample example = ToPairExample(sentence, row.head, row.tail, label);
    if (added) {
      examples_.push_back(std::move(example));
      return;
    }
    constexpr auto kNone = static_cast<uint8_t>(PairLabel::kNone);
    std::vector<uint8_t>& labels = examples_[it->second].labels;
    labels.push_back(example.labels[0]);
    std::sort(labels.begin(), labels.end());
    labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
    if (labels.size() > 1) std::erase(labels, kNone);
  }
  void MoveTo(std::vector<MultiLabelExample>& all, float weight) {
    for (MultiLabelExample& example : examples_) {
      example.weight = weight;
      all.push_back(std::move(example));
    }
    examples_.clear();
  }

 private:
  std::map<std::tuple<const Document*, Span, Span>, size_t> index_;
  std::vector<MultiLabelExample> examples_;
};

absl::Status AddFinre(const std::string& path, float weight,
                      std::vector<MultiLabelExample>& examples) {
  PG_ASSIGN_OR_RETURN(const std::vector<RelationExample> rows, ReadRelationSet("finre", path));
  ExampleTable table;
  for (const RelationExample& row : rows) {
    PG_ASSIGN_OR_RETURN(const std::optional<PairLabel> label, FinreLabel(row.label));
    if (!label) continue;
    table.Add(row, *label);
    // 订单 does not say who supplies.
    if (row.label == "订单") table.Add(row, ReversePairLabel(*label));
  }
  table.MoveTo(examples, weight);
  return absl::OkStatus();
}

absl::Status AddCore(const std::string& path, float weight,
                     std::vector<MultiLabelExample>& examples) {
  PG_ASSIGN_OR_RETURN(const std::vector<RelationExample> rows, ReadRelationSet("core", path));
  ExampleTable table;
  for (const RelationExample& row : rows) {
    PG_ASSIGN_OR_RETURN(const std::optional<PairLabel> label, CoreLabel(row.label, row.inverted));
    if (label) table.Add(row, *label);
  }
  table.MoveTo(examples, weight);
  return absl::OkStatus();
}

absl::Status AddFewFc(const std::string& path, float weight,
                      std::vector<MultiLabelExample>& examples) {
  PG_ASSIGN_OR_RETURN(const std::vector<RelationExample> rows, ReadFewFcPairs(path));
  ExampleTable table;
  for (const RelationExample& row : rows) {
    const std::optional<PairLabel> label = PairLabelOf(row.label);
    if (label) table.Add(row, *label);
  }
  table.MoveTo(examples, weight);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<PairLabel>> FinreLabel(std::string_view relation) {
  static constexpr std::string_view kPassive = "被";
  if (!relation.starts_with(kPassive)) return Find(kFinre, relation);
  PG_ASSIGN_OR_RETURN(const std::optional<PairLabel> label,
                      Find(kFinre, relation.substr(kPassive.size())));
  if (!label) return label;
  return std::optional<PairLabel>(ReversePairLabel(*label));
}

absl::StatusOr<std::optional<PairLabel>> CoreLabel(std::string_view relation, bool inverted) {
  PG_ASSIGN_OR_RETURN(const std::optional<PairLabel> label, Find(kCore, relation));
  if (!label || !inverted) return label;
  return std::optional<PairLabel>(ReversePairLabel(*label));
}

absl::StatusOr<std::vector<RelationExample>> ReadFewFcPairs(const std::string& path) {
  std::vector<RelationExample> examples;
  PG_RETURN_IF_ERROR(ForEachObject(path, [&](const json& object) -> absl::Status {
    const auto content = object.find("content");
    const auto events = object.find("events");
    if (content == object.end() || !content->is_string() || events == object.end() ||
        !events->is_array()) {
      return absl::InvalidArgumentError("no content or no events");
    }
    PG_ASSIGN_OR_RETURN(const std::shared_ptr<const Document> document,
                        MakeSentenceDocument(content->get<std::string>()));
    std::vector<Event> read;
    for (const json& event : *events) {
      PG_ASSIGN_OR_RETURN(read.emplace_back(), ReadEvent(event, *document));
    }
    AddPairs(read, document, examples);
    return absl::OkStatus();
  }));
  return examples;
}

MultiLabelExample ToPairExample(const PairSentence& sentence, Span head, Span tail,
                                PairLabel label) {
  MultiLabelExample example;
  ExtractPairFeatures(sentence, head, tail, PairFeatureSet::kGeneral, example.features);
  example.labels = {static_cast<uint8_t>(tail < head ? ReversePairLabel(label) : label)};
  return example;
}

absl::StatusOr<RelationCorpora> RelationCorpora::Read(const std::string& data_folder,
                                                      const CorpusWeights& weights) {
  std::vector<MultiLabelExample> examples;
  if (weights.finre > 0) {
    PG_RETURN_IF_ERROR(
        AddFinre(data_folder + "/re_zh/finre/train.jsonl.xz", weights.finre, examples));
  }
  if (weights.core > 0) {
    PG_RETURN_IF_ERROR(AddCore(data_folder + "/re_en/core/train.jsonl.xz", weights.core, examples));
  }
  if (weights.fewfc > 0) {
    for (const char* file : {"train_base.jsonl.xz", "train_trans.jsonl"}) {
      PG_RETURN_IF_ERROR(
          AddFewFc(data_folder + "/events_zh/fewfc/" + file, weights.fewfc, examples));
    }
  }
  RelationCorpora corpora;
  PG_ASSIGN_OR_RETURN(corpora.model_,
                      TrainOneVsRest(kPairLabels, examples, {.cost = 0.02f, .count_min = 3}));
  corpora.model_.Prune(0.02f);
  return corpora;
}

void RelationCorpora::AddFeatures(std::vector<Feature>& features) const {
  if (empty()) return;
  std::vector<float> scores;
  model_.Score(features, scores);
  Softmax(scores);
  for (size_t i = 0; i < scores.size(); ++i) features.push_back(SetFeature(i, scores[i]));
}

}  // namespace partnergraph
