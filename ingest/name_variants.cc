#include "ingest/name_variants.h"

#include <algorithm>

#include "ingest/character.h"
#include "ingest/lexicon.h"
#include "ingest/name_forms.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

constexpr size_t kInitialsMin = 2;
constexpr size_t kInitialsMax = 10;
constexpr size_t kVariantsMax = 24;

bool HasHan(std::u32string_view text) { return std::any_of(text.begin(), text.end(), IsHan); }

void AddVariant(std::u32string_view variant, std::u32string_view name,
                std::vector<std::u32string>& variants) {
  while (!variant.empty() && !IsAlphanumeric(variant.back()) && !IsHan(variant.back()) &&
         variant.back() != U')') {
    variant.remove_suffix(1);
  }
  if (variant.size() < 2 || variant.size() >= name.size() || variants.size() >= kVariantsMax) {
    return;
  }
  variants.push_back(NameKey(variant));
}

// Where words end: before white space and marks.
std::vector<size_t> WordEnds(std::u32string_view name) {
  std::vector<size_t> ends;
  for (size_t i = 1; i < name.size(); ++i) {
    if (IsAlphanumeric(name[i - 1]) && !IsAlphanumeric(name[i])) ends.push_back(i);
  }
  return ends;
}

std::u32string Initials(std::u32string_view name) {
  std::u32string initials;
  for (size_t i = 0; i < name.size(); ++i) {
    if (IsUpper(name[i])) initials += name[i];
  }
  return initials;
}

void LatinVariants(MentionType type, std::u32string_view name,
                   std::vector<std::u32string>& variants) {
  const std::vector<size_t> ends = WordEnds(name);
  for (size_t i = ends.size(); i > 0; --i) AddVariant(name.substr(0, ends[i - 1]), name, variants);
  const size_t space = name.rfind(U' ');
  if (type == MentionType::kPerson && space != name.npos) {
    AddVariant(name.substr(space + 1), name, variants);
    // "Hale Orin II": the last name stands before.
    const size_t before = name.rfind(U' ', space - 1);
    if (space > 0 && before != name.npos) {
      AddVariant(name.substr(before + 1, space - before - 1), name, variants);
    }
    return;
  }
  const std::u32string initials = Initials(name);
  if (initials.size() >= kInitialsMin && initials.size() <= kInitialsMax) {
    AddVariant(initials, name, variants);
  }
  // Without a full stop or comma: "US Global" of "U.S. Global".
  std::u32string plain;
  for (const char32_t c : name) {
    if (c != U'.' && c != U',') plain += c;
  }
  if (plain.size() < name.size()) AddVariant(plain, name, variants);
  if (type != MentionType::kProduct || ends.size() < 2) return;
  // "Corvel Project" of "Corvel Uranium Project".
  std::u32string outer(name.substr(0, ends[0]));
  outer += name.substr(name.rfind(U' ') == name.npos ? name.size() : name.rfind(U' '));
  AddVariant(outer, name, variants);
}

void ChineseCompanyVariants(std::u32string_view name, std::vector<std::u32string>& variants) {
  const Lexicon& lexicon = Lexicon::Get();
  // 青海小岭羊 may be 小岭羊; 云风岭产 is not 岭产.
  for (size_t cut = 1; cut + 2 <= name.size() && cut <= 8; ++cut) {
    const LexiconEntry& before = lexicon.Find(name.substr(0, cut));
    if (before.Is(kOrgName | kOrgListed | kOrgAmbiguous)) continue;
    const bool place = before.Is(kPlace | kCountry | kLevel);
    const char32_t first = name[cut];
    // 省局 of 江西省局: what a public body is called in its own place.
    const bool level = std::u32string_view(U"省市县区").find(first) != std::u32string_view::npos;
    if (place || level) AddVariant(name.substr(cut), name, variants);
  }
}

void ChineseProductVariants(std::u32string_view name, std::vector<std::u32string>& variants) {
  for (size_t cut = 1; cut + 2 <= name.size(); ++cut) AddVariant(name.substr(cut), name, variants);
  // Without APP or the head at the end.
  size_t end = name.size();
  while (end > 0 && IsLatin(name[end - 1])) --end;
  if (end < name.size()) AddVariant(name.substr(0, end), name, variants);
  for (size_t length = 2; length <= 6 && length + 2 <= name.size(); ++length) {
    if (Lexicon::Get().Find(name.substr(name.size() - length)).Is(kProductHead)) {
      AddVariant(name.substr(0, name.size() - length), name, variants);
    }
  }
}

}  // namespace

std::vector<std::u32string> NameVariants(MentionType type, std::u32string_view name) {
  std::vector<std::u32string> variants;
  if (name.size() < 3 || name.size() > kVariantCharsMax) return variants;
  if (!HasHan(name)) {
    LatinVariants(type, name, variants);
  } else if (type == MentionType::kCompany) {
    ChineseCompanyVariants(name, variants);
  } else if (type == MentionType::kProduct) {
    ChineseProductVariants(name, variants);
  } else {
    const size_t dot = name.rfind(U'·');
    if (dot != name.npos) AddVariant(name.substr(dot + 1), name, variants);
  }
  return variants;
}

bool IsContraction(std::u32string_view name, std::u32string_view longer) {
  constexpr size_t kCharsMin = 3;
  if (name.size() < kCharsMin || name.size() >= longer.size() || longer.size() > kVariantCharsMax ||
      name[0] != longer[0] || !IsHan(name[0])) {
    return false;
  }
  const bool same_end = name.back() == longer.back();
  if (!same_end && !longer.ends_with(U"公司")) return false;
  if (EndsWithAny(name, {U"银行", U"大学", U"医院", U"学院", U"中学", U"小学", U"分局", U"支行"})) {
    return false;
  }
  // What is left out, run by run.
  const Lexicon& lexicon = Lexicon::Get();
  size_t found = 0;
  for (size_t i = 0; i < longer.size(); ++i) {
    if (found < name.size() && name[found] == longer[i]) {
      ++found;
      continue;
    }
    bool place = false;
    lexicon.Match(longer, i, [&](size_t length, const LexiconEntry& entry) {
      place |= length >= 2 && entry.Is(kPlace | kCountry) && !entry.Is(kOrgHead | kOrgInner);
    });
    if (place) return false;
  }
  return found == name.size();
}

}  // namespace partnergraph
