#include "clients/cli/terminal_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph::cli {
namespace {

using testing::ElementsAre;

TEST(TerminalTextTest, EscapesControlCharacters) {
  EXPECT_EQ(EscapeForTerminal("a\x1b[31mb\x07"), "a\\x1B[31mb\\x07");
  EXPECT_EQ(EscapeForTerminal("a\tb\r\nc"), "a\\tb\\r\\nc");
  EXPECT_EQ(EscapeForTerminal("a\x7F"), "a\\x7F");
  EXPECT_EQ(EscapeForTerminal("\xC2\x9B"
                              "31m"),
            "\\x9B31m");
}

TEST(TerminalTextTest, EscapesCharactersThatTurnTheText) {
  EXPECT_EQ(EscapeForTerminal("a\u202Eb"), "a\\u{202E}b");
  EXPECT_EQ(EscapeForTerminal("a\u2067b"), "a\\u{2067}b");
}

TEST(TerminalTextTest, EscapesBytesThatAreNotUtf8) {
  EXPECT_EQ(EscapeForTerminal("\xFF\xE5\x95"), "\\xFF\\xE5\\x95");
  EXPECT_EQ(EscapeForTerminal("\xC0\xAF"), "\\xC0\\xAF");
  EXPECT_EQ(EscapeForTerminal("\xED\xA0\x80"), "\\xED\\xA0\\x80");
}

TEST(TerminalTextTest, KeepsChineseAndWantedNewlines) {
  EXPECT_EQ(EscapeForTerminal("云桥科技（深圳）"), "云桥科技（深圳）");
  EXPECT_EQ(EscapeForTerminal("a\nb", Newlines::kKeep), "a\nb");
}

TEST(TerminalTextTest, ChineseTakesTwoColumnsAndMarksNone) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("云桥"), 4);
  EXPECT_EQ(DisplayWidth("（A）"), 5);
  EXPECT_EQ(DisplayWidth("e\u0301"), 1);
  EXPECT_EQ(DisplayWidth("\U00020000"), 2);
  EXPECT_EQ(DisplayWidth("“”"), 2);
}

TEST(TerminalTextTest, PadsByColumns) {
  EXPECT_EQ(PadRight("云", 4), "云  ");
  EXPECT_EQ(PadLeft("7", 3), "  7");
  EXPECT_EQ(PadRight("toolong", 3), "toolong");
}

TEST(TerminalTextTest, WrapsAtSpacesAndBetweenChineseCharacters) {
  EXPECT_THAT(WrapText("one two three", 8), ElementsAre("one two", "three"));
  EXPECT_THAT(WrapText("云桥科技公司", 5), ElementsAre("云桥", "科技", "公司"));
  EXPECT_THAT(WrapText("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(WrapText("", 3), ElementsAre(""));
}

}  // namespace
}  // namespace partnergraph::cli
