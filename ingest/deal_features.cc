#include "ingest/deal_features.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "ingest/character.h"
#include "ingest/discourse.h"
#include "ingest/feature_hash.h"
#include "ingest/feature_set.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// How many words are read on each side of a pair, and between its names from each end.
constexpr size_t kOuterTokens = 8;
constexpr size_t kInnerTokens = 10;
// How far around a pair a cue counts as near.
constexpr uint32_t kNearHan = 30;
constexpr uint32_t kNearLatin = 80;
// Most cues of a sentence that are read for one place.
constexpr size_t kPlaceCuesMax = 40;
// Most companies of a sentence that are paired with the article's topic where it is not named.
constexpr size_t kTopicPairsMax = 4;

uint64_t Bucket(uint64_t value) {
  return value <= 4    ? value
         : value <= 6  ? 5
         : value <= 10 ? 6
         : value <= 20 ? 7
         : value <= 40 ? 8
         : value <= 80 ? 9
                       : 10;
}

bool IsWord(char32_t c) { return IsAlphanumeric(c); }

class Writer {
 public:
  explicit Writer(std::vector<Feature>& features) : features_(features) { features_.clear(); }
  void Add(FeatureHash hash, float value = 1) { features_.push_back({hash.value(), value}); }
  // A number in [0, 1]: the thresholds that it passes.
  void Level(std::string_view name, float value) {
    static constexpr float kLevels[] = {0.05f, 0.1f, 0.2f, 0.35f, 0.5f, 0.65f, 0.8f, 0.9f};
    for (uint64_t i = 0; i < std::size(kLevels) && value >= kLevels[i]; ++i) {
      Add(FeatureHash("level").Add(name).Add(i));
    }
    Add(FeatureHash("value").Add(name), value);
  }
  // Each feature counts once.
  void Finish() { SortUnique(features_); }

 private:
  std::vector<Feature>& features_;
};

bool Has(const DealCandidate& candidate, uint32_t entity) {
  return std::any_of(candidate.parties.begin(), candidate.parties.end(),
                     [entity](const Participation& party) { return party.entity == entity; });
}

std::string_view RoleOf(const DealCandidate& candidate, uint32_t entity) {
  for (const Participation& party : candidate.parties) {
    if (party.entity == entity) return party.role;
  }
  return "";
}

}  // namespace

int DealKindIndex(std::string_view kind) {
  const auto* const it = std::find(kDealKinds.begin(), kDealKinds.end(), kind);
  return it == kDealKinds.end() ? -1 : static_cast<int>(it - kDealKinds.begin());
}

DealContext::DealContext(const Document& document, const std::vector<SentenceView>& views,
                         const std::vector<DealCandidate>& candidates)
    : document_(document),
      views_(views),
      candidates_(candidates),
      topic_(Discourse(document).topic()),
      candidates_of_(views.size()),
      mentions_(document.entities.size()) {
  for (const Relation& relation : document.relations) {
    if (relation.type == kPartOf) parts_.emplace(relation.source, relation.target);
  }
  for (uint32_t i = 0; i < candidates.size(); ++i) {
    candidates_of_[candidates[i].sentence].push_back(i);
  }
  for (const Entity& entity : document.entities) {
    companies_ += entity.type == MentionType::kCompany;
  }
  for (const Mention& mention : document.mentions) {
    if (mention.entity >= 0) ++mentions_[static_cast<size_t>(mention.entity)];
  }
  ReadTokens();
  FindPlaces();
}

void DealContext::ReadTokens() {
  tokens_.resize(views_.size());
  const std::u32string& chars = document_.chars;
  for (size_t s = 0; s < views_.size(); ++s) {
    const SentenceView& view = views_[s];
    if (view.groups().empty()) continue;
    size_t name = 0;
    for (uint32_t i = view.span().begin; i < view.span().end;) {
      while (name < view.names().size() && view.names()[name].span.begin < i) ++name;
      if (name < view.names().size() && view.names()[name].span.begin == i) {
        const Name& at = view.names()[name];
        tokens_[s].push_back({i, FeatureHash("name").Add(static_cast<uint64_t>(at.type)).value()});
        i = std::max(i + 1, at.span.end);
        continue;
      }
      const uint32_t begin = i++;
      if (IsSpace(chars[begin])) continue;
      const uint32_t next =
          name < view.names().size() ? view.names()[name].span.begin : view.span().end;
      FeatureHash hash("word");
      if (IsDigit(chars[begin])) {
        while (i < next && (IsDigit(chars[i]) || chars[i] == U'.' || chars[i] == U',')) ++i;
        hash.Add(U"0");
      } else if (IsWord(chars[begin])) {
        while (i < next && IsWord(chars[i])) ++i;
        for (uint32_t k = begin; k < i; ++k) hash.Add(uint64_t{ToLower(chars[k])});
      } else {
        hash.Add(uint64_t{chars[begin]});
      }
      tokens_[s].push_back({begin, hash.value()});
    }
  }
}

void DealContext::AddPlace(const DealPlace& place) {
  if (places_.size() < kPlacesMax) places_.push_back(place);
}

void DealContext::FindPlaces() {
  std::vector<std::pair<uint32_t, Span>> named;  // Companies of a sentence and where they stand.
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> known;
  for (uint32_t s = 0; s < views_.size() && places_.size() < kPlacesMax; ++s) {
    const SentenceView& view = views_[s];
    if (view.sentence().boilerplate || view.groups().empty()) continue;
    named.clear();
    known.clear();
    const auto key = [](uint32_t a, uint32_t b) {
      return std::pair(std::min(a, b), std::max(a, b));
    };
    for (const Name& name : view.names()) {
      if (name.type != MentionType::kCompany) continue;
      const bool again = std::any_of(named.begin(), named.end(),
                                     [&](const auto& other) { return other.first == name.entity; });
      // The nearest pair counts: a repeated name is looked at again from where it stands.
      if (!again && named.size() >= kPlaceNamesMax) continue;
      if (!again) {
        for (const auto& [entity, span] : named) {
          if (span.end > name.span.begin) continue;
          if (!known.insert(key(entity, name.entity)).second) continue;
          AddPlace({s, entity, name.entity, span, name.span});
        }
        named.emplace_back(name.entity, name.span);
      }
    }
    const bool has_topic = topic_ && std::any_of(named.begin(), named.end(), [&](const auto& name) {
                             return name.first == *topic_;
                           });
    if (topic_ && !has_topic) {
      for (size_t i = 0; i < named.size() && i < kTopicPairsMax; ++i) {
        known.insert(key(*topic_, named[i].first));
        AddPlace({s, *topic_, named[i].first, Span(), named[i].second});
      }
    }
    // Whom only a rule has found.
    for (const uint32_t c : candidates_of_[s]) {
      const std::vector<Participation>& parties = candidates_[c].parties;
      const size_t count = std::min(parties.size(), kPlaceNamesMax);
      for (size_t i = 0; i < count; ++i) {
        for (size_t j = i + 1; j < count; ++j) {
          if (!known.insert(key(parties[i].entity, parties[j].entity)).second) continue;
          AddPlace({s, parties[i].entity, parties[j].entity, Span(), Span()});
        }
      }
    }
  }
}

void DealContext::PlaceFeatures(const DealPlace& place, std::vector<Feature>& features) const {
  Writer out(features);
  const SentenceView& view = views_[place.sentence];
  const std::vector<Token>& tokens = tokens_[place.sentence];
  const uint64_t english = view.english();
  const bool has_first = place.first_span.size() > 0, has_second = place.second_span.size() > 0;
  const uint64_t shape = has_first && has_second ? 0 : has_second ? 1 : 2;
  const Span sentence = view.span();
  // Where the pair stands: what is between, and where it begins and ends.
  const uint32_t begin = has_first    ? place.first_span.begin
                         : has_second ? place.second_span.begin
                                      : sentence.begin;
  const uint32_t inner_begin = has_first ? place.first_span.end : begin;
  const uint32_t inner_end =
      has_second ? std::max(place.second_span.begin, inner_begin) : inner_begin;
  const uint32_t end = has_second ? place.second_span.end : inner_end;

  out.Add(FeatureHash("bias").Add(english));
  out.Add(FeatureHash("shape").Add(shape).Add(english));
  out.Add(FeatureHash("title").Add(uint64_t{view.sentence().title}).Add(shape));
  const uint64_t depth = view.sentence().title ? 0
                         : place.sentence <= 2 ? 1
                         : place.sentence <= 5 ? 2
                                               : 3;
  out.Add(FeatureHash("depth").Add(depth));
  // Who they are.
  const std::string& a_type = document_.entities[place.first].org_type;
  const std::string& b_type = document_.entities[place.second].org_type;
  out.Add(FeatureHash("types").Add(a_type).Add(b_type));
  out.Add(FeatureHash("type").Add(a_type));
  out.Add(FeatureHash("type").Add(b_type));
  out.Add(FeatureHash("part").Add(uint64_t{IsPart(place.first, place.second)}));
  const uint64_t topic = topic_ && (*topic_ == place.first || *topic_ == place.second);
  out.Add(FeatureHash("topic").Add(topic).Add(depth));
  out.Add(FeatureHash("companies").Add(Bucket(companies_)));
  out.Add(FeatureHash("often")
              .Add(std::min<uint64_t>(3, mentions_[place.first]))
              .Add(std::min<uint64_t>(3, mentions_[place.second])));

  // How they stand to each other.
  uint64_t between = 0, count = 0, flags = 0;
  for (const Name& name : view.names()) {
    if (name.type != MentionType::kCompany) continue;
    ++count;
    if (name.span.begin >= inner_begin && name.span.end <= inner_end) ++between;
    if (name.span == place.first_span) flags |= (name.employer ? 1u : 0u) | (name.aside ? 2u : 0u);
    if (name.span == place.second_span) flags |= (name.employer ? 4u : 0u) | (name.aside ? 8u : 0u);
  }
  out.Add(FeatureHash("flags").Add(flags).Add(shape));
  out.Add(FeatureHash("count").Add(Bucket(count)));
  if (shape == 0) {
    out.Add(FeatureHash("between").Add(std::min<uint64_t>(between, 4)));
    out.Add(FeatureHash("distance").Add(Bucket(inner_end - inner_begin)).Add(english));
    uint64_t marks = 0;
    for (const char32_t c : view.Between(inner_begin, inner_end)) {
      marks += kClauseEnds.find(c) != u32string_view::npos;
    }
    out.Add(FeatureHash("marks").Add(std::min<uint64_t>(marks, 3)));
  }
  uint64_t grouping = 0;
  for (const Group& group : view.groups()) {
    const bool a = has_first && group.span.Contains(place.first_span);
    const bool b = has_second && group.span.Contains(place.second_span);
    if (a && b) grouping = group.with ? 1 : 2;
    if (!a && b && group.with) grouping = 3;
  }
  out.Add(FeatureHash("grouping").Add(grouping));

  // The words around and between.
  const auto index = [&](uint32_t position) {
    return static_cast<size_t>(
        std::lower_bound(tokens.begin(), tokens.end(), position,
                         [](const Token& token, uint32_t at) { return token.begin < at; }) -
        tokens.begin());
  };
  const auto grams = [&](std::string_view where, size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) {
      out.Add(FeatureHash("1").Add(where).Add(tokens[i].hash));
      if (i + 1 < to)
        out.Add(FeatureHash("2").Add(where).Add(tokens[i].hash).Add(tokens[i + 1].hash));
      if (i + 2 < to && english == 0) {
        out.Add(FeatureHash("3")
                    .Add(where)
                    .Add(tokens[i].hash)
                    .Add(tokens[i + 1].hash)
                    .Add(tokens[i + 2].hash));
      }
    }
  };
  const size_t t_begin = index(begin), t_inner = index(inner_begin), t_inner_end = index(inner_end);
  const size_t t_end = index(end);
  if (shape != 2) {
    grams("before", t_begin > kOuterTokens ? t_begin - kOuterTokens : 0, t_begin);
    grams("after", t_end, std::min(tokens.size(), t_end + kOuterTokens + 4));
    if (t_end < tokens.size()) out.Add(FeatureHash("next").Add(tokens[t_end].hash));
    if (t_begin > 0) out.Add(FeatureHash("previous").Add(tokens[t_begin - 1].hash));
  }
  if (shape == 0) {
    if (t_inner_end - t_inner <= 2 * kInnerTokens) {
      grams("between", t_inner, t_inner_end);
      if (t_inner_end - t_inner <= 6) {
        FeatureHash whole("whole");
        for (size_t i = t_inner; i < t_inner_end; ++i) whole.Add(tokens[i].hash);
        out.Add(whole);
      }
    } else {
      grams("between", t_inner, t_inner + kInnerTokens);
      grams("between", t_inner_end - kInnerTokens, t_inner_end);
    }
    if (t_inner < t_inner_end) {
      out.Add(FeatureHash("first word").Add(tokens[t_inner].hash));
      out.Add(FeatureHash("last word").Add(tokens[t_inner_end - 1].hash));
    }
  }

  // Cues, where they stand, and their words.
  const uint32_t near = english != 0 ? kNearLatin : kNearHan;
  size_t cues = 0;
  uint64_t previous = 0;
  for (const CueHit& hit : view.cues()) {
    if (++cues > kPlaceCuesMax) break;
    const auto cue = static_cast<uint64_t>(hit.cue);
    uint64_t where = 5;
    if (shape == 2) {
      where = 6;
    } else if (hit.span.end <= begin) {
      where = hit.span.end + near >= begin ? 1 : 0;
    } else if (hit.span.begin >= end) {
      where = hit.span.begin <= end + near ? 3 : 4;
    } else {
      where = 2;
    }
    out.Add(FeatureHash("cue").Add(cue).Add(where).Add(shape));
    out.Add(FeatureHash("cue").Add(cue));
    if (where >= 1 && where <= 3) {
      out.Add(FeatureHash("cue word").Add(cue).Add(view.Between(hit.span.begin, hit.span.end)));
      if (where != 1) {
        out.Add(FeatureHash("cues").Add(previous).Add(cue).Add(where));
        previous = cue;
      }
      if (view.sentence().title) out.Add(FeatureHash("title cue").Add(cue));
    }
  }
  // Money and shares.
  for (const char32_t c : {U'%', U'亿', U'万', U'$', U'元'}) {
    if (view.Between(sentence.begin, sentence.end).find(c) != u32string_view::npos) {
      out.Add(FeatureHash("money").Add(uint64_t{c}));
    }
  }

  // What the rules say.
  bool spoken = false;
  for (const uint32_t c : candidates_of_[place.sentence]) {
    const DealCandidate& candidate = candidates_[c];
    if (!Has(candidate, place.first) || !Has(candidate, place.second)) continue;
    spoken = true;
    const uint64_t stated = candidate.stated;
    out.Add(FeatureHash("rule kind").Add(candidate.kind).Add(stated));
    out.Add(FeatureHash("rule").Add(std::string_view(candidate.rule)).Add(stated));
    out.Add(FeatureHash("rule parties").Add(Bucket(candidate.parties.size())).Add(stated));
    out.Add(
        FeatureHash("rule sure").Add(static_cast<uint64_t>(candidate.confidence * 10)).Add(stated));
    out.Add(FeatureHash("rule status").Add(static_cast<uint64_t>(candidate.status)).Add(stated));
    out.Add(FeatureHash("rule roles")
                .Add(candidate.kind)
                .Add(RoleOf(candidate, place.first))
                .Add(RoleOf(candidate, place.second)));
  }
  if (!spoken) {
    out.Add(FeatureHash("no rule").Add(shape));
    if (!candidates_of_[place.sentence].empty()) out.Add(FeatureHash("rule for others"));
  }
  out.Finish();
}

void DealContext::ProposalFeatures(const DealProposal& proposal, std::span<const KindScores> scores,
                                   std::vector<Feature>& features) const {
  Writer out(features);
  const std::vector<uint32_t>& parties = proposal.parties;
  const auto rank = [&](uint32_t entity) {
    return static_cast<size_t>(std::lower_bound(parties.begin(), parties.end(), entity) -
                               parties.begin());
  };
  // What the places say: of each party, and in all.
  std::vector<float> best_of_party(parties.size());
  KindScores sums{}, tops{};
  std::vector<uint32_t> sure_sentences;
  float best = 0, title = 0, lead = 0, missing = 1;
  for (const uint32_t p : proposal.places) {
    const DealPlace& place = places_[p];
    const KindScores& score = scores[p];
    const float deal = 1 - score[0];
    best = std::max(best, deal);
    missing *= 1 - deal;
    for (const uint32_t entity : {place.first, place.second}) {
      best_of_party[rank(entity)] = std::max(best_of_party[rank(entity)], deal);
    }
    if (views_[place.sentence].sentence().title) title = std::max(title, deal);
    if (place.sentence <= 3) lead = std::max(lead, deal);
    for (size_t k = 1; k < score.size(); ++k) {
      sums[k] += score[k];
      tops[k] = std::max(tops[k], score[k]);
    }
    if (deal >= 0.5f && (sure_sentences.empty() || sure_sentences.back() != place.sentence)) {
      sure_sentences.push_back(place.sentence);
    }
  }
  // The same for whom it leaves out.
  float outside = 0, elsewhere = 0;
  for (size_t p = 0; p < places_.size(); ++p) {
    const bool a = std::binary_search(parties.begin(), parties.end(), places_[p].first);
    const bool b = std::binary_search(parties.begin(), parties.end(), places_[p].second);
    if (a && b) continue;
    (a || b ? outside : elsewhere) = std::max(a || b ? outside : elsewhere, 1 - scores[p][0]);
  }
  float weakest = 1, mean = 0;
  for (const float value : best_of_party) {
    weakest = std::min(weakest, value);
    mean += value / static_cast<float>(best_of_party.size());
  }
  const uint64_t size = std::min<uint64_t>(parties.size(), 5);
  out.Add(FeatureHash("d bias"));
  out.Add(FeatureHash("d size").Add(size));
  out.Level("best", best);
  out.Level("any", 1 - missing);
  out.Level("weakest", weakest);
  out.Level("mean", mean);
  out.Level("title", title);
  out.Level("lead", lead);
  out.Level("outside", outside);
  out.Level("elsewhere", elsewhere);
  out.Level(size == 2 ? "best of two" : "weakest of many", size == 2 ? best : weakest);
  out.Add(FeatureHash("d rivals").Add(uint64_t{outside > best}).Add(uint64_t{elsewhere > best}));
  out.Add(FeatureHash("d sentences").Add(std::min<uint64_t>(4, sure_sentences.size())));
  float total = 1e-3f;
  for (size_t k = 1; k < sums.size(); ++k) total += sums[k];
  size_t top = 1;
  for (size_t k = 1; k < sums.size(); ++k) {
    out.Add(FeatureHash("d share").Add(k), sums[k] / total);
    out.Add(FeatureHash("d top").Add(k), tops[k]);
    if (sums[k] > sums[top]) top = k;
  }
  out.Add(FeatureHash("d kind").Add(top));

  // What the rules say.
  size_t stated = 0, exact = 0, denied = 0;
  float sure = 0;
  std::array<float, kDealKinds.size()> rule_kinds{};
  bool in_title = false;
  for (const uint32_t c : proposal.candidates) {
    const DealCandidate& candidate = candidates_[c];
    (candidate.stated ? stated : denied) += 1;
    out.Add(FeatureHash("d status")
                .Add(static_cast<uint64_t>(candidate.status))
                .Add(uint64_t{candidate.stated}));
    if (!candidate.stated) continue;
    const bool whole = candidate.parties.size() == parties.size();
    exact += whole;
    sure = std::max(sure, candidate.confidence);
    in_title |= views_[candidate.sentence].sentence().title;
    const int kind = DealKindIndex(candidate.kind);
    if (kind >= 0) {
      float& value = rule_kinds[static_cast<size_t>(kind)];
      value = std::max(value, candidate.confidence * candidate.kind_weight * (whole ? 1.0f : 0.7f));
    }
    out.Add(FeatureHash("d rule").Add(std::string_view(candidate.rule)).Add(uint64_t{whole}));
  }
  for (size_t k = 0; k < rule_kinds.size(); ++k) {
    if (rule_kinds[k] > 0) out.Add(FeatureHash("d rule kind").Add(k), rule_kinds[k]);
  }
  out.Add(FeatureHash("d stated").Add(std::min<uint64_t>(3, stated)));
  out.Add(FeatureHash("d exact").Add(std::min<uint64_t>(3, exact)));
  out.Add(FeatureHash("d unstated").Add(std::min<uint64_t>(2, denied)).Add(uint64_t{stated > 0}));
  out.Add(FeatureHash("d rule in title").Add(uint64_t{in_title}));
  out.Add(FeatureHash("d clustered").Add(uint64_t{proposal.clustered}).Add(size));
  out.Level("rule sure", sure);
  out.Level("rule confidence", proposal.rule_confidence);
  if (!proposal.rule_kind.empty()) out.Add(FeatureHash("d cluster kind").Add(proposal.rule_kind));

  // Who they are.
  bool topic = false, part = false;
  for (size_t i = 0; i < parties.size(); ++i) {
    topic |= topic_ == parties[i];
    out.Add(FeatureHash("d type").Add(document_.entities[parties[i]].org_type));
    for (size_t j = i + 1; j < parties.size() && j < kPlaceNamesMax; ++j) {
      part |= IsPart(parties[i], parties[j]);
    }
  }
  out.Add(FeatureHash("d topic").Add(uint64_t{topic}));
  out.Add(FeatureHash("d part").Add(uint64_t{part}).Add(size));
  out.Add(FeatureHash("d companies").Add(Bucket(companies_)));

  // What the headline says, and how sure the places around are of their facts.
  for (size_t s = 0; s < views_.size() && views_[s].sentence().title; ++s) {
    for (const CueHit& hit : views_[s].cues()) {
      out.Add(FeatureHash("d headline").Add(static_cast<uint64_t>(hit.cue)));
    }
  }
  for (const uint32_t s : sure_sentences) {
    for (const CueHit& hit : views_[s].cues()) {
      out.Add(FeatureHash("d cue").Add(static_cast<uint64_t>(hit.cue)));
    }
  }
  out.Finish();
}

void DealContext::RoleFeatures(const DealProposal& proposal, std::span<const KindScores> scores,
                               std::string_view kind, uint32_t party,
                               std::vector<Feature>& features) const {
  Writer out(features);
  const auto add = [&](FeatureHash hash, float value = 1) {
    out.Add(FeatureHash(hash).Add(kind), value);
  };
  const uint64_t size = std::min<uint64_t>(proposal.parties.size(), 4);
  add(FeatureHash("r bias"));
  add(FeatureHash("r size").Add(size));
  add(FeatureHash("r type").Add(document_.entities[party].org_type));
  add(FeatureHash("r topic").Add(uint64_t{topic_ == party}));
  uint64_t owner = 0;
  for (const uint32_t other : proposal.parties) {
    if (parts_.contains({party, other})) owner |= 1;
    if (parts_.contains({other, party})) owner |= 2;
  }
  add(FeatureHash("r part").Add(owner));
  bool spoken = false;
  for (const uint32_t c : proposal.candidates) {
    const DealCandidate& candidate = candidates_[c];
    const std::string_view role = RoleOf(candidate, party);
    if (role.empty()) continue;
    const uint64_t same = candidate.kind == kind;
    spoken |= same != 0;
    add(FeatureHash("r rule").Add(role).Add(same));
    if (same != 0) {
      add(FeatureHash("r rule sure").Add(role), candidate.confidence);
      out.Add(FeatureHash("r any rule").Add(role));
    }
  }
  add(FeatureHash("r no rule").Add(uint64_t{!spoken}));
  // Where it stands among the parties, and the words around it.
  size_t places = 0;
  for (const uint32_t p : proposal.places) {
    const DealPlace& place = places_[p];
    if (place.first != party && place.second != party) continue;
    if (1 - scores[p][0] < 0.2f || ++places > 4) continue;
    const SentenceView& view = views_[place.sentence];
    const bool first = place.first == party;
    add(FeatureHash("r first").Add(uint64_t{first}));
    const Span at = first ? place.first_span : place.second_span;
    if (at.size() == 0) {
      add(FeatureHash("r referred"));
      continue;
    }
    const Span other = first ? place.second_span : place.first_span;
    for (const CueHit& hit : view.cues()) {
      const bool before = hit.span.end <= at.begin;
      const bool between = other.size() > 0 && hit.span.begin >= std::min(at.end, other.end) &&
                           hit.span.end <= std::max(at.begin, other.begin);
      if (!between && (before ? at.begin - hit.span.end : hit.span.begin - at.end) > 20) continue;
      add(FeatureHash("r cue")
              .Add(static_cast<uint64_t>(hit.cue))
              .Add(uint64_t{before})
              .Add(uint64_t{between}));
      if (between) {
        add(FeatureHash("r cue word")
                .Add(view.Between(hit.span.begin, hit.span.end))
                .Add(uint64_t{before}));
      }
    }
    const uint32_t from = at.begin > view.span().begin + 2 ? at.begin - 2 : view.span().begin;
    add(FeatureHash("r before").Add(view.Between(from, at.begin)));
    add(FeatureHash("r before one")
            .Add(view.Between(std::max(from, at.begin > 0 ? at.begin - 1 : 0), at.begin)));
    add(FeatureHash("r after").Add(view.Between(at.end, std::min(view.span().end, at.end + 2))));
  }
  out.Finish();
}

}  // namespace partnergraph
