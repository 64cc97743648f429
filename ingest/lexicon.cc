#include "ingest/lexicon.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <functional>

#include "graph/schema.h"
#include "graph/simplified.h"
#include "graph/utf8.h"
#include "ingest/character.h"
#include "ingest/lexicon_file.h"

namespace partnergraph {
namespace {

std::u32string ToChars(std::string_view bytes) {
  std::u32string chars;
  for (size_t i = 0; i < bytes.size();) chars += ToLower(ToSimplified(NextCodePoint(bytes, i)));
  return chars;
}

// Calls visit(line) for each line that is not empty and no comment.
void ForEachLine(std::string_view text, const std::function<void(std::string_view)>& visit) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty() && line[0] != '#') visit(line);
    if (end == text.npos) return;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    if (end != 0 && !text.empty()) parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool IsUpperOnly(std::string_view word) {
  return word.size() >= 2 && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

struct Key {
  std::string_view name;
  uint64_t classes;
};
// The first field of lines in job_titles.txt, person_context.txt, places_world.txt and
// english_orgs.txt.
constexpr Key kKeys[] = {{"head", kTitleHead},
                         {"weak", kTitleWeak},
                         {"hard", kOrgStop},
                         {"soft", kOrgSoftStop},
                         {"modifier", kTitleModifier},
                         {"en-head", kTitleHead},
                         {"en-modifier", kTitleModifier},
                         {"speech", kSpeech},
                         {"honorific", kHonorific},
                         {"before", kPersonBefore},
                         {"courtesy", kCourtesy},
                         {"country", kCountry | kPlace},
                         {"place", kPlace},
                         {"level", kLevel},
                         {"en", kPlace},
                         {"geo", kGeoEn},
                         {"legal", kLegalEn},
                         {"trade", kOrgHeadEn},
                         {"product", kProductHeadEn},
                         {"not", kNotNameEn},
                         {"generic", kGenericEn},
                         {"verb", kOrgVerbEn}};

// Notes the length of a word under its last character. The lists are ours: a word that has no such
// place is a mistake.
void AddLength(std::u32string_view word, std::vector<uint32_t>& lengths) {
  if (word.empty() || word.size() >= 32 || word.back() >= lengths.size()) std::abort();
  lengths[word.back()] |= uint32_t{1} << word.size();
}

HeadStrength StrengthOf(std::string_view name) {
  constexpr std::pair<std::string_view, HeadStrength> kNames[] = {
      {"legal", HeadStrength::kLegal},    {"named", HeadStrength::kNamed},
      {"public", HeadStrength::kPublic},  {"trade", HeadStrength::kTrade},
      {"weak", HeadStrength::kWeak},      {"fund", HeadStrength::kFund},
      {"paper", HeadStrength::kPaper},    {"unit", HeadStrength::kUnit},
      {"subunit", HeadStrength::kSubunit}};
  for (const auto& [text, strength] : kNames) {
    if (text == name) return strength;
  }
  return HeadStrength::kNone;
}

}  // namespace

const char* OrgTypeName(uint8_t index) {
  const auto types = OrgTypes();
  return types[index < types.size() ? index : 0].data();
}

uint8_t OrgTypeIndex(std::string_view name) {
  const auto types = OrgTypes();
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] == name) return static_cast<uint8_t>(i);
  }
  return 0;
}

const Lexicon& Lexicon::Get() {
  static const Lexicon* lexicon = new Lexicon();
  return *lexicon;
}

Lexicon::Lexicon()
    : slots_(kSlots),
      first_(kBasicPlane, kNone),
      entries_(1),
      char_flags_(kBasicPlane),
      person_index_(kBasicPlane),
      person_chars_(1),
      org_head_lengths_(kBasicPlane),
      product_head_lengths_(kBasicPlane),
      document_lengths_(kBasicPlane) {
  LoadWords();
  LoadHeads();
  LoadKeyed("places_world.txt", ' ');
  AddWords("places_cn.txt", kPlace);
  LoadOrganizations();
  LoadPeople();
  LoadKeyed("job_titles.txt", ' ');
  LoadKeyed("person_context.txt", ' ');
  LoadKeyed("english_orgs.txt", '|');
}

void Lexicon::AddWords(std::string_view file, uint64_t classes) {
  ForEachLine(LexiconFile(file), [&](std::string_view line) {
    for (const std::string_view word : Split(line, ' ')) Add(ToChars(word)).classes |= classes;
  });
}

void Lexicon::LoadWords() {
  double total = 0;
  ForEachLine(LexiconFile("words.txt"), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    total += std::atof(std::string(fields[1]).c_str());
  });
  ForEachLine(LexiconFile("words.txt"), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    LexiconEntry& entry = Add(ToChars(fields[0]));
    const auto cost =
        static_cast<uint16_t>(16 * std::log2(total / std::atof(std::string(fields[1]).c_str())));
    // A traditional spelling of a word that is there already: the commoner of the two counts.
    if (entry.Is(kWord) && entry.cost <= cost) return;
    entry.classes |= kWord;
    entry.cost = cost;
    entry.pos = fields[2][0];
  });
  ForEachLine(LexiconFile("char_stops.txt"), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    for (const char32_t c : ToChars(fields[1])) {
      if (c >= kBasicPlane || c == U' ') continue;
      char_flags_[c] |= kCharStop;
      if (fields[0] == "strict") char_flags_[c] |= kStrictStop;
    }
  });
}

void Lexicon::LoadHeads() {
  ForEachLine(LexiconFile("org_heads.txt"), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    const std::u32string head = ToChars(fields[0]);
    LexiconEntry& entry = Add(head);
    entry.strength = StrengthOf(fields[2]);
    if (entry.strength != HeadStrength::kNone) entry.classes |= kOrgHead;
    entry.head_type = OrgTypeIndex(fields[1]);
    AddLength(head, org_head_lengths_);
  });
  LoadKeyed("org_stops.txt", ' ');
  AddWords("org_inner_verbs.txt", kOrgInner);
  ForEachLine(LexiconFile("product_heads.txt"), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    const uint64_t classes = fields[0] == "document"  ? kDocument
                             : fields[0] == "list"    ? kProductListNoun
                             : fields[0] == "meeting" ? kMeeting
                                                      : kProductHead;
    for (const std::string_view field : Split(fields[1], ' ')) {
      const std::u32string word = ToChars(field);
      Add(word).classes |= classes;
      if (classes == kProductHead) AddLength(word, product_head_lengths_);
      if (classes == kDocument) AddLength(word, document_lengths_);
    }
  });
  AddWords("common_words_en.txt", kCommonEn);
}

void Lexicon::LoadOrganizations() {
  const auto load = [&](std::string_view file, uint64_t classes) {
    ForEachLine(LexiconFile(file), [&](std::string_view line) {
      const auto fields = Split(line, '\t');
      // Lists taken from running text hold common nouns too: 三甲医院.
      if (file == "org_names.txt" && IsCommonSequence(ToChars(fields[0]))) return;
      std::string_view type = fields[1];
      const bool ambiguous = type.ends_with('?');
      if (ambiguous) type.remove_suffix(1);
      LexiconEntry& entry = Add(ToChars(fields[0]));
      if (type == "PRODUCT") {
        if (!ambiguous) entry.classes |= kProductName;
        return;
      }
      if (classes == kOrgListed && IsCommonWord(ToChars(fields[0]))) return;
      entry.classes |= ambiguous || (classes == kOrgListed && IsCommonPhrase(ToChars(fields[0])))
                           ? kOrgAmbiguous
                           : classes;
      if (IsUpperOnly(fields[0])) entry.classes |= kUpperOnly;
      entry.org_type = OrgTypeIndex(type);
    });
  };
  load("org_names.txt", kOrgName);
  load("listed_companies.txt", kOrgListed);
  load("org_known.txt", kOrgName);
  AddWords("latin_common.txt", kCommonLatin);
  ForEachLine(LexiconFile("brand_names.txt"), [&](std::string_view line) {
    const std::u32string name = ToChars(line);
    if (!IsCommonPhrase(name)) Add(name).classes |= kBrand;
  });
  ForEachLine(LexiconFile("companies_us.txt"),
              [&](std::string_view line) { Add(ToChars(line)).classes |= kCompanyEn; });
}

bool Lexicon::IsCommonWord(std::u32string_view word) const {
  const LexiconEntry& entry = Find(word);
  return entry.Is(kWord) && entry.cost < 20 * 16 && entry.pos != 'Z' && entry.pos != 'R' &&
         entry.pos != 'O' && entry.pos != 'j' && entry.pos != 'P';
}

bool Lexicon::IsCommonSequence(std::u32string_view name) const {
  std::vector<uint8_t> reached(name.size() + 1);
  reached[0] = 1;
  for (size_t i = 0; i < name.size(); ++i) {
    if (!reached[i]) continue;
    Match(name, i, [&](size_t length, const LexiconEntry& entry) {
      const bool proper = entry.pos == 'P' || entry.pos == 'Z' || entry.pos == 'R' ||
                          entry.pos == 'O' || entry.pos == 'j' || entry.Is(kPlace | kLevel);
      if (!proper && (length >= 2 || entry.Is(kOrgHead)) && length < name.size() &&
          entry.Is(kWord | kOrgHead)) {
        reached[i + length] = 1;
      }
    });
  }
  return reached[name.size()] != 0;
}

bool Lexicon::IsCommonPhrase(std::u32string_view name) const {
  if (IsCommonWord(name)) return true;
  return name.size() == 4 && IsCommonWord(name.substr(0, 2)) && IsCommonWord(name.substr(2));
}

void Lexicon::LoadPeople() {
  AddWords("surnames.txt", kSurname);
  AddWords("given_names_en.txt", kNameEn);
  ForEachLine(LexiconFile("transliteration_chars.txt"), [&](std::string_view line) {
    for (const char32_t c : ToChars(line)) {
      if (c < kBasicPlane) char_flags_[c] |= kTransliteration;
    }
  });
  ForEachLine(LexiconFile("person_chars.txt"), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    const std::u32string c = ToChars(fields[0]);
    if (c.size() != 1 || c[0] >= kBasicPlane || fields.size() != 5) return;
    const auto count = [&](size_t i) {
      return static_cast<uint16_t>(std::min(65535, std::atoi(std::string(fields[i]).c_str())));
    };
    const PersonChar counts = {count(1), count(2), count(3), count(4)};
    uint16_t& index = person_index_[c[0]];
    if (index == 0) {
      index = static_cast<uint16_t>(person_chars_.size());
      person_chars_.emplace_back();
    }
    PersonChar& sum = person_chars_[index];  // Of the simplified and the traditional form.
    sum.surname = std::max(sum.surname, counts.surname);
    sum.first = std::max(sum.first, counts.first);
    sum.second = std::max(sum.second, counts.second);
    sum.single = std::max(sum.single, counts.single);
  });
}

void Lexicon::LoadKeyed(std::string_view file, char separator) {
  ForEachLine(LexiconFile(file), [&](std::string_view line) {
    const auto fields = Split(line, '\t');
    const std::string_view words = fields.back();
    if (fields[0] == "not-given") {
      for (const char32_t c : ToChars(words)) {
        if (c < kBasicPlane) char_flags_[c] |= kNotGiven;
      }
      return;
    }
    if (fields[0] == "head" && fields.size() == 3) {  // English heads, with their type.
      for (const std::string_view word : Split(words, separator)) {
        LexiconEntry& entry = Add(ToChars(word));
        entry.classes |= kOrgHeadEn;
        entry.head_type = OrgTypeIndex(fields[1]);
      }
      return;
    }
    const Key* key = std::find_if(std::begin(kKeys), std::end(kKeys),
                                  [&](const Key& k) { return k.name == fields[0]; });
    if (key == std::end(kKeys)) std::abort();  // A list of ours names a class that does not exist.
    const char by = fields[0].starts_with("en") || fields[0] == "geo" ? '|' : separator;
    for (const std::string_view word : Split(words, by)) Add(ToChars(word)).classes |= key->classes;
  });
}

const LexiconEntry& Lexicon::Find(std::u32string_view word) const {
  uint32_t node = kRoot;
  for (const char32_t c : word) {
    node = Child(node, c);
    if (node == kNone) return entries_[0];
  }
  return entries_[node == kRoot ? 0 : EntryOf(node)];
}

size_t Lexicon::LongestEnding(std::u32string_view text, uint64_t classes, uint32_t lengths,
                              const LexiconEntry*& entry) const {
  while (lengths != 0) {
    const auto length = static_cast<size_t>(std::bit_width(lengths) - 1);
    lengths ^= uint32_t{1} << length;
    if (length > text.size()) continue;
    const LexiconEntry& candidate = Find(text.substr(text.size() - length));
    if (candidate.Is(classes)) {
      entry = &candidate;
      return length;
    }
  }
  return 0;
}

size_t Lexicon::FindOrgHead(std::u32string_view text, size_t begin, size_t end,
                            const LexiconEntry*& entry) const {
  const char32_t last = begin < end ? ToLower(text[end - 1]) : U'\0';
  if (last >= kBasicPlane) return 0;
  return LongestEnding(text.substr(begin, end - begin), kOrgHead, org_head_lengths_[last], entry);
}

size_t Lexicon::FindEnding(std::u32string_view text, LexiconClass what, size_t length_min,
                           size_t length_max) const {
  const char32_t last = text.empty() ? U'\0' : ToLower(text.back());
  if (last >= kBasicPlane) return 0;
  const uint32_t all = what == kProductHead ? product_head_lengths_[last] : document_lengths_[last];
  const uint64_t asked = (uint64_t{2} << length_max) - (uint64_t{1} << length_min);
  const LexiconEntry* entry = nullptr;
  return LongestEnding(text, what, all & static_cast<uint32_t>(asked), entry);
}

uint32_t Lexicon::AddChild(uint32_t node, char32_t c) {
  const uint64_t key = KeyOf(node, c);
  const uint32_t slot = SlotOf(key);
  if (slots_[slot] != 0) return slot;
  if (++used_ > kSlots / 4 * 3) std::abort();  // The lists have outgrown the table: enlarge it.
  slots_[slot] = key;
  if (node == kRoot && c < kBasicPlane) first_[c] = slot;
  return slot;
}

LexiconEntry& Lexicon::Add(std::u32string_view word) {
  uint32_t node = kRoot;
  for (const char32_t c : word) node = AddChild(node, c);
  if (node == kRoot) std::abort();  // An empty word in a list of ours.
  if (EntryOf(node) == 0) {
    slots_[node] |= uint64_t{entries_.size()} << kKeyBits;
    entries_.emplace_back();
  }
  return entries_[EntryOf(node)];
}

}  // namespace partnergraph
