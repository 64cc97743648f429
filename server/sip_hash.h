// SipHash-2-4 with 128 bits of output: a keyed hash that cannot be forged without the key, unlike
// XXH3 with a seed. Fast on the short inputs that cursors are. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace partnergraph {

using SipKey = std::array<uint8_t, 16>;
using SipTag = std::array<uint8_t, 16>;

// The tag of `data` under `key`, as the reference implementation gives it.
SipTag SipHash128(const SipKey& key, std::string_view data);

}  // namespace partnergraph
