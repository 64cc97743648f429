#include "clients/cli/table.h"

#include <sstream>

#include "gtest/gtest.h"

namespace partnergraph::cli {
namespace {

std::string Written(const Table& table, const TextStyle& style = {}) {
  std::ostringstream out;
  table.Write(style, out);
  return out.str();
}

TEST(TableTest, AlignsByDisplayWidth) {
  Table table({{"N", Align::kRight}, {"NAME"}, {"KIND"}});
  table.AddRow({"1", "云桥科技", "COMPANY"});
  table.AddRow({"12", "Acme", "COMPANY"});
  EXPECT_EQ(Written(table),
            " N  NAME      KIND\n"
            " 1  云桥科技  COMPANY\n"
            "12  Acme      COMPANY\n");
}

TEST(TableTest, EscapesCells) {
  Table table({{"A"}});
  table.AddRow({"x\x1b]0;owned\x07"});
  EXPECT_EQ(Written(table), "A\nx\\x1B]0;owned\\x07\n");
}

TEST(TableTest, WrapsTheWidestColumnOnATerminalOnly) {
  Table table({{"ID"}, {"TEXT"}});
  table.AddRow({"1", "云桥科技云桥科技云桥科技"});
  EXPECT_EQ(Written(table, {false, 24}),
            "ID  TEXT\n"
            "1   云桥科技云桥科技云桥\n"
            "    科技\n");
  EXPECT_EQ(Written(table), "ID  TEXT\n1   云桥科技云桥科技云桥科技\n");
}

TEST(TableTest, ColorsTitlesOnlyWhenAsked) {
  Table table({{"A"}});
  EXPECT_EQ(Written(table, {true, 80}), "\x1b[1mA\x1b[0m\n");
  EXPECT_EQ(Written(table, {false, 80}), "A\n");
}

}  // namespace
}  // namespace partnergraph::cli
