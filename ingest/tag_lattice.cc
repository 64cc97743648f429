#include "ingest/tag_lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace partnergraph {
namespace {

constexpr float kImpossible = -1e30f;

// The labels where names end and those where they begin, O included, are two short lists, of which
// each may follow each: almost all steps through the lattice are between the two. They are held
// apart from the others in rows of a fixed width, four labels at a time; sums are taken in the
// order of the lists, so that results do not depend on the width.
constexpr size_t kWidthOfFiveTypes = 12;
constexpr size_t kWidthMax = 32;
static_assert(1 + 2 * 5 <= kWidthOfFiveTypes && 1 + 2 * TagSet::kTypesMax <= kWidthMax);

// Four numbers at once, as compilers for machines with and without such instructions know them.
using Four = float __attribute__((vector_size(4 * sizeof(float))));

template <size_t kWidth>
struct EdgeRows {
  Four of[kWidth][kWidth / 4] = {};
};

// A row for each label that ends names, of the labels that begin them; or the other way round.
template <size_t kWidth>
EdgeRows<kWidth> EdgesOf(const TagSet& tags, std::span<const float> table, bool by_end) {
  EdgeRows<kWidth> rows;
  for (size_t e = 0; e < tags.ends().size(); ++e) {
    for (size_t b = 0; b < tags.begins().size(); ++b) {
      const float value = table[tags.ends()[e] * tags.size() + tags.begins()[b]];
      if (by_end) {
        rows.of[e][b / 4][b % 4] = value;
      } else {
        rows.of[b][e / 4][e % 4] = value;
      }
    }
  }
  return rows;
}

// Calls run.operator()<width>() with the width that the tags need.
template <typename Run>
auto WithWidthOf(const TagSet& tags, Run run) {
  return tags.begins().size() <= kWidthOfFiveTypes ? run.template operator()<kWidthOfFiveTypes>()
                                                   : run.template operator()<kWidthMax>();
}

// result[to] = the sum of mass[from] * rows[from][to], where `from` and `to` are labels of two
// lists of one length.
template <size_t kWidth>
void SumOverEdges(const EdgeRows<kWidth>& rows, std::span<const uint8_t> from, const float* mass,
                  std::span<const uint8_t> to, float* result) {
  Four sums[kWidth / 4] = {};
  for (size_t f = 0; f < from.size(); ++f) {
    const float factor = mass[from[f]];
    for (size_t t = 0; t < kWidth / 4; ++t) sums[t] += factor * rows.of[f][t];
  }
  for (size_t t = 0; t < to.size(); ++t) result[to[t]] = sums[t / 4][t % 4];
}

}  // namespace

TagSet::TagSet(std::vector<std::string> types) : types_(std::move(types)) {
  for (size_t i = 0; i < size(); ++i) {
    const auto label = static_cast<uint8_t>(i);
    if (Ends(label)) ends_.push_back(label);
    if (Begins(label)) begins_.push_back(label);
  }
}

int TagSet::TypeIndex(std::string_view type) const {
  const auto it = std::find(types_.begin(), types_.end(), type);
  return it == types_.end() ? -1 : static_cast<int>(it - types_.begin());
}

std::string TagSet::Name(uint8_t label) const {
  if (label == 0) return "O";
  const char part = "BMES"[PartOf(label)];
  return absl::StrCat(std::string(1, part), "-", types_[static_cast<size_t>(TypeOf(label))]);
}

namespace {

template <size_t kWidth>
void FindBestLabels(const TagScores& scores, std::span<const uint64_t> allowed,
                    std::vector<uint8_t>& labels) {
  const TagSet& tags = scores.tags;
  const size_t k = tags.size();
  const size_t n = scores.size();
  const EdgeRows<kWidth> edges = EdgesOf<kWidth>(tags, scores.transitions, /*by_end=*/true);
  thread_local std::vector<float> table;  // By unit and label: the best score up to there.
  table.assign(n * k, kImpossible);
  const auto is_allowed = [&](size_t unit, size_t label) {
    return allowed.empty() || (allowed[unit] >> label & 1) != 0;
  };
  for (const uint8_t label : tags.begins()) {
    if (is_allowed(0, label)) table[label] = scores.emissions[label];
  }
  for (size_t i = 1; i < n; ++i) {
    const float* const emission = &scores.emissions[i * k];
    const float* const best = &table[(i - 1) * k];
    float* const next = &table[i * k];
    Four tops[kWidth / 4];
    std::fill(std::begin(tops), std::end(tops), Four{} + kImpossible);
    for (size_t e = 0; e < tags.ends().size(); ++e) {
      const float until = best[tags.ends()[e]];
      for (size_t b = 0; b < kWidth / 4; ++b) {
        const Four score = until + edges.of[e][b];
        tops[b] = score > tops[b] ? score : tops[b];
      }
    }
    const auto reach = [&](uint8_t label, float top) {
      if (is_allowed(i, label) && top > kImpossible / 2) next[label] = top + emission[label];
    };
    for (size_t b = 0; b < tags.begins().size(); ++b) reach(tags.begins()[b], tops[b / 4][b % 4]);
    if (scores.cuts[i]) continue;
    for (size_t type = 0; type < tags.types().size(); ++type) {
      const uint8_t begin = TagSet::Label(type, TagSet::kBegin);
      const uint8_t middle = TagSet::Label(type, TagSet::kMiddle);
      for (const uint8_t to : {middle, TagSet::Label(type, TagSet::kEnd)}) {
        reach(to, std::max(best[begin] + scores.transitions[begin * k + to],
                           best[middle] + scores.transitions[middle * k + to]));
      }
    }
  }
  // Backwards along the best: of the labels that may stand before, the first of the best ones.
  const auto best_of = [&](size_t unit, std::span<const uint8_t> from, const float* transitions) {
    uint8_t best = 0;
    float top = std::numeric_limits<float>::lowest();
    for (const uint8_t label : from) {
      const float score =
          table[unit * k + label] + (transitions == nullptr ? 0 : transitions[label * k]);
      if (score > top) {
        top = score;
        best = label;
      }
    }
    return best;
  };
  uint8_t label = best_of(n - 1, tags.ends(), nullptr);
  for (size_t i = n; i-- > 0;) {
    labels[i] = label;
    if (i == 0) break;
    const float* const transitions = &scores.transitions[label];
    if (TagSet::Begins(label)) {
      label = best_of(i - 1, tags.ends(), transitions);
    } else {
      const auto type = static_cast<size_t>(TagSet::TypeOf(label));
      const uint8_t inner[] = {TagSet::Label(type, TagSet::kBegin),
                               TagSet::Label(type, TagSet::kMiddle)};
      label = best_of(i - 1, inner, transitions);
    }
  }
}

}  // namespace

void BestLabels(const TagScores& scores, std::span<const uint64_t> allowed,
                std::vector<uint8_t>& labels) {
  labels.assign(scores.size(), 0);
  if (scores.size() == 0) return;
  WithWidthOf(scores.tags,
              [&]<size_t kWidth>() { FindBestLabels<kWidth>(scores, allowed, labels); });
}

void LabelsToSpans(std::span<const uint8_t> labels, std::vector<TagSpan>& spans) {
  spans.clear();
  uint32_t begin = 0;
  for (uint32_t i = 0; i < labels.size(); ++i) {
    if (labels[i] == 0) continue;
    if (TagSet::Begins(labels[i])) begin = i;
    if (TagSet::Ends(labels[i])) {
      spans.push_back({begin, i + 1, static_cast<uint8_t>(TagSet::TypeOf(labels[i])), 1});
    }
  }
}

bool TagMarginals::Compute(const TagScores& scores, std::span<const uint64_t> allowed) {
  tags_ = &scores.tags;
  const size_t k = labels_ = scores.tags.size();
  const size_t n = units_ = scores.size();
  if (n == 0) return true;
  potentials_.assign(k * k, 0);
  for (uint8_t from = 0; from < k; ++from) {
    for (uint8_t to = 0; to < k; ++to) {
      if (!TagSet::Follows(from, to)) continue;
      potentials_[from * k + to] = std::exp(scores.transitions[from * k + to]);
    }
  }
  emissions_.resize(n * k);
  forward_.resize(n * k);
  backward_.resize(n * k);
  scale_.resize(n);
  cuts_.assign(scores.cuts.begin(), scores.cuts.end());
  for (size_t i = 0; i < n; ++i) {
    const float* emission = &scores.emissions[i * k];
    const float top = *std::max_element(emission, emission + k);
    for (size_t label = 0; label < k; ++label) {
      const bool possible = allowed.empty() || (allowed[i] >> label & 1) != 0;
      // Far below the best, but not nothing: a sentence that is allowed never underflows.
      emissions_[i * k + label] = possible ? std::exp(std::max(emission[label] - top, -40.0f)) : 0;
    }
  }
  return WithWidthOf(*tags_, [&]<size_t kWidth>() {
    if (!ReadForward<kWidth>()) return false;
    ReadBackward<kWidth>();
    return true;
  });
}

template <size_t kWidth>
bool TagMarginals::ReadForward() {
  const size_t k = labels_, n = units_;
  const std::vector<uint8_t>& ends = tags_->ends();
  const std::vector<uint8_t>& begins = tags_->begins();
  const size_t types = tags_->types().size();
  const EdgeRows<kWidth> edges = EdgesOf<kWidth>(*tags_, potentials_, /*by_end=*/true);
  for (size_t i = 0; i < n; ++i) {
    float* forward = &forward_[i * k];
    std::fill(forward, forward + k, 0.0f);
    if (i == 0) {
      for (const uint8_t label : begins) forward[label] = 1;
    } else {
      const float* before = &forward_[(i - 1) * k];
      SumOverEdges<kWidth>(edges, ends, before, begins, forward);
      if (!cuts_[i]) {
        for (size_t type = 0; type < types; ++type) {
          const size_t b = TagSet::Label(type, TagSet::kBegin), m = b + 1, e = b + 2;
          forward[m] = before[b] * potentials_[b * k + m] + before[m] * potentials_[m * k + m];
          forward[e] = before[b] * potentials_[b * k + e] + before[m] * potentials_[m * k + e];
        }
      }
    }
    float sum = 0;
    for (size_t label = 0; label < k; ++label) {
      forward[label] *= emissions_[i * k + label];
      sum += forward[label];
    }
    if (i + 1 == n) {  // Names end here.
      sum = 0;
      for (const uint8_t label : ends) sum += forward[label];
    }
    if (!(sum > 0) || !std::isfinite(sum)) return false;
    scale_[i] = sum;
    for (size_t label = 0; label < k; ++label) forward[label] /= sum;
  }
  return true;
}

template <size_t kWidth>
void TagMarginals::ReadBackward() {
  const size_t k = labels_, n = units_;
  const std::vector<uint8_t>& ends = tags_->ends();
  const size_t types = tags_->types().size();
  const EdgeRows<kWidth> edges = EdgesOf<kWidth>(*tags_, potentials_, /*by_end=*/false);
  float product[TagSet::kLabelsMax];
  for (size_t i = n; i-- > 0;) {
    float* backward = &backward_[i * k];
    std::fill(backward, backward + k, 0.0f);
    const float scale = 1 / scale_[i];
    if (i + 1 == n) {
      for (const uint8_t label : ends) backward[label] = scale;
      continue;
    }
    const float* after = &backward_[(i + 1) * k];
    const float* emission = &emissions_[(i + 1) * k];
    for (size_t label = 0; label < k; ++label) product[label] = after[label] * emission[label];
    SumOverEdges<kWidth>(edges, tags_->begins(), product, ends, backward);
    for (const uint8_t from : ends) backward[from] *= scale;
    if (!cuts_[i + 1]) {
      for (size_t type = 0; type < types; ++type) {
        const size_t b = TagSet::Label(type, TagSet::kBegin), m = b + 1, e = b + 2;
        backward[b] =
            (potentials_[b * k + m] * product[m] + potentials_[b * k + e] * product[e]) * scale;
        backward[m] =
            (potentials_[m * k + m] * product[m] + potentials_[m * k + e] * product[e]) * scale;
      }
    }
  }
}

float TagMarginals::Of(const TagSpan& span) const {
  if (span.end - span.begin == 1) return Of(span.begin, TagSet::Label(span.type, TagSet::kSingle));
  const size_t b = TagSet::Label(span.type, TagSet::kBegin), m = b + 1, e = b + 2;
  float mass = forward_[span.begin * labels_ + b];
  size_t from = b;
  for (size_t i = span.begin + 1; i < span.end; ++i) {
    if (cuts_[i]) return 0;
    const size_t to = i + 1 == span.end ? e : m;
    mass *= potentials_[from * labels_ + to] * emissions_[i * labels_ + to];
    if (to == m) mass /= scale_[i];
    from = to;
  }
  return mass * backward_[(span.end - 1) * labels_ + e];
}

void TagMarginals::SpansOver(float probability_min, std::vector<TagSpan>& spans) const {
  spans.clear();
  const size_t types = tags_ == nullptr ? 0 : tags_->types().size();
  for (uint32_t begin = 0; begin < units_; ++begin) {
    for (uint8_t type = 0; type < types; ++type) {
      const float single = Of(begin, TagSet::Label(type, TagSet::kSingle));
      if (single >= probability_min) spans.push_back({begin, begin + 1, type, single});
      const size_t b = TagSet::Label(type, TagSet::kBegin), m = b + 1, e = b + 2;
      if (Of(begin, static_cast<uint8_t>(b)) < probability_min) continue;
      // mass * backward is the probability that a name begins here and goes on to `end`.
      float mass = forward_[begin * labels_ + b];
      size_t from = b;
      for (uint32_t end = begin + 1; end < units_ && end - begin < kSpanUnitsMax; ++end) {
        if (cuts_[end]) break;
        const float closed = mass * potentials_[from * labels_ + e] *
                             emissions_[end * labels_ + e] * backward_[end * labels_ + e];
        if (closed >= probability_min) spans.push_back({begin, end + 1, type, closed});
        mass *= potentials_[from * labels_ + m] * emissions_[end * labels_ + m] / scale_[end];
        from = m;
        if (mass * backward_[end * labels_ + m] * scale_[end] < probability_min) break;
      }
    }
  }
}

}  // namespace partnergraph
