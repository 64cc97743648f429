#include "ingest/training/relation_sets.h"

#include <algorithm>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/mention_finder.h"
#include "ingest/pipeline.h"
#include "ingest/text_normalizer.h"
#include "ingest/training/data_file.h"

namespace partnergraph {
namespace {

using nlohmann::json;

// FinRE and SanWen write <N> for every number; any digit stands for it here, as in other text.
std::string WithNumbers(std::string text) {
  static constexpr std::string_view kNumber = "<N>";
  for (size_t at = text.find(kNumber); at != std::string::npos; at = text.find(kNumber, at)) {
    text.replace(at, kNumber.size(), "9");
  }
  return text;
}

std::u32string Normalized(std::string_view utf8) {
  std::u32string chars;
  for (size_t position = 0; position < utf8.size();) {
    chars.push_back(NormalizeChar(NextCodePoint(utf8, position)));
  }
  return chars;
}

std::vector<Span> Find(const Document& document, std::u32string_view name) {
  std::vector<Span> found;
  if (name.empty()) return found;
  const std::u32string_view chars = document.chars;
  for (size_t at = chars.find(name, document.body_begin); at != std::u32string_view::npos;
       at = chars.find(name, at + 1)) {
    found.push_back({static_cast<uint32_t>(at), static_cast<uint32_t>(at + name.size())});
  }
  return found;
}

// Where the two names stand: apart if they can, and then as close to each other as they are
// anywhere.
std::optional<std::pair<Span, Span>> FindPair(const Document& document, std::u32string_view head,
                                              std::u32string_view tail) {
  std::optional<std::pair<Span, Span>> best;
  uint32_t best_distance = std::numeric_limits<uint32_t>::max();
  for (const Span h : Find(document, head)) {
    for (const Span t : Find(document, tail)) {
      const uint32_t distance = h.Overlaps(t)       ? std::numeric_limits<uint32_t>::max() - 1
                                : h.begin < t.begin ? t.begin - h.end
                                                    : h.begin - t.end;
      if (distance < best_distance) {
        best_distance = distance;
        best = {h, t};
      }
    }
  }
  return best;
}

class TextTable {
 public:
  absl::StatusOr<std::shared_ptr<Document>> Get(const std::string& text) {
    const auto it = documents_.find(text);
    if (it != documents_.end()) return it->second;
    PG_ASSIGN_OR_RETURN(std::shared_ptr<Document> document, MakeSentenceDocument(text));
    documents_.emplace(text, document);
    return document;
  }

 private:
  std::map<std::string, std::shared_ptr<Document>> documents_;
};

absl::StatusOr<std::string> StringOf(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return absl::InvalidArgumentError(absl::StrCat("no string \"", key, "\""));
  }
  return found->get<std::string>();
}

absl::StatusOr<size_t> NumberOf(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_unsigned()) {
    return absl::InvalidArgumentError(absl::StrCat("no number \"", key, "\""));
  }
  return found->get<size_t>();
}

// Text made of words, and where each stands in it.
struct WordText {
  std::string text;
  std::vector<Span> words;
};

WordText Join(const std::vector<std::string>& words) {
  WordText joined;
  uint32_t position = 0;
  for (const std::string& word : words) {
    if (!joined.text.empty()) {
      joined.text += ' ';
      ++position;
    }
    const auto size = static_cast<uint32_t>(Normalized(word).size());
    joined.words.push_back({position, position + size});
    joined.text += word;
    position += size;
  }
  return joined;
}

absl::StatusOr<Span> SpanOf(const WordText& text, size_t first, size_t last,
                            const Document& document) {
  if (first > last || last >= text.words.size()) {
    return absl::InvalidArgumentError("a place beyond the words");
  }
  return Span{document.body_begin + text.words[first].begin,
              document.body_begin + text.words[last].end};
}

absl::StatusOr<std::vector<RelationExample>> ReadHeadTail(const std::string& path) {
  std::vector<RelationExample> examples;
  TextTable texts;
  PG_RETURN_IF_ERROR(ForEachObject(path, [&](const json& object) -> absl::Status {
    RelationExample example;
    PG_ASSIGN_OR_RETURN(const std::string text, StringOf(object, "text"));
    PG_ASSIGN_OR_RETURN(const std::string head, StringOf(object, "head"));
    PG_ASSIGN_OR_RETURN(const std::string tail, StringOf(object, "tail"));
    PG_ASSIGN_OR_RETURN(example.label, StringOf(object, "relation"));
    PG_ASSIGN_OR_RETURN(example.document, texts.Get(WithNumbers(text)));
    const auto found =
        FindPair(*example.document, Normalized(WithNumbers(head)), Normalized(WithNumbers(tail)));
    if (!found) return absl::InvalidArgumentError("the text lacks head or tail");
    std::tie(example.head, example.tail) = *found;
    examples.push_back(std::move(example));
    return absl::OkStatus();
  }));
  return examples;
}

absl::StatusOr<std::vector<RelationExample>> ReadCore(const std::string& path) {
  std::vector<RelationExample> examples;
  TextTable texts;
  PG_RETURN_IF_ERROR(ForEachObject(path, [&](const json& object) -> absl::Status {
    RelationExample example;
    PG_ASSIGN_OR_RETURN(example.label, StringOf(object, "relation"));
    const auto context = object.find("context");
    if (context == object.end() || !context->is_array() || context->empty() ||
        !std::all_of(context->begin(), context->end(),
                     [](const json& word) { return word.is_string(); })) {
      return absl::InvalidArgumentError("no words \"context\"");
    }
    const WordText text = Join(context->get<std::vector<std::string>>());
    PG_ASSIGN_OR_RETURN(example.document, texts.Get(text.text));
    PG_ASSIGN_OR_RETURN(const size_t e1_start, NumberOf(object, "e1_start"));
    PG_ASSIGN_OR_RETURN(const size_t e1_end, NumberOf(object, "e1_end"));
    PG_ASSIGN_OR_RETURN(const size_t e2_start, NumberOf(object, "e2_start"));
    PG_ASSIGN_OR_RETURN(const size_t e2_end, NumberOf(object, "e2_end"));
    PG_ASSIGN_OR_RETURN(example.head, SpanOf(text, e1_start, e1_end, *example.document));
    PG_ASSIGN_OR_RETURN(example.tail, SpanOf(text, e2_start, e2_end, *example.document));
    const auto inverted = object.find("invert_relation");
    example.inverted = inverted != object.end() && *inverted == 1;
    examples.push_back(std::move(example));
    return absl::OkStatus();
  }));
  return examples;
}

absl::StatusOr<Span> TokenSpan(const json& triple, const char* key, const WordText& text,
                               const Document& document) {
  const auto found = triple.find(key);
  if (found == triple.end() || !found->is_array() || found->size() != 2 ||
      !(*found)[0].is_number_unsigned() || !(*found)[1].is_number_unsigned()) {
    return absl::InvalidArgumentError(absl::StrCat("no places \"", key, "\""));
  }
  return SpanOf(text, (*found)[0].get<size_t>(), (*found)[1].get<size_t>(), document);
}

absl::StatusOr<std::vector<RelationExample>> ReadFinRed(const std::string& path) {
  std::vector<RelationExample> examples;
  PG_RETURN_IF_ERROR(ForEachObject(path, [&](const json& object) -> absl::Status {
    PG_ASSIGN_OR_RETURN(const std::string text, StringOf(object, "text"));
    std::vector<std::string> words;
    for (size_t begin = 0; begin <= text.size();) {
      const size_t end = std::min(text.find(' ', begin), text.size());
      words.push_back(text.substr(begin, end - begin));
      begin = end + 1;
    }
    const WordText joined = Join(words);
    PG_ASSIGN_OR_RETURN(const std::shared_ptr<Document> document,
                        MakeSentenceDocument(joined.text));
    const auto triples = object.find("triples");
    if (triples == object.end() || !triples->is_array()) {
      return absl::InvalidArgumentError("no array \"triples\"");
    }
    for (const json& triple : *triples) {
      RelationExample example;
      example.document = document;
      PG_ASSIGN_OR_RETURN(example.label, StringOf(triple, "relation"));
      PG_ASSIGN_OR_RETURN(example.head, TokenSpan(triple, "head_tok", joined, *document));
      PG_ASSIGN_OR_RETURN(example.tail, TokenSpan(triple, "tail_tok", joined, *document));
      examples.push_back(std::move(example));
    }
    return absl::OkStatus();
  }));
  return examples;
}

absl::StatusOr<std::vector<RelationExample>> ReadKbp37(const std::string& path) {
  std::vector<RelationExample> examples;
  PG_RETURN_IF_ERROR(ForEachObject(path, [&](const json& object) -> absl::Status {
    RelationExample example;
    PG_ASSIGN_OR_RETURN(example.label, StringOf(object, "relation"));
    PG_ASSIGN_OR_RETURN(const std::string marked, StringOf(object, "text"));
    std::string text;
    std::optional<size_t> begins[2], ends[2];
    for (size_t i = 0; i < marked.size();) {
      bool mark = false;
      for (size_t e = 0; e < 2; ++e) {
        const std::string open = absl::StrCat("<e", e + 1, ">"),
                          close = absl::StrCat("</e", e + 1, ">");
        if (marked.compare(i, open.size(), open) == 0) {
          begins[e] = Normalized(text).size();
          i += open.size();
          if (i < marked.size() && marked[i] == ' ') ++i;
          mark = true;
        } else if (marked.compare(i, close.size(), close) == 0) {
          // The space before the mark belongs to it, save where the name is empty.
          if (text.ends_with(' ') && Normalized(text).size() > begins[e].value_or(0)) {
            text.pop_back();
          }
          ends[e] = Normalized(text).size();
          i += close.size();
          mark = true;
        }
      }
      if (!mark) text += marked[i++];
    }
    for (size_t e = 0; e < 2; ++e) {
      if (!begins[e] || !ends[e] || *ends[e] < *begins[e]) {
        return absl::InvalidArgumentError(absl::StrCat("no <e", e + 1, ">"));
      }
    }
    PG_ASSIGN_OR_RETURN(example.document, MakeSentenceDocument(text));
    const uint32_t shift = example.document->body_begin;
    example.head = {shift + static_cast<uint32_t>(*begins[0]),
                    shift + static_cast<uint32_t>(*ends[0])};
    example.tail = {shift + static_cast<uint32_t>(*begins[1]),
                    shift + static_cast<uint32_t>(*ends[1])};
    examples.push_back(std::move(example));
    return absl::OkStatus();
  }));
  return examples;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Document>> MakeSentenceDocument(std::string text) {
  Article article;
  article.id = "example";
  article.text = std::move(text);
  PG_ASSIGN_OR_RETURN(Document document, MakeDocument(std::move(article)));
  Sentence sentence;
  sentence.span = {document.body_begin, static_cast<uint32_t>(document.chars.size())};
  sentence.language = document.language;
  document.sentences.push_back(sentence);
  // Other names stand in the sentence as they do in articles: found by the rules alone.
  static const MentionFinder finder;
  PG_RETURN_IF_ERROR(finder.Process(document));
  return std::make_shared<Document>(std::move(document));
}

absl::Status ForEachObject(const std::string& path,
                           absl::FunctionRef<absl::Status(const json&)> read) {
  return ForEachDataLine(path, [&](std::string_view line) -> absl::Status {
    if (line.find_first_not_of(" \r") == std::string_view::npos) return absl::OkStatus();
    const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
    return object.is_object() ? read(object) : absl::InvalidArgumentError("no JSON object");
  });
}

absl::StatusOr<std::vector<RelationExample>> ReadRelationSet(std::string_view set,
                                                             const std::string& path) {
  if (set == "finre" || set == "sanwen") return ReadHeadTail(path);
  if (set == "core") return ReadCore(path);
  if (set == "finred") return ReadFinRed(path);
  if (set == "kbp37") return ReadKbp37(path);
  return absl::InvalidArgumentError(
      absl::StrCat("set ", Quoted(set), ", want finre, sanwen, core, finred or kbp37"));
}

}  // namespace partnergraph
