// What the program says on stderr: errors, notes, cut answers. One line each; JSON objects when the
// output is JSON, so that scripts can read errors too.
#pragma once

#include <iosfwd>
#include <string>

#include "absl/status/status.h"
#include "clients/cli/table.h"
#include "partnergraph/v1/graph.pb.h"

namespace partnergraph::cli {

class Diagnostics {
 public:
  // `err` must outlive this. `server` is named when it cannot be reached.
  Diagnostics(bool json, TextStyle style, std::string server, std::ostream& err)
      : json_(json), style_(style), server_(std::move(server)), err_(err) {}

  // Names the code, the fields that the server refused, and its reason.
  void Error(const absl::Status& status);
  void Note(const std::string& text);
  // A record that was refused.
  void Rejected(const std::string& text);
  // Says that an answer is not complete, which bound cut it and where, and how to go on at the
  // first node that has a cursor.
  void Truncated(const v1::Truncation& truncation);

  bool json() const { return json_; }

 private:
  bool json_;
  TextStyle style_;
  std::string server_;
  std::ostream& err_;
};

}  // namespace partnergraph::cli
