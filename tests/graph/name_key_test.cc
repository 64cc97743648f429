#include "graph/name_key.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "graph/legal_form.h"
#include "graph/pinyin.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string Repeat(std::string_view text, size_t count) {
  std::string repeated;
  for (size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

TEST(NameKeyTest, WritingsOfOneNameFallTogether) {
  EXPECT_EQ(NormalizeName("商湯科技"), NormalizeName("商汤科技"));
  EXPECT_EQ(NormalizeName("ＳｅｎｓｅＴｉｍｅ"), NormalizeName("SenseTime"));
  EXPECT_EQ(NormalizeName("東亞銀行（中國）有限公司"), NormalizeName("东亚银行(中国)有限公司"));
  EXPECT_EQ(NormalizeName("  Tsing-Hua   Unigroup "), NormalizeName("TSINGHUA UNIGROUP"));
  EXPECT_EQ(NormalizeName("阿里\u200B巴巴"), NormalizeName("阿里巴巴"));
  EXPECT_EQ(NormalizeName("Straße"), NormalizeName("STRASSE"));
  EXPECT_EQ(NormalizeName("史蒂夫·乔布斯"), NormalizeName("史蒂夫•乔布斯"));
  EXPECT_EQ(NormalizeName("ﾄﾖﾀ自動車"), NormalizeName("トヨタ自動車"));
}

TEST(NameKeyTest, SignsThatTellNamesApartStay) {
  EXPECT_EQ(NormalizeName("C++"), "c++");
  EXPECT_EQ(NormalizeName("C#"), "c#");
  EXPECT_EQ(NormalizeName("AT&T"), "at&t");
  EXPECT_NE(NormalizeName("Google+"), NormalizeName("Google"));
  EXPECT_EQ(NormalizeName("Disney＋"), "disney+");
}

TEST(NameKeyTest, EveryScriptKeepsItsName) {
  for (std::string_view name :
       {"商汤科技", "臺積電", "トヨタ自動車", "삼성전자", "Яндекс", "Αθήνα", "شركة أرامكو", "חברה",
        "บริษัท ซีพี", "टाटा", "தமிழ்", "Nestlé", "㍿", "𠮷野家", "360", "①", "😀"}) {
    EXPECT_THAT(NormalizeName(name), Not(IsEmpty())) << name;
    EXPECT_EQ(NormalizeName(NormalizeName(name)), NormalizeName(name)) << name;
    EXPECT_THAT(CoreName(name), Not(IsEmpty())) << name;
    EXPECT_THAT(MakeNameKeys(name), Not(IsEmpty())) << name;
  }
  EXPECT_EQ(NormalizeName("𠮷野家"), "𠮷野家");
}

TEST(NameKeyTest, NamesOfPunctuationKeepIt) {
  EXPECT_EQ(NormalizeName("！！！"), "!!!");
  EXPECT_EQ(NormalizeName("+"), "+");
  EXPECT_EQ(CoreName("(?)"), "(?)");
  EXPECT_EQ(NormalizeName("《》"), "《》");
}

TEST(NameKeyTest, NothingHasNoKey) {
  for (std::string_view name : {"", " ", "\t\n", "\u3000\u00A0", "\xFF\xFE", "\u200B"}) {
    EXPECT_EQ(NormalizeName(name), "") << testing::PrintToString(name);
    EXPECT_EQ(CoreName(name), "");
    EXPECT_THAT(MakeNameKeys(name), IsEmpty());
    EXPECT_THAT(MakePinyinKeys(name).full, IsEmpty());
  }
}

TEST(NameKeyTest, KeysHoldNoControlCharacters) {
  const std::string key = NormalizeName(std::string("a\0b\x01\x7f商\r汤", 12));
  EXPECT_EQ(key.find('\0'), std::string::npos);
  EXPECT_EQ(key.find('\x01'), std::string::npos);
  EXPECT_EQ(NormalizeName(std::string("\0\x01", 2)), "");
}

TEST(NameKeyTest, BytesThatAreNotUtf8AreDropped) {
  EXPECT_EQ(NormalizeName("商\xFF汤\xE5\x95"), "商汤");
}

TEST(NameKeyTest, LongNamesAreCutBetweenCodePoints) {
  const std::string long_name = Repeat("汤", 1000);
  const std::string key = NormalizeName(long_name);
  EXPECT_EQ(key, Repeat("汤", kNameBytesMax / 3));
  for (const NameKey& row : MakeNameKeys(long_name)) EXPECT_LE(row.key.size(), kNameKeyBytesMax);
  // Grows elevenfold under compatibility folding.
  EXPECT_LE(NormalizeName(Repeat("\uFDFA", 170)).size(), kNameKeyBytesMax);
}

TEST(NameKeyTest, BombsOfCombiningMarksAreHarmless) {
  std::string bomb = "a";
  for (int i = 0; i < 500'000; ++i) bomb += i % 2 == 0 ? "\u0301" : "\u0316";
  const auto begin = std::chrono::steady_clock::now();
  const std::string key = NormalizeName(bomb);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
  EXPECT_LE(key.size(), 1 + 2 * 31u);
}

TEST(NameKeyTest, CoreDropsLegalForms) {
  EXPECT_EQ(CoreName("商汤科技有限公司"), "商汤科技");
  EXPECT_EQ(CoreName("商湯集團股份有限公司"), "商汤");
  EXPECT_EQ(CoreName("阿里巴巴集团控股有限公司"), CoreName("阿里巴巴集团"));
  EXPECT_EQ(CoreName("阿里巴巴集团"), "阿里巴巴");
  EXPECT_EQ(CoreName("红杉资本合伙企业（有限合伙）"), "红杉资本");
  EXPECT_EQ(CoreName("香港科技园公司"), "香港科技园");
  EXPECT_EQ(CoreName("Apple Inc."), "apple");
  EXPECT_EQ(CoreName("Huawei Technologies Co., Ltd."), "huaweitechnologies");
  EXPECT_EQ(CoreName("HUAWEI TECHNOLOGIES CO.,LTD"), "huaweitechnologies");
  EXPECT_EQ(CoreName("Robert Bosch GmbH"), "robertbosch");
  EXPECT_EQ(CoreName("Henkel AG & Co. KGaA"), "henkel");
  EXPECT_EQ(CoreName("The Boeing Company"), "boeing");
  EXPECT_EQ(CoreName("Alibaba Group Holding Limited"), "alibaba");
  EXPECT_EQ(CoreName("Luxottica S.p.A."), "luxottica");
  EXPECT_EQ(CoreName("Amazon.com, Inc."), "amazoncom");
  EXPECT_EQ(CoreName("株式会社東芝"), CoreName("東芝株式会社"));
  EXPECT_EQ(CoreName("腾讯Inc"), "腾讯");
}

TEST(NameKeyTest, LegalFormsAreOnlyEndingsOfTheirOwn) {
  EXPECT_EQ(CoreName("Zinc"), "zinc");
  EXPECT_EQ(CoreName("Costco"), "costco");
  EXPECT_EQ(CoreName("Cisco"), "cisco");
  EXPECT_EQ(CoreName("公司宝科技"), "公司宝科技");
}

TEST(NameKeyTest, CoreIsNeverEmpty) {
  EXPECT_EQ(CoreName("有限公司"), "有限公司");
  EXPECT_EQ(CoreName("控股集团有限公司"), "控股");
  EXPECT_EQ(CoreName("Inc."), "inc");
  EXPECT_EQ(CoreName("Group Holdings Ltd"), "group");
  EXPECT_EQ(CoreName("The Company"), "company");
  EXPECT_EQ(CoreName("深圳市"), "深圳市");
  EXPECT_EQ(CoreName("A股份有限公司"), "a");
  EXPECT_EQ(CoreName("汤有限公司"), "汤有限公司");
}

TEST(NameKeyTest, CoreDropsPlaces) {
  EXPECT_EQ(CoreName("东亚银行（中国）有限公司"), "东亚银行");
  EXPECT_EQ(CoreName("Apple (China) Co., Ltd."), "apple");
  EXPECT_EQ(CoreName("深圳市腾讯计算机系统有限公司"), "腾讯计算机系统");
  EXPECT_EQ(CoreName("广东省深圳市腾讯计算机系统有限公司"), "腾讯计算机系统");
  EXPECT_EQ(CoreName("北京字节跳动科技有限公司"), "字节跳动科技");
  // The place is what tells these from others.
  EXPECT_EQ(CoreName("上海银行股份有限公司"), "上海银行");
  EXPECT_EQ(CoreName("北京大学"), "北京大学");
  EXPECT_EQ(CoreName("东亚银行（二）有限公司"), "东亚银行二");
  EXPECT_EQ(CoreName("东亚银行（中国"), "东亚银行中国");
}

TEST(NameKeyTest, CoreDropsAccentsOfLatinOnly) {
  EXPECT_EQ(CoreName("Nestlé S.A."), "nestle");
  EXPECT_EQ(CoreName("Citroën"), "citroen");
  EXPECT_EQ(CoreName("ガンホー"), NormalizeName("ガンホー"));
  EXPECT_EQ(CoreName("Йота"), NormalizeName("Йота"));
}

TEST(NameKeyTest, PinyinHasAllReadings) {
  EXPECT_THAT(MakePinyinKeys("长安").full, Contains("changan"));
  EXPECT_THAT(MakePinyinKeys("厦门").full, Contains("xiamen"));
  EXPECT_THAT(MakePinyinKeys("曾国藩").full, Contains("zengguofan"));
  EXPECT_THAT(MakePinyinKeys("银行").full, Contains("yinhang"));
  EXPECT_THAT(MakePinyinKeys("重庆").full, Contains("chongqing"));
  EXPECT_THAT(MakePinyinKeys("六安").full, Contains("luan"));
  EXPECT_THAT(MakePinyinKeys("单田芳").full, Contains("shantianfang"));
  EXPECT_THAT(MakePinyinKeys("乐视").full, Contains("leshi"));
  EXPECT_THAT(MakePinyinKeys("绿地").full, Contains("lvdi"));
  EXPECT_THAT(MakePinyinKeys("商湯").full, Contains("shangtang"));
  EXPECT_EQ(MakePinyinKeys("商汤").full.front(), "shangtang");
  EXPECT_THAT(MakePinyinKeys("腾讯").full, ElementsAre("tengxun"));
}

TEST(NameKeyTest, InitialsTakeOneLetterOfEachCharacter) {
  EXPECT_THAT(MakePinyinKeys("商汤科技").initials, Contains("stkj"));
  EXPECT_THAT(MakePinyinKeys("腾讯科技").initials, ElementsAre("txkj"));
  EXPECT_THAT(MakePinyinKeys("长安").initials, ElementsAre("ca", "za"));
  EXPECT_THAT(MakePinyinKeys("tcl科技").initials, ElementsAre("tclkj"));
  EXPECT_THAT(MakePinyinKeys("360数科").full, Contains("360shuke"));
}

TEST(NameKeyTest, PinyinNeedsChineseCharacters) {
  EXPECT_THAT(MakePinyinKeys("sensetime").full, IsEmpty());
  EXPECT_THAT(MakePinyinKeys("トヨタ").initials, IsEmpty());
}

TEST(NameKeyTest, CombinationsOfReadingsAreBounded) {
  const std::string key = Repeat("长行重乐曾厦", 25);
  const PinyinKeys keys = MakePinyinKeys(key);
  EXPECT_LE(keys.full.size(), kPinyinKeysMax);
  EXPECT_LE(keys.initials.size(), kPinyinKeysMax);
  for (const std::string& full : keys.full) EXPECT_LE(full.size(), kNameKeyBytesMax);
  // The characters in front keep all their readings.
  const auto starts_with = [&](std::string_view start) {
    return std::any_of(keys.full.begin(), keys.full.end(),
                       [&](const std::string& full) { return full.starts_with(start); });
  };
  EXPECT_TRUE(starts_with("changxing"));
  EXPECT_TRUE(starts_with("zhanghang"));
}

TEST(NameKeyTest, ReadingsOfOneCharacter) {
  EXPECT_EQ(PinyinReadings(U'长').front(), "chang");
  EXPECT_THAT(PinyinReadings(U'a'), IsEmpty());
  EXPECT_THAT(PinyinReadings(0), IsEmpty());
  EXPECT_THAT(PinyinReadings(0x10FFFF), IsEmpty());
}

TEST(NameKeyTest, GramsAreWhatSimilarNamesShare) {
  EXPECT_THAT(MakeNameGrams("商汤科技"), ElementsAre("商汤", "汤科", "科技"));
  EXPECT_THAT(MakeNameGrams("apple"), ElementsAre("app", "ppl", "ple"));
  EXPECT_THAT(MakeNameGrams("tcl科技"), ElementsAre("tcl", "科技"));
  EXPECT_THAT(MakeNameGrams("a汤b"), ElementsAre("a", "汤", "b"));
  EXPECT_THAT(MakeNameGrams("aaaaa"), ElementsAre("aaa"));
  EXPECT_THAT(MakeNameGrams(""), IsEmpty());
  std::string letters;
  for (int i = 0; i < 120; ++i) letters += static_cast<char>('a' + i * i % 23);
  EXPECT_LE(MakeNameGrams(letters).size(), kNameGramsMax);
}

TEST(NameKeyTest, RowsOfAName) {
  EXPECT_THAT(MakeNameKeys("腾讯科技有限公司"),
              ElementsAre(NameKey{NameKeyKind::kNormalized, "腾讯科技有限公司"},
                          NameKey{NameKeyKind::kCore, "腾讯科技"},
                          NameKey{NameKeyKind::kPinyin, "tengxunkeji"},
                          NameKey{NameKeyKind::kInitials, "txkj"}));
  EXPECT_THAT(MakeNameKeys("SenseTime"),
              ElementsAre(NameKey{NameKeyKind::kNormalized, "sensetime"}));
}

// Names of ASCII alone are folded without tables.
TEST(NameKeyTest, AsciiFoldsAsItDoesBesideOtherCharacters) {
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string name = "x";
    while (name.size() < 12) name.push_back(static_cast<char>(1 + random() % 127));
    EXPECT_EQ(NormalizeName(name + "商"), NormalizeName(name) + "商") << name;
  }
}

TEST(NameKeyTest, IndexKeysAreTheKeysAndGrams) {
  for (const char* name : {"SenseTime", "Norvik Dynamics 1A Inc", "东亚银行（中国）有限公司",
                           "AT&T", "Café Zürich AG", "...", "", "商湯 Tech Co., Ltd."}) {
    const NameIndexKeys index = MakeNameIndexKeys(name);
    EXPECT_EQ(index.keys, MakeNameKeys(name)) << name;
    EXPECT_EQ(index.grams, MakeNameGrams(CoreName(name))) << name;
  }
}

TEST(NameKeyTest, RandomBytesKeepTheLimits) {
  constexpr std::string_view kPieces = "商\xE5\x95\u0301(){}. 有限公司inc长";
  std::mt19937 random(20180515);
  for (int i = 0; i < 3000; ++i) {
    std::string name(random() % 600, '\0');
    for (char& byte : name) {
      byte = static_cast<char>(i % 2 == 0 ? random() : kPieces[random() % kPieces.size()]);
    }
    SCOPED_TRACE(i);
    const std::string key = NormalizeName(name);
    EXPECT_LE(key.size(), kNameKeyBytesMax);
    EXPECT_EQ(key.find('\0'), std::string::npos);
    EXPECT_EQ(key.empty(), CoreName(name).empty());
    const std::vector<NameKey> rows = MakeNameKeys(name);
    EXPECT_LE(rows.size(), 2 + 2 * kPinyinKeysMax);
    for (const NameKey& row : rows) {
      EXPECT_THAT(row.key, Not(IsEmpty()));
      EXPECT_LE(row.key.size(), kNameKeyBytesMax);
    }
    EXPECT_LE(MakeNameGrams(key).size(), kNameGramsMax);
  }
}

// Plain letters have a way of their own through the code.
TEST(NameGramsTest, PlainLettersHaveTheGramsOfTheRule) {
  std::mt19937 random(11);
  for (size_t size = 0; size < 200; ++size) {
    std::string key(size, ' ');
    for (char& c : key) c = "abc1"[random() % 4];
    std::vector<std::string> want;
    for (size_t i = 0; i + 3 <= size && want.size() < kNameGramsMax; ++i) {
      const std::string gram = key.substr(i, 3);
      if (std::find(want.begin(), want.end(), gram) == want.end()) want.push_back(gram);
    }
    if (size == 1 || size == 2) want = {key};
    ASSERT_EQ(MakeNameGrams(key), want) << key;
  }
}

}  // namespace
}  // namespace partnergraph
