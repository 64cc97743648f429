#include "ingest/tag_lattice.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace partnergraph {
namespace {

constexpr float kImpossible = -1e30f;

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

void BestLabels(const TagScores& scores, std::span<const uint64_t> allowed,
                std::vector<uint8_t>& labels) {
  const TagSet& tags = scores.tags;
  const size_t k = tags.size();
  const size_t n = scores.size();
  labels.assign(n, 0);
  if (n == 0) return;
  thread_local std::vector<float> best, next;
  thread_local std::vector<uint8_t> from;
  best.assign(k, kImpossible);
  next.assign(k, kImpossible);
  from.assign(n * k, 0);
  const auto is_allowed = [&](size_t unit, size_t label) {
    return allowed.empty() || (allowed[unit] >> label & 1) != 0;
  };
  for (const uint8_t label : tags.begins()) {
    if (is_allowed(0, label)) best[label] = scores.emissions[label];
  }
  for (size_t i = 1; i < n; ++i) {
    const float* emission = &scores.emissions[i * k];
    uint8_t* back = &from[i * k];
    for (const uint8_t to : tags.begins()) {
      float top = kImpossible;
      for (const uint8_t before : tags.ends()) {
        const float score = best[before] + scores.transitions[before * k + to];
        if (score > top) {
          top = score;
          back[to] = before;
        }
      }
      next[to] = is_allowed(i, to) && top > kImpossible / 2 ? top + emission[to] : kImpossible;
    }
    for (size_t type = 0; type < tags.types().size(); ++type) {
      const uint8_t begin = TagSet::Label(type, TagSet::kBegin);
      const uint8_t middle = TagSet::Label(type, TagSet::kMiddle);
      for (const uint8_t to : {middle, TagSet::Label(type, TagSet::kEnd)}) {
        const float left = best[begin] + scores.transitions[begin * k + to];
        const float right = best[middle] + scores.transitions[middle * k + to];
        back[to] = left >= right ? begin : middle;
        const float top = std::max(left, right);
        next[to] = !scores.cuts[i] && is_allowed(i, to) && top > kImpossible / 2
                       ? top + emission[to]
                       : kImpossible;
      }
    }
    std::swap(best, next);
  }
  uint8_t last = 0;
  float top = std::numeric_limits<float>::lowest();
  for (const uint8_t label : tags.ends()) {
    if (best[label] > top) {
      top = best[label];
      last = label;
    }
  }
  for (size_t i = n; i-- > 0;) {
    labels[i] = last;
    last = from[i * k + last];
  }
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
  potentials_.resize(k * k);
  for (size_t i = 0; i < k * k; ++i) potentials_[i] = std::exp(scores.transitions[i]);
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
  const std::vector<uint8_t>& ends = tags_->ends();
  const std::vector<uint8_t>& begins = tags_->begins();
  const size_t types = tags_->types().size();
  for (size_t i = 0; i < n; ++i) {
    float* forward = &forward_[i * k];
    std::fill(forward, forward + k, 0.0f);
    if (i == 0) {
      for (const uint8_t label : begins) forward[label] = 1;
    } else {
      const float* before = &forward_[(i - 1) * k];
      for (const uint8_t from : ends) {
        const float mass = before[from];
        if (mass == 0) continue;
        const float* row = &potentials_[from * k];
        for (const uint8_t to : begins) forward[to] += mass * row[to];
      }
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
    thread_local std::vector<float> product;
    product.resize(k);
    for (size_t label = 0; label < k; ++label) product[label] = after[label] * emission[label];
    for (const uint8_t from : ends) {
      const float* row = &potentials_[from * k];
      float sum = 0;
      for (const uint8_t to : begins) sum += row[to] * product[to];
      backward[from] = sum * scale;
    }
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
  return true;
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
