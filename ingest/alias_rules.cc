// Names that the text itself defines: X（以下简称“Y”）, X（Y）, X (the "Y").
#include <algorithm>
#include <array>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

constexpr uint32_t kAliasCharsMax = 40;

constexpr std::u32string_view kMarkers[] = {
    U"以下简称为", U"以下简称", U"以下统称", U"以下合称", U"下称", U"简称为", U"简称",   U"以下称",
    U"英文简称",   U"英文名称", U"英文名",   U"又称",     U"又名", U"原名",   U"曾用名", U"即"};

// Words that stand for a party in one article and name nothing outside it.
constexpr std::u32string_view kLocalNames[] = {U"公司",
                                               U"本公司",
                                               U"该公司",
                                               U"集团",
                                               U"本集团",
                                               U"计划",
                                               U"实验室",
                                               U"项目",
                                               U"平台",
                                               U"基金",
                                               U"中心",
                                               U"采购中心",
                                               U"学院",
                                               U"甲方",
                                               U"乙方",
                                               U"丙方",
                                               U"银行",
                                               U"本行",
                                               U"发行人",
                                               U"标的公司",
                                               U"目标公司",
                                               U"买方",
                                               U"卖方",
                                               U"合资公司",
                                               U"交易对方",
                                               U"联盟",
                                               U"协会",
                                               U"研究院",
                                               U"医院",
                                               U"学校",
                                               U"company",
                                               U"the company",
                                               U"corporation",
                                               U"the corporation",
                                               U"the group",
                                               U"group",
                                               U"the bank",
                                               U"bank",
                                               U"the fund",
                                               U"fund",
                                               U"the partnership",
                                               U"issuer",
                                               U"the issuer",
                                               U"purchaser",
                                               U"the purchaser",
                                               U"buyer",
                                               U"seller",
                                               U"vendor",
                                               U"the vendor",
                                               U"university",
                                               U"the university",
                                               U"parent"};

bool IsLocalName(std::u32string_view name) {
  std::u32string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  return std::find(std::begin(kLocalNames), std::end(kLocalNames), lower) != std::end(kLocalNames);
}

bool IsQuote(char32_t c) {
  return std::u32string_view(U"“”‘’\"'《》").find(c) != std::u32string_view::npos;
}

Span Trim(const Recognition& r, Span span) {
  const auto drop = [&](uint32_t i) {
    return IsSpace(r.At(i)) || IsQuote(r.At(i)) || r.At(i) == U':' || r.At(i) == U',';
  };
  while (span.size() > 0 && drop(span.begin)) ++span.begin;
  while (span.size() > 0 && drop(span.end - 1)) --span.end;
  return span;
}

// Defines names in brackets after candidates that are already there.
class AliasFinder {
 public:
  explicit AliasFinder(Recognition& recognition) : r_(recognition), ends_at_(r_.chars.size() + 1) {
    for (uint32_t i = 0; i < r_.candidates.size(); ++i) {
      const Candidate& candidate = r_.candidates[i];
      if (candidate.type > MentionType::kProduct) continue;
      uint32_t& slot = ends_at_[candidate.span.end];
      if (slot == 0 || r_.candidates[slot - 1].span.size() < candidate.span.size()) slot = i + 1;
    }
  }

  void Run() {
    for (uint32_t i = 1; i < r_.chars.size(); ++i) {
      if (r_.chars[i] == U'(') TryBracket(i);
    }
  }

 private:
  void TryBracket(uint32_t open) {
    uint32_t name_end = open;
    while (name_end > 0 && (IsSpace(r_.At(name_end - 1)) || IsQuote(r_.At(name_end - 1)))) {
      --name_end;
    }
    const uint32_t slot = ends_at_[name_end];
    if (slot == 0) return;
    uint32_t close = open + 1;
    while (close < r_.chars.size() && close - open < kAliasCharsMax + 12 &&
           r_.chars[close] != U')' && r_.chars[close] != U'\n') {
      ++close;
    }
    if (r_.At(close) != U')') return;
    const Span inside = {open + 1, close};
    for (const std::u32string_view marker : kMarkers) {
      const size_t found = r_.Chars(inside).find(marker);
      if (found == std::u32string_view::npos || found > 14) continue;
      Define(slot - 1, {inside.begin + static_cast<uint32_t>(found + marker.size()), inside.end},
             true);
      return;
    }
    Define(slot - 1, inside, false);
  }

  // A quoted or marked name is a definition; a bare one only when it is of another script than the
  // name, or an acronym.
  void Define(uint32_t index, Span inside, bool marked) {
    const Candidate named = r_.candidates[index];
    uint32_t begin = inside.begin;
    // Several aliases: “A”或“B”, "A" or "B".
    for (uint32_t i = inside.begin; i <= inside.end; ++i) {
      const char32_t c = r_.At(i);
      const bool end = i == inside.end || c == U'、' || c == U'或' || c == U',' || c == U';' ||
                       (c == U'o' && r_.Chars({i, std::min(i + 3, inside.end)}) == U"or " &&
                        IsSpace(r_.Before(i)));
      if (!end) continue;
      DefineOne(named, {begin, i}, marked);
      begin = i + 1 + (c == U'o' ? 1 : 0);
      if (c == U',' && !marked) break;
    }
  }

  void DefineOne(const Candidate& named, Span inside, bool marked) {
    Span alias = Trim(r_, inside);
    if (alias.size() == 0 || alias.size() > kAliasCharsMax) return;
    const bool quoted = IsQuote(r_.Before(alias.begin)) && IsQuote(r_.At(alias.end));
    std::u32string_view text = r_.Chars(alias);
    for (const std::u32string_view article : {U"the ", U"The "}) {
      if (quoted || !text.starts_with(article)) continue;
      alias = Trim(r_, {alias.begin + 4, alias.end});
      text = r_.Chars(alias);
    }
    if (text.empty() || text.find(U':') != text.npos || text.find(U'/') != text.npos) return;
    const bool latin = IsLatin(text[0]);
    const bool name_is_latin = IsLatin(r_.At(named.span.begin));
    if (!marked && !quoted && !IsQuote(r_.Before(alias.begin)) && !IsQuote(r_.At(alias.end))) {
      if (latin == name_is_latin && !IsAcronymOf(text, r_.Chars(named.span)) &&
          !SharesHead(alias, named.span)) {
        return;
      }
      if (!latin && !IsHan(text[0]) && !IsDigit(text[0])) return;
      if (latin && !IsUpper(text[0])) return;
      // A ticker or a state: too short to be a name in another script.
      if (text.size() < 2 || (latin && LooksLikeTicker(text))) return;
      if (!latin && (text.size() < 2 || text.size() > 20)) return;
      if (!latin && !LooksLikeName(alias) && !SharesHead(alias, named.span)) return;
    }
    if (!latin && !IsHan(text[0]) && !IsDigit(text[0])) return;
    Candidate candidate = named;
    candidate.span = alias;
    candidate.score = 0.95f;
    candidate.rule = "alias";
    candidate.local_name = IsLocalName(text);
    r_.candidates.push_back(candidate);
    r_.aliases.push_back({named.span, alias});
  }

  // 解放军总医院（301医院）: both say what kind of body it is.
  bool SharesHead(Span alias, Span name) const {
    const LexiconEntry* head = nullptr;
    const auto length =
        static_cast<uint32_t>(r_.lexicon.FindOrgHead(r_.chars, alias.begin, alias.end, head));
    if (length < 2 || length >= alias.size() || alias.size() > 12 || name.size() <= length) {
      return false;
    }
    if (head->strength != HeadStrength::kNamed && head->strength != HeadStrength::kUnit)
      return false;
    return r_.Chars(name).ends_with(r_.Chars({alias.end - length, alias.end}));
  }

  // NKE.N, 000651.SZ: capitals or digits, a dot, the market.
  static bool LooksLikeTicker(std::u32string_view text) {
    const size_t dot = text.find(U'.');
    const auto plain = [](char32_t c) { return IsUpper(c) || IsDigit(c); };
    if (dot != text.npos) {
      return text.size() - dot <= 4 && dot + 1 < text.size() &&
             std::all_of(text.begin(), text.begin() + static_cast<ptrdiff_t>(dot), plain);
    }
    return text.size() <= 6 && std::all_of(text.begin(), text.end(), plain) &&
           std::any_of(text.begin(), text.end(), IsDigit);
  }

  static bool IsAcronymOf(std::u32string_view text, std::u32string_view name) {
    if (text.size() < 2 || text.size() > 8) return false;
    std::u32string initials;
    for (size_t i = 0; i < name.size(); ++i) {
      if (IsUpper(name[i]) && (i == 0 || !IsUpper(name[i - 1]) || true)) initials += name[i];
    }
    size_t matched = 0;
    for (const char32_t c : initials) matched += matched < text.size() && c == text[matched];
    return matched >= text.size() - (text.size() > 3 ? 1 : 0);
  }

  // A bracketed Chinese stretch after a Latin name is its Chinese name only when it is one
  // word-like run, not a remark.
  bool LooksLikeName(Span span) const {
    for (uint32_t i = span.begin; i < span.end; ++i) {
      if (!IsHan(r_.At(i)) && r_.At(i) != U'·') return false;
      if (r_.lexicon.IsCharStop(r_.At(i))) return false;
    }
    return true;
  }

  Recognition& r_;
  std::vector<uint32_t>
      ends_at_;  // By position: 1 + index of the longest candidate that ends there.
};

}  // namespace

void FindAliasDefinitions(Recognition& recognition) { AliasFinder(recognition).Run(); }

}  // namespace partnergraph
