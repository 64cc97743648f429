#include "ingest/training/relation_set_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "ingest/linear_model.h"
#include "ingest/pair_features.h"
#include "ingest/training/one_vs_rest_trainer.h"
#include "ingest/training/relation_sets.h"

namespace partnergraph {
namespace {

struct SetRow {
  std::string_view name;
  std::string_view train;
  std::string_view none;  // The label that says that there is no relation.
  // What the probability of that label is multiplied with before labels are compared: chosen by
  // cross-validation on the train split.
  float none_factor;
  // Least probability of a label that a pair is said to have; chosen likewise.
  float pair_min;
};

constexpr SetRow kSets[] = {
    {"finre", "re_zh/finre/train.jsonl.xz", "unknown", 0.38f, 0.12f},
    {"sanwen", "re_zh/sanwen/train.jsonl.xz", "unknown", 0.6f, 0.25f},
    {"core", "re_en/core/train.jsonl.xz", "undefined", 1, 0.28f},
    {"finred", "re_en/finred/train.jsonl.xz", "", 1, 0.28f},
    {"kbp37", "re_en/kbp37/train.jsonl.xz", "no_relation", 0.6f, 0.25f},
};

// Marks the features of a pair whose tail stands first, where labels do not say it.
constexpr uint64_t kTailFirst = 0x9e3779b97f4a7c15ULL;

absl::StatusOr<SetRow> FindSet(std::string_view name) {
  for (const SetRow& row : kSets) {
    if (row.name == name) return row;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("set ", Quoted(name), ", want finre, sanwen, core, finred or kbp37"));
}

// FinRE's relation of (tail, head), given that of (head, tail).
std::string Reversed(const std::string& relation) {
  static constexpr std::string_view kPassive = "被";
  static constexpr std::string_view kDirected[] = {"注资", "拥有", "增持", "买资",  "持股", "入股",
                                                   "转让", "成立", "分析", "帮助",  "发行", "减持",
                                                   "收购", "借壳", "欠款", "拟收购"};
  if (relation.starts_with(kPassive)) return relation.substr(kPassive.size());
  if (std::find(std::begin(kDirected), std::end(kDirected), relation) == std::end(kDirected)) {
    return relation;
  }
  return std::string(kPassive) + relation;
}

// Rows as pairs: rows of one text and pair of names are one example with several labels. FinRE has
// each pair in both directions, whose labels tell the same, so that they are one example too.
class PairTable {
 public:
  // Labels are numbered as they come; the set's `none` is 0.
  PairTable(const SetRow& set, std::vector<std::string>& labels) : set_(set), labels_(labels) {
    if (labels_.empty()) labels_.emplace_back(set.none);
  }

  void Add(RelationExample row) {
    const bool flipped = set_.name == "finre" && row.tail < row.head;
    const Span a = flipped ? row.tail : row.head;
    const Span b = flipped ? row.head : row.tail;
    const auto [it, added] =
        pair_of_.try_emplace(std::make_tuple(row.document.get(), a, b), pairs_.size());
    if (added) {
      Pair& pair = pairs_.emplace_back();
      pair.text = text_of_.try_emplace(row.document.get(), text_of_.size()).first->second;
      const PairSentence sentence(*row.document, row.document->sentences[0], a, b);
      ExtractPairFeatures(sentence, a, b, PairFeatureSet::kLexical, pair.example.features);
      if (b < a) {
        for (Feature& feature : pair.example.features) feature.hash ^= kTailFirst;
      }
    }
    std::vector<uint8_t>& labels = pairs_[it->second].example.labels;
    const uint8_t label = LabelIndex(flipped ? Reversed(row.label) : row.label);
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    if (labels.size() > 1) std::erase(labels, uint8_t{0});
    rows_.push_back({std::move(row), it->second, flipped});
  }

  struct Row {
    RelationExample source;
    size_t pair = 0;
    bool flipped = false;
  };
  struct Pair {
    MultiLabelExample example;
    size_t text = 0;
  };
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<Pair>& pairs() const { return pairs_; }

 private:
  uint8_t LabelIndex(const std::string& label) {
    const auto it = std::find(labels_.begin(), labels_.end(), label);
    if (it != labels_.end()) return static_cast<uint8_t>(it - labels_.begin());
    // Over the limit, labels share the last number: no set comes near it.
    if (labels_.size() < kModelLabelsMax) labels_.push_back(label);
    return static_cast<uint8_t>(labels_.size() - 1);
  }

  const SetRow& set_;
  std::vector<std::string>& labels_;
  std::map<std::tuple<const Document*, Span, Span>, size_t> pair_of_;
  std::map<const Document*, size_t> text_of_;
  std::vector<Pair> pairs_;
  std::vector<Row> rows_;
};

absl::StatusOr<PairTable> ReadTable(const SetRow& set, const std::string& path,
                                    std::vector<std::string>& labels) {
  PG_ASSIGN_OR_RETURN(std::vector<RelationExample> rows, ReadRelationSet(set.name, path));
  PairTable table(set, labels);
  for (RelationExample& row : rows) table.Add(std::move(row));
  return table;
}

absl::StatusOr<OneVsRestModel> Train(std::span<const MultiLabelExample> examples, size_t labels) {
  return TrainOneVsRest(labels, examples, {.cost = 0.02f});
}

std::string Utf8(const Document& document, Span span) { return std::string(document.Text(span)); }

// Counts the answers to rows.
class Counter {
 public:
  Counter(const SetRow& set, const std::vector<std::string>& labels, bool list_errors)
      : set_(set), labels_(labels), list_errors_(list_errors) {
    report_.set = set.name;
    report_.all.label = "all";
    report_.pairs.label = "pairs";
  }

  // `probabilities` are those of the row's pair. `first` for the first row of that pair in the
  // direction of the row: pairs are counted once.
  void Add(const PairTable::Row& row, const PairTable::Pair& pair,
           const std::vector<float>& probabilities, bool first) {
    ++report_.rows;
    size_t best = 0;
    for (size_t i = 0; i < labels_.size(); ++i) {
      if (Factor(i) * probabilities[i] > Factor(best) * probabilities[best]) best = i;
    }
    const std::string& wanted = row.source.label;
    const std::string answer = NameOf(best, row);
    correct_rows_ += answer == wanted;
    ++figures_[answer].predicted;
    ++figures_[wanted].gold;
    if (answer == wanted) ++figures_[wanted].correct;
    if (list_errors_ && answer != wanted) {
      const Document& document = *row.source.document;
      report_.errors.push_back(
          absl::StrCat(wanted, "\t", answer, "\t", Utf8(document, row.source.head), "\t",
                       Utf8(document, row.source.tail), "\t", document.article.text));
    }
    for (size_t i = 1; i < labels_.size(); ++i) {
      ranked_.emplace_back(-probabilities[i], NameOf(i, row) == wanted);
    }
    if (!first) return;
    const std::vector<uint8_t>& known = pair.example.labels;
    for (size_t i = 1; i < labels_.size(); ++i) {
      const bool gold = std::find(known.begin(), known.end(), i) != known.end();
      const bool said = probabilities[i] >= set_.pair_min;
      report_.pairs.gold += gold;
      report_.pairs.predicted += said;
      report_.pairs.correct += gold && said;
    }
  }

  RelationSetReport Finish(size_t train_rows) {
    report_.train_rows = train_rows;
    report_.accuracy = report_.rows == 0
                           ? 0
                           : static_cast<double>(correct_rows_) / static_cast<double>(report_.rows);
    size_t gold_labels = 0;
    for (auto& [label, figures] : figures_) {
      figures.label = label;
      if (label == set_.none) continue;
      report_.all.correct += figures.correct;
      report_.all.predicted += figures.predicted;
      report_.all.gold += figures.gold;
      if (figures.gold > 0) {
        report_.macro_f1 += figures.f1();
        ++gold_labels;
      }
      report_.labels.push_back(figures);
    }
    if (gold_labels > 0) report_.macro_f1 /= static_cast<double>(gold_labels);
    std::stable_sort(report_.labels.begin(), report_.labels.end(),
                     [](const auto& a, const auto& b) { return a.gold > b.gold; });
    std::sort(ranked_.begin(), ranked_.end());
    RelationFigures point;
    point.gold = report_.all.gold;
    for (const auto& [probability, correct] : ranked_) {
      ++point.predicted;
      point.correct += correct;
      report_.best_f1 = std::max(report_.best_f1, point.f1());
    }
    std::sort(report_.errors.begin(), report_.errors.end());
    return std::move(report_);
  }

 private:
  float Factor(size_t label) const { return label == 0 ? set_.none_factor : 1; }
  std::string NameOf(size_t label, const PairTable::Row& row) const {
    return row.flipped ? Reversed(labels_[label]) : labels_[label];
  }

  const SetRow& set_;
  const std::vector<std::string>& labels_;
  const bool list_errors_;
  RelationSetReport report_;
  size_t correct_rows_ = 0;
  std::map<std::string, RelationFigures> figures_;
  std::vector<std::pair<float, bool>> ranked_;
};

// Answers the rows of a table whose pairs `wanted` picks.
template <typename Wanted>
void Answer(const PairTable& table, const OneVsRestModel& model, const Wanted& wanted,
            Counter& counter) {
  std::vector<std::vector<float>> answers(table.pairs().size());
  std::map<std::pair<size_t, bool>, bool> seen;
  for (const PairTable::Row& row : table.rows()) {
    const PairTable::Pair& pair = table.pairs()[row.pair];
    if (!wanted(pair)) continue;
    std::vector<float>& probabilities = answers[row.pair];
    if (probabilities.empty()) {
      model.Score(pair.example.features, probabilities);
      Softmax(probabilities);
    }
    counter.Add(row, pair, probabilities, seen.try_emplace({row.pair, row.flipped}).second);
  }
}

}  // namespace

double RelationFigures::precision() const {
  return predicted == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(predicted);
}
double RelationFigures::recall() const {
  return gold == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(gold);
}
double RelationFigures::f1() const {
  return predicted + gold == 0
             ? 0
             : 2 * static_cast<double>(correct) / static_cast<double>(predicted + gold);
}

absl::StatusOr<RelationSetReport> EvaluateRelationSet(std::string_view set,
                                                      const std::string& data_folder,
                                                      const std::string& file, bool list_errors) {
  PG_ASSIGN_OR_RETURN(const SetRow row, FindSet(set));
  std::vector<std::string> labels;
  PG_ASSIGN_OR_RETURN(const PairTable train,
                      ReadTable(row, absl::StrCat(data_folder, "/", ToAbsl(row.train)), labels));
  PG_ASSIGN_OR_RETURN(const PairTable table, ReadTable(row, file, labels));
  std::vector<MultiLabelExample> examples;
  for (const PairTable::Pair& pair : train.pairs()) examples.push_back(pair.example);
  PG_ASSIGN_OR_RETURN(const OneVsRestModel model, Train(examples, labels.size()));
  Counter counter(row, labels, list_errors);
  Answer(
      table, model, [](const PairTable::Pair&) { return true; }, counter);
  return counter.Finish(train.rows().size());
}

absl::StatusOr<RelationSetReport> CrossValidateRelationSet(std::string_view set,
                                                           const std::string& data_folder,
                                                           size_t folds, bool list_errors) {
  PG_ASSIGN_OR_RETURN(const SetRow row, FindSet(set));
  std::vector<std::string> labels;
  PG_ASSIGN_OR_RETURN(const PairTable table,
                      ReadTable(row, absl::StrCat(data_folder, "/", ToAbsl(row.train)), labels));
  Counter counter(row, labels, list_errors);
  for (size_t fold = 0; fold < folds; ++fold) {
    const auto in_fold = [&](const PairTable::Pair& pair) { return pair.text % folds == fold; };
    std::vector<MultiLabelExample> examples;
    for (const PairTable::Pair& pair : table.pairs()) {
      if (!in_fold(pair)) examples.push_back(pair.example);
    }
    PG_ASSIGN_OR_RETURN(const OneVsRestModel model, Train(examples, labels.size()));
    Answer(table, model, in_fold, counter);
  }
  return counter.Finish(table.rows().size());
}

std::string ToTable(const RelationSetReport& report) {
  std::string table =
      fmt::format("{}: {} rows, trained on {}\n", report.set, report.rows, report.train_rows);
  const auto add = [&](const RelationFigures& row) {
    table += fmt::format("  P {:5.1f}  R {:5.1f}  F1 {:5.1f}  {:>5} of {:>5} {:>5}  {}\n",
                         100 * row.precision(), 100 * row.recall(), 100 * row.f1(), row.correct,
                         row.predicted, row.gold, row.label);
  };
  add(report.all);
  add(report.pairs);
  table += fmt::format("  accuracy {:.1f}  macro F1 {:.1f}  best F1 {:.1f}\n",
                       100 * report.accuracy, 100 * report.macro_f1, 100 * report.best_f1);
  for (const RelationFigures& row : report.labels) add(row);
  for (const std::string& error : report.errors) table += error + "\n";
  return table;
}

}  // namespace partnergraph
