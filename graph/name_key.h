// Keys under which a name is found: every name has a normalized key, whatever its script, so a name
// always finds itself. Keys are UTF-8 without control characters (so never a 0 byte), at most
// kNameKeyBytesMax long; what is over is cut between code points. Pure functions, thread-safe,
// linear in the length of the name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace partnergraph {

// Names are cut to this many bytes (between code points) before anything is made of them.
inline constexpr size_t kNameBytesMax = 512;
inline constexpr size_t kNameKeyBytesMax = 512;
// Pinyin keys of one name and kind.
inline constexpr size_t kPinyinKeysMax = 16;
// Grams of one name.
inline constexpr size_t kNameGramsMax = 64;

// What a key of the names index was made from: the script byte of its rows. Stored: never renumber.
enum class NameKeyKind : uint8_t {
  kNormalized = 1,
  kCore = 2,
  kPinyin = 3,
  kInitials = 4,
  kExternalId = 5  // Not of a name: the id that an import gives the node, as it is.
};

// The name folded so that ways to write it fall together: compatibility forms (full width), case,
// traditional to simplified, white space and punctuation dropped. Letters, marks and digits of
// every script stay, and so do '+', '#' and '&'. A name of nothing but punctuation keeps it. Bytes
// that are not UTF-8 are dropped. "" only when the name is empty or white space.
std::string NormalizeName(std::string_view name);

// The normalized name without what two writings of one company differ in: legal forms
// (股份有限公司, 集团, 控股, "Co., Ltd.", "Inc.", GmbH), a place in brackets, a province or city in
// front of a name that has a legal form, and accents of Latin letters. Never more than can be
// spared: something always stays. Equal cores are a reason to compare two names, not a proof that
// they are one company.
std::string CoreName(std::string_view name);

// Keys by sound of names that have Chinese characters: every combination of the characters'
// readings, without tones, the most usual first, at most kPinyinKeysMax each. Other letters and
// digits stay as they are. Empty for names without Chinese characters.
struct PinyinKeys {
  std::vector<std::string> full;      // "changanqiche", "zhanganqiche"
  std::vector<std::string> initials;  // "caqc", "zaqc"
};
// `key` is a normalized or core name.
PinyinKeys MakePinyinKeys(std::string_view key);

// The distinct pieces that similar names share: two neighboring characters of Chinese, Japanese and
// Korean, three of other scripts, shorter runs whole; at most kNameGramsMax, in the order in which
// they occur. `key` is a core name.
std::vector<std::string> MakeNameGrams(std::string_view key);

// One row of the names index: (ns, kind, key, 0 byte, node) -> the name as written.
struct NameKey {
  NameKeyKind kind{};
  std::string key;
  friend auto operator<=>(const NameKey&, const NameKey&) = default;
};

// The rows that make a name findable, distinct: its normalized key, its core if that differs, and
// the pinyin and initials of its core. Empty only for a name without a key. At most 2 + 2 *
// kPinyinKeysMax.
std::vector<NameKey> MakeNameKeys(std::string_view name);

// MakeNameKeys, and MakeNameGrams of the core, in one: for imports of many names.
struct NameIndexKeys {
  std::vector<NameKey> keys;
  std::vector<std::string> grams;
};
NameIndexKeys MakeNameIndexKeys(std::string_view name);

}  // namespace partnergraph
