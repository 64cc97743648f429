#include "ingest/quantity_finder.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/number_reader.h"
#include "ingest/pipeline.h"
#include "ingest/text_normalizer.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "words=value CUR bound" of each quantity of the text.
std::vector<std::string> Find(const std::string& text) {
  Article article;
  article.text = text;
  const absl::StatusOr<Document> document = MakeDocument(std::move(article));
  EXPECT_TRUE(document.ok()) << document.status();
  if (!document.ok()) return {};
  const Span span{document->body_begin, static_cast<uint32_t>(document->chars.size())};
  const Language language =
      DetectLanguage(std::u32string_view(document->raw).substr(span.begin), document->Chars(span));
  std::vector<std::string> lines;
  for (const Quantity& quantity : FindQuantities(*document, span, language)) {
    std::string line =
        absl::StrCat(std::string(document->Text(quantity.span)), "=", quantity.value);
    if (quantity.type == QuantityType::kPercent) line += "%";
    if (!quantity.currency.empty()) line += " " + quantity.currency;
    if (quantity.bound != TermBound::kExact) {
      line += " " + std::string(TermBoundName(quantity.bound));
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

TEST(QuantityFinderTest, ChineseAmounts) {
  EXPECT_THAT(Find("收购总价1.2亿元。"), ElementsAre("1.2亿元=120000000 CNY"));
  EXPECT_THAT(Find("合同金额20706.226858万元"), ElementsAre("20706.226858万元=207062268.58 CNY"));
  EXPECT_THAT(Find("金额为2,000万元，"), ElementsAre("2,000万元=20000000 CNY"));
  EXPECT_THAT(Find("中标价８７００万元"), ElementsAre("８７００万元=87000000 CNY"));
  EXPECT_THAT(Find("投资1亿2000万元"), ElementsAre("1亿2000万元=120000000 CNY"));
  EXPECT_THAT(Find("融资5千万元人民币"), ElementsAre("5千万元人民币=50000000 CNY"));
  EXPECT_THAT(Find("价款217,048,720.00元"), ElementsAre("217,048,720.00元=217048720 CNY"));
  EXPECT_THAT(Find("规模达1.5万亿元"), ElementsAre("1.5万亿元=1500000000000 CNY"));
}

TEST(QuantityFinderTest, ChineseNumerals) {
  EXPECT_THAT(Find("注册资本一百二十万元"), ElementsAre("一百二十万元=1200000 CNY"));
  EXPECT_THAT(Find("融资三点五亿美元"), ElementsAre("三点五亿美元=350000000 USD"));
  EXPECT_THAT(Find("价款壹仟伍佰万元整"), ElementsAre("壹仟伍佰万元=15000000 CNY"));
  EXPECT_THAT(Find("出资两亿五千万元"), ElementsAre("两亿五千万元=250000000 CNY"));
  EXPECT_THAT(Find("二〇一八年成立"), IsEmpty());
}

TEST(QuantityFinderTest, Currencies) {
  EXPECT_THAT(Find("人民币2.69亿元与港币3000万元"),
              ElementsAre("人民币2.69亿元=269000000 CNY", "港币3000万元=30000000 HKD"));
  EXPECT_THAT(Find("约8亿欧元、27亿美金、500亿日元、1,440万英镑"),
              ElementsAre("约8亿欧元=800000000 EUR ABOUT", "27亿美金=2700000000 USD",
                          "500亿日元=50000000000 JPY", "1,440万英镑=14400000 GBP"));
  EXPECT_THAT(Find("融资US$3000万，另有$200万"),
              ElementsAre("US$3000万=30000000 USD", "$200万=2000000 USD"));
  EXPECT_THAT(Find("獲得新台幣5億元注資，並以1.5億港元收購該廠"),
              ElementsAre("新台幣5億元=500000000 TWD", "1.5億港元=150000000 HKD"));
}

// 元 in traditional text is New Taiwan dollars, Hong Kong dollars or yuan.
TEST(QuantityFinderTest, PlainUnitOfTraditionalTextHasNoCurrency) {
  EXPECT_THAT(Find("該公司獲得3億元投資"), ElementsAre("3億元=300000000"));
}

TEST(QuantityFinderTest, EnglishAmounts) {
  EXPECT_THAT(Find("It raised $50 million in a round."), ElementsAre("$50 million=50000000 USD"));
  EXPECT_THAT(Find("a US$1.2B deal and €2.5bn in cash"),
              ElementsAre("US$1.2B=1200000000 USD", "€2.5bn=2500000000 EUR"));
  EXPECT_THAT(Find("paid 1.5 billion yuan, or about RMB 20m each"),
              ElementsAre("1.5 billion yuan=1500000000 CNY", "about RMB 20m=20000000 CNY ABOUT"));
  EXPECT_THAT(Find("for HK$300 million and two billion yen"),
              ElementsAre("HK$300 million=300000000 HKD", "two billion yen=2000000000 JPY"));
  EXPECT_THAT(Find("a $300-million order"), ElementsAre("$300-million=300000000 USD"));
}

TEST(QuantityFinderTest, Bounds) {
  EXPECT_THAT(Find("约人民币5亿元"), ElementsAre("约人民币5亿元=500000000 CNY ABOUT"));
  EXPECT_THAT(Find("人民币约5亿元"), ElementsAre("人民币约5亿元=500000000 CNY ABOUT"));
  EXPECT_THAT(Find("逾10亿元、超过3亿元、10多亿元、1亿余元"),
              ElementsAre("逾10亿元=1000000000 CNY AT_LEAST", "超过3亿元=300000000 CNY AT_LEAST",
                          "10多亿元=1000000000 CNY AT_LEAST", "1亿余元=100000000 CNY AT_LEAST"));
  EXPECT_THAT(Find("总额不超过8000万元"), ElementsAre("不超过8000万元=80000000 CNY AT_MOST"));
  EXPECT_THAT(Find("500万元左右"), ElementsAre("500万元左右=5000000 CNY ABOUT"));
  EXPECT_THAT(Find("worth up to $300 million, more than €5 million"),
              ElementsAre("up to $300 million=300000000 USD AT_MOST",
                          "more than €5 million=5000000 EUR AT_LEAST"));
  EXPECT_THAT(Find("已签约5亿元，最近3亿元"),
              ElementsAre("5亿元=500000000 CNY", "3亿元=300000000 CNY"));
}

// "Several tens of millions" is at least one ten of millions.
TEST(QuantityFinderTest, OrdersOfMagnitude) {
  EXPECT_THAT(Find("获数千万元融资"), ElementsAre("数千万元=10000000 CNY AT_LEAST"));
  EXPECT_THAT(Find("获上亿美元融资"), ElementsAre("上亿美元=100000000 USD AT_LEAST"));
  EXPECT_THAT(Find("获千万级人民币融资"), ElementsAre("千万级人民币=10000000 CNY AT_LEAST"));
  EXPECT_THAT(Find("获近亿元融资"), ElementsAre("近亿元=100000000 CNY ABOUT"));
  EXPECT_THAT(Find("获数十亿元投资"), ElementsAre("数十亿元=1000000000 CNY AT_LEAST"));
  EXPECT_THAT(Find("有数字化能力的万元户"), IsEmpty());
}

TEST(QuantityFinderTest, WithoutCurrencyOnlyBesideWordsOfMoney) {
  EXPECT_THAT(Find("完成5000万A轮融资"), ElementsAre("5000万=50000000", "A轮=A"));
  EXPECT_THAT(Find("以3.4亿收购"), ElementsAre("3.4亿=340000000"));
  EXPECT_THAT(Find("拥有5000万用户，产能300万吨，收购1200万股"), IsEmpty());
}

TEST(QuantityFinderTest, RangesAndConversionsAreLeftOut) {
  EXPECT_THAT(Find("增持3000万至5000万元，占1%-2%"), IsEmpty());
  EXPECT_THAT(Find("between $50 million to $80 million"), IsEmpty());
  EXPECT_THAT(Find("10亿至20亿元之外另付1亿元"), ElementsAre("1亿元=100000000 CNY"));
  EXPECT_THAT(Find("以1亿美元（约合6.8亿元人民币）收购"), ElementsAre("1亿美元=100000000 USD"));
  EXPECT_THAT(Find("for RMB 1 billion ($145 million) in cash"),
              ElementsAre("RMB 1 billion=1000000000 CNY"));
}

TEST(QuantityFinderTest, Percentages) {
  EXPECT_THAT(Find("持股５１％、33.4%及百分之三十"),
              ElementsAre("５１％=51%", "33.4%=33.4%", "百分之三十=30%"));
  EXPECT_THAT(Find("约20%的股权、不低于5%"),
              ElementsAre("约20%=20% ABOUT", "不低于5%=5% AT_LEAST"));
  EXPECT_THAT(Find("a 30% stake and 12.5 percent of the shares"),
              ElementsAre("30%=30%", "12.5 percent=12.5%"));
  EXPECT_THAT(Find("65.123456%"), IsEmpty());  // More digits than are kept.
}

TEST(QuantityFinderTest, Rounds) {
  EXPECT_THAT(Find("完成天使轮、Pre-A轮、A+轮、B轮、战略融资与PreIPO轮"),
              ElementsAre("天使轮=ANGEL", "Pre-A轮=PRE-A", "A+轮=A+", "B轮=B", "战略=STRATEGIC",
                          "PreIPO轮=PRE-IPO"));
  EXPECT_THAT(Find("a Series B round, pre-Series A, Series C-1 and seed funding"),
              ElementsAre("Series B=B", "pre-Series A=PRE-A", "Series C-1=C1", "seed=SEED"));
  EXPECT_THAT(Find("首轮、新一轮融资，天使投资人，战略投资"), IsEmpty());
  EXPECT_THAT(Find("a round of talks, a strategic investment, Series 3000"), IsEmpty());
}

TEST(QuantityFinderTest, CodesAndDatesAreNone) {
  EXPECT_THAT(Find("A4纸、5G、2018-11-26、第3亿、股票代码600519、B2B"), IsEmpty());
}

TEST(QuantityFinderTest, NumbersTooLargeAreNone) {
  EXPECT_THAT(Find("融资99999999999999999999亿元"), IsEmpty());
  EXPECT_THAT(Find("融资9999999万亿元"), IsEmpty());
}

TEST(QuantityFinderTest, QuantitiesOfASentenceAreBounded) {
  std::string text;
  for (size_t i = 0; i < kQuantitiesPerSentenceMax + 5; ++i) text += "3亿元、";
  EXPECT_EQ(Find(text).size(), kQuantitiesPerSentenceMax);
}

TEST(QuantityFinderTest, DecimalTextHasNoTrailingZeros) {
  EXPECT_EQ(DecimalText(12'500), "1.25");
  EXPECT_EQ(DecimalText(10'000), "1");
  EXPECT_EQ(DecimalText(25), "0.0025");
}

}  // namespace
}  // namespace partnergraph
