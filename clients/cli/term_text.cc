#include "clients/cli/term_text.h"

#include <algorithm>
#include <cctype>
#include <ostream>
#include <vector>

#include "clients/cli/edge_text.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr size_t kFractionDigitsMax = 3;

// "1,234,567.5".
std::string Grouped(const std::string& decimal) {
  const size_t whole = std::min(decimal.find('.'), decimal.size());
  std::string text;
  for (size_t i = 0; i < whole; ++i) {
    text += (i > 0 && (whole - i) % 3 == 0 ? "," : "");
    text += decimal[i];
  }
  return text + decimal.substr(whole);
}

// "120 million", "1.525 billion"; with all its digits where that is not shorter.
std::string Scaled(const std::string& decimal) {
  constexpr struct {
    size_t zeros;
    const char* word;
  } kScales[] = {{12, "trillion"}, {9, "billion"}, {6, "million"}};
  if (decimal.find('.') != std::string::npos) {
    return Grouped(decimal);
  }
  for (const auto& scale : kScales) {
    if (decimal.size() <= scale.zeros) {
      continue;
    }
    std::string fraction = decimal.substr(decimal.size() - scale.zeros);
    fraction.erase(fraction.find_last_not_of('0') + 1);
    if (fraction.size() > kFractionDigitsMax) {
      continue;
    }
    return fmt::format("{}{}{} {}", Grouped(decimal.substr(0, decimal.size() - scale.zeros)),
                       fraction.empty() ? "" : ".", fraction, scale.word);
  }
  return Grouped(decimal);
}

std::string BoundText(const std::string& bound) {
  if (bound == "ABOUT") {
    return "about ";
  }
  if (bound == "AT_LEAST") {
    return "at least ";
  }
  return bound == "AT_MOST" ? "at most " : "";
}

std::string ValueText(const Json& term) {
  const std::string kind = FieldText(term, "kind"), value = FieldText(term, "value");
  if (kind == "ROUND") {
    return value;
  }
  if (kind == "STAKE") {
    return value + "%";
  }
  const std::string currency = FieldText(term, "currency");
  return currency.empty() ? Scaled(value) + " (currency not said)" : currency + " " + Scaled(value);
}

}  // namespace

std::string TermText(const Json& term, const Json& participants) {
  std::string text = BoundText(FieldText(term, "bound")) + ValueText(term);
  const std::string party = FieldText(term, "party_node_id");
  if (party == "0") {
    return text;
  }
  for (const Json& participant : participants) {
    if (FieldText(participant["node"], "node_id") == party) {
      return text + " [" + FieldText(participant["node"], "name") + "]";
    }
  }
  return text + " [node " + party + "]";
}

Json DealTermRecord(const Json& term) {
  Json record;
  for (const char* key : {"kind", "value", "currency", "bound", "party_node_id", "source_count"}) {
    record[key] = term[key];
  }
  return record;
}

void WriteTerms(const Json& terms, const Json& participants, const TextStyle& style,
                std::ostream& out) {
  // Terms of a kind stand together.
  for (auto term = terms.begin(); term != terms.end();) {
    const std::string kind = FieldText(*term, "kind");
    std::string text;
    for (; term != terms.end() && FieldText(*term, "kind") == kind; ++term) {
      text += fmt::format("{}{} ({})", text.empty() ? "" : "; ", TermText(*term, participants),
                          Counted(FieldText(*term, "source_count"), "source"));
    }
    std::string label = kind;
    std::transform(label.begin(), label.end(), label.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    WriteField(label, text, style, out);
  }
}

}  // namespace partnergraph::cli
