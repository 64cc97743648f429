// The recognizer and the resolver together, on invented sentences.
#include <chrono>
#include <map>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/entity_resolver.h"
#include "ingest/mention_finder.h"
#include "tests/ingest/split_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

Document Recognize(const std::string& text, const std::string& title = "今日要闻") {
  Document document = SplitDocument(text, title);
  EXPECT_THAT(MentionFinder().Process(document), IsOk());
  EXPECT_THAT(EntityResolver().Process(document), IsOk());
  return document;
}

const Entity* Find(const Document& document, const std::string& name) {
  for (const Entity& entity : document.entities) {
    for (const uint32_t i : entity.mentions) {
      if (document.Text(document.mentions[i].span) == name) return &entity;
    }
  }
  return nullptr;
}

TEST(RecognizerTest, LegalFormsAndTypes) {
  const Document document = Recognize(
      "近日，北京云岭智算信息技术有限公司与青屿银行股份有限公司签约，青屿理工大学、青屿市第三医院参"
      "加。");
  ASSERT_NE(Find(document, "北京云岭智算信息技术有限公司"), nullptr);
  ASSERT_NE(Find(document, "青屿银行股份有限公司"), nullptr);
  EXPECT_EQ(Find(document, "北京云岭智算信息技术有限公司")->org_type, "COMPANY");
}

TEST(RecognizerTest, PlacesWhereSomethingHappens) {
  EXPECT_THAT(NamesOf(Recognize("云岭科技与青屿银行在浙江省杭州市签约。"), MentionType::kPlace),
              testing::ElementsAre("浙江省杭州市"));
  EXPECT_THAT(NamesOf(Recognize("发布会于深圳举行。"), MentionType::kPlace),
              testing::ElementsAre("深圳"));
  EXPECT_THAT(NamesOf(Recognize("云岭科技总部位于上海。"), MentionType::kPlace),
              testing::IsEmpty());
}

TEST(RecognizerTest, TypesFollowTheHeadOfTheName) {
  const Document document =
      Recognize("签约方有广州市教育局、浙江省肿瘤医院、深圳实验中学和上海交通大学。");
  ASSERT_NE(Find(document, "广州市教育局"), nullptr);
  EXPECT_EQ(Find(document, "广州市教育局")->org_type, "GOVERNMENT");
  ASSERT_NE(Find(document, "浙江省肿瘤医院"), nullptr);
  EXPECT_EQ(Find(document, "浙江省肿瘤医院")->org_type, "HOSPITAL");
  ASSERT_NE(Find(document, "深圳实验中学"), nullptr);
  EXPECT_EQ(Find(document, "深圳实验中学")->org_type, "SCHOOL");
}

TEST(RecognizerTest, HeadsOfTheListEndNames) {
  const Document document = Recognize("青屿天文馆今日开放。");
  ASSERT_NE(Find(document, "青屿天文馆"), nullptr);
  EXPECT_EQ(Find(document, "青屿天文馆")->org_type, "OTHER");
}

TEST(RecognizerTest, CommonNounsAreNoOrganizations) {
  const Document document =
      Recognize("多家保险公司和互联网公司表示，子公司将使用人脸识别技术，金融科技行业发展很快。");
  EXPECT_TRUE(document.entities.empty()) << document.entities[0].canonical;
}

TEST(RecognizerTest, ForeignCountryIsNoPartOfAUniversity) {
  const Document document = Recognize("他毕业于美国沃兰德斯大学。");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), Contains("沃兰德斯大学"));
}

TEST(RecognizerTest, ShortFormsAreFoundAndJoined) {
  const Document document =
      Recognize("近日，云岭科技与瀚澜生物科技有限公司达成合作。云岭表示，瀚澜生物是好伙伴。");
  ASSERT_NE(Find(document, "云岭"), nullptr);
  EXPECT_EQ(Find(document, "云岭"), Find(document, "云岭科技"));
  EXPECT_EQ(Find(document, "瀚澜生物"), Find(document, "瀚澜生物科技有限公司"));
  EXPECT_EQ(Find(document, "瀚澜生物")->canonical, "瀚澜生物科技有限公司");
}

TEST(RecognizerTest, DefinedNamesAreJoined) {
  const Document document =
      Recognize("东屿银行（中国）有限公司（以下简称“东屿中国”）今日签约，东屿中国将提供服务。");
  ASSERT_NE(Find(document, "东屿中国"), nullptr);
  EXPECT_EQ(Find(document, "东屿中国")->canonical, "东屿银行（中国）有限公司");
}

TEST(RecognizerTest, NamesOfOneArticleAreMarkedLocal) {
  const Document document =
      Recognize("北京云岭智算信息技术有限公司（以下简称“公司”）今日公告，签订合同。");
  bool found = false;
  for (const Mention& mention : document.mentions) {
    if (document.Text(mention.span) == "公司") {
      found = true;
      EXPECT_TRUE(mention.local_name);
    }
  }
  EXPECT_TRUE(found);
  const ArticleFacts facts = ToArticleFacts(document);
  ASSERT_EQ(facts.nodes.size(), 1u);
  EXPECT_THAT(facts.nodes[0].names, Not(Contains("公司")));
}

TEST(RecognizerTest, PeopleByTitleHonorificAndSpeech) {
  const Document document = Recognize(
      "云岭科技总裁陈柏舟、副行长兼营运总监林知夏共同出席。首席科学家周明远教授表示：“很好。”");
  EXPECT_THAT(NamesOf(document, MentionType::kPerson),
              IsSupersetOf({"陈柏舟", "林知夏", "周明远"}));
  EXPECT_THAT(NamesOf(document, MentionType::kJobTitle),
              IsSupersetOf({"总裁", "副行长兼营运总监", "首席科学家"}));
}

TEST(RecognizerTest, TransliteratedAndLatinPeople) {
  const Document document =
      Recognize("外交部长卡洛斯·门德斯出席。首席科学家Marta Kowalska教授发表演讲。");
  EXPECT_THAT(NamesOf(document, MentionType::kPerson),
              IsSupersetOf({"卡洛斯·门德斯", "Marta Kowalska"}));
}

TEST(RecognizerTest, MisspeltPersonIsOneEntity) {
  const Document document =
      Recognize("云岭集团首席技术官张建峰先生表示欢迎。云岭集团首席技术官张剑峰先生出席。");
  ASSERT_NE(Find(document, "张建峰"), nullptr);
  EXPECT_EQ(Find(document, "张建峰"), Find(document, "张剑峰"));
}

TEST(RecognizerTest, BooksAndQuotedProducts) {
  const Document document =
      Recognize("公司发布《海洋数字孪生白皮书》和“云帆”平台，并签署《战略合作协议》。");
  EXPECT_THAT(NamesOf(document, MentionType::kProduct),
              IsSupersetOf({"海洋数字孪生白皮书", "云帆"}));
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), Not(Contains("战略合作协议")));
}

TEST(RecognizerTest, ModelsAndBrandedPlatforms) {
  const Document document =
      Recognize("该公司推出Novaphone 6T手机，并展示了SkyStudy教学平台。SkyStudy很受欢迎。");
  EXPECT_THAT(NamesOf(document, MentionType::kProduct),
              IsSupersetOf({"Novaphone 6T", "SkyStudy教学平台"}));
  EXPECT_EQ(Find(document, "SkyStudy"), Find(document, "SkyStudy教学平台"));
}

TEST(RecognizerTest, TickersAndCommonAbbreviationsAreNoNames) {
  const Document document = Recognize("云岭科技（YUNL.N）用GPU和AI技术服务B2B客户。");
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), testing::IsEmpty());
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), Not(Contains("GPU")));
}

TEST(RecognizerTest, EnglishNames) {
  const Document document = Recognize(
      "Orvella Robotics Inc. (NASDAQ: ORVL) today announced an agreement with the University of "
      "Halden. \"We are pleased,\" said Martha Jennings, Chief Executive Officer of Orvella "
      "Robotics. Orvella's teams will begin work in May.",
      "Robotics news of the day");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany),
              IsSupersetOf({"Orvella Robotics Inc.", "University of Halden", "Orvella Robotics"}));
  EXPECT_THAT(NamesOf(document, MentionType::kPerson), Contains("Martha Jennings"));
  EXPECT_THAT(NamesOf(document, MentionType::kJobTitle), Contains("Chief Executive Officer"));
  EXPECT_EQ(Find(document, "Orvella Robotics"), Find(document, "Orvella Robotics Inc."));
}

TEST(RecognizerTest, TraditionalTextGivesTheSameNames) {
  const Document simplified = Recognize("云岭科技总裁陈柏舟与东屿银行（中国）有限公司签约。");
  const Document traditional = Recognize("雲嶺科技總裁陳柏舟與東嶼銀行（中國）有限公司簽約。");
  ASSERT_EQ(simplified.mentions.size(), traditional.mentions.size());
  for (size_t i = 0; i < simplified.mentions.size(); ++i) {
    EXPECT_EQ(simplified.mentions[i].span, traditional.mentions[i].span);
    EXPECT_EQ(simplified.mentions[i].type, traditional.mentions[i].type);
  }
}

TEST(RecognizerTest, MentionsAscendAndOnlyMakersLieInsideOthers) {
  const Document document = Recognize(
      "云岭科技与瀚澜生物科技有限公司、东屿银行（中国）有限公司签约，总裁陈柏舟出席。云岭科技发布“"
      "云帆”平台。");
  uint32_t end = 0;
  for (const Mention& mention : document.mentions) {
    if (mention.type > MentionType::kProduct) continue;
    EXPECT_GE(mention.span.begin, end);
    end = mention.span.end;
    EXPECT_GE(mention.entity, 0);
  }
}

TEST(RecognizerTest, ListsSayAtTheirEndThatTheyNameProducts) {
  const Document document = Recognize(
      "入围的有福特云驰、丰田岚图拉和起亚K7等车型，电视、冰箱等产品不在其列。该公司的瀚屿、"
      "朝陆两款手机热销。");
  EXPECT_THAT(NamesOf(document, MentionType::kProduct),
              IsSupersetOf({"福特云驰", "丰田岚图拉", "起亚K7", "瀚屿", "朝陆"}));
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), Not(Contains("电视")));
}

TEST(RecognizerTest, MakerInTheNameOfItsProductIsAMention) {
  const Document document = Recognize("入围的有福特云驰、丰田岚图拉等车型。");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), IsSupersetOf({"福特", "丰田"}));
}

TEST(RecognizerTest, QuotedNamesOfOfferings) {
  const Document document =
      Recognize("会上演示了“云帆链”供应链金融平台，新一代掌机“光屿Go”亮相，他说“一切顺利”后离场。");
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), IsSupersetOf({"云帆链", "光屿Go"}));
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), Not(Contains("一切顺利")));
}

TEST(RecognizerTest, ModelsOfUnknownBrands) {
  const Document document = Recognize("产品包括骥屿J5和朝陆X3，今年销量大增。");
  EXPECT_THAT(NamesOf(document, MentionType::kProduct), IsSupersetOf({"骥屿J5", "朝陆X3"}));
}

TEST(RecognizerTest, ConferencesAreNoOrganizations) {
  const Document document = Recognize(
      "团队在XVPR、QICCAI等国际顶级会议发表论文，并在顶级会议ZCCV 2019获奖，ZCCV公司无关。");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), Not(Contains("XVPR")));
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), Not(Contains("QICCAI")));
}

TEST(RecognizerTest, StockCodesAreNoOrganizations) {
  const Document document = Recognize(
      "Orvella Robotics Inc. (NYSE: ORVL) reported results. ORVL has grown. ORVL will expand. ORVL "
      "said so.",
      "Robotics news of the day");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), Not(Contains("ORVL")));
}

TEST(RecognizerTest, AffiliationOfAnEnglishName) {
  const Document document = Recognize(
      "Martha Jennings joined Daniel Harris from Orvella to discuss the results of the year.",
      "Robotics news of the day");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), Contains("Orvella"));
}

TEST(RecognizerTest, NounsAfterVerbsAreNoBrands) {
  const Document document = Recognize("这家旗下集研发、生产、销售于一体的企业希望收购落定。");
  EXPECT_THAT(NamesOf(document, MentionType::kCompany), testing::IsEmpty());
}

// Any text must come through, and in time that grows with its length, not with its square: the
// bound is some fifty times what the slowest of these takes.
TEST(RecognizerTest, HostileTextsComeThroughInTime) {
  const auto repeat = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  const std::string texts[] = {
      repeat("云", 50000),
      repeat("“", 50000),
      repeat("（（《", 20000),
      repeat("甲乙丙、", 30000),
      repeat("总经理", 30000),
      repeat("A", 100000),
      repeat("Ab ", 50000),
      repeat("A. ", 50000),
      repeat("云岭科技有限公司、", 10000),
      repeat("公司", 50000),
      repeat("(A)", 50000),
      repeat("张三说", 30000),
      repeat("\x01\x02\x7f", 30000),
      repeat("1.", 50000),
      repeat("a\xcc\x81", 50000),
      repeat("Orvella Inc. ", 20000),
  };
  for (const std::string& text : texts) {
    const auto start = std::chrono::steady_clock::now();
    Recognize(text);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    EXPECT_LT(seconds.count(), 20) << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace partnergraph
