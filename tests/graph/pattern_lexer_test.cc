#include "graph/pattern_lexer.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using Kind = PatternToken::Kind;

std::vector<std::string> TextsOf(std::string_view text) {
  std::vector<std::string> texts;
  const auto tokens = LexPattern(text);
  EXPECT_THAT(tokens, IsOk());
  if (!tokens.ok()) return texts;
  for (const PatternToken& token : *tokens) texts.push_back(token.text);
  return texts;
}

PatternToken First(std::string_view text) {
  const auto tokens = LexPattern(text);
  EXPECT_THAT(tokens, IsOk());
  return tokens.ok() ? tokens->front() : PatternToken();
}

testing::Matcher<absl::StatusOr<std::vector<PatternToken>>> FailsAt(const std::string& place,
                                                                    const std::string& message) {
  return StatusIs(StatusCode::kInvalidArgument,
                  testing::AllOf(StartsWith(place), HasSubstr(message)));
}

TEST(PatternLexerTest, ArrowsAreSymbolsOfTheirOwn) {
  EXPECT_THAT(TextsOf("(a)<-[r]->(b)-->()"),
              ElementsAre("(", "a", ")", "<", "-", "[", "r", "]", "-", ">", "(", "b", ")", "-", "-",
                          ">", "(", ")", ""));
}

TEST(PatternLexerTest, RangesAreNoFractions) {
  EXPECT_THAT(TextsOf("*1..3 1.5 2e3 1.5E-2"),
              ElementsAre("*", "1", "..", "3", "1.5", "2e3", "1.5E-2", ""));
  EXPECT_EQ(First("42").integer, 42u);
  EXPECT_EQ(First("42").kind, Kind::kInteger);
  EXPECT_EQ(First("1.5E-2").decimal, 0.015);
  EXPECT_EQ(First("1.5").kind, Kind::kDecimal);
}

TEST(PatternLexerTest, NamesAreOfAnyScript) {
  EXPECT_THAT(TextsOf("公司_1 über `a b` x"), ElementsAre("公司_1", "über", "a b", "x", ""));
  EXPECT_TRUE(First("`match`").quoted);
  EXPECT_FALSE(First("match").quoted);
}

TEST(PatternLexerTest, StringsResolveEscapes) {
  EXPECT_EQ(First("'it\\'s'").text, "it's");
  EXPECT_EQ(First("\"a\\n\\t\\\\\"").text, "a\n\t\\");
  EXPECT_EQ(First("'\\u5546\\u6c64'").text, "商汤");
  EXPECT_EQ(First("'\\uD83D\\uDE00 \\U0001F600'").text, "😀 😀");
  EXPECT_EQ(First("'it says \"no\"'").text, "it says \"no\"");
}

TEST(PatternLexerTest, CommentsAreSpace) {
  EXPECT_THAT(TextsOf("a // to the end\nb /* two\nlines */ c // last"),
              ElementsAre("a", "b", "c", ""));
  EXPECT_THAT(TextsOf("\xEF\xBB\xBF"
                      "a\xE3\x80\x80"
                      "b"),
              ElementsAre("a", "b", ""));
}

TEST(PatternLexerTest, ErrorsNameLineColumnAndByte) {
  EXPECT_THAT(LexPattern("商汤\n 商 #"),
              FailsAt("line 2, column 4 (byte 12): ", "no word of the language begins with \"#\""));
}

TEST(PatternLexerTest, WhatHasNoEndIsRefused) {
  EXPECT_THAT(LexPattern("a 'b"), FailsAt("line 1, column 3 (byte 2): ", "string has no end"));
  EXPECT_THAT(LexPattern("'b\\"), FailsAt("line 1, column 3 (byte 2): ", "no escape"));
  EXPECT_THAT(LexPattern("`b"), FailsAt("line 1, column 1 ", "name has no end"));
  EXPECT_THAT(LexPattern("a /* b"), FailsAt("line 1, column 3 ", "comment has no end"));
}

TEST(PatternLexerTest, EscapesThatAreNoneAreRefused) {
  for (const char* text :
       {"'\\x41'", "'\\u12'", "'\\uD83D'", "'\\uDE00'", "'\\U00110000'", "'\\u+123'"}) {
    EXPECT_THAT(LexPattern(text), FailsAt("line 1, column 2 ", "")) << text;
  }
}

TEST(PatternLexerTest, FullWidthPunctuationIsNamed) {
  EXPECT_THAT(LexPattern("MATCH （a)"), FailsAt("line 1, column 7 ", "U+FF08 looks like ("));
}

TEST(PatternLexerTest, NumbersAreBoundedAndEndInDigits) {
  EXPECT_EQ(First("9223372036854775807").integer, 9223372036854775807u);
  EXPECT_THAT(LexPattern("9223372036854775808"), FailsAt("line 1, column 1 ", "too large"));
  EXPECT_THAT(LexPattern("12ab"), FailsAt("line 1, column 1 ", "ends in letters"));
}

TEST(PatternLexerTest, TextAndNamesAreBounded) {
  EXPECT_THAT(LexPattern(std::string(kPatternTextBytesMax, ' ')), IsOk());
  EXPECT_THAT(LexPattern(std::string(kPatternTextBytesMax + 1, ' ')),
              FailsAt("line 1, column 1 ", "16385 bytes"));
  EXPECT_THAT(LexPattern(std::string(kPatternNameBytesMax, 'n')), IsOk());
  for (const char* quote : {"", "`"}) {
    EXPECT_THAT(
        LexPattern(absl::StrCat(" ", quote, std::string(kPatternNameBytesMax + 1, 'n'), quote)),
        FailsAt("line 1, column 2 ", "129 bytes"));
  }
  EXPECT_THAT(LexPattern("$" + std::string(kPatternNameBytesMax + 1, 'n')),
              FailsAt("line 1", "129"));
}

TEST(PatternLexerTest, OtherBytesThanUtf8AreRefused) {
  EXPECT_THAT(LexPattern("a\n\xFF"), FailsAt("line 2, column 1 (byte 2): ", "not UTF-8"));
  EXPECT_THAT(LexPattern(std::string_view("a\0b", 3)), FailsAt("line 1, column 2 ", "U+0000"));
}

}  // namespace
}  // namespace partnergraph
