// Publications in book marks, quoted names of products, brands before 平台 and its like.
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

constexpr uint32_t kQuotedCharsMax = 24;
constexpr uint32_t kBookCharsMax = 50;

// The longest product head that begins at `position`: its length, or 0.
uint32_t ProductHeadAt(const Recognition& r, uint32_t position, uint32_t end) {
  uint32_t longest = 0;
  r.lexicon.Match(r.chars.substr(0, end), position, [&](size_t length, const LexiconEntry& entry) {
    if (entry.Is(kProductHead)) longest = static_cast<uint32_t>(length);
  });
  return longest;
}

// “云帆”供应链金融平台: whether a product head follows a quoted name, directly or behind a few
// nouns that say what it is for.
bool IsOfferingAfter(const Recognition& r, uint32_t position, uint32_t end) {
  constexpr uint32_t kNounCharsMax = 10;
  for (uint32_t i = position; i < end && i - position <= kNounCharsMax;) {
    if (r.boundary[i] && ProductHeadAt(r, i, end) > 0) return true;
    uint32_t step = 0;
    if (IsAlphanumeric(r.At(i)) || r.At(i) == U'-') {
      step = 1;
    } else {
      r.lexicon.Match(r.chars.substr(0, end), i, [&](size_t length, const LexiconEntry& entry) {
        const bool noun = entry.pos == 'n' || entry.pos == 'N' || entry.pos == 'b' ||
                          entry.pos == 'i' || entry.Is(kOrgInner | kOrgHead);
        if (length >= 2 && noun && r.boundary[i + length]) step = static_cast<uint32_t>(length);
      });
    }
    if (step == 0) return false;
    i += step;
  }
  return false;
}

// 掌机“云帆”: what stands right before a quoted name may say that it names a product.
bool EndsWithOffering(const Recognition& r, uint32_t begin, uint32_t end) {
  for (uint32_t length = 2; length <= 4 && begin + length <= end; ++length) {
    if (r.boundary[end - length] &&
        r.lexicon.Find(r.chars.substr(end - length, length)).Is(kProductHead | kProductListNoun)) {
      return true;
    }
  }
  return false;
}

bool EndsWithProductHead(const Recognition& r, Span span) {
  for (uint32_t length = std::min(span.size(), 6u); length >= 2; --length) {
    if (r.lexicon.Find(r.chars.substr(span.end - length, length)).Is(kProductHead)) return true;
  }
  return false;
}

bool EndsWithDocument(const Recognition& r, Span span) {
  for (uint32_t length = std::min(span.size(), 6u); length >= 1; --length) {
    if (r.lexicon.Find(r.chars.substr(span.end - length, length)).Is(kDocument)) return true;
  }
  return false;
}

bool HasClauseMark(std::u32string_view text) {
  return text.find_first_of(U",。;!?:、") != text.npos;
}

void FindBooks(Recognition& r, Span within) {
  for (uint32_t i = within.begin; i < within.end; ++i) {
    if (r.chars[i] != U'《') continue;
    uint32_t close = i + 1;
    int depth = 1;
    while (close < within.end && close - i <= kBookCharsMax) {
      depth += r.chars[close] == U'《' ? 1 : r.chars[close] == U'》' ? -1 : 0;
      if (depth == 0) break;
      ++close;
    }
    if (depth != 0 || close - i < 3 || close - i > kBookCharsMax) continue;
    const Span name = {i + 1, close};
    const std::u32string_view text = r.Chars(name);
    const LexiconEntry* head = nullptr;
    const bool paper = (r.lexicon.FindOrgHead(r.chars, name.begin, name.end, head) != 0 &&
                        head->strength == HeadStrength::kPaper) ||
                       r.lexicon.Find(text).Is(kOrgName);
    if (paper) {
      r.Add(name, MentionType::kCompany, 0, 0.97f, "newspaper");
    } else if (!EndsWithDocument(r, name)) {
      r.Add(name, MentionType::kProduct, 0, 0.95f, "book");
    }
    i = close;
  }
}

void FindQuoted(Recognition& r, Span within) {
  for (uint32_t i = within.begin; i < within.end; ++i) {
    const char32_t open = r.chars[i];
    if (open != U'“' && open != U'‘' && open != U'【') continue;
    const char32_t mark = open == U'“' ? U'”' : open == U'‘' ? U'’' : U'】';
    uint32_t close = i + 1;
    while (close < within.end && close - i <= kQuotedCharsMax && r.chars[close] != mark) ++close;
    if (close >= within.end || r.chars[close] != mark || close - i < 3) continue;
    const Span name = {i + 1, close};
    if (HasClauseMark(r.Chars(name)) || open == U'【') continue;
    if (r.lexicon.Find(r.Chars(name)).Is(kProductHead | kOrgHead)) continue;  // ‘实验室’
    const bool after =
        IsOfferingAfter(r, close + 1, within.end) || EndsWithOffering(r, within.begin, i);
    const bool inside = EndsWithProductHead(r, name);
    // A quoted organization is one: ends in 实验室 and names a place or a brand.
    if (r.HasCompany(name)) continue;
    if (after || inside) r.Add(name, MentionType::kProduct, 0, inside ? 0.8f : 0.7f, "quoted");
    i = close;
  }
}

bool IsPlatform(std::u32string_view word) {
  return word == U"平台" || word == U"系统" || word == U"引擎" || word == U"大模型" ||
         word == U"解决方案" || word == U"框架" || word == U"操作系统" || word == U"机器人";
}

// VelaLearn教材配套教学平台: a Latin brand and the nouns up to a head of products.
void FindBranded(Recognition& r, size_t sentence) {
  const uint32_t first = r.first_token[sentence], last = r.first_token[sentence + 1];
  for (uint32_t i = first; i < last; ++i) {
    if (r.tokens[i].kind != TokenKind::kLatin || r.tokens[i].span.size() < 3) continue;
    if (!IsUpper(r.At(r.tokens[i].span.begin)) && !IsUpper(r.At(r.tokens[i].span.begin + 1))) {
      continue;
    }
    uint32_t end = i + 1;
    uint32_t head = 0;
    while (end < last && end - i <= 6 && r.tokens[end].kind == TokenKind::kHan) {
      const Token& token = r.tokens[end];
      const char pos = token.pos();
      if (token.Is(kOrgHead) && !token.Is(kProductHead)) break;
      if (pos != 'n' && pos != 'N' && pos != 'b' && pos != 'a' && pos != 'v' && pos != 'i' &&
          pos != 'Z') {
        break;
      }
      if (token.span.size() == 1) break;
      ++end;
      if (token.Is(kProductHead)) head = end;
    }
    if (head == 0) continue;
    const std::u32string_view brand = r.Chars(r.tokens[i].span);
    if (brand.size() < 4 || !IsCamelCase(brand)) continue;
    r.Add({r.tokens[i].span.begin, r.tokens[head - 1].span.end}, MentionType::kProduct, 0, 0.75f,
          "branded");
    i = head - 1;
  }
}

// 云岭AI超算平台: the maker's name and a few nouns up to 平台 and its like.
void FindMakersProducts(Recognition& r, size_t sentence) {
  const uint32_t first = r.first_token[sentence], last = r.first_token[sentence + 1];
  for (uint32_t i = first; i < last; ++i) {
    const uint32_t maker = r.company_begin[r.tokens[i].span.begin];
    if (maker == 0) continue;
    uint32_t end = i;
    uint32_t head = 0;
    bool own = false;  // A word that tells one platform from another.
    while (end < last && end - i < 5) {
      const Token& token = r.tokens[end];
      const char pos = token.pos();
      if (token.kind == TokenKind::kLatin) {
        own = true;
      } else if (token.kind != TokenKind::kHan || token.span.size() < 2 ||
                 (pos != 'n' && pos != 'N' && pos != 'b' && pos != 'i' && pos != 'Z')) {
        break;
      }
      ++end;
      if (IsPlatform(r.Chars(token.span)) && end - i >= 2) {
        head = end;
        break;
      }
    }
    if (head == 0 || !own) continue;
    r.Add({maker - 1, r.tokens[head - 1].span.end}, MentionType::kProduct, 0, 0.85f,
          "maker-product");
    r.Add({r.tokens[i].span.begin, r.tokens[head - 1].span.end}, MentionType::kProduct, 0, 0.6f,
          "product-of-maker");
    i = head - 1;
  }
}

}  // namespace

void FindProducts(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    const Span within = recognition.document.sentences[s].span;
    FindBooks(recognition, within);
    if (recognition.IsEnglish(s)) continue;
    FindQuoted(recognition, within);
    FindBranded(recognition, s);
    FindMakersProducts(recognition, s);
  }
}

}  // namespace partnergraph
