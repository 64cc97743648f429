#include "clients/cli/edge_text.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "clients/cli/terminal_text.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr size_t kLabelWidth = 14;
constexpr size_t kWrapWidthMin = 20;

// Writes `text` after `first`, further lines after as many spaces.
void WriteWrapped(const std::string& first, const std::string& text, const TextStyle& style,
                  std::ostream& out) {
  const size_t indent = DisplayWidth(first);
  const std::string escaped = EscapeForTerminal(text);
  const size_t width = style.width == 0
                           ? DisplayWidth(escaped) + 1
                           : std::max(kWrapWidthMin, style.width - std::min(style.width, indent));
  bool is_first = true;
  for (const std::string& line : WrapText(escaped, width)) {
    out << (is_first ? first : std::string(indent, ' ')) << line << '\n';
    is_first = false;
  }
}

}  // namespace

std::vector<OutputColumn> EdgeColumns() {
  return {{"fact_id", "/fact_id", Align::kRight, true, "FACT"},
          {"type", "/type"},
          {"source_id", "/source/node_id", Align::kRight, false},
          {"source_kind", "/source/kind", Align::kLeft, false},
          {"source_name", "/source/name", Align::kLeft, true, "SOURCE"},
          {"target_id", "/target/node_id", Align::kRight, false},
          {"target_kind", "/target/kind", Align::kLeft, false},
          {"target_name", "/target/name", Align::kLeft, true, "TARGET"},
          {"role", "/role"},
          {"title", "/title"},
          {"date", "/date"},
          {"status", "/status"},
          {"confidence", "/confidence", Align::kRight, true, "CONF"},
          {"source_count", "/source_count", Align::kRight, true, "SOURCES"},
          {"partnership_id", "/partnership_id", Align::kRight, false},
          {"partnership_kind", "/partnership_kind", Align::kLeft, true, "DEAL"}};
}

std::string FieldText(const Json& record, const std::string& key) {
  if (!record.is_object()) {
    return "";
  }
  const auto it = record.find(key);
  return it == record.end() ? "" : TextForPeople(*it);
}

std::string NodeText(const Json& node_summary) {
  return fmt::format("{} ({})", FieldText(node_summary, "name"),
                     FieldText(node_summary, "node_id"));
}

std::string DateForPeople(const Json& date) {
  std::string text = CellText(date);
  if (text.rfind("../", 0) == 0) {
    return "before " + text.substr(3);
  }
  if (text.size() > 3 && text.substr(text.size() - 3) == "/..") {
    return "after " + text.substr(0, text.size() - 3);
  }
  return text;
}

std::string EdgeText(const Json& edge) {
  std::string details;
  for (const char* key : {"partnership_kind", "role", "title"}) {
    const std::string text = FieldText(edge, key);
    details += text.empty() ? "" : (details.empty() ? "" : ", ") + text;
  }
  if (const std::string date = DateForPeople(edge.value("date", Json())); !date.empty()) {
    details += (details.empty() ? "" : ", ") + date;
  }
  const std::string type = FieldText(edge, "type");
  return fmt::format("{} {} {}{}", FieldText(edge.value("source", Json()), "name"),
                     type == "PARTNER_WITH" ? "-" + type + "-" : "-" + type + "->",
                     FieldText(edge.value("target", Json()), "name"),
                     details.empty() ? "" : " (" + details + ")");
}

std::string WalkText(const Json& edges, const Json& end) {
  const auto short_name = [](const Json& node) {
    const std::string name = FieldText(node, "name");
    return FieldText(node, "kind") == "PARTNERSHIP"
               ? fmt::format("{} ({})", name.substr(0, name.find(": ")), FieldText(node, "node_id"))
               : name;
  };
  // From the end backwards: only there is it known which end of an edge comes later.
  std::string text = short_name(end);
  std::string later_id = FieldText(end, "node_id");
  for (auto edge = edges.rbegin(); edge != edges.rend(); ++edge) {
    const std::string type = FieldText(*edge, "type");
    const bool forward = FieldText((*edge)["target"], "node_id") == later_id;
    const Json& earlier = forward ? (*edge)["source"] : (*edge)["target"];
    const char* arrow = type == "PARTNER_WITH" ? "{} -{}- {}"
                        : forward              ? "{} -{}-> {}"
                                               : "{} <-{}- {}";
    text = fmt::format(fmt::runtime(arrow), short_name(earlier), type, text);
    later_id = FieldText(earlier, "node_id");
  }
  return text;
}

void WritePaths(const Json& paths, const TextStyle& style, std::ostream& out) {
  bool first = true;
  for (const Json& path : paths) {
    out << (first ? "" : "\n");
    first = false;
    std::string names;
    for (const Json& node : path["nodes"]) {
      names += (names.empty() ? "" : " - ") + FieldText(node, "name");
    }
    out << Bold(EscapeForTerminal(names), style) << "  "
        << Counted(std::to_string(path["edges"].size()), "hop") << ", certainty "
        << FieldText(path, "certainty") << '\n';
    for (const Json& edge : path["edges"]) {
      WriteField("fact " + FieldText(edge, "fact_id"),
                 fmt::format("{}  {} {}", EdgeText(edge), FieldText(edge, "status"),
                             FieldText(edge, "confidence")),
                 style, out);
    }
  }
}

std::string Counted(const std::string& count, const std::string& noun) {
  return fmt::format("{} {}{}", count, noun, count == "1" ? "" : "s");
}

void WriteField(const std::string& label, const std::string& text, const TextStyle& style,
                std::ostream& out) {
  WriteWrapped("  " + PadRight(label, kLabelWidth) + "  ", text, style, out);
}

void WriteEvidence(const Json& evidence, const TextStyle& style, std::ostream& out) {
  const std::string quote = FieldText(evidence, "quote");
  const std::string title = FieldText(evidence, "article_title");
  const std::string source = FieldText(evidence, "source");
  const std::string date = DateForPeople(evidence.value("published", Json()));
  std::vector<std::string> where;
  if (quote.empty()) {
    // An import or a writer says so: there is no article, and so nothing to quote.
    WriteWrapped("  ", title.empty() ? "stated by " + source : "stated in " + title, style, out);
    where = {title.empty() ? "" : source, date};
  } else {
    WriteWrapped("  \u201C", quote + "\u201D", style, out);
    const Json& span = evidence.value("span", Json());
    where = {FieldText(evidence, "article_id"),
             title,
             source,
             date,
             FieldText(evidence, "url"),
             fmt::format("bytes {}-{}", FieldText(span, "begin"), FieldText(span, "end"))};
  }
  where.push_back(
      fmt::format("{} {}", FieldText(evidence, "status"), FieldText(evidence, "confidence")));
  std::erase(where, "");
  WriteWrapped("    ", fmt::format("{}", fmt::join(where, " \u00B7 ")), style, out);
}

void WriteChanges(const Json& changes, const Json& counts, std::ostream& out) {
  constexpr struct {
    const char* what;
    const char* change;
    const char* count;
    char sign;
  } kParts[] = {{"node", "added", "node_added_count", '+'},
                {"node", "removed", "node_removed_count", '-'},
                {"fact", "added", "fact_added_count", '+'},
                {"fact", "removed", "fact_removed_count", '-'},
                {"fact", "updated", "fact_updated_count", '~'}};
  bool changed = false;
  for (const auto& part : kParts) {
    const auto count = counts.value(part.count, uint64_t{0});
    if (count == 0) {
      continue;
    }
    changed = true;
    out << Counted(std::to_string(count), part.what) << ' ' << part.change << '\n';
    uint64_t listed = 0;
    for (const Json& change : changes) {
      if (change["what"] != part.what || change["change"] != part.change) {
        continue;
      }
      ++listed;
      const bool is_node = change.contains("node_id");
      const std::string id = FieldText(change, is_node ? "node_id" : "fact_id");
      const std::string text = is_node ? FieldText(change, "kind") + " " + FieldText(change, "name")
                                       : FieldText(change, "description");
      out << fmt::format("  {} {}{}\n", part.sign, id == "0" ? "" : id + "  ",
                         EscapeForTerminal(text));
    }
    if (listed < count) {
      out << fmt::format("  ... and {} more\n", count - listed);
    }
  }
  if (!changed) {
    out << "nothing changes\n";
  }
}

}  // namespace partnergraph::cli
