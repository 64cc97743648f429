#include "ingest/linear_model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <tuple>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "xxhash.h"

namespace partnergraph {
namespace {

constexpr char kMagic[] = {'P', 'G', 'L', 'I', 'N', 'E', 'A', 'R'};
constexpr uint32_t kVersion = 1;
constexpr size_t kSlotBytes = 8;
constexpr size_t kBytesMax = size_t{1} << 30;
constexpr float kUnitsMax = 32767;
// What the version of the templates stands behind.
constexpr std::string_view kTemplates = "\ntemplates ";

struct Header {
  char magic[8];
  uint32_t version;
  uint32_t labels;
  uint64_t checksum;  // Of all that follows this field.
  uint32_t slots;
  uint32_t row_bytes;
  float scale;
  uint32_t name_bytes;
};
static_assert(sizeof(Header) == 40);
constexpr size_t kChecked = offsetof(Header, slots);

uint32_t Load(const char* at) {
  uint32_t value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// The version of the templates from what stands behind the labels' names; 0 when that is damaged.
uint32_t ReadTemplates(std::string_view rest) {
  while (rest.ends_with('\n')) rest.remove_suffix(1);
  if (rest.empty()) return 1;
  if (!rest.starts_with(kTemplates)) return 0;
  rest.remove_prefix(kTemplates.size());
  if (rest.find_first_not_of("0123456789") != rest.npos) return 0;
  uint32_t version = 0;
  return absl::SimpleAtoi(absl::string_view(rest.data(), rest.size()), &version) ? version : 0;
}

// Whether every slot points to a row that lies in the rows, every row names known labels, and some
// slot is empty, which is where looking for an unknown feature ends.
bool RowsAreWhole(const char* slots, uint32_t count, std::string_view rows, uint32_t labels) {
  bool has_empty = false;
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t offset = Load(slots + i * kSlotBytes + 4);
    if (offset == 0) {
      has_empty = true;
      continue;
    }
    if (offset >= rows.size()) return false;
    const auto entries = static_cast<uint8_t>(rows[offset]);
    if (offset + 1 + entries * size_t{3} > rows.size()) return false;
    for (size_t k = 0; k < entries; ++k) {
      if (static_cast<uint8_t>(rows[offset + 1 + 3 * k]) >= labels) return false;
    }
  }
  return has_empty;
}

}  // namespace

absl::StatusOr<LinearModel> LinearModel::Open(std::string_view bytes) {
  Header header;
  if (bytes.size() < sizeof(header)) {
    return absl::InvalidArgumentError(absl::StrCat("no model: ", bytes.size(), " bytes"));
  }
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) {
    return absl::InvalidArgumentError("no model: it does not begin with PGLINEAR");
  }
  if (header.version != kVersion) {
    return absl::InvalidArgumentError(absl::StrCat("a model of version ", header.version,
                                                   ", this program reads version ", kVersion));
  }
  const size_t size = sizeof(header) + size_t{header.name_bytes} +
                      size_t{header.slots} * kSlotBytes + header.row_bytes;
  if (bytes.size() != size) {
    return absl::InvalidArgumentError(
        absl::StrCat("a model of ", bytes.size(), " bytes that should have ", size));
  }
  if (XXH3_64bits(bytes.data() + kChecked, size - kChecked) != header.checksum) {
    return absl::InvalidArgumentError("a damaged model: its checksum is another");
  }
  LinearModel model;
  std::string_view names = bytes.substr(sizeof(header), header.name_bytes);
  while (!names.empty() && names[0] != '\n') {
    const size_t end = names.find('\n');
    if (end == names.npos) break;
    model.labels_.emplace_back(names.substr(0, end));
    names.remove_prefix(end + 1);
  }
  model.templates_ = ReadTemplates(names);
  model.slots_ = bytes.data() + sizeof(header) + header.name_bytes;
  model.rows_ = model.slots_ + size_t{header.slots} * kSlotBytes;
  model.mask_ = header.slots - 1;
  model.scale_ = header.scale;
  if (model.labels_.size() != header.labels || header.labels > kModelLabelsMax ||
      model.templates_ == 0 || !std::has_single_bit(header.slots) || !std::isfinite(header.scale) ||
      !RowsAreWhole(model.slots_, header.slots, {model.rows_, header.row_bytes}, header.labels)) {
    return absl::InvalidArgumentError("a malformed model");
  }
  return model;
}

int LinearModel::LabelIndex(std::string_view label) const {
  const auto it = std::find(labels_.begin(), labels_.end(), label);
  return it == labels_.end() ? -1 : static_cast<int>(it - labels_.begin());
}

void LinearModel::AddAll(std::span<const Feature> features, std::span<float> scores) const {
  float* const sums = scores.data();
  ForEachOf(
      features.size(), [&](size_t i) { return features[i].hash; },
      [&](size_t i) {
        return [sums, value = features[i].value](uint8_t label, float weight) {
          sums[label] += value * weight;
        };
      });
}

void LinearModelBuilder::Set(uint64_t hash, uint8_t label, float weight) {
  weights_.push_back({hash, label, weight});
}

absl::StatusOr<std::string> LinearModelBuilder::Finish(float weight_min) const {
  if (labels_.size() > kModelLabelsMax) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "a model of ", labels_.size(), " labels, at most ", kModelLabelsMax, " are allowed"));
  }
  float largest = 0;
  for (const Weight& weight : weights_) largest = std::max(largest, std::abs(weight.weight));
  const float scale = largest > 0 ? largest / kUnitsMax : 1;
  std::vector<Weight> kept;
  for (const Weight& weight : weights_) {
    if (std::abs(weight.weight) >= std::max(weight_min, scale)) kept.push_back(weight);
  }
  std::sort(kept.begin(), kept.end(), [](const Weight& a, const Weight& b) {
    return std::tie(a.hash, a.label) < std::tie(b.hash, b.label);
  });
  // The rows, and where each begins. Offset 0 means an empty slot, so the first byte is unused.
  std::string rows(1, '\0');
  std::vector<std::pair<uint64_t, uint32_t>> offsets;
  for (size_t i = 0; i < kept.size();) {
    size_t end = i;
    while (end < kept.size() && kept[end].hash == kept[i].hash) ++end;
    offsets.emplace_back(kept[i].hash, static_cast<uint32_t>(rows.size()));
    rows += static_cast<char>(static_cast<uint8_t>(end - i));
    for (; i < end; ++i) {
      const auto units = static_cast<int16_t>(std::lround(kept[i].weight / scale));
      rows += static_cast<char>(kept[i].label);
      rows.append(reinterpret_cast<const char*>(&units), sizeof(units));
    }
  }
  // At most three of four slots are full.
  const size_t slots = std::bit_ceil(std::max<size_t>(2, offsets.size() + offsets.size() / 3 + 1));
  std::string table(slots * kSlotBytes, '\0');
  for (const auto& [hash, offset] : offsets) {
    const auto fingerprint = static_cast<uint32_t>(hash >> 32);
    size_t slot = static_cast<uint32_t>(hash) & (slots - 1);
    while (Load(&table[slot * kSlotBytes + 4]) != 0) slot = (slot + 1) & (slots - 1);
    std::memcpy(&table[slot * kSlotBytes], &fingerprint, sizeof(fingerprint));
    std::memcpy(&table[slot * kSlotBytes + 4], &offset, sizeof(offset));
  }
  std::string names;
  for (const std::string& label : labels_) absl::StrAppend(&names, label, "\n");
  if (templates_ != 1) absl::StrAppend(&names, std::string(kTemplates), templates_);
  names.resize((names.size() + 8) / 8 * 8, '\n');
  if (rows.size() + table.size() > kBytesMax) {
    return absl::ResourceExhaustedError("a model over 2^30 bytes");
  }
  Header header = {};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.version = kVersion;
  header.labels = static_cast<uint32_t>(labels_.size());
  header.slots = static_cast<uint32_t>(slots);
  header.row_bytes = static_cast<uint32_t>(rows.size());
  header.scale = scale;
  header.name_bytes = static_cast<uint32_t>(names.size());
  std::string bytes(sizeof(header), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  absl::StrAppend(&bytes, names, table, rows);
  const uint64_t checksum = XXH3_64bits(bytes.data() + kChecked, bytes.size() - kChecked);
  std::memcpy(&bytes[offsetof(Header, checksum)], &checksum, sizeof(checksum));
  return bytes;
}

void Classify(const LinearModel& model, std::span<const Feature> features,
              std::span<float> probabilities) {
  std::fill(probabilities.begin(), probabilities.end(), 0.0f);
  model.AddAll(features, probabilities);
  Softmax(probabilities);
}

void Softmax(std::span<float> scores) {
  float best = scores.empty() ? 0 : scores[0];
  for (const float score : scores) best = std::max(best, score);
  float sum = 0;
  for (float& score : scores) sum += score = std::exp(score - best);
  for (float& score : scores) score /= sum;
}

}  // namespace partnergraph
