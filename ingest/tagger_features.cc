#include "ingest/tagger_features.h"

#include <algorithm>
#include <array>
#include <bit>

#include "ingest/character.h"
#include "ingest/feature_hash.h"
#include "ingest/lexicon.h"

namespace partnergraph {
namespace {

// Templates. Their names are part of the models.
constexpr FeatureHash kOne("1"), kTwo("2"), kThree("3"), kSkip("s");
constexpr FeatureHash kFolded("f"), kPrefix("p"), kSuffix("q");
constexpr FeatureHash kShapeOne("c1"), kShapeThree("c3"), kShapeFive("c5");
constexpr FeatureHash kFirst("<"), kLastUnit(">");
constexpr FeatureHash kListed("l"), kListedEnd("le"), kListedInner("lm");
constexpr FeatureHash kWordClass("w"), kWordClassEnd("we"), kWordClasses("w2"), kWordClass3("w3");
constexpr FeatureHash kContext("x"), kWords("ww"), kName("n"), kShortName("n1");
constexpr FeatureHash kHint("h"), kHintEnd("he"), kHintInner("hm");

// Classes that say something of names; kWord is seen through the segmentation.
constexpr uint64_t kSeenClasses =
    kOrgName | kOrgAmbiguous | kOrgListed | kBrand | kProductName | kPlace | kCountry | kLevel |
    kOrgHead | kOrgStop | kOrgInner | kTitleHead | kTitleWeak | kTitleModifier | kSpeech |
    kHonorific | kPersonBefore | kCourtesy | kProductHead | kSurname | kNameEn | kCompanyEn |
    kLegalEn | kOrgHeadEn | kNotNameEn | kGenericEn | kOrgVerbEn | kProductHeadEn | kGeoEn |
    kCommonLatin | kDocument | kCommonEn | kProductListNoun | kMeeting;

uint64_t LengthBucket(size_t length) { return length < 6 ? length : length < 9 ? 6 : 7; }

// Logarithm of a count, coarse.
uint64_t CountBucket(uint16_t count) { return (std::bit_width(count) + 1u) / 2u; }

class Extractor {
 public:
  Extractor(std::u32string_view chars, std::span<const TagUnit> units,
            std::vector<TagFeature>& features)
      : chars_(chars), units_(units), features_(features) {}

  void Units() {
    const auto n = static_cast<uint32_t>(units_.size());
    Add(kFirst, 0, 0, 2);
    Add(kLastUnit, n - 1, -2, 0);
    for (uint32_t i = 0; i < n; ++i) {
      const TagUnit& unit = units_[i];
      Add(FeatureHash(kOne).Add(unit.key), i, -2, 2);
      const bool han = unit.kind == UnitKind::kHan;
      if (!han) Add(FeatureHash(kShapeOne).Add(unit.shape).Add(unit.space_before), i, -2, 2);
      if (unit.kind == UnitKind::kLatin) Latin(i);
      if (han) Person(i);
      if (i + 1 >= n) continue;
      Add(FeatureHash(kTwo).Add(unit.key).Add(units_[i + 1].key), i, -2, 3);
      if (i + 2 >= n) continue;
      Add(FeatureHash(kSkip).Add(unit.key).Add(units_[i + 2].key), i, 0, 2);
      Add(FeatureHash(kThree).Add(unit.key).Add(units_[i + 1].key).Add(units_[i + 2].key), i, -1,
          3);
      if (han && units_[i + 1].kind == UnitKind::kHan && units_[i + 2].kind == UnitKind::kHan) {
        continue;
      }
      FeatureHash shape(kShapeThree);
      for (uint32_t k = i; k < i + 3; ++k) shape.Add(Shape(k));
      Add(shape, i, -1, 3);
      if (i + 4 >= n) continue;
      FeatureHash wide(kShapeFive);
      for (uint32_t k = i; k < i + 5; ++k) wide.Add(Shape(k));
      Add(wide, i, 1, 3);
    }
  }

  // Names and words of the lexicon.
  void Listed() {
    const Lexicon& lexicon = Lexicon::Get();
    const auto n = static_cast<uint32_t>(units_.size());
    const std::u32string_view text = chars_.substr(0, units_[n - 1].span.end);
    for (uint32_t i = 0; i < n; ++i) {
      if (units_[i].kind == UnitKind::kMark || units_[i].kind == UnitKind::kSpace) continue;
      uint32_t last = i;
      const uint32_t begin = units_[i].span.begin;
      lexicon.Match(text, begin, [&](size_t length, const LexiconEntry& entry) {
        const uint64_t classes = entry.classes & kSeenClasses;
        if (classes == 0) return;
        const uint32_t end = begin + static_cast<uint32_t>(length);
        while (last < n && units_[last].span.end < end) ++last;
        if (last == n || units_[last].span.end != end) return;  // Ends inside a word.
        const uint64_t kind = classes ^ (uint64_t{entry.Is(kOrgHead) ? entry.head_type : 0u} << 40);
        Stretch(kListed, kListedEnd, kListedInner, kind, i, last);
      });
    }
  }

  // The words of the segmentation, by class.
  void Words(std::span<const Token> tokens, bool sentence_words) {
    uint64_t before = 0, before2 = 0, word_before = 0;
    uint32_t begin = 0, begin_before = 0;
    const auto n = static_cast<uint32_t>(units_.size());
    for (const Token& token : tokens) {
      if (token.kind == TokenKind::kSpace) continue;
      while (begin < n && units_[begin].span.begin < token.span.begin) ++begin;
      if (begin == n) break;
      uint32_t last = begin;
      while (last + 1 < n && units_[last + 1].span.begin < token.span.end) ++last;
      const uint64_t kind = Class(token, last - begin + 1, begin);
      uint64_t word = units_[begin].key;
      for (uint32_t k = begin + 1; k <= last; ++k)
        word = word * 0x9e3779b97f4a7c15u + units_[k].key;
      if (token.kind == TokenKind::kHan) {
        Add(FeatureHash(kWordClass).Add(kind), begin, -2, 3);
        if (last > begin + 1) Add(FeatureHash(kWordClassEnd).Add(kind), last, 0, 2);
      }
      if (sentence_words && (last > begin || token.kind == TokenKind::kLatin)) {
        Add(FeatureHash(kContext).Add(word), TagFeature::kWholeSentence, 0, 0);
      }
      Add(FeatureHash(kWordClasses).Add(before).Add(kind), begin, -2, 2);
      Add(FeatureHash(kWordClass3).Add(before2).Add(before).Add(kind), begin_before, -1, 2);
      Add(FeatureHash(kWords).Add(word_before).Add(word), begin, -2, 2);
      before2 = before;
      before = kind;
      word_before = word;
      begin_before = begin;
    }
  }

  void Hints(std::span<const TagHint> hints) {
    for (const TagHint& hint : hints) {
      const auto first = std::lower_bound(
          units_.begin(), units_.end(), hint.span.begin,
          [](const TagUnit& unit, uint32_t position) { return unit.span.begin < position; });
      if (first == units_.end() || first->span.begin != hint.span.begin) continue;
      auto last = first;
      while (last != units_.end() && last->span.end < hint.span.end) ++last;
      if (last == units_.end() || last->span.end != hint.span.end) continue;
      Stretch(kHint, kHintEnd, kHintInner, hint.hash, static_cast<uint32_t>(first - units_.begin()),
              static_cast<uint32_t>(last - units_.begin()));
    }
  }

 private:
  void Add(const FeatureHash& hash, uint32_t unit, int first, int last) {
    features_.push_back(
        {hash.value(), unit, static_cast<int8_t>(first), static_cast<int8_t>(last)});
  }

  // Of units first to last: where it begins, ends and goes on.
  void Stretch(const FeatureHash& begin, const FeatureHash& end, const FeatureHash& inner,
               uint64_t kind, uint32_t first, uint32_t last) {
    const uint64_t length = LengthBucket(last - first + 1);
    Add(FeatureHash(begin).Add(kind).Add(length), first, -2, 1);
    Add(FeatureHash(end).Add(kind).Add(length), last, -1, 2);
    for (uint32_t k = first + 1; k < last; ++k)
      Add(FeatureHash(inner).Add(kind).Add(length), k, 0, 0);
  }

  uint64_t Shape(uint32_t i) const { return units_[i].shape * 2 + units_[i].space_before; }

  static uint64_t Class(const Token& token, uint32_t units, uint32_t begin) {
    if (token.kind == TokenKind::kHan) {
      return 1000 + static_cast<uint64_t>(token.pos()) * 8 + std::min(units, 7u);
    }
    if (token.kind == TokenKind::kMark) return 2;
    return token.kind == TokenKind::kNumber ? 3 : 4;
  }

  void Latin(uint32_t i) {
    const std::u32string_view word =
        chars_.substr(units_[i].span.begin, units_[i].span.end - units_[i].span.begin);
    std::array<char32_t, 32> folded;
    const size_t length = std::min(word.size(), folded.size());
    std::transform(word.begin(), word.begin() + static_cast<ptrdiff_t>(length), folded.begin(),
                   ToLower);
    const std::u32string_view lower(folded.data(), length);
    Add(FeatureHash(kFolded).Add(lower), i, -2, 2);
    if (length < 4) return;
    for (size_t k = 2; k <= 4; ++k)
      Add(FeatureHash(kSuffix).Add(lower.substr(length - k)), i, -1, 1);
    for (size_t k = 2; k <= 3; ++k) Add(FeatureHash(kPrefix).Add(lower.substr(0, k)), i, -1, 1);
  }

  // How the characters from here on serve in names of people.
  void Person(uint32_t i) {
    const Lexicon& lexicon = Lexicon::Get();
    const auto at = [&](uint32_t k) -> const PersonChar& {
      static const PersonChar none;
      return k < units_.size() && units_[k].kind == UnitKind::kHan
                 ? lexicon.PersonCharOf(chars_[units_[k].span.begin])
                 : none;
    };
    const PersonChar& surname = at(i);
    if (surname.surname == 0) return;
    Add(FeatureHash(kName)
            .Add(CountBucket(surname.surname))
            .Add(CountBucket(at(i + 1).first))
            .Add(CountBucket(at(i + 2).second)),
        i, -1, 3);
    Add(FeatureHash(kShortName)
            .Add(CountBucket(surname.surname))
            .Add(CountBucket(at(i + 1).single)),
        i, -1, 2);
  }

  std::u32string_view chars_;
  std::span<const TagUnit> units_;
  std::vector<TagFeature>& features_;
};

}  // namespace

void ExtractTagFeatures(std::u32string_view chars, std::span<const TagUnit> units,
                        std::span<const Token> tokens, std::span<const TagHint> hints,
                        bool sentence_words, std::vector<TagFeature>& features) {
  features.clear();
  if (units.empty()) return;
  Extractor extractor(chars, units, features);
  extractor.Units();
  extractor.Listed();
  extractor.Words(tokens, sentence_words);
  extractor.Hints(hints);
}

}  // namespace partnergraph
