#include "graph/node_search.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "graph/name_similarity.h"
#include "graph/node_set.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Candidates by shared grams of which names are read and compared.
constexpr size_t kFuzzyCandidatesMax = 500;
// Least similarity of a fuzzy match: most characters are shared.
constexpr float kSimilarityMin = 0.6f;
// How similar names that sound the same count.
constexpr float kHomophoneSimilarity = 0.9f;
// Sounds of the query that are looked up for homophones.
constexpr size_t kHomophoneKeysMax = 4;

// How names match, best first; each goes before all of the next.
enum class Tier : uint8_t {
  kExact,
  kCore,
  kPrefix,
  kPinyin,
  kPinyinPrefix,
  kInitials,
  kInitialsPrefix,
  kFuzzy
};

MatchKind ToMatchKind(Tier tier) {
  switch (tier) {
    case Tier::kExact:
      return MatchKind::kExact;
    case Tier::kCore:
      return MatchKind::kCore;
    case Tier::kPrefix:
      return MatchKind::kPrefix;
    case Tier::kPinyin:
    case Tier::kPinyinPrefix:
    case Tier::kInitials:
    case Tier::kInitialsPrefix:
      return MatchKind::kPinyin;
    case Tier::kFuzzy:
      return MatchKind::kFuzzy;
  }
  return MatchKind::kFuzzy;
}

// A tenth of the scale for each tier, and the rest of it for the weight within the tier, in [0, 1].
float ToScore(Tier tier, float weight) {
  return 0.1f * static_cast<float>(10 - static_cast<int>(tier)) - 0.1f + 0.1f * weight;
}

struct Candidate {
  NodeId node{};
  std::string name;  // That matched.
  float similarity = 0;
};

// Candidates of several keys, by node, so that what is read of them is in order.
using Candidates = std::map<NodeId, Candidate>;

std::vector<Candidate> InOrder(Candidates&& candidates) {
  std::vector<Candidate> ordered;
  ordered.reserve(candidates.size());
  for (auto& [node, candidate] : candidates) ordered.push_back(std::move(candidate));
  return ordered;
}

// What a query for pinyin looks like in the index; empty when the text cannot be pinyin.
std::string ToPinyinQuery(std::string normalized) {
  constexpr std::string_view kUmlaut = "\u00FC";
  for (size_t at; (at = normalized.find(kUmlaut)) != std::string::npos;) {
    normalized.replace(at, kUmlaut.size(), "v");
  }
  const bool letters = std::all_of(normalized.begin(), normalized.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  return letters && normalized.size() >= 2 ? normalized : "";
}

class Search {
 public:
  Search(NameReader& reader, const SearchQuery& query) : reader_(reader), query_(query) {}

  absl::StatusOr<RankedMatches> Run() {
    const std::string normalized = NormalizeName(query_.text);
    if (normalized.empty()) return RankedMatches{};
    PG_RETURN_IF_ERROR(TakeExact(normalized));
    if (query_.exact) return Page();
    const bool exact = true;
    const std::string core = CoreName(query_.text);
    const std::string pinyin = ToPinyinQuery(normalized);
    PG_RETURN_IF_ERROR(Take(Tier::kCore,
                            {{NameKeyKind::kCore, core},
                             {NameKeyKind::kNormalized, core},
                             {NameKeyKind::kCore, normalized}},
                            exact));
    PG_RETURN_IF_ERROR(Take(Tier::kPrefix,
                            {{NameKeyKind::kNormalized, normalized}, {NameKeyKind::kCore, core}},
                            !exact));
    if (!pinyin.empty()) {
      PG_RETURN_IF_ERROR(Take(Tier::kPinyin, {{NameKeyKind::kPinyin, pinyin}}, exact));
      PG_RETURN_IF_ERROR(Take(Tier::kPinyinPrefix, {{NameKeyKind::kPinyin, pinyin}}, !exact));
      PG_RETURN_IF_ERROR(Take(Tier::kInitials, {{NameKeyKind::kInitials, pinyin}}, exact));
      PG_RETURN_IF_ERROR(Take(Tier::kInitialsPrefix, {{NameKeyKind::kInitials, pinyin}}, !exact));
    }
    if (!IsEnough()) PG_RETURN_IF_ERROR(TakeFuzzy(core));
    return Page();
  }

 private:
  // The page and one match more are known, or no more are ranked.
  bool IsEnough() const {
    return matches_.size() >=
           std::min(kRankedMatchesMax, size_t{query_.offset} + query_.page_size + 1);
  }

  // The nodes of one key, which a lookup by name alone comes to: it needs no more than these lines.
  absl::Status TakeExact(const std::string& normalized) {
    std::vector<Candidate> candidates;  // Rows of one key have each node once, ascending.
    PG_RETURN_IF_ERROR(reader_.ScanNames(NameKeyKind::kNormalized, normalized, /*exact=*/true,
                                         kNameRowsMax,
                                         [&](std::string_view, NodeId node, std::string_view name) {
                                           candidates.push_back({node, std::string(name)});
                                           return true;
                                         }));
    return Rank(Tier::kExact, std::move(candidates));
  }

  // Looks the keys up and ranks the nodes that no better tier has.
  absl::Status Take(Tier tier, const std::set<NameKey>& keys, bool exact) {
    if (IsEnough()) return absl::OkStatus();
    Candidates candidates;
    for (const NameKey& key : keys) {
      PG_RETURN_IF_ERROR(
          reader_.ScanNames(key.kind, key.key, exact, kNameRowsMax,
                            [&](std::string_view, NodeId node, std::string_view name) {
                              if (!taken_.Contains(node)) Offer(candidates, node, name);
                              return true;
                            }));
    }
    return Rank(tier, InOrder(std::move(candidates)));
  }

  // Of several names of a node that match alike, the shortest one is shown.
  static void Offer(Candidates& candidates, NodeId node, std::string_view name) {
    const auto [entry, inserted] = candidates.try_emplace(node, Candidate{node, std::string(name)});
    const std::string& shown = entry->second.name;
    if (!inserted &&
        std::pair(name.size(), name) < std::pair(shown.size(), std::string_view(shown))) {
      entry->second.name = name;
    }
  }

  bool IsWanted(NodeKind kind) const {
    if (query_.kinds.empty()) return kind != NodeKind::kPartnership;
    return std::find(query_.kinds.begin(), query_.kinds.end(), kind) != query_.kinds.end();
  }

  // Takes the candidates that exist and are of a kind that is wanted. They come ascending by node,
  // each once.
  absl::Status Rank(Tier tier, std::vector<Candidate> candidates) {
    if (candidates.empty()) return absl::OkStatus();
    std::vector<NodeId> nodes;
    nodes.reserve(candidates.size());
    for (const Candidate& candidate : candidates) nodes.push_back(candidate.node);
    // A node that is alone, before kinds are looked at, stands in no order.
    const bool alone = query_.exact && candidates.size() == 1;
    PG_ASSIGN_OR_RETURN(
        const std::vector<NameHolder> holders,
        reader_.ReadNameHolders(nodes, alone ? HolderDetail::kKind : HolderDetail::kArticleCount));
    struct Ranked {
      Candidate* candidate;
      uint32_t article_count;
    };
    std::vector<Ranked> ranked;
    ranked.reserve(holders.size());
    auto candidate = candidates.begin();
    for (const NameHolder& holder : holders) {  // In the order of the candidates, some left out.
      while (candidate->node != holder.node) ++candidate;
      if (IsWanted(holder.kind)) ranked.push_back({&*candidate, holder.article_count});
    }
    std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
      return std::tuple(-a.candidate->similarity, ~a.article_count, a.candidate->name.size(),
                        a.candidate->node) < std::tuple(-b.candidate->similarity, ~b.article_count,
                                                        b.candidate->name.size(),
                                                        b.candidate->node);
    });
    for (const Ranked& match : ranked) {
      if (matches_.size() == kRankedMatchesMax) break;
      const float articles = static_cast<float>(match.article_count);
      const float weight = alone                  ? 1
                           : tier == Tier::kFuzzy ? match.candidate->similarity * 0.99f
                                                  : articles / (articles + 10);
      if (!query_.exact) taken_.Insert(match.candidate->node);  // No other tier asks.
      matches_.push_back(
          {.node = match.candidate->node,
           .matched_name = std::move(match.candidate->name),
           .match_kind = ToMatchKind(tier),
           .score = tier == Tier::kExact ? 0.9f + 0.1f * weight : ToScore(tier, weight)});
    }
    return absl::OkStatus();
  }

  // Nodes that share grams with the query, or sound like it.
  absl::Status TakeFuzzy(const std::string& core) {
    Candidates homophones;
    PinyinKeys sounds = MakePinyinKeys(core);
    if (sounds.full.size() > kHomophoneKeysMax) sounds.full.resize(kHomophoneKeysMax);
    for (const std::string& sound : sounds.full) {
      PG_RETURN_IF_ERROR(
          reader_.ScanNames(NameKeyKind::kPinyin, sound, true, kNameRowsMax,
                            [&](std::string_view, NodeId node, std::string_view name) {
                              if (!taken_.Contains(node)) Offer(homophones, node, name);
                              return true;
                            }));
    }
    for (auto& [node, candidate] : homophones) candidate.similarity = kHomophoneSimilarity;

    PG_ASSIGN_OR_RETURN(const std::vector<NodeId> similar, FindByGrams(core));
    PG_ASSIGN_OR_RETURN(const std::vector<NameHolder> holders,
                        reader_.ReadNameHolders(similar, HolderDetail::kNames));
    Candidates candidates = homophones;
    for (const NameHolder& holder : holders) {
      for (const std::string& name : holder.names) {
        const float similarity = NameSimilarity(core, CoreName(name));
        if (similarity < kSimilarityMin) continue;
        const auto [entry, inserted] =
            candidates.try_emplace(holder.node, Candidate{holder.node, name, similarity});
        if (!inserted && similarity > entry->second.similarity) {
          entry->second = {holder.node, name, similarity};
        }
      }
    }
    return Rank(Tier::kFuzzy, InOrder(std::move(candidates)));
  }

  // The nodes that share most grams, at least a quarter of the query's.
  absl::StatusOr<std::vector<NodeId>> FindByGrams(const std::string& core) {
    const std::vector<std::string> grams = MakeNameGrams(core);
    PG_ASSIGN_OR_RETURN(const std::vector<std::vector<NodeId>> postings,
                        reader_.ReadGrams(grams, kGramNodesMax));
    absl::flat_hash_map<NodeId, size_t> shared;
    for (const std::vector<NodeId>& nodes : postings) {
      for (NodeId node : nodes) ++shared[node];
    }
    std::vector<std::pair<size_t, NodeId>> order;  // By grams that are missing.
    for (const auto& [node, count] : shared) {
      if (count * 4 >= grams.size() && !taken_.Contains(node)) {
        order.emplace_back(grams.size() - count, node);
      }
    }
    std::sort(order.begin(), order.end());
    if (order.size() > kFuzzyCandidatesMax) order.resize(kFuzzyCandidatesMax);
    std::vector<NodeId> nodes;
    for (const auto& [missing, node] : order) nodes.push_back(node);
    return nodes;
  }

  RankedMatches Page() {
    RankedMatches page;
    const size_t begin = std::min<size_t>(query_.offset, matches_.size());
    const size_t end = std::min(matches_.size(), begin + query_.page_size);
    page.matches.assign(std::make_move_iterator(matches_.begin() + static_cast<ptrdiff_t>(begin)),
                        std::make_move_iterator(matches_.begin() + static_cast<ptrdiff_t>(end)));
    page.more = end < matches_.size();
    return page;
  }

  NameReader& reader_;
  const SearchQuery& query_;
  NodeSet taken_;
  std::vector<RankedMatch> matches_;  // Best first.
};

}  // namespace

absl::StatusOr<RankedMatches> RankMatches(NameReader& reader, const SearchQuery& query) {
  return Search(reader, query).Run();
}

}  // namespace partnergraph
