// Random articles about a small invented world whose names overlap.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/schema.h"
#include "tests/graph/article_builder.h"

namespace partnergraph {

class RandomArticles {
 public:
  explicit RandomArticles(uint32_t seed) : random_(seed) {}

  uint32_t Below(uint32_t bound) { return std::uniform_int_distribution(0u, bound - 1)(random_); }

  ArticleFacts Next(const std::string& id) {
    // Few titles, so that some articles are copies of one story under another address.
    ArticleBuilder article(id, absl::StrCat("Story ", Below(30)));
    article.facts().article.url = "https://example.org/" + id;
    if (Below(4) != 0) article.facts().article.published = RandomDate();
    std::vector<uint32_t> companies, people, products;
    for (uint32_t i = 0, n = 2 + Below(4); i < n; ++i) {
      const auto [canonical, names] = PickNames(kCompanies);
      static constexpr const char* kTypes[] = {"COMPANY", "FINANCIAL", ""};
      companies.push_back(article.Company(canonical, names, kTypes[Below(3)]));
    }
    for (uint32_t i = 0, n = Below(3); i < n; ++i) {
      const auto [canonical, names] = PickNames(kPeople);
      people.push_back(article.Person(canonical, names));
    }
    if (Below(2) == 0) products.push_back(article.Product("云图平台", {"Yuntu", "云图"}));
    for (const uint32_t person : people) {
      static constexpr const char* kTitles[] = {"总裁", "董事长", " 总裁 ", ""};
      Decorate(article.Edge(kEmployedBy, person, Pick(companies), kTitles[Below(4)]));
    }
    for (uint32_t i = 0, n = Below(3); i < n; ++i) {
      Decorate(article.Edge(kPartOf, Pick(companies), Pick(companies)));
    }
    for (const uint32_t product : products) {
      Decorate(article.Edge(kDevelops, Pick(companies), product));
    }
    for (uint32_t i = 0, n = Below(3); i < n; ++i) AddDeal(article, companies, people, products);
    return article.facts();
  }

 private:
  using Names = std::vector<std::vector<std::string>>;
  // Entities share names with each other on purpose.
  static inline const Names kCompanies = {
      {"星河智能科技有限公司", "星河智能", "星河", "Xinghe AI"},
      {"星河置業有限公司", "星河置业", "星河"},
      {"Blue Harbor Bank", "蓝港银行", "Blue Harbor"},
      {"Blue Harbor Capital", "Blue Harbor", "蓝港资本"},
      {"北岭大学", "Beiling University"},
      {"青禾实验室", "Qinghe Lab", "青禾實驗室"},
      {"远帆物流集团", "远帆", "YUANFAN"},
  };
  static inline const Names kPeople = {{"林远航", "Lin Yuanhang"}, {"陈思齐"}, {"Lin Yuanhang"}};

  std::pair<std::string, std::vector<std::string>> PickNames(const Names& entities) {
    const std::vector<std::string>& all = entities[Below(static_cast<uint32_t>(entities.size()))];
    std::vector<std::string> names;
    for (const std::string& name : all) {
      if (Below(2) == 0) names.push_back(name);
    }
    return {all[Below(static_cast<uint32_t>(all.size()))], names};
  }
  uint32_t Pick(const std::vector<uint32_t>& nodes) {
    return nodes[Below(static_cast<uint32_t>(nodes.size()))];
  }
  Date RandomDate() {
    Date date;
    date.year = static_cast<int16_t>(2018 + Below(2));
    if (Below(3) != 0) date.month = static_cast<uint8_t>(1 + Below(12));
    if (date.month != 0 && Below(2) != 0) date.day = static_cast<uint8_t>(1 + Below(28));
    return date;
  }
  template <typename Assertion>
  void Decorate(Assertion& assertion) {
    static constexpr float kConfidences[] = {0.25f, 0.5f, 0.75f, 0.9f};
    assertion.evidence.confidence = kConfidences[Below(4)];
    assertion.evidence.status = static_cast<FactStatus>(1 + Below(6));
    if (Below(2) == 0) assertion.date = RandomDate();
    if (Below(5) == 0 && !assertion.date.empty()) assertion.date.bound = DateBound::kBefore;
  }
  void AddDeal(ArticleBuilder& article, const std::vector<uint32_t>& companies,
               const std::vector<uint32_t>& people, const std::vector<uint32_t>& products) {
    std::set<uint32_t> parties;
    while (parties.size() < 2) parties.insert(Pick(companies));
    if (Below(2) == 0) parties.insert(Pick(companies));
    PartnershipAssertion& deal =
        article.Deal(std::string(PartnershipKinds()[Below(3)]), {parties.begin(), parties.end()},
                     std::string(PartyRoles()[Below(3)]));
    Decorate(deal);
    if (Below(2) == 0) deal.location = Below(2) == 0 ? "上海" : "Hong Kong";
    // Fewer different ones than a deal shows.
    if (Below(2) == 0) AddTerm(deal, DealTermKind::kAmount, Below(2) == 0 ? "1000000" : "2500000");
    if (Below(2) == 0) AddTerm(deal, DealTermKind::kStake, "51");
    if (Below(4) == 0) AddTerm(deal, DealTermKind::kRound, "A+");
    for (const uint32_t person : people) {
      deal.people.push_back({person, std::string(PersonRoles()[Below(2)])});
    }
    deal.products = products;
  }

  void AddTerm(PartnershipAssertion& deal, DealTermKind kind, const std::string& value) {
    DealTermAssertion& term = deal.terms.emplace_back();
    term.value = {kind, value, kind == DealTermKind::kAmount ? "CNY" : "", TermBound::kExact};
    if (kind == DealTermKind::kStake && Below(2) == 0) term.party = deal.parties[0].node;
    term.span = {0, 5};
  }

  std::mt19937 random_;
};

}  // namespace partnergraph
