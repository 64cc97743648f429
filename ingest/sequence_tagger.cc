#include "ingest/sequence_tagger.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "ingest/feature_hash.h"

namespace partnergraph {
namespace {

constexpr std::string_view kFirstColumns = "-2 ";
// Rules' scores are seen in steps.
constexpr float kScoreSteps = 5;

}  // namespace

std::string_view TagTypeName(MentionType type) {
  switch (type) {
    case MentionType::kCompany:
      return "COMPANY";
    case MentionType::kPerson:
      return "PERSON";
    case MentionType::kProduct:
      return "PRODUCT";
    case MentionType::kJobTitle:
      return "TITLE";
    case MentionType::kPlace:
      return "PLACE";
    case MentionType::kDate:
      break;
  }
  return "";
}

std::optional<MentionType> MentionTypeOfTag(std::string_view name) {
  for (const MentionType type : {MentionType::kCompany, MentionType::kPerson, MentionType::kProduct,
                                 MentionType::kJobTitle, MentionType::kPlace}) {
    if (TagTypeName(type) == name) return type;
  }
  return std::nullopt;
}

std::vector<TagHint> RuleHints(const Recognition& recognition) {
  std::vector<TagHint> hints;
  hints.reserve(recognition.candidates.size());
  for (const Candidate& candidate : recognition.candidates) {
    const FeatureHash hash = FeatureHash("rule")
                                 .Add(std::string_view(candidate.rule))
                                 .Add(static_cast<uint64_t>(candidate.type))
                                 .Add(static_cast<uint64_t>(candidate.score * kScoreSteps));
    hints.push_back({candidate.span, hash.value()});
  }
  std::stable_sort(hints.begin(), hints.end(),
                   [](const TagHint& a, const TagHint& b) { return a.span.begin < b.span.begin; });
  return hints;
}

std::vector<std::string> TaggerColumns(const TagSet& tags) {
  std::vector<std::string> columns;
  for (int relative = kRelativeMin; relative <= kRelativeMax; ++relative) {
    for (size_t label = 0; label < tags.size(); ++label) {
      columns.push_back(absl::StrCat(relative, " ", tags.Name(static_cast<uint8_t>(label))));
    }
  }
  return columns;
}

uint64_t TransitionHash(size_t label) { return FeatureHash("transition").Add(label).value(); }

uint64_t SentenceWordsHash() { return FeatureHash("sentence words").value(); }

absl::StatusOr<SequenceTagger> SequenceTagger::Create(const LinearModel& model) {
  SequenceTagger tagger;
  tagger.model_ = model;
  std::vector<std::string> types;
  for (const std::string& column : model.labels()) {
    const std::string prefix = absl::StrCat(std::string(kFirstColumns), "B-");
    if (column.starts_with(prefix)) types.push_back(column.substr(prefix.size()));
  }
  if (types.empty() || types.size() > TagSet::kTypesMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("no model of a sequence tagger: it has ", types.size(), " types"));
  }
  tagger.tags_ = TagSet(std::move(types));
  if (TaggerColumns(tagger.tags_) != model.labels()) {
    return absl::InvalidArgumentError("no model of a sequence tagger: its columns are others");
  }
  const size_t k = tagger.tags_.size();
  tagger.transitions_.assign(k * k, 0);
  for (size_t label = 0; label < k; ++label) {
    model.ForEach(TransitionHash(label), [&](uint8_t to, float weight) {
      if (to < k) tagger.transitions_[label * k + to] = weight;
    });
  }
  model.ForEach(SentenceWordsHash(), [&](uint8_t, float) { tagger.sentence_words_ = true; });
  for (const std::string& type : tagger.tags_.types()) {
    tagger.types_.push_back(MentionTypeOfTag(type));
  }
  return tagger;
}

// What one sentence needs; reused from sentence to sentence.
struct SequenceTagger::Workspace {
  std::vector<TagUnit> units;
  std::vector<TagFeature> features;
  std::vector<float> context;  // What the whole sentence adds to the scores of each unit.
  std::vector<float> scores;   // With room for relative positions outside the sentence.
  std::vector<uint8_t> cuts;
  std::vector<uint8_t> labels;
  std::vector<TagSpan> best, likely;
  TagMarginals marginals;
};

void SequenceTagger::Score(Workspace& work) const {
  const size_t k = tags_.size();
  work.scores.assign((work.units.size() + kRelativeCount) * k, 0.0f);
  work.context.assign(k * kRelativeCount, 0.0f);
  model_.ForEachOf(
      work.features.size(), [&](size_t i) { return work.features[i].hash; },
      [&](size_t i) {
        // Column 0 is the label 0 of the unit at kRelativeMin, which is this row of the padded
        // scores.
        const uint32_t unit = work.features[i].unit;
        float* const scores =
            unit == TagFeature::kWholeSentence ? work.context.data() : &work.scores[unit * k];
        return [scores](uint8_t column, float weight) { scores[column] += weight; };
      });
  const float* const context = &work.context[-kRelativeMin * k];
  work.cuts.resize(work.units.size());
  for (size_t i = 0; i < work.units.size(); ++i) {
    float* const scores = &work.scores[(i - kRelativeMin) * k];
    for (size_t label = 0; label < k; ++label) scores[label] += context[label];
    work.cuts[i] = work.units[i].cut;
  }
}

void SequenceTagger::Tag(const Document& document, std::span<const Token> tokens,
                         std::span<const TagHint> hints, float probability_min,
                         std::vector<TaggedSpan>& spans) const {
  spans.clear();
  if (model_.empty()) return;
  thread_local Workspace work;
  const size_t k = tags_.size();
  size_t token = 0, hint = 0;
  for (const Sentence& sentence : document.sentences) {
    const auto take = [&](auto items, size_t& next) {
      while (next < items.size() && items[next].span.begin < sentence.span.begin) ++next;
      const size_t first = next;
      while (next < items.size() && items[next].span.begin < sentence.span.end) ++next;
      return items.subspan(first, next - first);
    };
    const std::span<const Token> its_tokens = take(tokens, token);
    const std::span<const TagHint> its_hints = take(hints, hint);
    CutUnits(document.chars, sentence.span, work.units);
    if (work.units.empty()) continue;
    ExtractTagFeatures(document.chars, work.units, its_tokens, its_hints, sentence_words_,
                       work.features);
    Score(work);
    const TagScores scores = {
        tags_, std::span(work.scores).subspan(-kRelativeMin * k, work.units.size() * k),
        transitions_, work.cuts};
    BestLabels(scores, {}, work.labels);
    LabelsToSpans(work.labels, work.best);
    if (!work.marginals.Compute(scores)) continue;
    work.marginals.SpansOver(probability_min, work.likely);
    const auto add = [&](const TagSpan& span, float probability, bool best) {
      if (!types_[span.type].has_value()) return;
      spans.push_back({{work.units[span.begin].span.begin, work.units[span.end - 1].span.end},
                       *types_[span.type],
                       probability,
                       best});
    };
    for (const TagSpan& span : work.best) add(span, work.marginals.Of(span), true);
    auto best = work.best.begin();  // Both ascend.
    for (const TagSpan& span : work.likely) {
      while (best != work.best.end() && best->begin < span.begin) ++best;
      const bool is_best = best != work.best.end() && best->begin == span.begin &&
                           best->end == span.end && best->type == span.type;
      if (!is_best) add(span, span.probability, false);
    }
  }
  std::stable_sort(spans.begin(), spans.end(), [](const TaggedSpan& a, const TaggedSpan& b) {
    return std::tuple(a.span.begin, a.span.end, -a.probability) <
           std::tuple(b.span.begin, b.span.end, -b.probability);
  });
}

void SequenceTagger::TagSentence(std::u32string_view chars, Span sentence,
                                 std::span<const TagHint> hints, bool constrained,
                                 std::vector<TagUnit>& units, std::vector<TagSpan>& spans) const {
  spans.clear();
  thread_local Workspace work;
  thread_local std::vector<Token> tokens;
  tokens.clear();
  Segment(chars, sentence, tokens);
  CutUnits(chars, sentence, work.units);
  units = work.units;
  if (work.units.empty()) return;
  ExtractTagFeatures(chars, work.units, tokens, hints, sentence_words_, work.features);
  Score(work);
  if (!constrained) std::fill(work.cuts.begin(), work.cuts.end(), uint8_t{0});
  const size_t k = tags_.size();
  const TagScores scores = {
      tags_, std::span(work.scores).subspan(-kRelativeMin * k, work.units.size() * k), transitions_,
      work.cuts};
  BestLabels(scores, {}, work.labels);
  LabelsToSpans(work.labels, spans);
}

}  // namespace partnergraph
