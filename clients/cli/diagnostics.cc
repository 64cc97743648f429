#include "clients/cli/diagnostics.h"

#include <ostream>

#include "clients/cli/exit_code.h"
#include "clients/cli/proto_json.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/rpc_error.h"
#include "fmt/format.h"

namespace partnergraph::cli {

void Diagnostics::Error(const absl::Status& status) {
  std::string message(status.message());
  const client::RpcErrorDetails details = client::DetailsOf(status);
  const bool answered = !details.reason.empty();  // What the server says is true of the server.
  if (absl::IsUnavailable(status) && !answered) {
    message = fmt::format("cannot reach the server at {}: {}", server_, message);
  } else if (absl::IsDeadlineExceeded(status) && !answered) {
    message = fmt::format("the server at {} did not answer in time: {}", server_, message);
  }
  if (json_) {
    Json fields = Json::array();
    for (const client::FieldViolation& violation : details.field_violations) {
      fields.push_back({{"field", violation.field}, {"description", violation.description}});
    }
    err_ << DumpJson({{"error",
                       {{"code", client::CodeName(status.code())},
                        {"reason", details.reason},
                        {"message", message},
                        {"fields", fields},
                        {"exit_code", static_cast<int>(ExitCodeOf(status))}}}})
         << std::endl;
    return;
  }
  std::string fields;
  for (const client::FieldViolation& violation : details.field_violations) {
    // Servers tend to say in the message what they say of the field.
    const bool said = message.find(violation.description) != std::string::npos;
    if (!said || message.find(violation.field) == std::string::npos) {
      fields += fmt::format("{}{}{}", fields.empty() ? " (" : "; ", violation.field,
                            said ? "" : ": " + violation.description);
    }
  }
  fields += fields.empty() ? "" : ")";
  err_ << Red("error:", style_) << ' ' << EscapeForTerminal(message + fields, Newlines::kKeep)
       << std::endl;
}

void Diagnostics::Note(const std::string& text) {
  if (json_) {
    err_ << DumpJson({{"note", text}}) << std::endl;
  } else {
    err_ << "note: " << EscapeForTerminal(text) << std::endl;
  }
}

void Diagnostics::Rejected(const std::string& text) {
  if (json_) {
    err_ << DumpJson({{"rejected", text}}) << std::endl;
  } else {
    err_ << Red("rejected:", style_) << ' ' << EscapeForTerminal(text) << std::endl;
  }
}

void Diagnostics::Truncated(const v1::Truncation& truncation) {
  if (json_) {
    err_ << DumpJson({{"truncation", ToJson(truncation)}}) << std::endl;
    return;
  }
  std::string where;
  constexpr int kNamed = 3;
  for (int i = 0; i < truncation.nodes_size() && i < kNamed; ++i) {
    const v1::CutNode& node = truncation.nodes(i);
    where += fmt::format("{}node {} ({} of {} edges)", i == 0 ? ": " : ", ", node.node_id(),
                         node.kept(), node.degree());
  }
  if (truncation.node_count() > kNamed) {
    where += ", ...";
  }
  Note(fmt::format("the answer is not complete, cut by {}{}{}", EnumText(truncation.reason()),
                   truncation.node_count() > 0
                       ? fmt::format(" at {} node{}", truncation.node_count(),
                                     truncation.node_count() == 1 ? "" : "s")
                       : "",
                   where));
  for (const v1::CutNode& node : truncation.nodes()) {
    if (node.cursor().empty()) continue;
    Note(fmt::format("more edges of node {}, by the same filter{}: show {} --cursor {}",
                     node.node_id(),
                     node.step() == 0 ? "" : fmt::format(" as step {}", node.step() + 1),
                     node.node_id(), node.cursor()));
    break;
  }
}

}  // namespace partnergraph::cli
