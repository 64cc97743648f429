#include "ingest/developer_rules.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "ingest/argument_finder.h"
#include "ingest/character.h"
#include "ingest/relation_sink.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// Statements this much weaker than the surest one for a product still count: joint makers are often
// named in different ways.
constexpr float kDeveloperMargin = 0.04f;

// Most products after one verb: "A推出P1、P2和P3".
constexpr size_t kProductsPerCueMax = 16;

bool ListsProducts(u32string_view between) {
  return IsOneOf(between,
                 {U"、", U"和", U"及", U"and", U",", U"以及", U", and", U"等", U"与", U"/"});
}

class ProductFinder {
 public:
  ProductFinder(const SentenceView& view, const Discourse& discourse,
                std::vector<Relation>& relations)
      : view_(view), discourse_(discourse), sink_(view, relations) {}

  void Developers() {
    const std::vector<Name>& names = view_.names();
    bool any = false;
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].type != MentionType::kProduct) continue;
      any = true;
      Adjacent(i);
    }
    if (!any) return;
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue == Cue::kLaunch || hit.cue == Cue::kDevelop || hit.cue == Cue::kOwn ||
          hit.cue == Cue::kJointAct) {
        Verb(hit);
      }
      if (hit.cue == Cue::kSubsidiary) Under(hit.span);
      if (hit.cue == Cue::kSupplier || hit.cue == Cue::kSupply) Provided(hit);
    }
    Subject();
  }

  void Uses() {
    for (const CueHit& hit : view_.cues()) {
      if (hit.cue == Cue::kBuiltOn) BuiltOn(hit.span);
      if (hit.cue == Cue::kIntegrate) AppliedTo(hit.span);
    }
  }

 private:
  // The company right before, with or without a description, and "its".
  void Adjacent(size_t i) {
    const std::vector<Name>& names = view_.names();
    const Name& product = names[i];
    // Products listed after one that stands next to the company share it.
    size_t first = i;
    while (first > 0 && i - first < kProductsPerCueMax &&
           names[first - 1].type == MentionType::kProduct &&
           ListsProducts(
               TrimMarks(view_.Between(names[first - 1].span.end, names[first].span.begin)))) {
      --first;
    }
    const uint32_t begin = names[first].span.begin;
    const float listed = first == i ? 0.0f : 0.05f;
    if (first > 0 && names[first - 1].type == MentionType::kCompany) {
      const Name& company = names[first - 1];
      const Span evidence{company.span.begin, product.span.end};
      const u32string_view raw = view_.Between(company.span.end, begin);
      const u32string_view between = TrimMarks(SkipAside(TrimMarks(raw)));
      const bool possessive = between.starts_with(U"的") || raw.starts_with(U"'s") ||
                              raw.starts_with(U"’s") || raw.starts_with(U"' ") ||
                              raw.starts_with(U"’ ") || raw.starts_with(U" 's");
      if (IsOneOf(between, {U"", U"的", U"'s", U"’s", U"s", U"—", U"("})) {
        sink_.Add(kDevelops, company.entity, product.entity, evidence, 0.85f - listed,
                  "company next to product");
      } else if (between.size() <= (view_.english() ? 50u : 18u) &&
                 (possessive || !view_.english()) &&
                 !view_.CrossesClause(company.span.end, begin) &&
                 between.find_first_of(U"、和及") == u32string_view::npos &&
                 Descriptive(company.span.end, begin)) {
        sink_.Add(kDevelops, company.entity, product.entity, evidence,
                  (possessive             ? 0.75f
                   : between.size() <= 10 ? 0.6f
                                          : 0.42f) -
                      listed,
                  "company, description, product");
      }
    }
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.end > begin) break;
      if (hit.cue != Cue::kAnaphor || begin - hit.span.end > (view_.english() ? 40u : 10u))
        continue;
      if (first > 0 && names[first - 1].span.begin >= hit.span.end) continue;
      const u32string_view word = view_.Between(hit.span.begin, hit.span.end);
      const u32string_view between = view_.Between(hit.span.end, begin);
      const bool possessive = IsOneOf(word, {U"its", U"our", U"Its", U"Our", U"其", U"their"}) ||
                              between.starts_with(U"的") || between.starts_with(U"'s") ||
                              between.starts_with(U"’");
      if (!possessive || view_.CrossesClause(hit.span.end, begin) ||
          !Descriptive(hit.span.end, begin))
        continue;
      if (const auto company = discourse_.Antecedent(view_, hit.span.begin)) {
        sink_.Add(kDevelops, *company, product.entity, {hit.span.begin, product.span.end},
                  0.65f - listed, "its product");
      }
    }
  }

  // True when nothing between says that someone acts: a description of the product at most.
  bool Descriptive(uint32_t begin, uint32_t end) const {
    for (const CueHit& hit : view_.cues()) {
      if (hit.span.begin >= end) break;
      if (hit.span.begin < begin) continue;
      switch (hit.cue) {
        case Cue::kSpeak:
        case Cue::kBuiltOn:
        case Cue::kJoin:
        case Cue::kSign:
        case Cue::kAcquire:
        case Cue::kPurchase:
        case Cue::kAttend:
        case Cue::kNegation:
        case Cue::kIntegrate:
        case Cue::kWinBid:
        case Cue::kInvest:
          return false;
        default:
          break;
      }
    }
    return view_.Between(begin, end).find_first_of(U"在向与被为对从将把由给让据") ==
           u32string_view::npos;
  }

  const Name* LastProductBefore(uint32_t position, uint32_t reach) const {
    const Name* best = nullptr;
    for (const Name& name : view_.names()) {
      if (name.span.end > position) break;
      if (name.type == MentionType::kProduct) best = &name;
    }
    return best != nullptr && position - best->span.end <= reach ? best : nullptr;
  }

  // "A推出P", "A自主研发的P"; "P由A研发", "P, developed by A".
  void Verb(const CueHit& hit) {
    const u32string_view verb = view_.Between(hit.span.begin, hit.span.end);
    if (verb.ends_with(U" by") || verb.ends_with(U" of")) {
      const Group* agents = view_.GroupAfter(hit.span.end);
      const Name* product = LastProductBefore(hit.span.begin, 60);
      if (agents == nullptr || agents->span.begin - hit.span.end > 30 || product == nullptr) return;
      for (const uint32_t entity : agents->entities) {
        sink_.Add(kDevelops, entity, product->entity, {product->span.begin, agents->span.end},
                  0.75f, "product, verb by company");
      }
      return;
    }
    const Group* group = view_.GroupBefore(hit.span.begin);
    if (group != nullptr && Preposition(view_, *group) == U'由' &&
        hit.span.begin - group->span.end <= 12) {
      if (const Name* product = LastProductBefore(group->span.begin, 12)) {
        for (const uint32_t entity : group->entities) {
          sink_.Add(kDevelops, entity, product->entity, {product->span.begin, hit.span.end}, 0.75f,
                    "product by company");
        }
        return;
      }
    }
    const Argument makers = ActorsBefore(view_, discourse_, hit.span.begin, 80);
    if (makers.empty()) return;
    // "在本次发布的P上,A也...": who is not said.
    if (makers.anaphoric && view_.Between(hit.span.end, hit.span.end + 1) == U"的") return;
    const bool event = verb.ends_with(U"发布会");
    const bool same_clause =
        !makers.anaphoric && !view_.CrossesClause(makers.span.end, hit.span.begin);
    float confidence = makers.anaphoric ? 0.45f : same_clause ? 0.72f : 0.55f;
    if (hit.cue == Cue::kOwn) confidence -= 0.05f;
    size_t count = 0;
    uint32_t previous = hit.span.end;
    const uint32_t reach = view_.english() ? 70 : event ? 40 : 30;
    for (const Name& name : view_.names()) {
      if (name.span.begin < hit.span.end) continue;
      if (name.type != MentionType::kProduct) {
        if (name.aside) continue;
        break;  // "A发布会上B的P" is B's.
      }
      if (name.span.begin - previous > reach || ++count > kProductsPerCueMax) break;
      const u32string_view gap = view_.Between(previous, name.span.begin);
      if (gap.find_first_of(U"。;") != u32string_view::npos) break;
      if (count == 1 && ((!event && gap.find(U',') != u32string_view::npos) ||
                         view_.Has(Cue::kBuiltOn, previous, name.span.begin))) {
        break;
      }
      const Span evidence =
          makers.span.size() == 0 ? view_.Evidence() : Span{makers.span.begin, name.span.end};
      for (const uint32_t entity : makers.entities) {
        sink_.Add(kDevelops, entity, name.entity, evidence, confidence, "company, verb, product");
      }
      previous = name.span.end;
    }
  }

  // "A旗下P", 旗下P.
  void Under(Span cue) {
    const std::vector<Name>& names = view_.names();
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].span.begin < cue.end) continue;
      if (names[i].type != MentionType::kProduct || names[i].span.begin - cue.end > 16 ||
          view_.CrossesClause(cue.end, names[i].span.begin)) {
        return;
      }
      const Argument owner = ActorsBefore(view_, discourse_, cue.begin, 6);
      if (owner.empty()) return;
      for (size_t k = i;
           k < names.size() && names[k].type == MentionType::kProduct && k < i + kProductsPerCueMax;
           ++k) {
        if (k > i &&
            !ListsProducts(TrimMarks(view_.Between(names[k - 1].span.end, names[k].span.begin)))) {
          break;
        }
        sink_.Add(kDevelops, owner.entities.back(), names[k].entity,
                  {owner.anaphoric ? cue.begin : owner.span.begin, names[k].span.end},
                  owner.anaphoric ? 0.6f : 0.8f, "owner of the product");
      }
      return;
    }
  }

  // "P供应商A", "A提供的P".
  void Provided(const CueHit& hit) {
    const std::vector<Name>& names = view_.names();
    for (size_t i = 0; i < names.size(); ++i) {
      if (names[i].span.begin < hit.span.end) continue;
      if (names[i].span.begin - hit.span.end > 12) return;
      if (hit.cue == Cue::kSupplier) {
        if (names[i].type == MentionType::kCompany && i > 0 &&
            names[i - 1].type == MentionType::kProduct && hit.span.begin >= names[i - 1].span.end &&
            hit.span.begin - names[i - 1].span.end <= 4) {
          sink_.Add(kDevelops, names[i].entity, names[i - 1].entity,
                    {names[i - 1].span.begin, names[i].span.end}, 0.6f, "supplier of product");
        }
        return;
      }
      if (names[i].type != MentionType::kProduct ||
          !view_.Between(hit.span.end, names[i].span.begin).starts_with(U"的")) {
        return;
      }
      const Group* group = view_.GroupBefore(hit.span.begin);
      if (group != nullptr && hit.span.begin - group->span.end <= 10) {
        sink_.Add(kDevelops, group->entities.back(), names[i].entity,
                  {group->span.begin, names[i].span.end}, 0.65f, "provided by");
      }
      return;
    }
  }

  // A single company shortly before the product: the weakest sign.
  void Subject() {
    for (const Name& name : view_.names()) {
      if (name.type != MentionType::kProduct) continue;
      const Group* group = view_.GroupBefore(name.span.begin);
      if (group == nullptr || group->with || group->entities.size() != 1 ||
          name.span.begin - group->span.end > 40) {
        continue;
      }
      sink_.Add(kDevelops, group->entities.front(), name.entity, {group->span.begin, name.span.end},
                0.4f, "subject of the clause");
    }
  }

  // The company or product that begins within `reach` behind `position`, in the clause.
  const Name* Tool(uint32_t position, uint32_t reach) const {
    for (const Name& name : view_.names()) {
      if (name.span.begin < position) continue;
      if (name.span.begin - position > reach || name.type == MentionType::kPerson ||
          view_.CrossesClause(position, name.span.begin)) {
        return nullptr;
      }
      return &name;
    }
    return nullptr;
  }

  // True when what follows a company is its technology.
  bool TechnologyFollows(const Name& company) const {
    const u32string_view after =
        view_.Between(company.span.end, std::min(company.span.end + 12, view_.span().end));
    for (const u32string_view word :
         {U"技术", U"平台", U"系统", U"算法", U"芯片", U"科技", U"方案", U"引擎", U" technology",
          U" platform", U" software", U"'s ", U"’s "}) {
      if (after.find(word) != u32string_view::npos) return true;
    }
    return false;
  }

  void BuiltOn(Span cue) {
    const Name* tool = Tool(cue.end, view_.english() ? 30 : 20);
    if (tool == nullptr) return;
    // "uses Acme's Engine": the engine.
    for (const Name& name : view_.names()) {
      if (tool->type == MentionType::kCompany && name.type == MentionType::kProduct &&
          name.span.begin >= tool->span.end && name.span.begin - tool->span.end <= 4) {
        tool = &name;
        break;
      }
    }
    const u32string_view verb = view_.Between(cue.begin, cue.end);
    if (tool->type == MentionType::kCompany && !TechnologyFollows(*tool) &&
        !IsOneOf(verb, {U"powered by", U"runs on", U"built on"})) {
      return;
    }
    if (view_.Has(Cue::kNegation, cue.begin > view_.span().begin + 2 ? cue.begin - 2 : cue.begin,
                  cue.begin)) {
      return;
    }
    const Name* user = nullptr;
    for (const Name& name : view_.names()) {
      if (name.span.begin < tool->span.end || name.type == MentionType::kPerson || name.aside)
        continue;
      // "基于P打造的Q", "搭载P的Q"; "依托P,Q可实现".
      const u32string_view between = view_.Between(tool->span.end, name.span.begin);
      const bool technology = tool->type != MentionType::kCompany ||
                              between.find(U"技术") != u32string_view::npos ||
                              between.find(U"系统") != u32string_view::npos ||
                              between.find(U"平台") != u32string_view::npos ||
                              between.find(U"芯片") != u32string_view::npos;
      const bool attributive = technology && between.find(U'的') != u32string_view::npos &&
                               between.size() <= 16 &&
                               !view_.CrossesClause(tool->span.end, name.span.begin);
      const Span clause = view_.Clause(cue.begin);
      const bool opening =
          between.size() <= 8 && between.ends_with(U",") && cue.begin - clause.begin <= 4;
      if (attributive || opening) user = &name;
      break;
    }
    if (user == nullptr) {
      for (const Name& name : view_.names()) {
        if (name.span.end > cue.begin) break;
        if (name.type != MentionType::kPerson && !name.aside && !name.employer) user = &name;
      }
      if (user != nullptr &&
          (cue.begin - user->span.end > 25 || view_.CrossesClause(user->span.end, cue.begin))) {
        return;
      }
    }
    if (user == nullptr) return;
    sink_.Add(kUses, user->entity, tool->entity,
              {std::min(user->span.begin, cue.begin), std::max(user->span.end, tool->span.end)},
              user->type == MentionType::kProduct ? 0.7f : 0.6f, "built on");
  }

  // "应用于Q的P".
  void AppliedTo(Span cue) {
    if (view_.Between(cue.begin, cue.end) != U"应用于") return;
    const Name* user = Tool(cue.end, 6);
    if (user == nullptr || user->type != MentionType::kProduct) return;
    for (const Name& name : view_.names()) {
      if (name.span.begin < user->span.end) continue;
      if (name.type == MentionType::kProduct && name.span.begin - user->span.end <= 12 &&
          view_.Between(user->span.end, name.span.begin).starts_with(U"的")) {
        sink_.Add(kUses, user->entity, name.entity, {cue.begin, name.span.end}, 0.7f, "applied to");
      }
      return;
    }
  }

  const SentenceView& view_;
  const Discourse& discourse_;
  RelationSink sink_;
};

}  // namespace

void FindDevelopers(const SentenceView& view, const Discourse& discourse,
                    std::vector<Relation>& relations) {
  ProductFinder(view, discourse, relations).Developers();
}

void FindUses(const SentenceView& view, const Discourse& discourse,
              std::vector<Relation>& relations) {
  ProductFinder(view, discourse, relations).Uses();
}

void FindBrandedProducts(const Document& document, std::vector<Relation>& relations) {
  constexpr size_t kBrandCharsMax = 16;
  absl::flat_hash_map<u32string_view, uint32_t> brands;
  for (const Mention& mention : document.mentions) {
    if (mention.type == MentionType::kCompany && mention.entity >= 0 && mention.span.size() >= 2 &&
        mention.span.size() <= kBrandCharsMax && !mention.local_name) {
      brands.try_emplace(document.Chars(mention.span), static_cast<uint32_t>(mention.entity));
    }
  }
  for (const Mention& mention : document.mentions) {
    if (mention.type != MentionType::kProduct || mention.entity < 0) continue;
    const u32string_view name = document.Chars(mention.span);
    for (size_t size = std::min(name.size(), kBrandCharsMax + 1); size-- > 2;) {
      const auto brand = brands.find(name.substr(0, size));
      if (brand == brands.end() || (IsLatin(name[size - 1]) && IsLatin(name[size]))) continue;
      Relation relation;
      relation.type = kDevelops;
      relation.source = brand->second;
      relation.target = static_cast<uint32_t>(mention.entity);
      relation.confidence = 0.8f;
      relation.evidence.push_back(mention.span);
      relation.rule = "brand in the name";
      relations.push_back(std::move(relation));
      break;
    }
  }
}

void SelectDevelopers(float confidence_min, std::vector<Relation>& relations) {
  absl::flat_hash_map<uint32_t, float> best;
  for (const Relation& relation : relations) {
    if (relation.type != kDevelops) continue;
    float& confidence = best[relation.target];
    confidence = std::max(confidence, relation.confidence);
  }
  std::set<std::pair<uint32_t, uint32_t>> own;
  std::erase_if(relations, [&](const Relation& relation) {
    if (relation.type != kDevelops) return false;
    if (relation.confidence < confidence_min ||
        relation.confidence + kDeveloperMargin < best[relation.target]) {
      return true;
    }
    own.emplace(relation.source, relation.target);
    return false;
  });
  std::erase_if(relations, [&](const Relation& relation) {
    return relation.type == kUses && own.contains({relation.source, relation.target});
  });
}

}  // namespace partnergraph
