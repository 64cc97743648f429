#include "graph/node_search.h"

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "graph/name_key.h"
#include "graph/name_similarity.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The names index in ordered maps, by the rows that name_key.h defines.
class MemoryNames : public NameReader {
 public:
  NodeId Add(std::vector<std::string> names, uint32_t article_count = 1,
             NodeKind kind = NodeKind::kCompany) {
    const NodeId node{holders_.size() + 1};
    for (const std::string& name : names) {
      for (const NameKey& key : MakeNameKeys(name)) rows_[{key.kind, key.key, node}] = name;
      for (const std::string& gram : MakeNameGrams(CoreName(name))) grams_[gram].insert(node);
    }
    holders_.push_back({node, kind, article_count, std::move(names)});
    return node;
  }

  absl::Status ScanNames(NameKeyKind kind, std::string_view key, bool exact, size_t limit,
                         NameVisitor visit) override {
    if (!status.ok()) return status;
    for (auto row = rows_.lower_bound({kind, std::string(key), NodeId{}}); row != rows_.end();
         ++row) {
      const auto& [row_kind, row_key, node] = row->first;
      const bool matches = exact ? row_key == key : row_key.starts_with(key);
      if (row_kind != kind || !matches || limit-- == 0) break;
      if (!visit(row_key, node, row->second)) break;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::vector<NodeId>>> ReadGrams(std::span<const std::string> grams,
                                                             size_t limit_each) override {
    std::vector<std::vector<NodeId>> postings;
    for (const std::string& gram : grams) {
      const std::set<NodeId>& nodes = grams_[gram];
      postings.emplace_back(nodes.begin(), nodes.end());
      if (postings.back().size() > limit_each) postings.back().resize(limit_each);
    }
    return postings;
  }

  absl::StatusOr<std::vector<NameHolder>> ReadNameHolders(std::span<const NodeId> nodes,
                                                          HolderDetail) override {
    std::vector<NameHolder> holders;
    for (NodeId node : nodes) {
      if (!gone.contains(node)) holders.push_back(holders_[ToInt(node) - 1]);
    }
    return holders;
  }

  absl::Status status;
  std::set<NodeId> gone;

 private:
  std::map<std::tuple<NameKeyKind, std::string, NodeId>, std::string> rows_;
  std::map<std::string, std::set<NodeId>> grams_;
  std::vector<NameHolder> holders_;
};

class NodeSearchTest : public testing::Test {
 protected:
  RankedMatches Find(std::string_view text, SearchQuery query = {}) {
    query.text = text;
    absl::StatusOr<RankedMatches> matches = RankMatches(names_, query);
    EXPECT_THAT(matches, IsOk());
    for (size_t i = 0; i < matches->matches.size(); ++i) {
      const float score = matches->matches[i].score;
      EXPECT_GT(score, 0);
      EXPECT_LE(score, 1);
      EXPECT_LE(score, matches->matches[i == 0 ? 0 : i - 1].score);
    }
    return *std::move(matches);
  }

  static std::vector<NodeId> Nodes(const RankedMatches& matches) {
    std::vector<NodeId> nodes;
    for (const RankedMatch& match : matches.matches) nodes.push_back(match.node);
    return nodes;
  }

  MemoryNames names_;
};

TEST_F(NodeSearchTest, EveryNameFindsItsNode) {
  const NodeId node = names_.Add({"商汤科技", "商汤", "SenseTime", "ﾄﾖﾀ", "Яндекс", "!!!"});
  for (std::string_view text : {"商汤科技", "商湯科技", "商汤", "商湯", "SenseTime",
                                "ＳＥＮＳＥＴＩＭＥ", "sense time", "トヨタ", "яндекс", "！！！"}) {
    const RankedMatches found = Find(text);
    ASSERT_THAT(found.matches, SizeIs(1)) << text;
    EXPECT_EQ(found.matches[0].node, node);
    EXPECT_EQ(found.matches[0].match_kind, MatchKind::kExact);
    EXPECT_FALSE(found.more);
  }
}

TEST_F(NodeSearchTest, BetterKindsOfMatchesComeFirst) {
  const NodeId fuzzy = names_.Add({"尚唐科技"}, 900);
  const NodeId prefix = names_.Add({"商汤科技园区"}, 800);
  const NodeId core = names_.Add({"商汤科技有限公司"}, 700);
  const NodeId exact = names_.Add({"商汤科技"}, 1);
  const RankedMatches found = Find("商汤科技");
  EXPECT_THAT(Nodes(found), ElementsAre(exact, core, prefix, fuzzy));
  EXPECT_EQ(found.matches[1].match_kind, MatchKind::kCore);
  EXPECT_EQ(found.matches[2].match_kind, MatchKind::kPrefix);
  EXPECT_EQ(found.matches[3].match_kind, MatchKind::kFuzzy);
}

TEST_F(NodeSearchTest, ExactSearchesRankOnlyWhatIsNotAlone) {
  const NodeId alone = names_.Add({"商汤科技"}, 3);
  const NodeId few = names_.Add({"华夏"}, 3);
  const NodeId many = names_.Add({"華夏"}, 30);
  RankedMatches found = Find("商汤科技", {.exact = true});
  ASSERT_THAT(Nodes(found), ElementsAre(alone));
  EXPECT_EQ(found.matches[0].score, 1);
  EXPECT_EQ(found.matches[0].match_kind, MatchKind::kExact);
  found = Find("华夏", {.exact = true});
  ASSERT_THAT(Nodes(found), ElementsAre(many, few));
  EXPECT_LT(found.matches[1].score, found.matches[0].score);
  EXPECT_THAT(Find("商汤科技", {.kinds = {NodeKind::kPerson}, .exact = true}).matches, IsEmpty());
}

TEST_F(NodeSearchTest, MoreArticlesThenShorterNamesThenLowerIds) {
  const NodeId few = names_.Add({"华夏基金"}, 3);
  const NodeId many = names_.Add({"华夏银行股份"}, 30);
  const NodeId twin = names_.Add({"华夏幸福"}, 3);
  const NodeId longer = names_.Add({"华夏幸福基业"}, 3);
  EXPECT_THAT(Nodes(Find("华夏")), ElementsAre(many, few, twin, longer));
}

TEST_F(NodeSearchTest, LegalFormsOfTheQueryOrTheNameDoNotMatter) {
  const NodeId node = names_.Add({"阿里巴巴集团"});
  EXPECT_THAT(Nodes(Find("阿里巴巴集团控股有限公司")), ElementsAre(node));
  EXPECT_THAT(Nodes(Find("阿里巴巴")), ElementsAre(node));
  EXPECT_EQ(Find("阿里巴巴").matches[0].match_kind, MatchKind::kCore);
  const NodeId nestle = names_.Add({"Nestlé S.A."});
  EXPECT_THAT(Nodes(Find("nestle")), ElementsAre(nestle));
}

TEST_F(NodeSearchTest, PinyinFullAndInitials) {
  const NodeId changan = names_.Add({"长安汽车"});
  const NodeId xiamen = names_.Add({"厦门航空"});
  for (std::string_view text : {"changanqiche", "Chang'an Qiche", "changan", "caqc", "caq"}) {
    const RankedMatches found = Find(text);
    ASSERT_THAT(Nodes(found), ElementsAre(changan)) << text;
    EXPECT_EQ(found.matches[0].match_kind, MatchKind::kPinyin);
    EXPECT_EQ(found.matches[0].matched_name, "长安汽车");
  }
  EXPECT_THAT(Nodes(Find("xiamen")), ElementsAre(xiamen));
  EXPECT_THAT(Nodes(Find("xmhk")), ElementsAre(xiamen));
}

TEST_F(NodeSearchTest, FullPinyinGoesBeforeInitials) {
  const NodeId initials = names_.Add({"阿娜"}, 99);  // "an"
  const NodeId full = names_.Add({"安"}, 1);         // "an"
  EXPECT_THAT(Nodes(Find("an")), ElementsAre(full, initials));
}

TEST_F(NodeSearchTest, UmlautOfPinyinIsV) {
  const NodeId node = names_.Add({"绿地集团"});
  EXPECT_THAT(Nodes(Find("lüdi")), ElementsAre(node));
  EXPECT_THAT(Nodes(Find("LVDI")), ElementsAre(node));
}

TEST_F(NodeSearchTest, SimilarNamesAreFound) {
  const NodeId node = names_.Add({"阿里巴巴", "Alibaba"});
  EXPECT_THAT(Nodes(Find("阿里吧巴")), ElementsAre(node));
  EXPECT_THAT(Nodes(Find("Alibabba")), ElementsAre(node));
  EXPECT_EQ(Find("阿里吧巴").matches[0].matched_name, "阿里巴巴");
  const NodeId park = names_.Add({"香港科技园公司"});
  EXPECT_THAT(Nodes(Find("科技园")), ElementsAre(park));
  const NodeId tencent = names_.Add({"腾讯"});
  EXPECT_THAT(Nodes(Find("腾迅")), ElementsAre(tencent));
}

TEST_F(NodeSearchTest, NamesThatShareLittleAreNotFound) {
  names_.Add({"上海商汤智能科技有限公司"});
  EXPECT_THAT(Find("北京旷视智能").matches, IsEmpty());
  EXPECT_THAT(Find("Baidu").matches, IsEmpty());
}

TEST_F(NodeSearchTest, EachNodeOnceByItsBestName) {
  const NodeId node = names_.Add({"商汤科技有限公司", "商汤科技开发", "商汤科技"});
  const RankedMatches found = Find("商汤科技");
  ASSERT_THAT(Nodes(found), ElementsAre(node));
  EXPECT_EQ(found.matches[0].matched_name, "商汤科技");
  EXPECT_EQ(Find("商汤").matches[0].matched_name, "商汤科技");
}

TEST_F(NodeSearchTest, KindsFilter) {
  const NodeId company = names_.Add({"海燕"}, 1, NodeKind::kCompany);
  const NodeId person = names_.Add({"海燕"}, 2, NodeKind::kPerson);
  const NodeId deal = names_.Add({"海燕"}, 3, NodeKind::kPartnership);
  EXPECT_THAT(Nodes(Find("海燕")), ElementsAre(person, company));
  EXPECT_THAT(Nodes(Find("海燕", {.kinds = {NodeKind::kCompany}})), ElementsAre(company));
  EXPECT_THAT(Nodes(Find("海燕", {.kinds = {NodeKind::kPartnership}})), ElementsAre(deal));
}

TEST_F(NodeSearchTest, NothingMatchesNothing) {
  names_.Add({"商汤"});
  for (std::string_view text : {"", "  ", "\xFF", "\u3000"}) {
    EXPECT_THAT(Find(text).matches, IsEmpty());
  }
  EXPECT_THAT(Find("!!!").matches, IsEmpty());
}

TEST_F(NodeSearchTest, PagesJoinToTheWholeList) {
  for (uint32_t i = 0; i < 95; ++i) names_.Add({"华夏" + std::to_string(i * 7919 % 100)}, i % 5);
  const std::vector<NodeId> all = Nodes(Find("华夏", {.page_size = 200}));
  EXPECT_THAT(all, SizeIs(95));
  std::vector<NodeId> joined;
  for (uint32_t offset = 0;; offset += 10) {
    const RankedMatches page = Find("华夏", {.offset = offset, .page_size = 10});
    for (NodeId node : Nodes(page)) joined.push_back(node);
    if (!page.more) break;
  }
  EXPECT_EQ(joined, all);
  EXPECT_THAT(Find("华夏", {.offset = 95}).matches, IsEmpty());
}

TEST_F(NodeSearchTest, NoMoreThanAThousandAreRanked) {
  for (uint32_t i = 0; i < 1200; ++i) names_.Add({"华夏" + std::to_string(i)});
  const RankedMatches last = Find("华夏", {.offset = 990, .page_size = 50});
  EXPECT_THAT(last.matches, SizeIs(10));
  EXPECT_FALSE(last.more);
  EXPECT_TRUE(Find("华夏", {.offset = 940, .page_size = 50}).more);
  EXPECT_THAT(Find("华夏", {.offset = UINT32_MAX, .page_size = 50}).matches, IsEmpty());
}

TEST_F(NodeSearchTest, RowsOfNodesThatAreGoneAreLeftOut) {
  const NodeId gone = names_.Add({"商汤"});
  const NodeId node = names_.Add({"商汤"});
  names_.gone = {gone};
  EXPECT_THAT(Nodes(Find("商汤")), ElementsAre(node));
}

TEST_F(NodeSearchTest, ErrorsOfTheStorePass) {
  names_.status = absl::DataLossError("bad row");
  EXPECT_THAT(RankMatches(names_, {.text = "商汤"}), StatusIs(absl::StatusCode::kDataLoss, _));
}

TEST(NameSimilarityTest, IsTheShareOfCharactersThatStay) {
  EXPECT_FLOAT_EQ(NameSimilarity("商汤科技", "商汤科技"), 1);
  EXPECT_FLOAT_EQ(NameSimilarity("阿里吧巴", "阿里巴巴"), 0.75f);
  EXPECT_FLOAT_EQ(NameSimilarity("abcd", "wxyz"), 0);
  EXPECT_FLOAT_EQ(NameSimilarity("", "abc"), 0);
  EXPECT_FLOAT_EQ(NameSimilarity("科技园", "香港科技园"), 0.6f + 0.4f * 9 / 15);
  EXPECT_FLOAT_EQ(NameSimilarity("香港科技园", "科技园"), NameSimilarity("科技园", "香港科技园"));
  EXPECT_LT(NameSimilarity("ab", "xabyzzz"), 0.6f);
}

}  // namespace
}  // namespace partnergraph
