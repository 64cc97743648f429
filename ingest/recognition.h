// What the rules of the recognizer share while they work on one document: its words, the candidates
// found so far, and questions about their surroundings.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "ingest/document.h"
#include "ingest/lexicon.h"
#include "ingest/segmenter.h"

namespace partnergraph {

// A possible mention. Overlaps are decided at the end, see SelectMentions.
struct Candidate {
  Span span;
  MentionType type = MentionType::kCompany;
  uint8_t org_type = 0;
  float score = 0;
  const char* rule = "";
  bool local_name = false;
};

// A name that the text gives to a longer one: "X（以下简称Y）".
struct AliasDefinition {
  Span name;
  Span alias;
};

struct Recognition {
  explicit Recognition(Document& doc);

  Document& document;
  const Lexicon& lexicon;
  std::u32string_view chars;
  std::vector<Token> tokens;          // Of all sentences, in order.
  std::vector<uint32_t> first_token;  // By sentence; one more at the end.
  std::vector<uint8_t> boundary;      // By position: 1 where a token begins or ends.
  std::vector<Candidate> candidates;  // Grows by Add.
  std::vector<uint8_t> in_title;      // By position: 1 inside a job title.
  std::vector<AliasDefinition> aliases;

  bool IsEnglish(size_t sentence) const {
    return document.sentences[sentence].language == Language::kEnglish;
  }
  char32_t At(uint32_t position) const { return position < chars.size() ? chars[position] : U'\n'; }
  char32_t Before(uint32_t position) const { return position > 0 ? chars[position - 1] : U'\n'; }
  std::u32string_view Chars(Span span) const { return chars.substr(span.begin, span.size()); }
  void Add(Span span, MentionType type, uint8_t org_type, float score, const char* rule);

  std::vector<uint32_t> company_begin;  // By position: 1 + the first character of the longest
                                        // company name that ends there, or 0.
  std::vector<uint8_t> full_name_ends;  // By position: 1 where a full name of a company ends.

  // Whether there is a candidate of this span that names a company.
  bool HasCompany(Span span) const {
    return company_spans.contains(uint64_t{span.begin} << 32 | span.end);
  }

  // How many signs there are around a name that an organization is meant: 0 to 3.
  int OrganizationContext(Span span, size_t sentence) const;

  // Whether a token is a Latin word with a capital where names have one: Acme, iPhone, 21Vianet.
  bool IsCapitalized(uint32_t token) const;

  // A name with the legal forms that follow it directly in [index, last) of the tokens: "Pte.
  // Ltd.".
  Span WithLegalForms(Span name, uint32_t index, uint32_t last) const;

  absl::flat_hash_set<uint64_t> company_spans;  // begin << 32 | end.
};

// Runs all rules, and finds what they accept in the rest of the document; overlaps are left open.
void FindByRules(Recognition& recognition);

// The rules, in the order in which they run; each reads what those before it found.
void FindJobTitles(Recognition& recognition);  // In Chinese sentences.
void FindEnglishJobTitles(Recognition& recognition);
void FindChineseOrganizations(Recognition& recognition);
void FindListedNames(Recognition& recognition);  // Gazetteer names.
void FindChinesePeople(Recognition& recognition);
void FindLatinNames(Recognition& recognition);    // In Chinese sentences.
void FindEnglishNames(Recognition& recognition);  // In English sentences.
void FindProducts(Recognition& recognition);
void FindListedProducts(Recognition& recognition);  // 甲、乙等车型.
void FindNamesInContext(Recognition& recognition);  // Unknown brands, by lists, codes and verbs.
void FindAliasDefinitions(Recognition& recognition);

// 风险管理香港人工智能实验室, where 香港人工智能实验室 stands elsewhere on its own: text without
// punctuation has glued another word to the name. Cuts such names down.
void CutGluedNames(Recognition& recognition);

// Finds the accepted names, and short forms of them, in the rest of the document.
void PropagateNames(Recognition& recognition);

// Decides overlaps: higher score and longer first; writes Document::mentions.
void SelectMentions(Recognition& recognition);

}  // namespace partnergraph
