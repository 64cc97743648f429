#include "ingest/currency.h"

#include "ingest/character.h"
#include "ingest/number_reader.h"

namespace partnergraph {
namespace {

using std::u32string_view;

struct Row {
  u32string_view word;
  std::string_view code;
};

// What a bare word means is told by the language of the text.
constexpr std::string_view kYuan = "元", kDollar = "$", kYenSign = "¥";

// After a number; of words with one beginning the longer comes first.
constexpr Row kAfter[] = {
    {U"元人民币", "CNY"},
    {U"人民币元", "CNY"},
    {U"人民币", "CNY"},
    {U"元港币", "HKD"},
    {U"港元", "HKD"},
    {U"港币", "HKD"},
    {U"港纸", "HKD"},
    {U"元新台币", "TWD"},
    {U"新台币", "TWD"},
    {U"元台币", "TWD"},
    {U"台币", "TWD"},
    {U"元美金", "USD"},
    {U"美元", "USD"},
    {U"美金", "USD"},
    {U"欧元", "EUR"},
    {U"英镑", "GBP"},
    {U"日元", "JPY"},
    {U"日圆", "JPY"},
    {U"日币", "JPY"},
    {U"韩元", "KRW"},
    {U"韩圆", "KRW"},
    {U"韩币", "KRW"},
    {U"新加坡元", "SGD"},
    {U"新币", "SGD"},
    {U"新元", "SGD"},
    {U"坡币", "SGD"},
    {U"加元", "CAD"},
    {U"加币", "CAD"},
    {U"澳元", "AUD"},
    {U"澳币", "AUD"},
    {U"新西兰元", "NZD"},
    {U"澳门元", "MOP"},
    {U"瑞士法郎", "CHF"},
    {U"瑞郎", "CHF"},
    {U"印度卢比", "INR"},
    {U"卢布", "RUB"},
    {U"泰铢", "THB"},
    {U"林吉特", "MYR"},
    {U"令吉", "MYR"},
    {U"印尼盾", "IDR"},
    {U"印尼卢比", "IDR"},
    {U"越南盾", "VND"},
    {U"雷亚尔", "BRL"},
    {U"迪拉姆", "AED"},
    {U"元", kYuan},
    {U"圆", kYuan},
    {U"U.S. dollars", "USD"},
    {U"US dollars", "USD"},
    {U"Hong Kong dollars", "HKD"},
    {U"HK dollars", "HKD"},
    {U"New Taiwan dollars", "TWD"},
    {U"NT dollars", "TWD"},
    {U"Singapore dollars", "SGD"},
    {U"Canadian dollars", "CAD"},
    {U"Australian dollars", "AUD"},
    {U"Swiss francs", "CHF"},
    {U"dollars", kDollar},
    {U"renminbi", "CNY"},
    {U"yuan", "CNY"},
    {U"euros", "EUR"},
    {U"euro", "EUR"},
    {U"pounds sterling", "GBP"},
    {U"pounds", "GBP"},
    {U"yen", "JPY"},
    {U"won", "KRW"},
    {U"rupees", "INR"},
    {U"baht", "THB"},
    {U"ringgit", "MYR"},
    {U"RMB", "CNY"},
    {U"CNY", "CNY"},
    {U"USD", "USD"},
    {U"HKD", "HKD"},
    {U"TWD", "TWD"},
    {U"NTD", "TWD"},
    {U"EUR", "EUR"},
    {U"GBP", "GBP"},
    {U"JPY", "JPY"},
    {U"KRW", "KRW"},
    {U"SGD", "SGD"},
    {U"AUD", "AUD"},
    {U"CAD", "CAD"},
    {U"CHF", "CHF"},
    {U"INR", "INR"},
};

// Before a number; of words with one ending the longer comes first.
constexpr Row kBefore[] = {
    {U"U.S.$", "USD"}, {U"US$", "USD"},   {U"HK$", "HKD"},  {U"NT$", "TWD"},  {U"SG$", "SGD"},
    {U"AU$", "AUD"},   {U"CA$", "CAD"},   {U"NZ$", "NZD"},  {U"S$", "SGD"},   {U"A$", "AUD"},
    {U"C$", "CAD"},    {U"R$", "BRL"},    {U"$", kDollar},  {U"€", "EUR"},    {U"£", "GBP"},
    {U"¥", kYenSign},  {U"￥", kYenSign}, {U"₩", "KRW"},    {U"₹", "INR"},    {U"RMB", "CNY"},
    {U"CNY", "CNY"},   {U"USD", "USD"},   {U"HKD", "HKD"},  {U"TWD", "TWD"},  {U"NTD", "TWD"},
    {U"EUR", "EUR"},   {U"GBP", "GBP"},   {U"JPY", "JPY"},  {U"KRW", "KRW"},  {U"SGD", "SGD"},
    {U"AUD", "AUD"},   {U"CAD", "CAD"},   {U"CHF", "CHF"},  {U"INR", "INR"},  {U"人民币", "CNY"},
    {U"美元", "USD"},  {U"美金", "USD"},  {U"港元", "HKD"}, {U"港币", "HKD"}, {U"新台币", "TWD"},
    {U"台币", "TWD"},  {U"欧元", "EUR"},  {U"英镑", "GBP"}, {U"日元", "JPY"}, {U"日圆", "JPY"},
};

CurrencyWord Interpret(const Row& row, Language language) {
  CurrencyWord word{static_cast<uint32_t>(row.word.size()), row.code, row.code == kYuan};
  const bool traditional = language == Language::kTraditionalChinese;
  if (row.code == kYuan) word.code = traditional ? "" : "CNY";
  if (row.code == kDollar) word.code = traditional ? "" : "USD";
  if (row.code == kYenSign) {
    word.code = language == Language::kSimplifiedChinese ? "CNY" : "";
  }
  return word;
}

}  // namespace

std::optional<CurrencyWord> CurrencyAt(const Document& document, uint32_t begin, uint32_t end,
                                       Language language) {
  for (const Row& row : kAfter) {
    if (HasWordAt(document, begin, end, row.word)) return Interpret(row, language);
  }
  return std::nullopt;
}

std::optional<CurrencyWord> CurrencyBefore(const Document& document, uint32_t begin, uint32_t end,
                                           Language language) {
  for (const Row& row : kBefore) {
    const auto size = static_cast<uint32_t>(row.word.size());
    if (end - begin < size || document.Chars({end - size, end}) != row.word) continue;
    const bool inside_word = IsLatin(row.word[0]) && end - size > begin &&
                             IsAlphanumeric(document.chars[end - size - 1]);
    if (!inside_word) return Interpret(row, language);
  }
  return std::nullopt;
}

}  // namespace partnergraph
