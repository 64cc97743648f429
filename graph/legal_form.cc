#include "graph/legal_form.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

#include "graph/place_table.inc"

namespace partnergraph {
namespace {

// Written without spaces. Longest first, so that a form is not taken for the end of another.
constexpr std::u32string_view kEndings[] = {U"集团股份有限公司",
                                            U"控股股份有限公司",
                                            U"集团有限责任公司",
                                            U"控股有限责任公司",
                                            U"股份有限公司",
                                            U"有限责任公司",
                                            U"集团有限公司",
                                            U"控股有限公司",
                                            U"控股集团",
                                            U"集团控股",
                                            U"股份公司",
                                            U"有限公司",
                                            U"有限合伙",
                                            U"合伙企业",
                                            U"集团公司",
                                            U"株式会社",
                                            U"有限会社",
                                            U"合同会社",
                                            U"주식회사",
                                            U"유한회사",
                                            U"总公司",
                                            U"集团",
                                            U"控股",
                                            U"公司",
                                            U"股份",
                                            U"企业"};
constexpr std::u32string_view kBeginnings[] = {U"株式会社", U"有限会社", U"合同会社", U"주식회사",
                                               U"유한회사"};

// Words of their own. Longest first.
constexpr std::u32string_view kWordEndings[] = {U"public limited company",
                                                U"limited liability company",
                                                U"joint stock company",
                                                U"corporation limited",
                                                U"private limited",
                                                U"company limited",
                                                U"gmbh & co kg",
                                                U"gmbh &co kg",
                                                U"incorporated",
                                                U"corporation",
                                                U"pte limited",
                                                U"co limited",
                                                U"corporate",
                                                U"holdings",
                                                U"pty ltd",
                                                U"pte ltd",
                                                U"pvt ltd",
                                                U"sdn bhd",
                                                U"company",
                                                U"limited",
                                                U"holding",
                                                U"co ltd",
                                                U"co inc",
                                                U"l l c",
                                                U"s p a",
                                                U"s r l",
                                                U"group",
                                                U"coltd",
                                                U"n v",
                                                U"b v",
                                                U"s a",
                                                U"a g",
                                                U"k k",
                                                U"gmbh",
                                                U"kgaa",
                                                U"sarl",
                                                U"pjsc",
                                                U"inc",
                                                U"ltd",
                                                U"llc",
                                                U"llp",
                                                U"plc",
                                                U"spa",
                                                U"srl",
                                                U"sas",
                                                U"oyj",
                                                U"asa",
                                                U"aps",
                                                U"bhd",
                                                U"jsc",
                                                U"tbk",
                                                U"corp",
                                                U"pte",
                                                U"pty",
                                                U"co",
                                                U"lp",
                                                U"ag",
                                                U"se",
                                                U"sa",
                                                U"nv",
                                                U"bv",
                                                U"oy",
                                                U"ab",
                                                U"kk",
                                                U"kg"};

// Places in brackets beyond kChinesePlaces.
constexpr std::u32string_view kBracketPlaces[] = {
    U"中国",   U"全国",    U"亚洲",         U"亚太",      U"大中华",   U"国际",
    U"美国",   U"日本",    U"新加坡",       U"韩国",      U"英国",     U"德国",
    U"法国",   U"欧洲",    U"china",        U"hong kong", U"hongkong", U"hk",
    U"macau",  U"taiwan",  U"beijing",      U"shanghai",  U"shenzhen", U"guangzhou",
    U"asia",   U"apac",    U"asia pacific", U"singapore", U"japan",    U"korea",
    U"usa",    U"us",      U"uk",           U"europe",    U"india",    U"germany",
    U"france", U"america", U"international"};

bool IsCjkChar(char32_t c) {
  return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xAC00 && c <= 0xD7AF);
}

// True when enough is left of a name to tell it from others.
bool IsEnough(std::u32string_view rest, size_t cjk_chars_min) {
  if (rest.empty()) return false;
  const bool cjk = std::any_of(rest.begin(), rest.end(), IsCjkChar);
  return !cjk || rest.size() >= cjk_chars_min;
}

std::u32string_view Trim(std::u32string_view text) {
  while (!text.empty() && text.back() == U' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == U' ') text.remove_prefix(1);
  return text;
}

// Of kWordEndings those that end like a name, in their order.
std::span<const std::u32string_view> WordEndingsOf(std::u32string_view name) {
  struct Table {
    std::array<std::vector<std::u32string_view>, 128> by_last_char;
    Table() {
      for (const std::u32string_view ending : kWordEndings) {
        by_last_char[ending.back()].push_back(ending);
      }
    }
  };
  static const Table* const table = new Table;
  if (name.empty() || name.back() >= table->by_last_char.size()) return {};
  return table->by_last_char[name.back()];
}

// Takes one legal form off; false when there is none to take.
bool StripOne(std::u32string_view& name) {
  const bool ends_in_ascii = !name.empty() && name.back() < 0x80;
  for (std::u32string_view ending : kEndings) {
    if (ends_in_ascii || !name.ends_with(ending)) continue;
    const std::u32string_view rest = Trim(name.substr(0, name.size() - ending.size()));
    // A shorter form must not cut the longest one in two.
    if (!IsEnough(rest, 2)) return false;
    name = rest;
    return true;
  }
  for (std::u32string_view ending : WordEndingsOf(name)) {
    if (!name.ends_with(ending)) continue;
    const std::u32string_view before = name.substr(0, name.size() - ending.size());
    // A word of its own, or glued to Chinese: "腾讯 inc", "腾讯inc".
    if (before.empty() || (before.back() != U' ' && !IsCjkChar(before.back()))) continue;
    const std::u32string_view rest = Trim(before);
    // "A & Co.": the sign belongs to the form.
    const std::u32string_view bare =
        rest.ends_with(U" &") ? Trim(rest.substr(0, rest.size() - 1)) : rest;
    if (!IsEnough(bare, 2)) return false;
    name = bare;
    return true;
  }
  for (std::u32string_view beginning : kBeginnings) {
    if (!name.starts_with(beginning)) continue;
    const std::u32string_view rest = Trim(name.substr(beginning.size()));
    if (!IsEnough(rest, 2)) continue;
    name = rest;
    return true;
  }
  return false;
}

std::u32string_view StripLeadingPlace(std::u32string_view name) {
  if (!name.empty() && name.front() < 0x80) return name;  // All places are Chinese.
  // Twice: a province, then a city.
  for (int i = 0; i < 2; ++i) {
    for (std::u32string_view place : kChinesePlaces) {
      if (!name.starts_with(place)) continue;
      std::u32string_view rest = name.substr(place.size());
      const bool marked = rest.starts_with(U"省") || rest.starts_with(U"市");
      if (marked) rest.remove_prefix(1);
      rest = Trim(rest);
      // 上海银行 without its place is any bank; 深圳市腾讯 is marked as a place and a name.
      if (IsEnough(rest, marked ? 2 : 4)) name = rest;
      break;
    }
  }
  return name;
}

}  // namespace

std::u32string StripLegalForm(std::u32string_view words) {
  std::u32string_view name = Trim(words);
  if (name.starts_with(U"the ") && name.size() > 4) name = Trim(name.substr(4));
  bool stripped = false;
  while (StripOne(name)) stripped = true;
  if (stripped) name = StripLeadingPlace(name);
  return std::u32string(name);
}

bool IsPlaceName(std::u32string_view text) {
  text = Trim(text);
  if (text.size() > 2 && (text.ends_with(U"市") || text.ends_with(U"省"))) text.remove_suffix(1);
  const auto is_text = [text](std::u32string_view place) { return place == text; };
  return std::any_of(std::begin(kChinesePlaces), std::end(kChinesePlaces), is_text) ||
         std::any_of(std::begin(kBracketPlaces), std::end(kBracketPlaces), is_text);
}

}  // namespace partnergraph
