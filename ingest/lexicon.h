// What the recognizer knows about words and names: one trie over all the lists of ingest/lexicon,
// which are built into the program. Latin letters match without regard to case.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/character.h"

namespace partnergraph {

// What a word can be; a bit each, since a word is often several.
enum LexiconClass : uint64_t {
  kWord = uint64_t{1} << 0,          // A common Chinese word, with cost and part of speech.
  kOrgName = uint64_t{1} << 1,       // Surely an organization.
  kOrgAmbiguous = uint64_t{1} << 2,  // A well-known organization and a common word too.
  kOrgListed = uint64_t{1} << 3,     // Short name of a listed company.
  kBrand = uint64_t{1} << 4,         // Short name of some company: weak.
  kProductName = uint64_t{1} << 5,   // Surely a product.
  kPlace = uint64_t{1} << 6,         // Place names, countries included.
  kCountry = uint64_t{1} << 7,
  kLevel = uint64_t{1} << 8,           // 国家, 省: begins names of public bodies.
  kOrgHead = uint64_t{1} << 9,         // Ends names of organizations; see OrgHead.
  kOrgStop = uint64_t{1} << 10,        // No name of an organization goes on to the left across it.
  kOrgInner = uint64_t{1} << 11,       // A verb that stands inside such names.
  kTitleHead = uint64_t{1} << 12,      // 总经理, director.
  kTitleWeak = uint64_t{1} << 13,      // 教授: a title only beside a name.
  kTitleModifier = uint64_t{1} << 14,  // 副, 技术: may stand before a title.
  kSpeech = uint64_t{1} << 15,         // 表示: follows names of people.
  kHonorific = uint64_t{1} << 16,      // 先生.
  kPersonBefore = uint64_t{1} << 17,   // 记者: introduces a person.
  kCourtesy = uint64_t{1} << 18,       // Mr.
  kProductHead = uint64_t{1} << 19,    // 平台, Platform.
  kSurname = uint64_t{1} << 20,
  kNameEn = uint64_t{1} << 21,     // A given or family name in Latin script.
  kCompanyEn = uint64_t{1} << 22,  // A company that files with the SEC.
  kLegalEn = uint64_t{1} << 23,    // Inc.
  kOrgHeadEn = uint64_t{1} << 24,  // University.
  kNotNameEn = uint64_t{1} << 25,  // The: begins no name.
  kGenericEn = uint64_t{1} << 26,  // Company: alone no name.
  kOrgVerbEn = uint64_t{1} << 27,  // announced.
  kProductHeadEn = uint64_t{1} << 28,
  kOrgSoftStop = uint64_t{1} << 30,      // The same, save before a legal form.
  kCommonLatin = uint64_t{1} << 31,      // GPU: a common noun in Latin script.
  kGeoEn = uint64_t{1} << 32,            // County: ends names of places.
  kDocument = uint64_t{1} << 33,         // 协议, 办法: ends titles of contracts and laws.
  kCommonEn = uint64_t{1} << 34,         // An English word that is no name.
  kProductListNoun = uint64_t{1} << 35,  // 车型: what a list of products says that they are.
  kMeeting = uint64_t{1} << 36,          // 大会: what conferences and fairs are called.
  kUpperOnly = uint64_t{1} << 29,        // Only when written in capitals.
};

// How much a head alone tells; see org_heads.txt.
enum class HeadStrength : uint8_t {
  kNone,
  kLegal,
  kNamed,
  kPublic,
  kTrade,
  kWeak,
  kFund,
  kPaper,
  kUnit,
  kSubunit
};

struct LexiconEntry {
  uint64_t classes = 0;
  uint16_t cost = 0;  // Words: -16 log2 of their frequency.
  char pos = 0;       // Words: part of speech, a letter of build_lexicon.py's table.
  HeadStrength strength = HeadStrength::kNone;
  uint8_t head_type = 0;  // Heads: organization type that they give, an index of OrgTypeName.
  uint8_t org_type = 0;   // Names: their organization type.

  bool Is(uint64_t mask) const { return (classes & mask) != 0; }
};

// "COMPANY", ... by index; 0 is "COMPANY". Static storage.
const char* OrgTypeName(uint8_t index);
uint8_t OrgTypeIndex(std::string_view name);

// How often HanLP's corpus has a character in the parts of a Chinese person's name.
struct PersonChar {
  uint16_t surname = 0, first = 0, second = 0, single = 0;
};

// Immutable and thread-safe.
class Lexicon {
 public:
  static const Lexicon& Get();

  // Calls visit(length, entry) for each entry that begins at `begin`, shortest first.
  template <typename Visit>
  void Match(std::u32string_view text, size_t begin, Visit visit) const {
    uint32_t node = kRoot;
    for (size_t i = begin; i < text.size(); ++i) {
      node = Child(node, text[i]);
      if (node == kNone) return;
      const uint64_t entry = EntryOf(node);
      if (entry != 0) visit(i + 1 - begin, entries_[entry]);
    }
  }

  // The entry of a word, or one without classes.
  const LexiconEntry& Find(std::u32string_view word) const;

  // The longest entry that ends at `end`, begins at or after `begin` and ends names of
  // organizations; its length, or 0.
  size_t FindOrgHead(std::u32string_view text, size_t begin, size_t end,
                     const LexiconEntry*& entry) const;

  // The longest word of a class, kProductHead or kDocument, that ends `text` and has from
  // `length_min` to `length_max` characters, 31 at most; its length, or 0.
  size_t FindEnding(std::u32string_view text, LexiconClass what, size_t length_min,
                    size_t length_max) const;

  bool IsCharStop(char32_t c) const { return Flag(c, kCharStop); }
  // The stops that count before a legal form too.
  bool IsStrictStop(char32_t c) const { return Flag(c, kStrictStop); }
  bool IsTransliteration(char32_t c) const { return Flag(c, kTransliteration); }
  bool IsNotGiven(char32_t c) const { return Flag(c, kNotGiven); }
  const PersonChar& PersonCharOf(char32_t c) const {
    return c < person_index_.size() ? person_chars_[person_index_[c]] : person_chars_[0];
  }

 private:
  enum CharFlag : uint8_t { kCharStop = 1, kTransliteration = 2, kNotGiven = 4, kStrictStop = 8 };
  // Of the table of nodes: the lists fill a quarter of it, and may fill three.
  static constexpr uint32_t kSlots = 1 << 21;
  static constexpr uint32_t kRoot = kSlots;
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr int kKeyBits = 43;
  static constexpr size_t kBasicPlane = 0x10000;

  Lexicon();
  bool Flag(char32_t c, CharFlag flag) const {
    return c < kBasicPlane && (char_flags_[c] & flag) != 0;
  }
  static uint64_t KeyOf(uint32_t node, char32_t c) { return (uint64_t{node} << 21 | c) + 1; }
  // A slot is a key and, above it, an index into entries_.
  static uint64_t KeyIn(uint64_t slot) { return slot & ((uint64_t{1} << kKeyBits) - 1); }
  uint64_t EntryOf(uint32_t node) const { return slots_[node] >> kKeyBits; }
  // The slot where a key is, or the empty one where it belongs.
  uint32_t SlotOf(uint64_t key) const {
    for (auto i = static_cast<uint32_t>(key * 0x9E3779B97F4A7C15u >> 20) % kSlots;;
         i = (i + 1) % kSlots) {
      if (slots_[i] == 0 || KeyIn(slots_[i]) == key) return i;
    }
  }
  uint32_t Child(uint32_t node, char32_t c) const {
    c = ToLower(c);
    if (node == kRoot && c < kBasicPlane) return first_[c];
    const uint32_t slot = SlotOf(KeyOf(node, c));
    return slots_[slot] != 0 ? slot : kNone;
  }
  uint32_t AddChild(uint32_t node, char32_t c);
  // The longest word of a class that ends `text`, among `lengths` (a bit each); its length, or 0.
  size_t LongestEnding(std::u32string_view text, uint64_t classes, uint32_t lengths,
                       const LexiconEntry*& entry) const;
  // The entry of `word`, made when missing. Valid until the next call.
  LexiconEntry& Add(std::u32string_view word);
  bool IsCommonWord(std::u32string_view word) const;
  // Whether common words and heads of organizations make up all of a name.
  bool IsCommonSequence(std::u32string_view name) const;
  // Whether a name is a common word, or two of them.
  bool IsCommonPhrase(std::u32string_view name) const;
  void AddWords(std::string_view file, uint64_t classes);
  void LoadWords();
  void LoadOrganizations();
  void LoadPeople();
  void LoadKeyed(std::string_view file, char separator);
  void LoadHeads();

  // Nodes of the trie, by open addressing: what a node is known by is its slot. So a step down the
  // trie reads one place of memory, and knows the entry there too.
  std::vector<uint64_t> slots_;
  std::vector<uint32_t> first_;  // By character: the child of the root, or kNone.
  size_t used_ = 0;
  std::vector<LexiconEntry> entries_;
  std::vector<uint8_t> char_flags_;
  std::vector<uint16_t> person_index_;
  std::vector<PersonChar> person_chars_;
  // By character: a bit for each length of the words of a class that end in it.
  std::vector<uint32_t> org_head_lengths_, product_head_lengths_, document_lengths_;
};

}  // namespace partnergraph
