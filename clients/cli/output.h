// The one place that writes answers. An answer is one or more lists of records and a summary:
//   json   one object: the lists under their keys, then the summary's fields
//   jsonl  one line per record with its kind in "record", and {"record":"summary",...} last: an
//          output without that line was cut off
//   csv    RFC 4180: the records of one list, one row each; lists within a record are JSON
//   table  for people
// json and jsonl are lossless; json and table hold the answer until its end, the others stream.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/proto_json.h"
#include "clients/cli/table.h"

namespace partnergraph::cli {

enum class OutputFormat { kTable, kJson, kJsonl, kCsv };

std::optional<OutputFormat> ParseOutputFormat(std::string_view name);

// A column of csv, and of the table unless the answer writes itself for people.
struct OutputColumn {
  std::string name;     // Of the csv header.
  std::string pointer;  // JSON pointer into the record, such as "/node/name".
  Align align = Align::kLeft;
  bool in_table = true;
  std::string title = "";  // Of the table; empty means the name in upper case.
};

struct AnswerShape {
  struct List {
    std::string key;     // In json: "nodes".
    std::string record;  // In jsonl: "node".
  };
  std::vector<List> lists;
  std::string rows;  // Key of the list that csv and the table show.
  std::vector<OutputColumn> columns;
  // Writes the whole answer (as in json) for people, instead of the table.
  std::function<void(const Json& answer, const TextStyle&, std::ostream&)> write_text;
  // For people, instead of a table without rows.
  std::string nothing_found;
};

class Output {
 public:
  // `out` must outlive this.
  Output(OutputFormat format, TextStyle style, AnswerShape shape, std::ostream& out);

  // Adds a record to the list `key` of the shape.
  void Add(std::string_view key, Json record);
  // Ends the answer. `summary` is an object.
  void Finish(const Json& summary);

 private:
  void WriteTable() const;
  // Once, with the first row or at the end: a call that fails leaves nothing behind.
  void WriteCsvHeader();
  void WriteCsvRow(const Json& record) const;

  OutputFormat format_;
  TextStyle style_;
  AnswerShape shape_;
  std::ostream& out_;
  bool header_written_ = false;
  Json answer_ = Json::object();  // json and table only.
};

// One field of a csv row: quoted when it holds a quote, comma, line break or outer space.
std::string CsvField(std::string_view value);

// The text of one value: strings bare, null empty, true/false, numbers, and other values as JSON.
std::string CellText(const Json& value);

// The same for people: fractions are rounded to three digits, or to a whole number.
std::string TextForPeople(const Json& value);

}  // namespace partnergraph::cli
