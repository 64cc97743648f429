#include "ingest/relation_candidates.h"

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ingest/developer_rules.h"
#include "ingest/employment_guesses.h"
#include "ingest/employment_rules.h"
#include "ingest/founding_guesses.h"
#include "ingest/organization_rules.h"

namespace partnergraph {
namespace {

// Names of a sentence for which the company that they may belong to is looked up.
constexpr size_t kAntecedentsMax = 64;
// Longest name that others may begin with.
constexpr size_t kNamesakeCharsMax = 24;

class PairFinder {
 public:
  PairFinder(const Document& document, const DocumentViews& views, const RuleReading& rules)
      : document_(document), views_(views), rules_(rules) {}

  std::vector<RelationPair> Run() && {
    AttachProposals();
    CollectPlaces();
    CollectTopicPairs();
    CollectNamesakes();
    for (RelationPair& pair : pairs_) KeepNearest(pair);
    return std::move(pairs_);
  }

 private:
  const Name& NameAt(NamePosition at) const { return views_.At(at); }

  // The pair of two entities in this order, or null when there is none of their types or the
  // document has too many.
  RelationPair* Find(uint32_t first, uint32_t second) {
    if (first == second) return nullptr;
    const auto known = index_.find(uint64_t{first} << 32 | second);
    if (known != index_.end()) return &pairs_[known->second];
    const MentionType a = document_.entities[first].type, b = document_.entities[second].type;
    RelationPair pair;
    if (a == MentionType::kPerson && b == MentionType::kCompany) {
      pair.kind = PairKind::kPersonCompany;
    } else if (a == MentionType::kCompany && b == MentionType::kProduct) {
      pair.kind = PairKind::kCompanyProduct;
    } else if (a == MentionType::kCompany && b == MentionType::kCompany) {
      pair.kind = PairKind::kCompanyCompany;
    } else if (a == MentionType::kProduct && b == MentionType::kCompany) {
      pair.kind = PairKind::kProductCompany;
    } else if (a == MentionType::kProduct && b == MentionType::kProduct) {
      pair.kind = PairKind::kProductProduct;
    } else {
      return nullptr;
    }
    if (pairs_.size() >= kPairsMax) return nullptr;
    pair.first = first;
    pair.second = second;
    index_.emplace(uint64_t{first} << 32 | second, pairs_.size());
    pairs_.push_back(std::move(pair));
    return &pairs_.back();
  }

  void AddPlace(NamePosition first, NamePosition second) {
    RelationPair* const pair = Find(NameAt(first).entity, NameAt(second).entity);
    if (pair == nullptr) return;
    pair->places.push_back({first, second});
    if (pair->places.size() >= 8 * kPairPlacesMax) KeepNearest(*pair);
  }

  void CollectPlaces() {
    std::deque<NamePosition> window;
    for (uint32_t v = 0; v < views_.views.size(); ++v) {
      const std::vector<Name>& names = views_.views[v].names();
      while (!window.empty() && window.front().view + 1 < v) window.pop_front();
      for (uint32_t n = 0; n < names.size(); ++n) {
        const NamePosition here{v, n};
        for (size_t i = 0; i < window.size(); ++i) {
          const NamePosition before = window[i];
          const MentionType a = NameAt(before).type, b = names[n].type;
          const bool near = before.view == v && i + kProductPairWindow >= window.size();
          const bool companies = a == MentionType::kCompany && b == MentionType::kCompany;
          // "Its subsidiary B" speaks of a company of the sentence before.
          if (companies && before.view != v &&
              rules_.antecedents[v][n] != static_cast<int>(NameAt(before).entity)) {
            continue;
          }
          if (a != MentionType::kProduct || near) AddPlace(before, here);
          if (b != MentionType::kProduct || near) AddPlace(here, before);
        }
        window.push_back(here);
        if (window.size() > kPairWindow) window.pop_front();
      }
    }
  }

  void CollectTopicPairs() {
    if (!rules_.topic) return;
    for (uint32_t e = 0; e < document_.entities.size(); ++e) {
      const MentionType type = document_.entities[e].type;
      if (type == MentionType::kPerson) Find(e, *rules_.topic);
      if (type == MentionType::kProduct) Find(*rules_.topic, e);
      if (type == MentionType::kCompany) {
        Find(e, *rules_.topic);
        Find(*rules_.topic, e);
      }
    }
  }

  // Companies whose name begins with that of another one, wherever they stand.
  void CollectNamesakes() {
    absl::flat_hash_map<std::u32string_view, uint32_t> owners;
    for (const Mention& mention : document_.mentions) {
      if (mention.type == MentionType::kCompany && mention.entity >= 0 &&
          mention.span.size() >= 2 && mention.span.size() <= kNamesakeCharsMax) {
        owners.try_emplace(document_.Chars(mention.span), static_cast<uint32_t>(mention.entity));
      }
    }
    for (const Mention& mention : document_.mentions) {
      if (mention.type != MentionType::kCompany || mention.entity < 0) continue;
      const std::u32string_view name = document_.Chars(mention.span);
      for (size_t size = std::min(name.size(), kNamesakeCharsMax + 1); size-- > 2;) {
        const auto owner = owners.find(name.substr(0, size));
        if (owner == owners.end() || owner->second == static_cast<uint32_t>(mention.entity)) {
          continue;
        }
        Find(static_cast<uint32_t>(mention.entity), owner->second);
        break;
      }
    }
  }

  void AttachProposals() {
    for (uint32_t i = 0; i < rules_.proposals.size(); ++i) {
      const Relation& proposal = rules_.proposals[i];
      if (RelationPair* pair = Find(proposal.source, proposal.target)) {
        AddProposal(i, pair->proposals);
      }
      // What a company makes does not run on it because it is made: no pair for that alone.
      if (document_.entities[proposal.target].type == MentionType::kProduct) continue;
      if (RelationPair* pair = Find(proposal.target, proposal.source)) {
        AddProposal(i, pair->reverse);
      }
    }
  }

  // Keeps the surest kPairProposalsMax.
  void AddProposal(uint32_t proposal, std::vector<uint32_t>& kept) const {
    const auto confidence = [this](uint32_t i) { return rules_.proposals[i].confidence; };
    if (kept.size() < kPairProposalsMax) {
      kept.push_back(proposal);
      return;
    }
    const auto weakest = std::min_element(kept.begin(), kept.end(), [&](uint32_t a, uint32_t b) {
      return confidence(a) < confidence(b);
    });
    if (confidence(proposal) > confidence(*weakest)) *weakest = proposal;
  }

  // What a rule has spoken of before all else, one sentence before two, text before boilerplate,
  // near before far.
  void KeepNearest(RelationPair& pair) const {
    const auto stated = [&](const Span& a, const Span& b) {
      return std::any_of(pair.proposals.begin(), pair.proposals.end(), [&](uint32_t i) {
        if (rules_.proposals[i].confidence <= kGuessConfidence) return false;
        const Span& evidence = rules_.proposals[i].evidence.front();
        return evidence.Overlaps(a) && evidence.Overlaps(b);
      });
    };
    const auto rank = [&](const PairPlace& place) {
      const Span a = NameAt(place.first).span, b = NameAt(place.second).span;
      const uint32_t gap = a.begin < b.begin ? b.begin - std::min(a.end, b.begin)
                                             : a.begin - std::min(b.end, a.begin);
      return std::tuple<bool, bool, bool, uint32_t>(
          !stated(a, b), place.first.view != place.second.view,
          views_.views[place.first.view].sentence().boilerplate, gap);
    };
    std::vector<std::pair<std::tuple<bool, bool, bool, uint32_t>, PairPlace>> ranked;
    for (const PairPlace& place : pair.places) ranked.emplace_back(rank(place), place);
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    pair.places.resize(std::min(ranked.size(), kPairPlacesMax));
    for (size_t i = 0; i < pair.places.size(); ++i) pair.places[i] = ranked[i].second;
  }

  const Document& document_;
  const DocumentViews& views_;
  const RuleReading& rules_;
  std::vector<RelationPair> pairs_;
  absl::flat_hash_map<uint64_t, size_t> index_;
};

}  // namespace

DocumentViews::DocumentViews(const Document& document) {
  views.reserve(document.sentences.size());
  size_t mention = 0;
  for (const Sentence& sentence : document.sentences) {
    SentenceView view(document, sentence, mention);
    mention = view.next_mention();
    if (!view.names().empty()) views.push_back(std::move(view));
  }
}

RuleReading ReadByRules(const Document& document, const DocumentViews& views) {
  RuleReading reading;
  std::vector<Relation>& proposals = reading.proposals;
  Discourse discourse(document);
  reading.topic = discourse.topic();
  EmploymentGuesses employment_guesses;
  for (const SentenceView& view : views.views) {
    const size_t known = proposals.size();
    FindEmployment(view, discourse, proposals);
    employment_guesses.Read(view, discourse, known, proposals);
    if (view.sentence().boilerplate) {
      // Whom a title in a byline or an address block belongs to is anybody's guess.
      proposals.erase(
          std::remove_if(
              proposals.begin() + static_cast<ptrdiff_t>(known), proposals.end(),
              [](const Relation& relation) { return relation.confidence <= kEmploymentAnaphoric; }),
          proposals.end());
    } else {
      FindUses(view, discourse, proposals);
    }
    FindDevelopers(view, discourse, proposals);
    FindOrganizationRelations(view, discourse, proposals);
    GuessFounders(view, discourse, proposals);
    std::vector<int>& antecedents = reading.antecedents.emplace_back(view.names().size(), -1);
    for (size_t i = 0; i < std::min(antecedents.size(), kAntecedentsMax); ++i) {
      const auto company = discourse.Antecedent(view, view.names()[i].span.begin);
      if (company) antecedents[i] = static_cast<int>(*company);
    }
    discourse.Advance(view);
  }
  FindUnitsByName(document, proposals);
  FindBrandedProducts(document, proposals);
  return reading;
}

std::vector<RelationPair> FindPairs(const Document& document, const DocumentViews& views,
                                    const RuleReading& rules) {
  return PairFinder(document, views, rules).Run();
}

}  // namespace partnergraph
