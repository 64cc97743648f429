#include "server/sip_hash.h"

#include <bit>
#include <cstddef>

namespace partnergraph {
namespace {

uint64_t LoadLittleEndian(const uint8_t* bytes, size_t size = 8) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t{bytes[i]} << (8 * i);
  return value;
}

struct SipState {
  uint64_t v0, v1, v2, v3;

  void Round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }

  void Absorb(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }

  uint64_t Squeeze() {
    for (int i = 0; i < 4; ++i) Round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

}  // namespace

SipTag SipHash128(const SipKey& key, std::string_view data) {
  const uint64_t k0 = LoadLittleEndian(key.data());
  const uint64_t k1 = LoadLittleEndian(key.data() + 8);
  SipState state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d ^ 0xee, k0 ^ 0x6c7967656e657261,
                 k1 ^ 0x7465646279746573};
  const auto* bytes = reinterpret_cast<const uint8_t*>(data.data());
  size_t at = 0;
  for (; at + 8 <= data.size(); at += 8) state.Absorb(LoadLittleEndian(bytes + at));
  state.Absorb(LoadLittleEndian(bytes + at, data.size() - at) | uint64_t{data.size()} << 56);

  state.v2 ^= 0xee;
  const uint64_t low = state.Squeeze();
  state.v1 ^= 0xdd;
  const uint64_t high = state.Squeeze();
  SipTag tag;
  for (size_t i = 0; i < 8; ++i) {
    tag[i] = static_cast<uint8_t>(low >> (8 * i));
    tag[8 + i] = static_cast<uint8_t>(high >> (8 * i));
  }
  return tag;
}

}  // namespace partnergraph
