#include "ingest/relation_features.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ingest/character.h"
#include "ingest/employment_guesses.h"
#include "ingest/feature_hash.h"
#include "ingest/feature_set.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// Values of features. With few examples the words would explain everything, each example by its
// own; a larger value makes a feature learn faster and be held back less. Chosen by
// cross-validation.
constexpr float kProposalValue = 2;
constexpr float kPairValue = 2;
constexpr float kStructureValue = 0.4f;
constexpr float kWordValue = 0.2f;

// Smaller probabilities of the model of pairs are left out.
constexpr float kPairProbabilityMin = 0.05f;
// Companies that are further apart, in characters, are not shown to it.
constexpr uint32_t kPairGapMax = 30;

// Words and characters of the text between two names that are looked at from either end.
constexpr size_t kBetweenTokensMax = 10;
// The same before the first and behind the second name.
constexpr size_t kAroundTokensMax = 4;
// How far around the names cues are looked for, in characters.
constexpr uint32_t kCueReach = 16;
constexpr size_t kCueSequenceMax = 4;
// Two products that stand no further apart than this, in characters, are members of a list.
constexpr uint32_t kListGapMax = 6;

// Whether the pair is asked for USES alone.
bool RunsOn(PairKind kind) {
  return kind == PairKind::kProductCompany || kind == PairKind::kProductProduct;
}

uint64_t Bucket(uint64_t count) {
  static constexpr std::array<uint64_t, 9> kLimits = {0, 1, 2, 4, 7, 12, 20, 40, 80};
  size_t i = 0;
  while (i < kLimits.size() && count > kLimits[i]) ++i;
  return i;
}

// Hashes of the words (Latin) and characters (others) of [begin, end) of a sentence, with units
// replaced by their codes. At most `max` from the beginning, or from the end where `backwards`; in
// the order of the text.
using Unit = RelationFeatures::Unit;

uint64_t TextToken(const std::u32string& chars, uint32_t begin, uint32_t end) {
  FeatureHash hash("token");
  for (uint32_t i = begin; i < end; ++i) {
    hash.Add(static_cast<uint64_t>(IsDigit(chars[i]) ? U'0' : ToLower(chars[i])));
  }
  return hash.value();
}

// Longest Latin word that is one token.
constexpr uint32_t kWordCharsMax = 24;

std::vector<uint64_t> TokensFrom(const std::u32string& chars, const std::vector<Unit>& units,
                                 uint32_t begin, uint32_t end, size_t max) {
  std::vector<uint64_t> tokens;
  auto unit = std::lower_bound(units.begin(), units.end(), begin,
                               [](const Unit& u, uint32_t at) { return u.span.begin < at; });
  while (begin < end && tokens.size() < max) {
    if (unit != units.end() && unit->span.begin == begin) {
      tokens.push_back(unit->code);
      begin = unit->span.end;
      ++unit;
      continue;
    }
    uint32_t to = begin + 1;
    if (!IsSpace(chars[begin])) {
      while (IsAlphanumeric(chars[begin]) && to < end && to - begin < kWordCharsMax &&
             IsAlphanumeric(chars[to])) {
        ++to;
      }
      tokens.push_back(TextToken(chars, begin, to));
    }
    begin = to;
    while (unit != units.end() && unit->span.begin < begin) ++unit;
  }
  return tokens;
}

std::vector<uint64_t> TokensBefore(const std::u32string& chars, const std::vector<Unit>& units,
                                   uint32_t begin, uint32_t end, size_t max) {
  std::vector<uint64_t> tokens;
  auto unit = std::upper_bound(units.begin(), units.end(), end,
                               [](uint32_t at, const Unit& u) { return at < u.span.end; });
  while (begin < end && tokens.size() < max) {
    while (unit != units.begin() && std::prev(unit)->span.end > end) --unit;
    if (unit != units.begin() && std::prev(unit)->span.end == end) {
      --unit;
      tokens.push_back(unit->code);
      end = unit->span.begin;
      continue;
    }
    uint32_t from = end - 1;
    if (!IsSpace(chars[from])) {
      while (IsAlphanumeric(chars[from]) && from > begin && end - from < kWordCharsMax &&
             IsAlphanumeric(chars[from - 1])) {
        --from;
      }
      tokens.push_back(TextToken(chars, from, end));
    }
    end = from;
  }
  std::reverse(tokens.begin(), tokens.end());
  return tokens;
}

// Whether a job title stands right before or behind a name.
bool TitleBeside(const std::vector<Unit>& units, Span name) {
  constexpr uint32_t kApart = 2;
  const uint64_t title = 1 + static_cast<uint64_t>(MentionType::kJobTitle);
  auto at = std::lower_bound(units.begin(), units.end(), name.begin,
                             [](const Unit& u, uint32_t begin) { return u.span.begin < begin; });
  if (at != units.begin() && std::prev(at)->code == title &&
      std::prev(at)->span.end + kApart >= name.begin) {
    return true;
  }
  while (at != units.end() && at->span.begin < name.end) ++at;
  return at != units.end() && at->code == title && at->span.begin <= name.end + kApart;
}

// Whether only a conjunction stands between two names, apart from an alias in brackets.
bool Lists(u32string_view between, bool english) {
  constexpr size_t kBetweenMax = 40;
  if (between.size() > kBetweenMax) return false;
  between = TrimMarks(SkipAside(between));
  if (english && between == U",") return true;
  return IsOneOf(between, {U"、", U"和", U"与", U"及", U"以及", U"and", U"&", U", and"});
}

// By name of the sentence: the list of names of one type that it is a member of, or itself.
std::vector<Span> ListsOf(const SentenceView& view) {
  const std::vector<Name>& names = view.names();
  std::vector<Span> lists(names.size());
  std::vector<size_t> members;
  const auto close = [&] {
    for (const size_t i : members) {
      lists[i] = {names[members.front()].span.begin, names[members.back()].span.end};
    }
    members.clear();
  };
  for (size_t i = 0; i < names.size(); ++i) {
    lists[i] = names[i].span;
    if (names[i].aside) continue;
    if (!members.empty()) {
      const Name& last = names[members.back()];
      if (last.type != names[i].type || last.span.end > names[i].span.begin ||
          !Lists(view.Between(last.span.end, names[i].span.begin), view.english())) {
        close();
      }
    }
    members.push_back(i);
  }
  close();
  return lists;
}

// Adds the job titles of [span] that stand outside names. `mention` is where to begin in
// Document::mentions, and moves on.
void AddTitles(const Document& document, Span span, size_t& mention, std::vector<Unit>& units) {
  const std::vector<Mention>& mentions = document.mentions;
  while (mention < mentions.size() && mentions[mention].span.begin < span.begin) ++mention;
  std::vector<Unit> titles;
  for (; mention < mentions.size() && mentions[mention].span.begin < span.end; ++mention) {
    if (mentions[mention].type == MentionType::kJobTitle) {
      titles.push_back({mentions[mention].span, 1 + static_cast<uint64_t>(MentionType::kJobTitle)});
    }
  }
  if (titles.empty()) return;
  std::vector<Unit> merged;
  size_t t = 0;
  uint32_t end = 0;
  for (size_t u = 0; u <= units.size(); ++u) {
    const uint32_t begin = u < units.size() ? units[u].span.begin : span.end;
    for (; t < titles.size() && titles[t].span.begin < begin; ++t) {
      if (titles[t].span.begin < end || titles[t].span.end > begin) continue;
      merged.push_back(titles[t]);
      end = titles[t].span.end;
    }
    if (u < units.size()) merged.push_back(units[u]), end = units[u].span.end;
  }
  units = std::move(merged);
}

}  // namespace

// Collects the features of one pair. The kind of the pair, and inside a place the order of its
// names, are part of every template, so that weights do not mix.
class FeatureSink {
 public:
  FeatureSink(uint64_t part, std::vector<Feature>& features) : part_(part), features_(features) {}
  FeatureSink WithPart(uint64_t part) const {
    return FeatureSink(part_ * 64 + part + 1, features_);
  }

  template <typename... Parts>
  void Add(std::string_view name, Parts... parts) {
    Push(kStructureValue, name, parts...);
  }
  template <typename... Parts>
  void AddProposal(std::string_view name, Parts... parts) {
    Push(kProposalValue, name, parts...);
  }
  template <typename... Parts>
  void AddValue(float value, std::string_view name, Parts... parts) {
    Push(value, name, parts...);
  }
  void AddNgrams(std::string_view name, const std::vector<uint64_t>& tokens) {
    for (size_t i = 0; i < tokens.size(); ++i) {
      Push(kWordValue, name, tokens[i]);
      if (i + 1 < tokens.size()) Push(kWordValue, name, tokens[i], tokens[i + 1]);
      if (i + 2 < tokens.size()) Push(kWordValue, name, tokens[i], tokens[i + 1], tokens[i + 2]);
    }
  }

 private:
  template <typename... Parts>
  void Push(float value, std::string_view name, Parts... parts) {
    FeatureHash hash(name);
    hash.Add(part_);
    (hash.Add(parts), ...);
    features_.push_back({hash.value(), value});
  }

  uint64_t part_;
  std::vector<Feature>& features_;
};

RelationFeatures::RelationFeatures(const Document& document, const DocumentViews& views,
                                   const RuleReading& rules, const std::vector<RelationPair>& pairs,
                                   const LinearModel& pair_model)
    : document_(document),
      views_(views),
      rules_(rules),
      pair_classifier_(pair_model),
      pair_sentences_(views.views.size()),
      entities_(document.entities.size()),
      company_rank_(document.entities.size()) {
  size_t mention = 0;
  for (const SentenceView& view : views.views) {
    std::vector<Unit>& units = units_.emplace_back();
    uint32_t end = 0;
    for (const Name& name : view.names()) {
      if (name.span.begin < end) continue;  // The maker in a product's name comes first.
      units.push_back({name.span, 1 + static_cast<uint64_t>(name.type)});
      end = name.span.end;
    }
    AddTitles(document, view.span(), mention, units);
    lists_.push_back(ListsOf(view));
    for (uint32_t i = 0; i < view.names().size(); ++i) {
      const Name& name = view.names()[i];
      EntityFacts& facts = entities_[name.entity];
      const bool titled = name.type == MentionType::kPerson && TitleBeside(units, name.span);
      if (!facts.first || (titled && !facts.titled)) {
        facts.first = NamePosition{static_cast<uint32_t>(units_.size() - 1), i};
      }
      facts.titled = facts.titled || titled;
      if (!view.sentence().boilerplate) ++facts.mentions;
      if (view.sentence().title) facts.in_title = true;
    }
  }
  std::vector<uint32_t> order;
  for (uint32_t e = 0; e < entities_.size(); ++e) {
    if (document.entities[e].type == MentionType::kCompany) order.push_back(e);
  }
  companies_ = order.size();
  std::stable_sort(order.begin(), order.end(), [this](uint32_t a, uint32_t b) {
    return entities_[a].mentions > entities_[b].mentions;
  });
  for (uint32_t i = 0; i < order.size(); ++i) company_rank_[order[i]] = i;
  for (const RelationPair& pair : pairs) {
    if (pair.kind == PairKind::kCompanyCompany) ReadPair(pair);
    if (RunsOn(pair.kind)) continue;
    // The dependent one: whose employer, developer, owner is asked for.
    const uint32_t dependent = pair.kind == PairKind::kCompanyProduct ? pair.second : pair.first;
    EntityFacts& facts = entities_[dependent];
    for (const uint32_t i : pair.proposals) {
      if (rules.proposals[i].confidence <= kGuessConfidence) continue;
      facts.proposal = std::max(facts.proposal, rules.proposals[i].confidence);
      if (rules.proposals[i].type == kDevelops &&
          makers_.insert(uint64_t{pair.first} << 32 | pair.second).second) {
        ++entities_[pair.first].products;
      }
    }
    if (!pair.places.empty()) facts.nearest = std::min(facts.nearest, Gap(pair.places.front()));
  }
}

uint64_t RelationFeatures::RoleOf(const RelationPair& pair, NamePosition at, uint32_t company,
                                  const PairPlace& place) const {
  const bool maker = pair.kind == PairKind::kCompanyProduct;
  const uint32_t dependent = maker ? pair.second : pair.first;
  const NamePosition its = maker ? place.first : place.second;
  const bool antecedent = rules_.antecedents[at.view][at.name] == static_cast<int>(company);
  const bool nearest = Gap(place) <= entities_[dependent].nearest;
  const bool before = views_.At(its).span.begin < views_.At(at).span.begin;
  return uint64_t{antecedent} | uint64_t{rules_.topic == company} << 1 | uint64_t{nearest} << 2 |
         uint64_t{its.view == at.view} << 3 | uint64_t{before} << 4;
}

void RelationFeatures::AddOwn(const RelationPair& pair, NamePosition at, uint64_t role,
                              FeatureSink& sink) const {
  const SentenceView& view = views_.views[at.view];
  const Span span = lists_[at.view][at.name];
  const std::vector<Unit>& units = units_[at.view];
  const std::u32string& chars = document_.chars;
  const std::vector<uint64_t> before = TokensBefore(chars, units, view.span().begin, span.begin, 3);
  const std::vector<uint64_t> after = TokensFrom(chars, units, span.end, view.span().end, 3);
  sink.AddNgrams("own-before", before);
  sink.AddNgrams("own-after", after);
  // The same words with what the company is to the sentence: 旗下 speaks for the company right
  // before it, "its" for the subject.
  sink.Add("role", role);
  FeatureSink with_role = sink.WithPart(8 + role);
  if (!before.empty()) with_role.Add("own-last", before.back());
  if (before.size() > 1) with_role.Add("own-last-2", before[before.size() - 2], before.back());
  if (!after.empty()) with_role.Add("own-next", after.front());
  if (pair.kind == PairKind::kCompanyProduct) AddListed(pair, at, sink);
}

void RelationFeatures::AddFarPlace(const RelationPair& pair, FeatureSink& base) const {
  const bool maker = pair.kind == PairKind::kCompanyProduct;
  if (!maker && pair.kind != PairKind::kPersonCompany) return;
  const uint32_t company = maker ? pair.first : pair.second;
  const EntityFacts& facts = entities_[maker ? pair.second : pair.first];
  if (!facts.first) return;
  const bool antecedent =
      rules_.antecedents[facts.first->view][facts.first->name] == static_cast<int>(company);
  FeatureSink sink = base.WithPart(3);
  AddOwn(pair, *facts.first, uint64_t{antecedent} | uint64_t{rules_.topic == company} << 1, sink);
}

void RelationFeatures::AddListed(const RelationPair& pair, NamePosition at,
                                 FeatureSink& sink) const {
  const std::vector<Name>& names = views_.views[at.view].names();
  for (const size_t k : {at.name - size_t{1}, at.name + size_t{1}}) {
    if (k >= names.size() || names[k].type != MentionType::kProduct) continue;
    const Span a = names[std::min<size_t>(k, at.name)].span;
    const Span b = names[std::max<size_t>(k, at.name)].span;
    if (b.begin < a.end || b.begin - a.end > kListGapMax) continue;
    const bool maker = makers_.contains(uint64_t{pair.first} << 32 | names[k].entity);
    const bool other = !maker && entities_[names[k].entity].proposal > 0;
    sink.Add("listed", uint64_t{k > at.name}, uint64_t{maker}, uint64_t{other});
  }
}

uint32_t RelationFeatures::Gap(const PairPlace& place) const {
  const Span a = views_.At(place.first).span, b = views_.At(place.second).span;
  if (a.begin < b.begin) return b.begin > a.end ? b.begin - a.end : 0;
  return a.begin > b.end ? a.begin - b.end : 0;
}

void RelationFeatures::AddDocument(const RelationPair& pair, FeatureSink& sink) const {
  const auto company = pair.kind == PairKind::kCompanyProduct ? pair.first : pair.second;
  const auto other = pair.kind == PairKind::kCompanyProduct ? pair.second : pair.first;
  const EntityFacts& c = entities_[company];
  const EntityFacts& o = entities_[other];
  sink.Add("bias");
  sink.Add("language", static_cast<uint64_t>(document_.language == Language::kEnglish));
  const bool topic = rules_.topic == company;
  sink.Add("topic", uint64_t{topic});
  sink.Add("rank", uint64_t{std::min(company_rank_[company], 4u)},
           uint64_t{std::min<size_t>(companies_, 5)});
  sink.Add("companies", Bucket(companies_));
  sink.Add("title", uint64_t{c.in_title}, uint64_t{o.in_title});
  sink.Add("mentions", Bucket(c.mentions), Bucket(o.mentions));
  sink.Add("org_type", std::string_view(document_.entities[company].org_type));
  sink.Add("places", uint64_t{pair.places.size()});
  if (pair.kind == PairKind::kPersonCompany) {
    sink.Add("titled", uint64_t{o.titled}, uint64_t{topic}, uint64_t{o.proposal > 0});
  }
  if (pair.kind == PairKind::kCompanyCompany) {
    sink.Add("org_types", std::string_view(document_.entities[other].org_type),
             std::string_view(document_.entities[company].org_type));
    sink.Add("topic-other", uint64_t{rules_.topic == other});
  }
  // Names in each other.
  const Span a = document_.mentions[document_.entities[company].mentions.front()].span;
  const Span b = document_.mentions[document_.entities[other].mentions.front()].span;
  const u32string_view company_name = document_.Chars(a), other_name = document_.Chars(b);
  size_t common = 0;
  while (common < std::min(company_name.size(), other_name.size()) && common < 8 &&
         company_name[common] == other_name[common]) {
    ++common;
  }
  sink.Add("prefix", uint64_t{common});
  const bool contains =
      other_name.size() <= 64 && other_name.find(company_name) != u32string_view::npos;
  sink.Add("contains", uint64_t{contains});
  for (const u32string_view name : {other_name, company_name}) {
    const bool of_other = name.data() == other_name.data();
    if (!of_other && pair.kind != PairKind::kCompanyCompany) continue;
    const FeatureSink part = sink.WithPart(of_other ? 1 : 2);
    FeatureSink ending = part;
    if (name.size() >= 2 && !IsLatin(name.back())) {
      ending.Add("suffix-2", name.substr(name.size() - 2));
      if (name.size() >= 3) ending.Add("suffix-3", name.substr(name.size() - 3));
    } else {
      const size_t space = name.rfind(U' ');
      ending.Add("suffix-word", name.substr(space == u32string_view::npos ? 0 : space + 1));
    }
  }
  if (pair.kind == PairKind::kCompanyProduct) {
    const bool own = makers_.contains(uint64_t{pair.first} << 32 | pair.second);
    sink.Add("maker", Bucket(c.products - own), uint64_t{topic});
    const char32_t before = b.begin > 0 ? document_.chars[b.begin - 1] : U' ';
    sink.Add("quoted", uint64_t{u32string_view(U"\"“《「'‘").find(before) != u32string_view::npos},
             uint64_t{before == U'《'});
    sink.Add("latin", uint64_t{IsLatin(other_name.front())}, uint64_t{IsHan(other_name.back())});
  }
}

void RelationFeatures::AddProposals(const RelationPair& pair, FeatureSink& sink) const {
  float best = 0;
  uint64_t sure = 0;
  std::array<float, 16> confidences = {};  // By edge type.
  for (const uint32_t i : pair.proposals) {
    const Relation& proposal = rules_.proposals[i];
    if (proposal.confidence <= kGuessConfidence) {
      sink.AddProposal("guess", std::string_view(proposal.rule));
      continue;
    }
    ++sure;
    best = std::max(best, proposal.confidence);
    const auto type = std::min(static_cast<size_t>(proposal.type), confidences.size() - 1);
    sink.AddProposal("rule", std::string_view(proposal.rule), type);
    sink.AddProposal("rule-type", type, static_cast<uint64_t>(proposal.confidence * 20));
    sink.AddProposal("rule-kind", type);
    if (!proposal.title.empty()) sink.AddProposal("rule-title");
    confidences[type] = std::max(confidences[type], proposal.confidence);
  }
  for (size_t type = 0; type < confidences.size(); ++type) {
    if (confidences[type] > 0)
      sink.AddValue(kProposalValue * confidences[type], "confidence", type);
  }
  for (const uint32_t i : pair.reverse) {
    const Relation& proposal = rules_.proposals[i];
    if (proposal.confidence <= kGuessConfidence) continue;
    sink.AddProposal("reverse", std::string_view(proposal.rule),
                     static_cast<uint64_t>(proposal.type));
    sink.AddProposal("reverse-kind", static_cast<uint64_t>(proposal.type));
  }
  sink.AddProposal("proposals", std::min<uint64_t>(sure, 3));
  // Whether another company has the better claim.
  const uint32_t dependent = pair.kind == PairKind::kCompanyProduct ? pair.second : pair.first;
  const float rival = entities_[dependent].proposal;
  sink.AddProposal("rival", static_cast<uint64_t>(best * 10), static_cast<uint64_t>(rival * 10));
  sink.AddProposal("rival-better", uint64_t{best > 0}, uint64_t{rival > best});
}

void RelationFeatures::ReadPair(const RelationPair& pair) {
  if (pair_classifier_.empty() || pair.places.empty()) return;
  const PairPlace& place = pair.places.front();
  const Span a = views_.At(place.first).span, b = views_.At(place.second).span;
  if (place.first.view != place.second.view || a.Overlaps(b) || Gap(place) > kPairGapMax) return;
  PairProbabilities& probabilities = pair_probabilities_[uint64_t{pair.first} << 32 | pair.second];
  const auto reverse = pair_probabilities_.find(uint64_t{pair.second} << 32 | pair.first);
  if (reverse != pair_probabilities_.end()) {
    for (size_t label = 0; label < kPairLabels; ++label) {
      probabilities[static_cast<size_t>(ReversePairLabel(static_cast<PairLabel>(label)))] =
          reverse->second[label];
    }
    return;
  }
  std::unique_ptr<PairSentence>& sentence = pair_sentences_[place.first.view];
  if (sentence == nullptr) {
    sentence = std::make_unique<PairSentence>(document_, views_.views[place.first.view].sentence());
  }
  probabilities = pair_classifier_.Classify(*sentence, a, b);
}

void RelationFeatures::AddPairModel(const RelationPair& pair, FeatureSink& sink) const {
  const auto found = pair_probabilities_.find(uint64_t{pair.first} << 32 | pair.second);
  if (found == pair_probabilities_.end()) return;
  for (size_t label = 0; label < kPairLabels; ++label) {
    if (found->second[label] >= kPairProbabilityMin) {
      sink.AddValue(kPairValue * found->second[label], "pair", uint64_t{label});
    }
  }
}

void RelationFeatures::AddCues(const SentenceView& view, Span left, Span right,
                               FeatureSink& sink) const {
  const uint32_t from = left.begin > kCueReach ? left.begin - kCueReach : 0;
  const std::vector<CueHit>& cues = view.cues();
  auto cue = std::lower_bound(cues.begin(), cues.end(), from,
                              [](const CueHit& hit, uint32_t at) { return hit.span.begin < at; });
  FeatureHash sequence("sequence");
  size_t between = 0;
  for (; cue != cues.end() && cue->span.begin < right.end + kCueReach; ++cue) {
    const auto code = static_cast<uint64_t>(cue->cue);
    if (cue->span.end <= left.begin) {
      sink.Add("cue-before", code);
    } else if (cue->span.begin >= right.end) {
      sink.Add("cue-after", code);
    } else if (cue->span.begin >= left.end && cue->span.end <= right.begin &&
               between < kCueSequenceMax) {
      ++between;
      sink.Add("cue-between", code);
      sequence.Add(code);
    }
  }
  sink.Add("cues", sequence.value());
}

void RelationFeatures::AddPlace(const RelationPair& pair, const PairPlace& place, bool nearest,
                                FeatureSink& base) const {
  const Name& first = views_.At(place.first);
  const Name& second = views_.At(place.second);
  const bool ordered = first.span.begin < second.span.begin;
  const NamePosition left_at = ordered ? place.first : place.second;
  const NamePosition right_at = ordered ? place.second : place.first;
  const Name& left = ordered ? first : second;
  const Name& right = ordered ? second : first;
  FeatureSink sink = base.WithPart(ordered);
  const SentenceView& view = views_.views[right_at.view];
  const uint32_t gap = Gap(place);
  const std::u32string& chars = document_.chars;

  // The company by reference of the person, product or part.
  if (!RunsOn(pair.kind)) {
    const bool maker = pair.kind == PairKind::kCompanyProduct;
    const NamePosition at = maker ? place.second : place.first;
    const uint32_t company = maker ? pair.first : pair.second;
    base.Add("antecedent",
             uint64_t{rules_.antecedents[at.view][at.name] == static_cast<int>(company)});
    const uint32_t dependent = maker ? pair.second : pair.first;
    if (nearest) base.Add("nearest", uint64_t{gap <= entities_[dependent].nearest}, Bucket(gap));
    if (nearest) AddOwn(pair, at, RoleOf(pair, at, company, place), base);
  }
  if (place.first.view != place.second.view) {
    sink.Add("across", Bucket(gap));
    return;
  }
  sink.Add("gap", Bucket(gap));
  if (view.sentence().boilerplate) sink.Add("boilerplate");
  if (view.sentence().title) sink.Add("headline");
  sink.Add("aside", uint64_t{left.aside}, uint64_t{right.aside});
  sink.Add("employer", uint64_t{left.employer}, uint64_t{right.employer});
  // Names between.
  uint64_t companies = 0, persons = 0, products = 0;
  for (uint32_t i = left_at.name + 1; i < right_at.name; ++i) {
    const MentionType type = view.names()[i].type;
    companies += type == MentionType::kCompany;
    persons += type == MentionType::kPerson;
    products += type == MentionType::kProduct;
  }
  sink.Add("between", std::min<uint64_t>(companies, 3), std::min<uint64_t>(persons, 3),
           std::min<uint64_t>(products, 3));
  sink.Add("between-companies", std::min<uint64_t>(companies, 4));
  sink.Add("between-other", std::min<uint64_t>(persons, 3), std::min<uint64_t>(products, 3));
  sink.Add("neighbours",
           left_at.name > 0 ? static_cast<uint64_t>(view.names()[left_at.name - 1].type) : 9,
           right_at.name + 1 < view.names().size()
               ? static_cast<uint64_t>(view.names()[right_at.name + 1].type)
               : 9);
  sink.Add("first-name", uint64_t{left_at.name == 0});
  if (left.span.end > right.span.begin) {
    sink.Add("inside");
    return;
  }
  // Clauses between.
  uint64_t clauses = 0;
  const u32string_view text = view.Between(left.span.end, right.span.begin);
  for (const char32_t c : text.substr(0, 80))
    clauses += kClauseEnds.find(c) != u32string_view::npos;
  sink.Add("clauses", std::min<uint64_t>(clauses, 4));
  // Words.
  const std::vector<Unit>& units = units_[right_at.view];
  // "Founded by A and B" says of B what it says of A.
  Span first_list = lists_[left_at.view][left_at.name];
  Span last_list = lists_[right_at.view][right_at.name];
  if (first_list.end > last_list.begin) first_list = left.span, last_list = right.span;
  sink.Add("lists", uint64_t{first_list.end != left.span.end},
           uint64_t{last_list.begin != right.span.begin});
  std::vector<uint64_t> between =
      TokensFrom(chars, units, first_list.end, last_list.begin, kBetweenTokensMax);
  if (between.size() < kBetweenTokensMax) {
    FeatureHash whole("whole");
    for (const uint64_t token : between) whole.Add(token);
    sink.Add("whole", whole.value());
    sink.AddNgrams("word", between);
    if (!between.empty()) {
      sink.Add("word-first", between.front());
      sink.Add("word-last", between.back());
    }
  } else {
    between.resize(kBetweenTokensMax / 2);
    sink.AddNgrams("word", between);
    sink.Add("word-first", between.front());
    between = TokensBefore(chars, units, first_list.end, last_list.begin, kBetweenTokensMax / 2);
    sink.AddNgrams("word", between);
    sink.Add("word-last", between.back());
  }
  sink.AddNgrams("before",
                 TokensBefore(chars, units, view.span().begin, first_list.begin, kAroundTokensMax));
  sink.AddNgrams("after",
                 TokensFrom(chars, units, last_list.end, view.span().end, kAroundTokensMax));
  AddCues(view, first_list, last_list, sink);
}

void RelationFeatures::Extract(const RelationPair& pair, std::vector<Feature>& features) const {
  features.clear();
  FeatureSink sink(static_cast<uint64_t>(pair.kind), features);
  AddDocument(pair, sink);
  AddProposals(pair, sink);
  AddPairModel(pair, sink);
  if (pair.places.empty()) AddFarPlace(pair, sink);
  for (size_t i = 0; i < pair.places.size(); ++i) AddPlace(pair, pair.places[i], i == 0, sink);
  SortUnique(features);
}

}  // namespace partnergraph
