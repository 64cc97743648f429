#include "ingest/pair_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include "ingest/character.h"
#include "ingest/feature_hash.h"
#include "ingest/feature_set.h"
#include "ingest/lexicon.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

constexpr size_t kStemLetters = 5;
// Longest name whose parts are compared with another's.
constexpr uint32_t kComparedNameMax = 40;
// Cues that are farther from both names, in code points, say nothing of them.
constexpr uint32_t kCueDistanceMax = 120;

constexpr uint64_t Named(std::string_view name) { return FeatureHash(name).value(); }

uint64_t HashLower(std::u32string_view text) {
  FeatureHash hash("word");
  for (const char32_t c : text) hash.Add(uint64_t{ToLower(c)});
  return hash.value();
}

struct NamedSpan {
  Span span;
  MentionType type;
};

Span Union(Span a, Span b) { return {std::min(a.begin, b.begin), std::max(a.end, b.end)}; }

bool IsEnglishVerb(const LexiconEntry& entry) { return entry.Is(kOrgVerbEn); }

}  // namespace

PairSentence::PairSentence(const Document& document, const Sentence& sentence)
    : document_(document), span_(sentence.span), english_(sentence.language == Language::kEnglish) {
  Read({});
}

PairSentence::PairSentence(const Document& document, const Sentence& sentence, Span a, Span b)
    : document_(document), span_(sentence.span), english_(sentence.language == Language::kEnglish) {
  if (a.Overlaps(b)) {
    Read({Union(a, b)});
  } else {
    Read({a, b});
  }
}

void PairSentence::Read(std::vector<Span> given) {
  const auto begin = std::lower_bound(
      document_.mentions.begin(), document_.mentions.end(), span_.begin,
      [](const Mention& mention, uint32_t position) { return mention.span.begin < position; });
  std::vector<NamedSpan> names;
  for (const Span span : given) names.push_back({span, MentionType::kCompany});
  // Companies first: products may begin with the name of their maker.
  const auto add = [&](bool companies) {
    const size_t before = names.size();
    std::vector<NamedSpan> added;
    size_t known = 0;
    for (auto it = begin; it != document_.mentions.end() && it->span.begin < span_.end; ++it) {
      const bool company = it->type == MentionType::kCompany;
      const bool other = it->type == MentionType::kPerson || it->type == MentionType::kProduct;
      if ((companies ? !company : !other) || it->span.end > span_.end) continue;
      // Both ascend, and neither overlaps itself.
      while (known < before && names[known].span.end <= it->span.begin) ++known;
      if (known < before && names[known].span.Overlaps(it->span)) continue;
      if (!added.empty() && added.back().span.Overlaps(it->span)) continue;
      added.push_back({it->span, it->type});
    }
    names.insert(names.end(), added.begin(), added.end());
    std::sort(names.begin(), names.end(),
              [](const NamedSpan& a, const NamedSpan& b) { return a.span < b.span; });
  };
  std::sort(names.begin(), names.end(),
            [](const NamedSpan& a, const NamedSpan& b) { return a.span < b.span; });
  add(/*companies=*/true);
  add(/*companies=*/false);
  CueLexicon::Get().Find(document_, span_, cues_);
  uint32_t position = span_.begin;
  for (const NamedSpan& name : names) {
    AddWords({position, name.span.begin});
    PairWord& word = words_.emplace_back();
    word.span = name.span;
    word.text = name.type == MentionType::kCompany  ? Named("pair-name")
                : name.type == MentionType::kPerson ? Named("pair-person")
                                                    : Named("pair-product");
    word.kind = TokenKind::kLatin;
    word.name = name.type == MentionType::kCompany;
    position = name.span.end;
  }
  AddWords({position, span_.end});
  // Cues ascend as words do.
  auto cue = cues_.begin();
  for (PairWord& word : words_) {
    while (cue != cues_.end() && cue->span.end <= word.span.begin) ++cue;
    if (cue != cues_.end() && cue->span.Overlaps(word.span) && !word.name) word.content = true;
  }
}

void PairSentence::AddWords(Span span) {
  if (span.begin >= span.end) return;
  std::vector<Token> tokens;
  Segment(document_.chars, span, tokens);
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind == TokenKind::kSpace) continue;
    const std::u32string_view text = document_.Chars(token.span);
    const bool joins = token.kind == TokenKind::kMark && (text == U"." || text == U",") && i > 0 &&
                       i + 1 < tokens.size() && tokens[i - 1].kind == TokenKind::kNumber &&
                       tokens[i + 1].kind == TokenKind::kNumber;
    if (joins) continue;
    if (token.kind == TokenKind::kNumber && !words_.empty() &&
        words_.back().kind == TokenKind::kNumber &&
        token.span.begin - words_.back().span.end <= 1) {
      words_.back().span.end = token.span.end;
      continue;
    }
    PairWord& word = words_.emplace_back();
    word.span = token.span;
    word.kind = token.kind;
    switch (token.kind) {
      case TokenKind::kNumber:
        word.text = Named("pair-number");
        break;
      case TokenKind::kLatin:
        word.text = HashLower(text);
        word.verb = IsEnglishVerb(*token.entry);
        word.content = text.size() >= 3;
        if (english_) word.stem = HashLower(text.substr(0, kStemLetters));
        break;
      default:
        word.text = HashLower(text);
        word.verb = token.pos() == 'v';
        word.content = word.verb || token.pos() == 'n' || token.pos() == 'N';
    }
  }
}

size_t PairSentence::WordAt(uint32_t position) const {
  const auto it = std::lower_bound(
      words_.begin(), words_.end(), position,
      [](const PairWord& word, uint32_t begin) { return word.span.begin < begin; });
  return static_cast<size_t>(it - words_.begin());
}

namespace {

// Numbers in words of a name, for features.
uint64_t Bucket(size_t n) {
  if (n <= 4) return n;
  if (n <= 6) return 5;
  if (n <= 9) return 6;
  if (n <= 14) return 7;
  return n <= 25 ? 8 : 9;
}

enum Zone : uint64_t { kLeft, kBetween, kRight };

class PairReader {
 public:
  PairReader(const PairSentence& sentence, Span a, Span b, PairFeatureSet set,
             std::vector<Feature>& features)
      : sentence_(sentence),
        document_(sentence.document()),
        first_(std::min(a, b)),
        second_(std::max(a, b)),
        set_(set),
        features_(features) {
    const std::vector<PairWord>& words = sentence.words();
    const size_t begin = sentence.WordAt(first_.begin);
    const size_t inner_begin = sentence.WordAt(first_.end);
    const size_t inner_end = std::max(inner_begin, sentence.WordAt(second_.begin));
    const size_t outer = sentence.WordAt(std::max(first_.end, second_.end));
    const std::span<const PairWord> all(words);
    const size_t left = begin - std::min(begin, kPairOuterWordsMax);
    left_ = all.subspan(left, begin - left);
    inner_words_ = inner_end - inner_begin;
    if (inner_words_ <= 2 * kPairInnerWordsMax) {
      between_.assign(words.begin() + static_cast<ptrdiff_t>(inner_begin),
                      words.begin() + static_cast<ptrdiff_t>(inner_end));
    } else {
      between_.assign(words.begin() + static_cast<ptrdiff_t>(inner_begin),
                      words.begin() + static_cast<ptrdiff_t>(inner_begin + kPairInnerWordsMax));
      between_.insert(between_.end(),
                      words.begin() + static_cast<ptrdiff_t>(inner_end - kPairInnerWordsMax),
                      words.begin() + static_cast<ptrdiff_t>(inner_end));
    }
    right_ = all.subspan(outer, std::min(words.size() - outer, kPairOuterWordsMax));
  }

  // The values of the groups were chosen by cross-validation on FinRE and CORE: the many words far
  // from the names would drown the few features that say most.
  void Read() {
    features_.clear();
    Emit(FeatureHash("pf-bias"));
    value_ = 0.5f;
    Words(kLeft, left_);
    Words(kRight, right_);
    SkipBigrams();
    value_ = 1;
    Words(kBetween, between_);
    Anywhere();
    Adjacent();
    Counts();
    value_ = 1.4f;
    Cues();
    value_ = 1.5f;
    Names();
    if (!sentence_.english()) {
      value_ = 0.7f;
      CharGrams(kBetween, Chars(between_));
      value_ = 0.4f;
      CharGrams(kLeft, Chars(left_.last(std::min<size_t>(left_.size(), 8))));
      CharGrams(kRight, Chars(right_.first(std::min<size_t>(right_.size(), 8))));
    }
    SortUnique(features_);
  }

 private:
  void Emit(FeatureHash hash) {
    hash.Add(uint64_t{sentence_.english()});
    features_.push_back({hash.value(), value_});
  }

  static std::u32string_view Between(const Document& document, uint32_t begin, uint32_t end) {
    return begin < end ? document.Chars({begin, end}) : std::u32string_view();
  }
  std::u32string_view Chars(std::span<const PairWord> words) const {
    return words.empty() ? std::u32string_view()
                         : Between(document_, words.front().span.begin, words.back().span.end);
  }

  // Words, pairs and triples of neighbours, anywhere in the zone.
  void Words(Zone zone, std::span<const PairWord> words) {
    static constexpr FeatureHash kOne("pf-w"), kStem("pf-s"), kTwo("pf-ww"), kThree("pf-www");
    for (size_t i = 0; i < words.size(); ++i) {
      const PairWord& word = words[i];
      Emit(FeatureHash(kOne).Add(zone).Add(word.text));
      if (word.stem != 0) Emit(FeatureHash(kStem).Add(zone).Add(word.stem));
      if (i + 1 < words.size()) {
        Emit(FeatureHash(kTwo).Add(zone).Add(word.text).Add(words[i + 1].text));
        if (i + 2 < words.size() && zone == kBetween) {
          Emit(FeatureHash(kThree).Add(word.text).Add(words[i + 1].text).Add(words[i + 2].text));
        }
      }
    }
  }

  // What is said in the sentence, whoever it is said of.
  void Anywhere() {
    static constexpr FeatureHash kAny("pf-any");
    const auto add = [&](std::span<const PairWord> words) {
      for (const PairWord& word : words) {
        if (word.content) Emit(FeatureHash(kAny).Add(word.text));
      }
    };
    add(left_);
    add(between_);
    add(right_);
  }

  // The words next to the names, with their places.
  void Adjacent() {
    static constexpr FeatureHash kAt("pf-at"), kTwo("pf-at2"), kAround("pf-around");
    const auto at = [&](uint64_t place, std::span<const PairWord> words, bool from_end) {
      const auto word = [&](size_t i) -> uint64_t {
        if (i >= words.size()) return 1;
        return (from_end ? words[words.size() - 1 - i] : words[i]).text;
      };
      for (size_t i = 0; i < 3; ++i) Emit(FeatureHash(kAt).Add(place).Add(i).Add(word(i)));
      Emit(FeatureHash(kTwo).Add(place).Add(word(0)).Add(word(1)));
    };
    at(0, left_, true);
    at(1, between_, false);
    at(2, between_, true);
    at(3, right_, false);
    const uint64_t before = left_.empty() ? 1 : left_.back().text;
    const uint64_t after = right_.empty() ? 1 : right_.front().text;
    const uint64_t inner_first = between_.empty() ? 1 : between_.front().text;
    const uint64_t inner_last = between_.empty() ? 1 : between_.back().text;
    Emit(FeatureHash(kAround).Add(uint64_t{0}).Add(inner_first).Add(inner_last));
    Emit(FeatureHash(kAround).Add(uint64_t{1}).Add(before).Add(inner_first));
    Emit(FeatureHash(kAround).Add(uint64_t{2}).Add(inner_last).Add(after));
    Emit(FeatureHash(kAround).Add(uint64_t{3}).Add(before).Add(after));
    if (inner_words_ <= 6) {
      FeatureHash whole("pf-inner");
      for (const PairWord& word : between_) whole.Add(word.text);
      Emit(whole);
      FeatureHash with_after("pf-inner+");
      for (const PairWord& word : between_) with_after.Add(word.text);
      Emit(with_after.Add(after));
    }
    // The verbs nearest to each name.
    static constexpr FeatureHash kVerb("pf-verb");
    const auto nearest = [&](std::span<const PairWord> words, bool from_end) -> uint64_t {
      for (size_t i = 0; i < words.size(); ++i) {
        const PairWord& word = from_end ? words[words.size() - 1 - i] : words[i];
        if (word.verb) return word.text;
      }
      return 0;
    };
    const uint64_t verbs[] = {nearest(left_, true), nearest(between_, false),
                              nearest(between_, true), nearest(right_, false)};
    for (uint64_t i = 0; i < 4; ++i) Emit(FeatureHash(kVerb).Add(i).Add(verbs[i]));
    Emit(FeatureHash(kVerb).Add(uint64_t{4}).Add(verbs[1]).Add(verbs[3]));
    Emit(FeatureHash(kVerb).Add(uint64_t{5}).Add(verbs[1]).Add(verbs[2]));
  }

  void Cues() {
    static constexpr FeatureHash kCue("pf-cue"), kNear("pf-cue-near"), kTwo("pf-cues");
    constexpr size_t kCues = static_cast<size_t>(Cue::kCount);
    std::array<uint8_t, kCues> zones{};
    const uint32_t end = std::max(first_.end, second_.end);
    const auto add = [&](const CueHit& hit) {
      if (hit.span.Overlaps(first_) || hit.span.Overlaps(second_)) return;
      const Zone zone = hit.span.end <= first_.begin ? kLeft
                        : hit.span.begin >= end      ? kRight
                                                     : kBetween;
      const uint32_t distance = zone == kLeft    ? first_.begin - hit.span.end
                                : zone == kRight ? hit.span.begin - end
                                                 : hit.span.begin - first_.end;
      const auto cue = static_cast<uint64_t>(hit.cue);
      zones[cue] |= static_cast<uint8_t>(1u << zone);
      Emit(FeatureHash(kCue).Add(zone).Add(cue));
      if (distance <= 2) Emit(FeatureHash(kNear).Add(zone).Add(cue));
    };
    const std::vector<CueHit>& hits = sentence_.cues();
    const auto from = [&hits](uint32_t position) {
      return std::lower_bound(
          hits.begin(), hits.end(), position,
          [](const CueHit& hit, uint32_t begin) { return hit.span.begin < begin; });
    };
    // Around the first name, then around the second where that is another place.
    auto hit = from(first_.begin - std::min(first_.begin, kCueDistanceMax));
    for (; hit != hits.end() && hit->span.begin <= first_.end + kCueDistanceMax; ++hit) add(*hit);
    hit = std::max(hit, from(second_.begin - std::min(second_.begin, kCueDistanceMax)));
    for (; hit != hits.end() && hit->span.begin <= end + kCueDistanceMax; ++hit) add(*hit);
    // Pairs of relation cues with their zones, in the order of the enumeration.
    std::vector<uint64_t> found;
    for (size_t cue = 0; cue < kCues; ++cue) {
      for (uint64_t zone = 0; zone < 3; ++zone) {
        if ((zones[cue] >> zone & 1) != 0) found.push_back(cue * 4 + zone);
      }
    }
    found.resize(std::min<size_t>(found.size(), 12));
    for (size_t i = 0; i < found.size(); ++i) {
      for (size_t k = i + 1; k < found.size(); ++k) {
        Emit(FeatureHash(kTwo).Add(found[i]).Add(found[k]));
      }
    }
    if (found.empty()) Emit(FeatureHash("pf-no-cue"));
  }

  void Counts() {
    Emit(FeatureHash("pf-distance").Add(Bucket(inner_words_)));
    Emit(FeatureHash("pf-before").Add(Bucket(left_.size())));
    Emit(FeatureHash("pf-after").Add(Bucket(right_.size())));
    size_t names = 0, marks = 0, lists = 0, numbers = 0;
    for (const PairWord& word : between_) {
      names += word.name;
      numbers += word.kind == TokenKind::kNumber;
      if (word.kind != TokenKind::kMark) continue;
      const char32_t c = document_.chars[word.span.begin];
      lists += c == U'、';
      marks += IsOneOf(std::u32string_view(&c, 1), {U",", U";", U"。", U":", U"?", U"!"});
    }
    size_t other = 0;
    for (const PairWord& word : left_) other += word.name;
    for (const PairWord& word : right_) other += word.name;
    Emit(FeatureHash("pf-names").Add(Bucket(names)));
    Emit(FeatureHash("pf-other-names").Add(Bucket(other)));
    Emit(FeatureHash("pf-marks").Add(Bucket(marks)).Add(uint64_t{lists > 0}));
    Emit(FeatureHash("pf-numbers").Add(std::min<size_t>(numbers, 2)));
  }

  // The sentence with the names as placeholders: pairs of its words, in order, with their zones.
  void SkipBigrams() {
    static constexpr FeatureHash kSkip("pf-skip");
    struct Part {
      Zone zone;
      uint64_t text;
    };
    std::vector<Part> parts;
    const auto add = [&](Zone zone, std::span<const PairWord> words, size_t count_max) {
      size_t count = 0;
      for (const PairWord& word : words) {
        if (!word.content || count == count_max) continue;
        parts.push_back({zone, word.text});
        ++count;
      }
    };
    add(kLeft, left_.last(std::min<size_t>(left_.size(), 6)), 3);
    add(kBetween, between_, 7);
    add(kRight, right_.first(std::min<size_t>(right_.size(), 12)), 5);
    for (size_t i = 0; i < parts.size(); ++i) {
      for (size_t k = i + 1; k < parts.size(); ++k) {
        Emit(FeatureHash(kSkip)
                 .Add(parts[i].zone)
                 .Add(parts[i].text)
                 .Add(parts[k].zone)
                 .Add(parts[k].text));
      }
    }
    // The connective before the second name decides what a later verb says of both: 与 ... 合作.
    if (!between_.empty()) {
      for (const Part& part : parts) {
        if (part.zone != kRight) continue;
        Emit(FeatureHash("pf-link").Add(between_.back().text).Add(part.text));
        Emit(FeatureHash("pf-link2").Add(between_.front().text).Add(part.text));
      }
    }
  }

  void CharGrams(Zone zone, std::u32string_view text) {
    static constexpr FeatureHash kTwo("pf-c2"), kThree("pf-c3");
    constexpr size_t kCharsMax = 60;
    if (text.size() > kCharsMax) text = text.substr(0, kCharsMax);
    for (size_t i = 0; i + 1 < text.size(); ++i) {
      Emit(FeatureHash(kTwo).Add(zone).Add(text.substr(i, 2)));
      if (i + 2 < text.size()) Emit(FeatureHash(kThree).Add(zone).Add(text.substr(i, 3)));
    }
  }

  void Names() {
    const std::u32string_view a = document_.Chars(first_);
    const std::u32string_view b = document_.Chars(second_);
    const bool nested = first_.Overlaps(second_);
    if (nested) Emit(FeatureHash("pf-nested"));
    Name(0, a);
    Name(1, b);
    const std::u32string_view longer = a.size() >= b.size() ? a : b;
    const std::u32string_view shorter = a.size() >= b.size() ? b : a;
    const uint64_t order = a.size() > b.size() ? 0 : a.size() < b.size() ? 1 : 2;
    const bool part = longer.find(shorter) != std::u32string_view::npos;
    const bool subsequence = part || IsSubsequence(shorter, longer);
    size_t prefix = 0;
    while (prefix < shorter.size() && shorter[prefix] == longer[prefix]) ++prefix;
    const size_t common = CommonSubstring(a, b);
    Emit(FeatureHash("pf-alike")
             .Add(uint64_t{part})
             .Add(uint64_t{subsequence})
             .Add(std::min<size_t>(prefix, 3)));
    Emit(FeatureHash("pf-common").Add(std::min<size_t>(common, 5)).Add(order));
    if (common >= 2 || subsequence) {
      // How names that share characters differ: 集团 of 首钢集团 and 首钢.
      Emit(FeatureHash("pf-kin").Add(Bucket(inner_words_)).Add(order));
      Emit(FeatureHash("pf-kin-tail").Add(Tail(a)).Add(Tail(b)));
      if (!between_.empty()) Emit(FeatureHash("pf-kin-word").Add(between_.front().text));
      if (!between_.empty()) Emit(FeatureHash("pf-kin-last").Add(between_.back().text));
    }
    Emit(FeatureHash("pf-tails").Add(Tail(a)).Add(Tail(b)));
    if (set_ == PairFeatureSet::kLexical) {
      Emit(FeatureHash("pf-n").Add(uint64_t{0}).Add(a));
      Emit(FeatureHash("pf-n").Add(uint64_t{1}).Add(b));
      Emit(FeatureHash("pf-nany").Add(a));
      Emit(FeatureHash("pf-nany").Add(b));
      Emit(FeatureHash("pf-nn").Add(a).Add(b));
    }
  }

  void Name(uint64_t place, std::u32string_view name) {
    Emit(FeatureHash("pf-len").Add(place).Add(Bucket(name.size())));
    Emit(FeatureHash("pf-tail").Add(place).Add(Tail(name)));
    const LexiconEntry& entry = Lexicon::Get().Find(name);
    Emit(FeatureHash("pf-class")
             .Add(place)
             .Add(uint64_t{entry.Is(kOrgListed)})
             .Add(uint64_t{entry.Is(kOrgName | kOrgAmbiguous)})
             .Add(uint64_t{entry.Is(kBrand)}));
    const LexiconEntry* head = nullptr;
    const size_t length = Lexicon::Get().FindOrgHead(name, 0, name.size(), head);
    if (length > 0) {
      Emit(FeatureHash("pf-head").Add(place).Add(static_cast<uint64_t>(head->strength)));
      Emit(FeatureHash("pf-org-type").Add(place).Add(uint64_t{head->head_type}));
    }
  }

  // The last two characters, or the last word of a Latin name.
  std::u32string_view Tail(std::u32string_view name) const {
    if (!name.empty() && IsHan(name.back())) {
      return name.substr(name.size() - std::min<size_t>(name.size(), 2));
    }
    const size_t space = name.rfind(U' ');
    return space == std::u32string_view::npos ? U"-" : name.substr(space + 1);
  }

  static bool IsSubsequence(std::u32string_view part, std::u32string_view whole) {
    size_t i = 0;
    for (const char32_t c : whole) i += i < part.size() && part[i] == c;
    return i == part.size();
  }

  static size_t CommonSubstring(std::u32string_view a, std::u32string_view b) {
    a = a.substr(0, kComparedNameMax);
    b = b.substr(0, kComparedNameMax);
    std::array<uint8_t, kComparedNameMax + 1> row{};
    size_t best = 0;
    for (size_t i = 0; i < a.size(); ++i) {
      uint8_t diagonal = 0;
      for (size_t k = 0; k < b.size(); ++k) {
        const uint8_t above = row[k + 1];
        row[k + 1] = a[i] == b[k] ? static_cast<uint8_t>(diagonal + 1) : uint8_t{0};
        best = std::max<size_t>(best, row[k + 1]);
        diagonal = above;
      }
    }
    return best;
  }

  const PairSentence& sentence_;
  const Document& document_;
  Span first_, second_;
  PairFeatureSet set_;
  std::vector<Feature>& features_;
  std::span<const PairWord> left_, right_;
  std::vector<PairWord> between_;
  size_t inner_words_ = 0;
  float value_ = 1;  // Of the features that are being added.
};

}  // namespace

void ExtractPairFeatures(const PairSentence& sentence, Span a, Span b, PairFeatureSet set,
                         std::vector<Feature>& features) {
  PairReader(sentence, a, b, set, features).Read();
}

}  // namespace partnergraph
