#include "ingest/sentence_splitter.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/split_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;

std::vector<Sentence> last_sentences;

std::vector<std::string> Split(const std::string& title, const std::string& text) {
  const Document document = SplitDocument(text, title);
  last_sentences = document.sentences;
  std::vector<std::string> sentences;
  for (const Sentence& sentence : document.sentences) {
    sentences.emplace_back(document.Text(sentence.span));
  }
  return sentences;
}

TEST(SentenceSplitterTest, TitleAndChineseSentences) {
  EXPECT_THAT(Split("甲携手乙", "甲今日宣布合作。乙表示：“很高兴。”双方签约！"),
              ElementsAre("甲携手乙", "甲今日宣布合作。", "乙表示：“很高兴。”", "双方签约！"));
  EXPECT_TRUE(last_sentences[0].title);
  EXPECT_FALSE(last_sentences[1].title);
}

TEST(SentenceSplitterTest, ShortBracketsAreNotSplit) {
  EXPECT_THAT(Split("", "甲（以下简称“乙”。成立于去年）上市。"),
              ElementsAre("甲（以下简称“乙”。成立于去年）上市。"));
}

TEST(SentenceSplitterTest, StrayHalfWidthMarksDoNotSplitChinese) {
  EXPECT_THAT(Split("", "系统?平台很好。"), ElementsAre("系统?平台很好。"));
}

TEST(SentenceSplitterTest, NumberedItemsBeginSentences) {
  EXPECT_THAT(Split("", "包括：1.甲公司做芯片2.乙公司做软件3.丙公司做服务"),
              ElementsAre("包括：", "1.甲公司做芯片", "2.乙公司做软件", "3.丙公司做服务"));
  EXPECT_THAT(Split("", "增长1.5倍，利润2.1亿元。"), ElementsAre("增长1.5倍，利润2.1亿元。"));
}

TEST(SentenceSplitterTest, EnglishAbbreviationsDoNotSplit) {
  EXPECT_THAT(
      Split("", "Orvella Inc. signed it. Mr. Tan of the U.S. office said so. Done."),
      ElementsAre("Orvella Inc. signed it.", "Mr. Tan of the U.S. office said so.", "Done."));
  EXPECT_THAT(Split("", "It joined Orvella Inc. The deal closed."),
              ElementsAre("It joined Orvella Inc.", "The deal closed."));
}

TEST(SentenceSplitterTest, MarksBoilerplate) {
  Split("t", "甲与乙合作。\n关于云岭科技\n云岭科技成立于北京。\nAbout Orvella\nresponsible.");
  ASSERT_EQ(last_sentences.size(), 6u);
  EXPECT_FALSE(last_sentences[1].boilerplate);
  EXPECT_TRUE(last_sentences[2].boilerplate);
  EXPECT_TRUE(last_sentences[4].boilerplate);
}

TEST(SentenceSplitterTest, LongSentencesAreCut) {
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "云岭，";
  Split("", text);
  EXPECT_GE(last_sentences.size(), 4u);
  for (const Sentence& sentence : last_sentences) {
    EXPECT_LE(sentence.span.size(), kSentenceCharsMax);
  }
}

}  // namespace
}  // namespace partnergraph
