#include "ingest/entity_resolver.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "ingest/character.h"
#include "ingest/name_forms.h"
#include "ingest/name_variants.h"

namespace partnergraph {
namespace {

constexpr std::string_view kLearnedNames = "names/";
constexpr size_t kProductCharsMax = 40;
constexpr uint32_t kAliasDistanceMax = 30;  // Characters between a name and its defined alias.

// A distinct name of the document, with all mentions that use it.
struct NameGroup {
  MentionType type = MentionType::kCompany;
  std::u32string text;
  std::u32string key;
  std::vector<uint32_t> mentions;
  float score = 0;
  bool local = false;
  uint32_t parent = 0;  // Union-find.
};

class Resolver {
 public:
  explicit Resolver(Document& document) : document_(document) {}

  void Run() {
    Group();
    JoinAliases();
    JoinShortForms();
    JoinPeople();
    JoinProducts();
    JoinVariants();
    MakeEntities();
  }

 private:
  void Group() {
    absl::flat_hash_map<std::u32string, uint32_t> by_key;
    for (uint32_t i = 0; i < document_.mentions.size(); ++i) {
      const Mention& mention = document_.mentions[i];
      group_of_.push_back(UINT32_MAX);
      if (mention.type > MentionType::kProduct) continue;
      const std::u32string_view text = document_.Chars(mention.span);
      std::u32string key = NameKey(text);
      key += static_cast<char32_t>(U'0' + static_cast<uint32_t>(mention.type));
      const auto [it, added] =
          by_key.try_emplace(std::move(key), static_cast<uint32_t>(groups_.size()));
      if (added) {
        NameGroup group;
        group.type = mention.type;
        group.text = text;
        group.key = NameKey(text);
        group.parent = it->second;
        groups_.push_back(std::move(group));
      }
      NameGroup& group = groups_[it->second];
      group.mentions.push_back(i);
      group.score = std::max(group.score, mention.score);
      group.local |= mention.local_name;
      group_of_[i] = it->second;
    }
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      by_text_[static_cast<size_t>(groups_[g].type)][groups_[g].key] = g;
    }
  }

  uint32_t Root(uint32_t group) {
    while (groups_[group].parent != group) {
      group = groups_[group].parent = groups_[groups_[group].parent].parent;
    }
    return group;
  }
  void Join(uint32_t a, uint32_t b) {
    a = Root(a), b = Root(b);
    if (a != b) groups_[std::max(a, b)].parent = std::min(a, b);
  }

  // Whether a rule found the mention, or the classifier where that rule did.
  static bool IsBy(const Mention& mention, std::string_view rule) {
    std::string_view by(mention.rule);
    if (by.starts_with(kLearnedNames)) by.remove_prefix(kLearnedNames.size());
    return by == rule;
  }

  // A name and what the brackets after it define.
  void JoinAliases() {
    for (uint32_t i = 1; i < document_.mentions.size(); ++i) {
      const Mention& alias = document_.mentions[i];
      if (IsBy(alias, "other-script")) {
        // Directly after the name that it repeats.
        const Mention& name = document_.mentions[i - 1];
        if (name.type == alias.type && name.span.end == alias.span.begin) {
          Join(group_of_[i - 1], group_of_[i]);
        }
        continue;
      }
      if (!IsBy(alias, "alias")) continue;
      for (uint32_t k = i; k > 0; --k) {
        const Mention& name = document_.mentions[k - 1];
        if (name.type > MentionType::kProduct || name.type != alias.type) continue;
        if (name.span.end + kAliasDistanceMax < alias.span.begin) break;
        Join(group_of_[k - 1], group_of_[i]);
        if (!IsBy(name, "alias")) break;
      }
    }
  }

  // Each short form goes to the one name that it shortens least: 海尔 to 海尔集团, not to
  // 海尔模具有限公司.
  void JoinShortForms() {
    const auto& by_text = by_text_[static_cast<size_t>(MentionType::kCompany)];
    absl::flat_hash_map<uint32_t, uint32_t> best;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].type != MentionType::kCompany || groups_[g].local) continue;
      for (const std::u32string& form : OrganizationShortForms(groups_[g].text)) {
        const auto it = by_text.find(NameKey(form));
        if (it == by_text.end() || it->second == g) continue;
        const auto [slot, added] = best.try_emplace(it->second, g);
        if (!added && Closer(groups_[it->second], groups_[g], groups_[slot->second])) {
          slot->second = g;
        }
      }
    }
    for (const auto& [short_form, name] : best) Join(short_form, name);
    JoinContractions(best);
  }

  // 神达投控 for 神达投资控股股份有限公司: the same beginning, the other characters in their order.
  void JoinContractions(const absl::flat_hash_map<uint32_t, uint32_t>& joined) {
    absl::flat_hash_map<std::u32string, uint32_t> full;  // By the first two characters.
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      const NameGroup& group = groups_[g];
      if (group.type == MentionType::kCompany && group.text.ends_with(U"公司") &&
          group.text.size() >= 8) {
        full.try_emplace(group.text.substr(0, 2), g);
      }
    }
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      const NameGroup& group = groups_[g];
      if (group.type != MentionType::kCompany || group.text.size() < 4 || group.text.size() > 6 ||
          joined.contains(g) || !IsHan(group.text[0])) {
        continue;
      }
      const auto it = full.find(group.text.substr(0, 2));
      if (it != full.end() && it->second != g &&
          IsSubsequence(group.text, groups_[it->second].text)) {
        Join(it->second, g);
      }
    }
  }

  static bool IsSubsequence(std::u32string_view part, std::u32string_view whole) {
    size_t found = 0;
    for (const char32_t c : whole) found += found < part.size() && part[found] == c;
    return found == part.size();
  }

  static bool Closer(const NameGroup& form, const NameGroup& a, const NameGroup& b) {
    const bool a_prefix = a.key.starts_with(form.key), b_prefix = b.key.starts_with(form.key);
    if (a_prefix != b_prefix) return a_prefix;
    if (a.text.size() != b.text.size()) return a.text.size() < b.text.size();
    return a.mentions[0] < b.mentions[0];
  }

  void JoinPeople() {
    absl::flat_hash_map<std::u32string, uint32_t> full_by_last;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].type != MentionType::kPerson) continue;
      const size_t space = groups_[g].text.rfind(U' ');
      if (space != std::u32string::npos) {
        full_by_last.try_emplace(NameKey(groups_[g].text.substr(space + 1)), g);
      }
    }
    // Misspelt: one character differs, what stands before the names is the same.
    absl::flat_hash_map<std::u32string, uint32_t> by_context;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      const NameGroup& group = groups_[g];
      if (group.type != MentionType::kPerson) continue;
      const auto last = full_by_last.find(group.key);
      if (last != full_by_last.end()) Join(last->second, g);
      if (group.text.size() < 2 || group.text.size() > 4 || !IsHan(group.text[0])) continue;
      for (const uint32_t m : group.mentions) {
        const uint32_t begin = document_.mentions[m].span.begin;
        if (begin < 4) continue;
        std::u32string context(document_.chars.substr(begin - 4, 4));
        context += group.text[0];
        context += static_cast<char32_t>(group.text.size());
        const auto [it, added] = by_context.try_emplace(std::move(context), g);
        if (!added && Differs(groups_[it->second].text, group.text) == 1) Join(it->second, g);
      }
    }
  }

  static int Differs(std::u32string_view a, std::u32string_view b) {
    if (a.size() != b.size()) return 9;
    int different = 0;
    for (size_t i = 0; i < a.size(); ++i) different += a[i] != b[i];
    return different;
  }

  // A Latin brand and the longer name that it begins: VelaLearn, VelaLearn教学平台.
  void JoinProducts() {
    const auto& by_text = by_text_[static_cast<size_t>(MentionType::kProduct)];
    absl::flat_hash_map<uint32_t, uint32_t> longer;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      const NameGroup& group = groups_[g];
      if (group.type != MentionType::kProduct) continue;
      size_t end = 0;
      while (end < group.text.size() && IsAlphanumeric(group.text[end])) ++end;
      if (end < 3 || end == group.text.size() || !IsLatin(group.text[0])) continue;
      if (!IsHan(group.text[end])) continue;
      const auto it = by_text.find(NameKey(group.text.substr(0, end)));
      if (it != by_text.end() && it->second != g) longer.try_emplace(it->second, g);
    }
    for (const auto& [brand, name] : longer) Join(brand, name);
    // 云岭AI超算平台 and AI超算平台: the same without its maker.
    const auto& companies = by_text_[static_cast<size_t>(MentionType::kCompany)];
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      const NameGroup& group = groups_[g];
      if (group.type != MentionType::kProduct || group.key.size() > kProductCharsMax) continue;
      for (size_t cut = 2; cut + 3 <= group.key.size(); ++cut) {
        const auto it = by_text.find(group.key.substr(cut));
        if (it != by_text.end() && companies.contains(group.key.substr(0, cut))) {
          Join(it->second, g);
        }
      }
    }
  }

  // Names that are still alone go to a longer one of which they are a variant: the one that they
  // shorten least, or the contracted one that is nearest.
  void JoinVariants() {
    std::vector<uint32_t> size_of(groups_.size());
    for (uint32_t g = 0; g < groups_.size(); ++g) ++size_of[Root(g)];
    // As it is now: what is joined below must not depend on the order of a table.
    std::vector<bool> alone(groups_.size());
    for (uint32_t g = 0; g < groups_.size(); ++g) alone[g] = size_of[Root(g)] == 1;
    absl::flat_hash_map<uint32_t, uint32_t> best;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      const NameGroup& group = groups_[g];
      if (group.local) continue;
      const auto& by_text = by_text_[static_cast<size_t>(group.type)];
      for (const std::u32string& variant : NameVariants(group.type, group.text)) {
        const auto it = by_text.find(variant);
        if (it == by_text.end() || it->second == g) continue;
        Offer(it->second, g, best);
      }
    }
    // 岭南联交所, 岭南联合产权交易所: looked for among those that begin alike.
    constexpr size_t kAlikeMax = 64;
    absl::flat_hash_map<char32_t, std::vector<uint32_t>> by_first;
    for (uint32_t g = 0; g < groups_.size(); ++g) {
      if (groups_[g].type != MentionType::kCompany || groups_[g].local) continue;
      std::vector<uint32_t>& alike = by_first[groups_[g].text[0]];
      if (alike.size() < kAlikeMax) alike.push_back(g);
    }
    for (const auto& [first, alike] : by_first) {
      for (const uint32_t a : alike) {
        for (const uint32_t b : alike) {
          if (alone[a] && IsContraction(groups_[a].text, groups_[b].text)) {
            Offer(a, b, best);
          }
        }
      }
    }
    for (const auto& [variant, name] : best) {
      if (alone[variant] || groups_[variant].type != MentionType::kCompany) {
        Join(variant, name);
      }
    }
  }
  void Offer(uint32_t variant, uint32_t name, absl::flat_hash_map<uint32_t, uint32_t>& best) const {
    const auto [slot, added] = best.try_emplace(variant, name);
    if (!added && Closer(groups_[variant], groups_[name], groups_[slot->second])) {
      slot->second = name;
    }
  }

  void MakeEntities() {
    document_.entities.clear();
    std::vector<int> entity_of(groups_.size(), -1);
    for (uint32_t i = 0; i < document_.mentions.size(); ++i) {
      if (group_of_[i] == UINT32_MAX) continue;
      int& entity = entity_of[Root(group_of_[i])];
      if (entity < 0) {
        entity = static_cast<int>(document_.entities.size());
        document_.entities.emplace_back();
        document_.entities.back().type = document_.mentions[i].type;
      }
      document_.mentions[i].entity = entity;
      document_.entities[static_cast<size_t>(entity)].mentions.push_back(i);
    }
    for (Entity& entity : document_.entities) Describe(entity);
  }

  // The fullest name that is free of dirt, and its type.
  void Describe(Entity& entity) {
    const Mention* best = nullptr;
    for (const uint32_t i : entity.mentions) {
      const Mention& mention = document_.mentions[i];
      entity.score = std::max(entity.score, mention.score);
      if (best == nullptr || Fuller(mention, *best)) best = &mention;
    }
    entity.canonical = document_.Text(best->span);
    entity.org_type = best->org_type;
  }

  bool Fuller(const Mention& a, const Mention& b) const {
    if (a.local_name != b.local_name) return b.local_name;
    const bool dirty_a = IsDirty(a), dirty_b = IsDirty(b);
    if (dirty_a != dirty_b) return dirty_b;
    return a.span.size() > b.span.size();
  }
  bool IsDirty(const Mention& mention) const {
    const std::u32string_view text = document_.Chars(mention.span);
    return text.find_first_of(U"?\n�") != text.npos;
  }

  Document& document_;
  std::vector<NameGroup> groups_;
  std::vector<uint32_t> group_of_;  // By mention; UINT32_MAX for titles, places and dates.
  absl::flat_hash_map<std::u32string, uint32_t> by_text_[3];
};

}  // namespace

absl::Status EntityResolver::Process(Document& document) const {
  Resolver(document).Run();
  return absl::OkStatus();
}

}  // namespace partnergraph
