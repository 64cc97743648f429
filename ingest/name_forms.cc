#include "ingest/name_forms.h"

#include <algorithm>

#include "ingest/character.h"
#include "ingest/lexicon.h"
#include "ingest/segmenter.h"

namespace partnergraph {
namespace {

constexpr size_t kNameCharsMax = 80;

// Legal forms and what else may be left off at the end, longest first.
constexpr std::u32string_view kLegalForms[] = {U"集团股份有限公司",
                                               U"集团有限责任公司",
                                               U"控股集团有限公司",
                                               U"集团有限公司",
                                               U"股份有限公司",
                                               U"有限责任公司",
                                               U"控股有限公司",
                                               U"有限公司",
                                               U"股份公司",
                                               U"集团公司",
                                               U"总公司",
                                               U"控股集团",
                                               U"控股公司",
                                               U"公司",
                                               U"集团",
                                               U"控股",
                                               U"股份",
                                               U"企业"};

bool IsLegalForm(std::u32string_view text) {
  return std::find(std::begin(kLegalForms), std::end(kLegalForms), text) != std::end(kLegalForms);
}

void AddForm(std::u32string_view form, std::u32string_view name,
             std::vector<std::u32string>& forms) {
  if (form.size() < 2 || form == name) return;
  if (std::find(forms.begin(), forms.end(), form) == forms.end()) forms.emplace_back(form);
}

// A word that says nothing about whose it is.
bool IsGeneric(const Token& token) {
  if (token.kind != TokenKind::kHan) return false;
  if (token.Is(kOrgName | kOrgListed | kOrgAmbiguous)) return false;
  if (token.Is(kOrgHead | kOrgInner)) return true;
  if (token.span.size() == 1 || !token.Is(kWord)) return false;
  return token.pos() != 'Z' && token.pos() != 'R' && token.pos() != 'P' && token.pos() != 'O' &&
         token.pos() != 'j' && token.entry->cost < (token.span.size() >= 3 ? 23 : 20) * 16;
}

std::u32string WithoutBrackets(std::u32string_view name) {
  std::u32string plain;
  int depth = 0;
  for (const char32_t c : name) {
    if (c == U'(') ++depth;
    if (depth == 0) plain += c;
    if (c == U')' && depth > 0) --depth;
  }
  return plain;
}

// How many characters the chain of places in front of a name has.
uint32_t PlaceLength(std::u32string_view name) {
  uint32_t length = 0;
  for (bool again = true; again;) {
    again = false;
    for (uint32_t next = 6; next >= 2; --next) {
      if (length + next + 2 > name.size()) continue;
      const LexiconEntry& entry = Lexicon::Get().Find(name.substr(length, next));
      if (!entry.Is(kPlace) || entry.Is(kOrgName | kOrgAmbiguous)) continue;
      length += next;
      again = true;
      break;
    }
  }
  return length;
}

void ChineseForms(std::u32string_view name, std::vector<std::u32string>& forms) {
  const std::u32string plain = WithoutBrackets(name);
  AddForm(plain, name, forms);
  std::u32string_view core = plain;
  bool legal = false;
  for (bool again = true; again;) {
    again = false;
    for (const std::u32string_view form : kLegalForms) {
      if (core.size() >= form.size() + 2 && core.ends_with(form)) {
        core.remove_suffix(form.size());
        again = legal = true;
        break;
      }
    }
  }
  const uint32_t place = PlaceLength(core);
  std::vector<Token> tokens;  // Of what follows the place.
  Segment(core, {place, static_cast<uint32_t>(core.size())}, tokens);
  if (tokens.empty()) return;
  const LexiconEntry* head = nullptr;
  const size_t head_length = Lexicon::Get().FindOrgHead(core, 0, core.size(), head);
  const bool trade = head_length == 0 || head->strength == HeadStrength::kTrade ||
                     head->strength == HeadStrength::kWeak || head->strength == HeadStrength::kFund;
  AddForm(core, name, forms);
  if (place > 0 && core.size() - place >= 3 && !(head_length == core.size() - place)) {
    const std::u32string_view rest = core.substr(place);
    if (tokens.size() > 1 || !IsGeneric(tokens[0])) {
      // A name that is all common words without its place names no one.
      bool generic = true;
      for (const Token& token : tokens) generic &= IsGeneric(token);
      const bool body = !legal && head_length > 0 && rest.size() >= 5 &&
                        head->head_type != OrgTypeIndex("COMPANY");
      if (!generic || body || (legal && plain.size() - place >= 5)) {
        AddForm(rest, name, forms);
        AddForm(plain.substr(place), name, forms);
      }
    }
  }
  if (!trade && !legal) return;
  // A listed name is one word: its brand is what stands before the trade.
  if (trade && head_length > 0 && core.size() - place > head_length + 1) {
    const std::u32string_view brand = core.substr(place, core.size() - place - head_length);
    const LexiconEntry& entry = Lexicon::Get().Find(brand);
    if (brand.size() <= 4 && !(entry.Is(kWord) && entry.cost < 17 * 16 && entry.pos != 'Z') &&
        !entry.Is(kPlace)) {
      AddForm(brand, name, forms);
    }
  }
  // The brand: from the place to the first generic word.
  size_t end = 0;
  while (end < tokens.size() && !IsGeneric(tokens[end])) ++end;
  if (end == 0) return;
  const uint32_t brand_end = tokens[end - 1].span.end;
  const std::u32string_view brand = core.substr(place, brand_end - place);
  const bool finance = !trade && head != nullptr && head->head_type == OrgTypeIndex("FINANCIAL");
  if (brand.size() >= 2 && !finance && (trade || legal)) {
    const LexiconEntry& entry = Lexicon::Get().Find(brand);
    const bool place_name = entry.Is(kPlace | kCountry) && !entry.Is(kOrgName | kOrgAmbiguous);
    if (!place_name) AddForm(brand, name, forms);
    if (place > 0) AddForm(core.substr(0, brand_end), name, forms);
    for (const std::u32string_view suffix : {U"公司", U"集团", U"股份", U"控股"}) {
      std::u32string form(brand);
      form += suffix;
      AddForm(form, name, forms);
      if (brand_end < core.size())
        AddForm(std::u32string(core.substr(place)) + std::u32string(suffix), name, forms);
    }
  }
  for (size_t i = end; i < tokens.size() && i < end + 3; ++i) {
    if (tokens[i].span.size() == 4) {  // 生物科技: to 生物 as well.
      AddForm(core.substr(place, tokens[i].span.begin + 2 - place), name, forms);
    }
    AddForm(core.substr(place, tokens[i].span.end - place), name, forms);
  }
}

void EnglishForms(std::u32string_view name, std::vector<std::u32string>& forms) {
  std::vector<Token> tokens;
  Segment(name, {0, static_cast<uint32_t>(name.size())}, tokens);
  std::vector<Token> words;
  for (const Token& token : tokens) {
    if (token.kind == TokenKind::kLatin || token.kind == TokenKind::kNumber) words.push_back(token);
  }
  if (words.empty()) return;
  size_t end = words.size();
  while (end > 1 && words[end - 1].Is(kLegalEn)) --end;
  const auto form = [&](size_t n) { return name.substr(0, words[n - 1].span.end); };
  AddForm(form(end), name, forms);
  // "The" in front.
  if (words[0].Is(kNotNameEn) && end > 1 && ToLower(name[0]) == U't') {
    AddForm(name.substr(words[1].span.begin, words[end - 1].span.end - words[1].span.begin), name,
            forms);
  }
  std::u32string initials;
  for (size_t i = 0; i < end; ++i) {
    const char32_t c = name[words[i].span.begin];
    if (IsUpper(c)) initials += c;
  }
  if (initials.size() >= 3) AddForm(initials, name, forms);
  const bool company = words[end - 1].Is(kOrgHeadEn) &&
                       (words[end - 1].entry->head_type == OrgTypeIndex("COMPANY") ||
                        words[end - 1].entry->head_type == OrgTypeIndex("FINANCIAL"));
  if (!company && end == words.size()) return;
  size_t brand = end;
  while (brand > 1 && words[brand - 1].Is(kOrgHeadEn | kGenericEn)) {
    --brand;
    const std::u32string_view text = form(brand);
    const LexiconEntry& entry = Lexicon::Get().Find(text);
    if (entry.Is(kPlace | kNotNameEn | kGenericEn | kOrgHeadEn)) break;
    AddForm(text, name, forms);
  }
  if (brand >= 2 && end >= 2) {
    const LexiconEntry& entry = *words[0].entry;
    if (!entry.Is(kPlace | kNotNameEn | kGenericEn | kOrgHeadEn | kNameEn | kTitleModifier) &&
        words[0].span.size() >= 4) {
      AddForm(form(1), name, forms);
    }
  }
}

}  // namespace

std::vector<std::u32string> OrganizationShortForms(std::u32string_view name) {
  std::vector<std::u32string> forms;
  if (name.size() < 2 || name.size() > kNameCharsMax) return forms;
  const bool chinese = std::any_of(name.begin(), name.end(), IsHan);
  if (chinese) {
    ChineseForms(name, forms);
  } else {
    EnglishForms(name, forms);
  }
  std::erase_if(forms, [&](const std::u32string& form) {
    if (IsLegalForm(form)) return true;
    const LexiconEntry& entry = Lexicon::Get().Find(form);
    return entry.Is(kOrgStop | kTitleHead | kSpeech) || (entry.Is(kOrgHead) && form.size() <= 4);
  });
  return forms;
}

std::u32string NameKey(std::u32string_view name) {
  std::u32string key;
  for (const char32_t c : name) {
    if (!IsSpace(c) && c != U'\'' && c != U'"' && c != U'“' && c != U'”') key += ToLower(c);
  }
  return key;
}

}  // namespace partnergraph
