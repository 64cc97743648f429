#include "clients/cli/output.h"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <utility>

#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

std::string UpperTitle(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return c == '_' ? ' ' : static_cast<char>(std::toupper(c));
  });
  return name;
}

const Json& ValueAt(const Json& record, const std::string& pointer) {
  static const Json kNull;
  const Json* value = &record;
  size_t begin = 1;
  while (begin <= pointer.size()) {
    const size_t end = std::min(pointer.find('/', begin), pointer.size());
    if (!value->is_object()) {
      return kNull;
    }
    const auto it = value->find(pointer.substr(begin, end - begin));
    if (it == value->end()) {
      return kNull;
    }
    value = &*it;
    begin = end + 1;
  }
  return *value;
}

}  // namespace

std::optional<OutputFormat> ParseOutputFormat(std::string_view name) {
  if (name == "table") return OutputFormat::kTable;
  if (name == "json") return OutputFormat::kJson;
  if (name == "jsonl") return OutputFormat::kJsonl;
  if (name == "csv") return OutputFormat::kCsv;
  return std::nullopt;
}

Output::Output(OutputFormat format, TextStyle style, AnswerShape shape, std::ostream& out)
    : format_(format), style_(style), shape_(std::move(shape)), out_(out) {
  for (const AnswerShape::List& list : shape_.lists) {
    answer_[list.key] = Json::array();
  }
}

void Output::WriteCsvHeader() {
  if (header_written_) {
    return;
  }
  header_written_ = true;
  std::string header;
  for (const OutputColumn& column : shape_.columns) {
    header += header.empty() ? "" : ",";
    header += CsvField(column.name);
  }
  out_ << header << "\r\n";
}

void Output::Add(std::string_view key, Json record) {
  switch (format_) {
    case OutputFormat::kTable:
    case OutputFormat::kJson:
      answer_[std::string(key)].push_back(std::move(record));
      return;
    case OutputFormat::kCsv:
      if (key == shape_.rows) {
        WriteCsvHeader();
        WriteCsvRow(record);
      }
      return;
    case OutputFormat::kJsonl:
      for (const AnswerShape::List& list : shape_.lists) {
        if (list.key == key) {
          Json line = {{"record", list.record}};
          line.update(record);
          out_ << DumpJson(line) << '\n';
        }
      }
      return;
  }
}

void Output::Finish(const Json& summary) {
  switch (format_) {
    case OutputFormat::kTable:
      answer_.update(summary);
      if (shape_.write_text) {
        shape_.write_text(answer_, style_, out_);
      } else {
        WriteTable();
      }
      break;
    case OutputFormat::kJson:
      answer_.update(summary);
      out_ << DumpJson(answer_, 2) << '\n';
      break;
    case OutputFormat::kJsonl: {
      Json line = {{"record", "summary"}};
      line.update(summary);
      out_ << DumpJson(line) << '\n';
      break;
    }
    case OutputFormat::kCsv:
      WriteCsvHeader();
      break;
  }
  out_.flush();
}

void Output::WriteTable() const {
  std::vector<Table::Column> columns;
  for (const OutputColumn& column : shape_.columns) {
    if (column.in_table) {
      columns.push_back(
          {column.title.empty() ? UpperTitle(column.name) : column.title, column.align});
    }
  }
  Table table(std::move(columns));
  for (const Json& record : answer_.at(shape_.rows)) {
    std::vector<std::string> cells;
    for (const OutputColumn& column : shape_.columns) {
      if (column.in_table) {
        cells.push_back(TextForPeople(ValueAt(record, column.pointer)));
      }
    }
    table.AddRow(std::move(cells));
  }
  if (table.empty() && !shape_.nothing_found.empty()) {
    out_ << shape_.nothing_found << '\n';
    return;
  }
  table.Write(style_, out_);
}

void Output::WriteCsvRow(const Json& record) const {
  bool first = true;
  for (const OutputColumn& column : shape_.columns) {
    out_ << (first ? "" : ",") << CsvField(CellText(ValueAt(record, column.pointer)));
    first = false;
  }
  out_ << "\r\n";
}

std::string CsvField(std::string_view value) {
  const bool quote = value.find_first_of("\",\r\n") != std::string_view::npos ||
                     (!value.empty() && (value.front() == ' ' || value.back() == ' '));
  if (!quote) {
    return std::string(value);
  }
  std::string field = "\"";
  for (const char c : value) {
    field += c;
    if (c == '"') {
      field += '"';
    }
  }
  return field + '"';
}

std::string CellText(const Json& value) {
  if (value.is_string()) {
    return value.get<std::string>();
  }
  return value.is_null() ? "" : DumpJson(value);
}

std::string TextForPeople(const Json& value) {
  if (!value.is_number_float()) {
    return CellText(value);
  }
  const double number = value.get<double>();
  return number < 1000 ? fmt::format("{:.3g}", number) : fmt::format("{:.0f}", number);
}

}  // namespace partnergraph::cli
