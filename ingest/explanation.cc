#include "ingest/explanation.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "graph/schema.h"
#include "graph/status_macros.h"
#include "ingest/sequence_tagger.h"
#include "ingest/text_normalizer.h"

namespace partnergraph {
namespace {

constexpr size_t kQuoteCharsMax = 80;

std::string_view TypeName(MentionType type) {
  return type == MentionType::kDate ? "DATE" : TagTypeName(type);
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

// Tells what is new in the document since the last call; facts whose confidence is another too.
class Teller {
 public:
  std::string Tell(const Document& document) {
    std::string text;
    if (sentences_ != document.sentences.size()) Sentences(document, text);
    if (mentions_ != document.mentions.size()) Mentions(document, text);
    if (entities_ != document.entities.size()) Entities(document, text);
    if (relations_ != Confidences(document.relations)) Relations(document, text);
    if (deals_ != Confidences(document.deals)) Deals(document, text);
    return text;
  }

 private:
  template <typename Fact>
  static std::vector<float> Confidences(const std::vector<Fact>& facts) {
    std::vector<float> confidences;
    for (const Fact& fact : facts) confidences.push_back(fact.confidence);
    return confidences;
  }

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
    relations_ = Confidences(document.relations);
    for (const Relation& relation : document.relations) {
      text += fmt::format("  {} {} -> {}{}{} {} {:.2f} {}\n", GetEdgeType(relation.type).name,
                          document.entities[relation.source].canonical,
                          document.entities[relation.target].canonical,
                          relation.title.empty() ? "" : " as ", relation.title,
                          FactStatusName(relation.status), relation.confidence, relation.rule);
      Evidence(document, relation.evidence, text);
    }
  }

  void Deals(const Document& document, std::string& text) {
    deals_ = Confidences(document.deals);
    for (const Deal& deal : document.deals) {
      text += fmt::format("  {} {} {} {:.2f} {}\n", deal.kind, FormatDate(deal.date),
                          FactStatusName(deal.status), deal.confidence, deal.rule);
      for (const Participation& party : deal.parties) {
        text += fmt::format("    {} {}\n", party.role, document.entities[party.entity].canonical);
      }
      for (const Participation& person : deal.people) {
        text += fmt::format("    {} {}\n", person.role, document.entities[person.entity].canonical);
      }
      for (const uint32_t product : deal.products) {
        text += fmt::format("    PRODUCT {}\n", document.entities[product].canonical);
      }
      for (const Term& term : deal.terms) {
        text += fmt::format(
            "    {} {}{}{}{}: {}\n", DealTermKindName(term.value.kind), term.value.value,
            term.value.currency.empty() ? "" : " ", term.value.currency,
            term.party < 0 ? ""
                           : " of " + document.entities[static_cast<size_t>(term.party)].canonical,
            Quote(document, term.span));
      }
      Evidence(document, deal.evidence, text);
    }
  }

  static void Evidence(const Document& document, const std::vector<Span>& evidence,
                       std::string& text) {
    for (const Span& span : evidence) text += fmt::format("    “{}”\n", Quote(document, span));
  }

  size_t sentences_ = 0, mentions_ = 0, entities_ = 0;
  std::vector<float> relations_, deals_;  // Their confidence.
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
