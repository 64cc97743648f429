#include "ingest/name_classifier.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "fmt/format.h"
#include "ingest/character.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

// How much a character more weighs against probability where names overlap.
constexpr float kCharBonus = 0.05f;
constexpr uint32_t kBonusCharsMax = 20;
// A name that was not taken is explained from this probability on.
constexpr float kTracedMin = 0.1f;
// Spans of the tagger less probable than this are not looked at, and not proposed below the second.
constexpr float kTagProbabilityMin = 0.02f;
constexpr float kProposedMin = 0.08f;
// How sure a company's name at the beginning of a product's must be.
constexpr float kMakerProbabilityMin = 0.6f;

// What companies do, right behind their name.
constexpr std::u32string_view kActs[] = {U"提供", U"宣布", U"表示", U"推出",
                                         U"签署", U"携手", U"联合", U"完成"};

MentionType TypeOf(size_t label) { return static_cast<MentionType>(label - 1); }

// What Mention::rule says: the learned part and the rule that it agrees with.
const char* RuleName(const char* rule) {
  static const auto* const names = [] {
    auto* table = new absl::flat_hash_map<std::string_view, const char*>;
    (*table)["alias"] = "names/alias";
    (*table)["other-script"] = "names/other-script";
    return table;
  }();
  const auto it = names->find(rule);
  return it == names->end() ? "names" : it->second;
}

class Decoder {
 public:
  Decoder(Recognition& recognition, const NameCandidates& candidates,
          std::span<const NameProbability> probabilities)
      : r_(recognition), candidates_(candidates), probabilities_(probabilities) {
    for (uint32_t i = 0; i < r_.candidates.size(); ++i) {
      const Candidate& candidate = r_.candidates[i];
      if (candidate.type > MentionType::kProduct) continue;
      const auto [it, added] = rule_at_.try_emplace(Key(candidate.span), i);
      if (!added && Better(candidate, r_.candidates[it->second])) it->second = i;
    }
  }

  void Run() {
    std::vector<Candidate> others;
    for (const Candidate& candidate : r_.candidates) {
      if (candidate.type > MentionType::kProduct) others.push_back(candidate);
    }
    ChooseNames();
    const std::vector<Mention> names = std::move(r_.document.mentions);
    // Titles, places and dates, as the rules choose among them.
    std::vector<Candidate> kept = std::exchange(r_.candidates, std::move(others));
    SelectMentions(r_);
    r_.candidates = std::move(kept);
    std::vector<Mention>& mentions = r_.document.mentions;
    mentions.insert(mentions.end(), names.begin(), names.end());
    std::sort(mentions.begin(), mentions.end(), [](const Mention& a, const Mention& b) {
      return std::tuple(a.span.begin, b.span.end, a.type) <
             std::tuple(b.span.begin, a.span.end, b.type);
    });
  }

 private:
  static uint64_t Key(Span span) { return uint64_t{span.begin} << 32 | span.end; }
  static bool IsDefinition(const Candidate& candidate) {
    const std::string_view rule(candidate.rule);
    return rule == "alias" || rule == "other-script";
  }
  static bool Better(const Candidate& a, const Candidate& b) {
    if (IsDefinition(a) != IsDefinition(b)) return IsDefinition(a);
    return a.score > b.score;
  }

  static bool IsName(const NameProbability& p) {
    constexpr float kMin[] = {kCompanyProbabilityMin, kPersonProbabilityMin,
                              kProductProbabilityMin};
    return 1 - p.none() >= kMin[p.best() - 1];
  }

  void ChooseNames() {
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < candidates_.occurrences.size(); ++i) {
      if (IsName(probabilities_[candidates_.occurrences[i].name])) order.push_back(i);
    }
    const auto weight = [&](uint32_t i) {
      const NameOccurrence& occurrence = candidates_.occurrences[i];
      return 1 - probabilities_[occurrence.name].none() +
             kCharBonus * static_cast<float>(std::min(occurrence.span.size(), kBonusCharsMax));
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return weight(a) > weight(b); });
    std::vector<uint8_t> taken(r_.chars.size());
    std::vector<Mention>& mentions = r_.document.mentions;
    mentions.clear();
    for (const uint32_t i : order) {
      const Span span = candidates_.occurrences[i].span;
      const auto begin = taken.begin() + span.begin, end = taken.begin() + span.end;
      if (std::find(begin, end, 1) != end) continue;
      std::fill(begin, end, uint8_t{1});
      mentions.push_back(ToMention(i));
    }
    AddMakers(order);
  }

  // 岭特 of 岭特云帆.
  void AddMakers(const std::vector<uint32_t>& order) {
    absl::flat_hash_map<uint32_t, uint32_t> makers;  // By begin: the longest.
    for (const uint32_t i : order) {
      const NameOccurrence& occurrence = candidates_.occurrences[i];
      const NameProbability& p = probabilities_[occurrence.name];
      if (p.best() != 1 || p.of[1] < kMakerProbabilityMin) continue;
      const auto [it, added] = makers.try_emplace(occurrence.span.begin, i);
      if (!added && candidates_.occurrences[it->second].span.size() < occurrence.span.size()) {
        it->second = i;
      }
    }
    std::vector<Mention>& mentions = r_.document.mentions;
    const size_t chosen = mentions.size();
    for (size_t m = 0; m < chosen; ++m) {
      if (mentions[m].type != MentionType::kProduct) continue;
      const auto it = makers.find(mentions[m].span.begin);
      if (it == makers.end()) continue;
      const Span maker = candidates_.occurrences[it->second].span;
      if (maker.end >= mentions[m].span.end) continue;
      if (IsAlphanumeric(r_.At(maker.end)) && IsAlphanumeric(r_.At(maker.end - 1))) continue;
      mentions.push_back(ToMention(it->second));
    }
  }

  Mention ToMention(uint32_t index) const {
    const NameOccurrence& occurrence = candidates_.occurrences[index];
    const NameCandidate& name = candidates_.names[occurrence.name];
    const NameProbability& p = probabilities_[occurrence.name];
    Mention mention;
    mention.span = occurrence.span;
    mention.type = TypeOf(p.best());
    mention.score = 1 - p.none();
    mention.rule = "names";
    const auto at = rule_at_.find(Key(occurrence.span));
    if (at != rule_at_.end()) mention.rule = RuleName(r_.candidates[at->second].rule);
    // 衡岚科技Henglan提供: behind the full name of a company, what acts is its name in another
    // script and not its product, which such a name looks like by itself.
    if (mention.type == MentionType::kProduct && at != rule_at_.end() &&
        std::string_view(r_.candidates[at->second].rule) == "other-script" &&
        StartsWithAny(std::u32string_view(r_.chars).substr(occurrence.span.end), kActs)) {
      mention.type = MentionType::kCompany;
    }
    const NameRule* best = nullptr;
    for (const NameRule& rule : name.rules) {
      mention.local_name |= rule.local_name;
      if (rule.type == mention.type && (best == nullptr || rule.score > best->score)) best = &rule;
    }
    if (mention.type == MentionType::kCompany) {
      mention.org_type = OrgTypeName(best != nullptr ? best->org_type : OrgTypeOf(occurrence));
    }
    return mention;
  }

  // What the name's end says, where no rule has seen a company.
  uint8_t OrgTypeOf(const NameOccurrence& occurrence) const {
    const LexiconEntry& whole = r_.lexicon.Find(r_.Chars(occurrence.span));
    if (whole.Is(kOrgName | kOrgListed | kOrgAmbiguous | kBrand)) return whole.org_type;
    const LexiconEntry* head = nullptr;
    if (r_.lexicon.FindOrgHead(r_.chars, occurrence.span.begin, occurrence.span.end, head) > 0) {
      return head->head_type;
    }
    for (uint32_t t = occurrence.last_token + 1; t > occurrence.token; --t) {
      if (r_.tokens[t - 1].Is(kOrgHeadEn)) return r_.tokens[t - 1].entry->head_type;
    }
    return 0;
  }

  Recognition& r_;
  const NameCandidates& candidates_;
  const std::span<const NameProbability> probabilities_;
  absl::flat_hash_map<uint64_t, uint32_t> rule_at_;  // By span: the best candidate of the rules.
};

}  // namespace

std::unique_ptr<NameReading> ReadNames(Recognition& recognition, const SequenceTagger* tagger) {
  auto reading = std::make_unique<NameReading>();
  std::vector<TaggedSpan> tagged;
  std::vector<NameProposal> proposals;
  if (tagger != nullptr) {
    tagger->Tag(recognition.document, recognition.tokens, RuleHints(recognition),
                kTagProbabilityMin, tagged);
    for (const TaggedSpan& tag : tagged) {
      if (tag.type <= MentionType::kProduct && (tag.best || tag.probability >= kProposedMin)) {
        proposals.push_back({tag.span, kFromTagger});
      }
    }
  }
  reading->candidates = FindNameCandidates(recognition, proposals);
  SelectMentions(recognition);
  reading->features = std::make_unique<NameFeatures>(recognition, reading->candidates,
                                                     recognition.document.mentions,
                                                     tagger != nullptr ? &tagged : nullptr);
  return reading;
}

std::vector<NameProbability> ClassifyNames(const LinearModel& model,
                                           const NameCandidates& candidates,
                                           const NameFeatures& features) {
  std::vector<NameProbability> probabilities(candidates.names.size());
  std::vector<Feature> extracted;
  for (uint32_t i = 0; i < candidates.names.size(); ++i) {
    if (features.IsHopeless(i)) continue;
    features.Extract(i, extracted);
    Classify(model, extracted, probabilities[i].of);
  }
  return probabilities;
}

void DecodeNames(Recognition& recognition, const NameCandidates& candidates,
                 std::span<const NameProbability> probabilities) {
  Decoder(recognition, candidates, probabilities).Run();
  std::vector<std::string>* const trace = recognition.document.trace;
  if (trace == nullptr) return;
  for (uint32_t i = 0; i < candidates.names.size(); ++i) {
    const std::vector<uint32_t>& occurrences = candidates.names[i].occurrences;
    const NameProbability& p = probabilities[i];
    if (occurrences.empty() || 1 - p.none() < kTracedMin) continue;
    const auto chosen = [&](const Mention& mention) {
      return mention.type <= MentionType::kProduct &&
             std::any_of(occurrences.begin(), occurrences.end(), [&](uint32_t o) {
               return candidates.occurrences[o].span == mention.span;
             });
    };
    const std::vector<Mention>& mentions = recognition.document.mentions;
    if (std::any_of(mentions.begin(), mentions.end(), chosen)) continue;
    trace->push_back(
        fmt::format("not taken: {} (company {:.2f}, person {:.2f}, product {:.2f})",
                    recognition.document.Text(candidates.occurrences[occurrences[0]].span), p.of[1],
                    p.of[2], p.of[3]));
  }
}

}  // namespace partnergraph
