#include "clients/cli/table.h"

#include <algorithm>
#include <numeric>
#include <ostream>
#include <utility>

#include "clients/cli/terminal_text.h"

namespace partnergraph::cli {
namespace {

constexpr size_t kGap = 2;
constexpr size_t kWrapWidthMin = 20;

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::AddRow(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (std::string& cell : cells) {
    cell = EscapeForTerminal(cell);
  }
  rows_.push_back(std::move(cells));
}

void Table::Write(const TextStyle& style, std::ostream& out) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) {
      width = std::max(width, DisplayWidth(row[i]));
    }
    widths.push_back(width);
  }
  const size_t total = std::accumulate(widths.begin(), widths.end(), kGap * (columns_.size() - 1));
  if (style.width > 0 && total > style.width) {
    const auto widest = std::max_element(widths.begin(), widths.end());
    const size_t others = total - *widest;
    *widest = std::max(kWrapWidthMin, style.width > others ? style.width - others : 0);
  }

  const auto write_line = [&](const std::vector<std::string>& cells, bool bold) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      line += i == 0 ? "" : std::string(kGap, ' ');
      line += columns_[i].align == Align::kRight ? PadLeft(cells[i], widths[i])
                                                 : PadRight(cells[i], widths[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << (bold ? Bold(line, style) : line) << '\n';
  };

  std::vector<std::string> titles;
  for (const Column& column : columns_) {
    titles.push_back(column.title);
  }
  write_line(titles, true);
  for (const auto& row : rows_) {
    std::vector<std::vector<std::string>> wrapped;
    size_t height = 1;
    for (size_t i = 0; i < row.size(); ++i) {
      wrapped.push_back(WrapText(row[i], widths[i]));
      height = std::max(height, wrapped.back().size());
    }
    for (size_t y = 0; y < height; ++y) {
      std::vector<std::string> cells;
      for (const auto& lines : wrapped) {
        cells.push_back(y < lines.size() ? lines[y] : "");
      }
      write_line(cells, false);
    }
  }
}

std::string Bold(const std::string& text, const TextStyle& style) {
  return style.color ? "\x1b[1m" + text + "\x1b[0m" : text;
}

std::string Red(const std::string& text, const TextStyle& style) {
  return style.color ? "\x1b[31m" + text + "\x1b[0m" : text;
}

}  // namespace partnergraph::cli
