// Text tables for people: aligned by display width, cells escaped for the terminal.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace partnergraph::cli {

// How to write for whoever reads the stream.
struct TextStyle {
  bool color = false;
  size_t width = 0;  // Columns of the terminal; 0 when it is none, and then nothing is wrapped.
};

enum class Align { kLeft, kRight };

class Table {
 public:
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns);

  // One cell per column.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // A line of titles and one line per row. When the table is wider than the style's width, its
  // widest column is wrapped, to no less than 20 columns.
  void Write(const TextStyle& style, std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// `text` in bold (or red), when the style has color.
std::string Bold(const std::string& text, const TextStyle& style);
std::string Red(const std::string& text, const TextStyle& style);

}  // namespace partnergraph::cli
