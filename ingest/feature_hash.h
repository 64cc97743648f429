// Hashes of features: a template and its parts become 64 bits. The same in training and in use, on
// every machine; a change of a template asks for new models.
#pragma once

#include <cstdint>
#include <string_view>

namespace partnergraph {

// Grows by parts in a fixed order: FeatureHash("w-1").Add(word).Add(position).value(). Ordered, so
// that ("ab", "c") and ("a", "bc") differ by what Add puts between parts.
class FeatureHash {
 public:
  // `name` names the template.
  constexpr explicit FeatureHash(std::string_view name) {
    for (const char c : name) Mix(static_cast<uint8_t>(c));
  }
  constexpr FeatureHash& Add(std::u32string_view text) {
    for (const char32_t c : text) Mix(c);
    Mix(kEnd);
    return *this;
  }
  constexpr FeatureHash& Add(std::string_view text) {
    for (const char c : text) Mix(static_cast<uint8_t>(c));
    Mix(kEnd);
    return *this;
  }
  constexpr FeatureHash& Add(uint64_t number) {
    Mix(number);
    return *this;
  }
  // Well mixed: low and high bits may be used apart.
  constexpr uint64_t value() const {
    uint64_t h = state_;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53ULL;
    h ^= h >> 33;
    return h;
  }

 private:
  static constexpr uint64_t kEnd = 0x110000;  // One more than the last code point.
  constexpr void Mix(uint64_t part) {
    state_ = (state_ ^ part) * 0x9e3779b97f4a7c15ULL;
    state_ ^= state_ >> 29;
  }
  uint64_t state_ = 0x243f6a8885a308d3ULL;
};

}  // namespace partnergraph
