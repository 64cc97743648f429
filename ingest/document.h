// One article on its way through extraction: the text in two forms, and what each stage has added.
// Stages run in the order normalize, split, recognize, resolve, relate, assemble; each reads what
// the stages before it wrote and adds its own part.
//
// Positions are code points of Document::chars, so that every stage works on characters;
// Document::ToBytes translates them to the bytes of the article as it came, which is what evidence
// refers to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/article_facts.h"

namespace partnergraph {

// Half-open range of code points.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
  bool Contains(const Span& other) const { return begin <= other.begin && other.end <= end; }
  bool Overlaps(const Span& other) const { return begin < other.end && other.begin < end; }
  friend auto operator<=>(const Span&, const Span&) = default;
};

enum class Language : uint8_t { kSimplifiedChinese, kTraditionalChinese, kEnglish };

// A sentence, heading or list item.
struct Sentence {
  Span span;
  Language language = Language::kSimplifiedChinese;
  bool title = false;  // It is (a part of) the article's title.
  bool boilerplate =
      false;  // "关于X", "About X", bylines, 责任编辑: good for aliases, not for relations.
  uint32_t paragraph = 0;
};

// What a mention names. The first three become entities.
enum class MentionType : uint8_t { kCompany, kPerson, kProduct, kJobTitle, kPlace, kDate };

// A stretch of text that names something.
struct Mention {
  Span span;
  MentionType type = MentionType::kCompany;
  std::string org_type;  // Companies: as in the guidelines ("COMPANY", "FINANCIAL", ...).
  Date date;        // Dates: as resolved against the publication date; empty when it cannot be.
  float score = 0;  // [0, 1]: how sure the recognizer is.
  int entity = -1;  // Index into entities once resolved.
  bool local_name = false;  // The name is defined for this article alone ("实验室", "the Company"):
                            // never an alias.
  const char* rule = "";  // Which rule or model found it; static storage.
};

// What one or more mentions name.
struct Entity {
  MentionType type = MentionType::kCompany;  // kCompany, kPerson or kProduct.
  std::string org_type;
  std::string canonical;           // Fullest form, as it stands in the text, free of dirt.
  std::vector<uint32_t> mentions;  // Indices into Document::mentions, ascending by span.
  float score = 0;
};

// A binary relation between two entities.
struct Relation {
  EdgeType type{};
  uint32_t source = 0;  // Indices into entities.
  uint32_t target = 0;
  std::string title;  // EMPLOYED_BY: verbatim.
  Date date;
  FactStatus status = FactStatus::kActive;
  float confidence = 0;
  std::vector<Span> evidence;  // At least one; best first.
  const char* rule = "";
};

struct Participation {
  uint32_t entity = 0;
  std::string role;
};

// An amount, a share or a round that the text gives a deal.
struct Term {
  TermValue value;
  int party = -1;  // The entity that it is said of; -1: the deal's own.
  Span span;       // The words, inside the deal's evidence.
};

// A deal between two or more companies.
struct Deal {
  std::string kind;
  std::vector<Participation> parties;
  std::vector<Participation> people;
  std::vector<uint32_t> products;
  Date date;
  Span location;  // Empty when the text does not say.
  FactStatus status = FactStatus::kAnnounced;
  float confidence = 0;
  std::vector<Span> evidence;
  std::vector<Term> terms;  // By kind; at most kDealTermsMax.
  const char* rule = "";
};

// Stands for one article. Built by MakeDocument; owns everything.
struct Document {
  Article article;
  std::string text;  // title, '\n', body: the bytes as they came.

  // One entry per code point of `text`. `chars` are normalized one to one (full-width forms to
  // half-width, traditional to simplified, Latin letters as they are), `raw` are as they came.
  // `offsets` has one entry more: the byte where each code point begins, and the length of text.
  std::u32string chars;
  std::u32string raw;
  std::vector<uint32_t> offsets;
  uint32_t body_begin = 0;  // First code point after the title's newline.

  Language language = Language::kSimplifiedChinese;
  std::vector<Sentence> sentences;  // Ascending, not overlapping.
  // Ascending by begin, longer first; not overlapping, save that a kJobTitle, kPlace or kDate may
  // lie inside another mention or contain one, and that the maker's name at the beginning of a
  // product's is a mention too: 岭特 of 岭特云帆.
  std::vector<Mention> mentions;
  std::vector<Entity> entities;
  std::vector<Relation> relations;
  std::vector<Deal> deals;

  // When set, stages add a line for each decision that a reader of an explanation would ask about:
  // a name that was not taken, a pair that was left out. Not owned.
  std::vector<std::string>* trace = nullptr;

  ByteSpan ToBytes(Span span) const { return {offsets[span.begin], offsets[span.end]}; }
  // The bytes as they came.
  std::string_view Text(Span span) const {
    return std::string_view(text).substr(offsets[span.begin],
                                         offsets[span.end] - offsets[span.begin]);
  }
  // The normalized characters.
  std::u32string_view Chars(Span span) const {
    return std::u32string_view(chars).substr(span.begin, span.size());
  }
};

}  // namespace partnergraph
