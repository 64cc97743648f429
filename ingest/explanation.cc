#include "ingest/explanation.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "graph/schema.h"
#include "graph/status_macros.h"
#include "ingest/text_normalizer.h"

namespace partnergraph {
namespace {

constexpr size_t kQuoteCharsMax = 80;

const char* TypeName(MentionType type) {
  switch (type) {
    case MentionType::kCompany:
      return "COMPANY";
    case MentionType::kPerson:
      return "PERSON";
    case MentionType::kProduct:
      return "PRODUCT";
    case MentionType::kJobTitle:
      return "TITLE";
    case MentionType::kPlace:
      return "PLACE";
    case MentionType::kDate:
      return "DATE";
  }
  return "";
}

// The text of a span on one line, cut where it is long.
std::string Quote(const Document& document, Span span) {
  const bool cut = span.size() > kQuoteCharsMax;
  if (cut) span.end = span.begin + static_cast<uint32_t>(kQuoteCharsMax);
  std::string quote(document.Text(span));
  for (char& c : quote) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return cut ? quote + "…" : quote;
}

// Tells what is new in the document since the last call.
class Teller {
 public:
  std::string Tell(const Document& document) {
    std::string text;
    if (sentences_ != document.sentences.size()) Sentences(document, text);
    if (mentions_ != document.mentions.size()) Mentions(document, text);
    if (entities_ != document.entities.size()) Entities(document, text);
    if (relations_ != document.relations.size()) Relations(document, text);
    if (deals_ != document.deals.size()) Deals(document, text);
    return text;
  }

 private:
  void Sentences(const Document& document, std::string& text) {
    sentences_ = document.sentences.size();
    for (size_t i = 0; i < sentences_; ++i) {
      const Sentence& sentence = document.sentences[i];
      text += fmt::format(
          "  sentence {} [{}, {}) {}{}{}: {}\n", i + 1, sentence.span.begin, sentence.span.end,
          LanguageName(sentence.language), sentence.title ? " title" : "",
          sentence.boilerplate ? " boilerplate" : "", Quote(document, sentence.span));
    }
  }

  void Mentions(const Document& document, std::string& text) {
    mentions_ = document.mentions.size();
    for (const Mention& mention : document.mentions) {
      text += fmt::format("  {} [{}, {}) {} {:.2f} {}{}\n", Quote(document, mention.span),
                          mention.span.begin, mention.span.end, TypeName(mention.type),
                          mention.score, mention.rule, mention.local_name ? " (here only)" : "");
    }
  }

  void Entities(const Document& document, std::string& text) {
    entities_ = document.entities.size();
    for (size_t i = 0; i < entities_; ++i) {
      const Entity& entity = document.entities[i];
      text += fmt::format("  e{} {} {} {}", i + 1, TypeName(entity.type), entity.org_type,
                          entity.canonical);
      std::vector<std::string_view> names;
      for (const uint32_t m : entity.mentions) {
        const std::string_view name = document.Text(document.mentions[m].span);
        if (name == entity.canonical ||
            std::find(names.begin(), names.end(), name) != names.end()) {
          continue;
        }
        names.push_back(name);
        text += fmt::format("{}{}", names.size() == 1 ? " = " : ", ", name);
      }
      text += fmt::format(" ({} mentions)\n", entity.mentions.size());
    }
  }

  void Relations(const Document& document, std::string& text) {
    for (size_t i = relations_; i < document.relations.size(); ++i) {
      const Relation& relation = document.relations[i];
      text += fmt::format("  {} {} -> {}{}{} {} {:.2f} {}\n", GetEdgeType(relation.type).name,
                          document.entities[relation.source].canonical,
                          document.entities[relation.target].canonical,
                          relation.title.empty() ? "" : " as ", relation.title,
                          FactStatusName(relation.status), relation.confidence, relation.rule);
      Evidence(document, relation.evidence, text);
    }
    relations_ = document.relations.size();
  }

  void Deals(const Document& document, std::string& text) {
    deals_ = document.deals.size();
    for (const Deal& deal : document.deals) {
      text += fmt::format("  {} {} {} {:.2f} {}\n", deal.kind, FormatDate(deal.date),
                          FactStatusName(deal.status), deal.confidence, deal.rule);
      for (const Participation& party : deal.parties) {
        text += fmt::format("    {} {}\n", party.role, document.entities[party.entity].canonical);
      }
      for (const Participation& person : deal.people) {
        text += fmt::format("    {} {}\n", person.role, document.entities[person.entity].canonical);
      }
      Evidence(document, deal.evidence, text);
    }
  }

  static void Evidence(const Document& document, const std::vector<Span>& evidence,
                       std::string& text) {
    for (const Span& span : evidence) text += fmt::format("    “{}”\n", Quote(document, span));
  }

  size_t sentences_ = 0, mentions_ = 0, entities_ = 0, relations_ = 0, deals_ = 0;
};

}  // namespace

absl::StatusOr<std::string> Explain(const Pipeline& pipeline, Article article) {
  PG_ASSIGN_OR_RETURN(Document document, MakeDocument(std::move(article)));
  std::vector<std::string> trace;
  document.trace = &trace;
  std::string text = fmt::format("article {}: {}\n", document.article.id, document.article.title);
  Teller teller;
  for (const std::unique_ptr<Stage>& stage : pipeline.stages()) {
    PG_RETURN_IF_ERROR(stage->Process(document));
    text += fmt::format("{}\n", stage->name());
    text += teller.Tell(document);
    for (const std::string& line : trace) text += "  - " + line + "\n";
    trace.clear();
  }
  return text;
}

}  // namespace partnergraph
