// The surface forms of a document that may be names: what the rules found, whatever their score,
// and what the lists, the shapes and the surroundings of words suggest. Many more than there are
// names; name_classifier.h decides.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/recognition.h"

namespace partnergraph {

// Longest name, in characters.
inline constexpr uint32_t kNameCharsMax = 60;
// Most surface forms of one document; those that come first in it are kept.
inline constexpr size_t kNameCandidatesMax = 60000;

// Where candidates come from; a bit each.
enum NameSource : uint32_t {
  kFromRule = 1 << 0,
  kFromLexicon = 1 << 1,
  kFromOrgHead = 1 << 2,
  kFromProductHead = 1 << 3,
  kFromBrandRun = 1 << 4,
  kFromPerson = 1 << 5,
  kFromLatin = 1 << 6,
  kFromQuotes = 1 << 7,
  kFromList = 1 << 8,
  kFromCapitals = 1 << 9,
  kFromTagger = 1 << 10,
};

// A stretch of text that has the characters of a candidate.
struct NameOccurrence {
  Span span;
  uint32_t name = 0;      // Index into NameCandidates::names.
  uint32_t sentence = 0;  // Index into Document::sentences.
  uint32_t token = 0;     // The token in which it begins, and the one in which it ends.
  uint32_t last_token = 0;
  bool aligned = false;  // It begins and ends where tokens do.
};

// What a rule says of a surface form.
struct NameRule {
  MentionType type = MentionType::kCompany;
  uint8_t org_type = 0;
  float score = 0;  // The best, where it fired more than once.
  uint32_t count = 0;
  const char* rule = "";
  bool local_name = false;
};

// One surface form.
struct NameCandidate {
  std::u32string_view text;           // Of Document::chars.
  uint32_t sources = 0;               // NameSource.
  std::vector<uint32_t> occurrences;  // Ascending; indices into NameCandidates::occurrences.
  std::vector<NameRule> rules;        // One per rule and type, in the order in which they fired.
};

struct NameCandidates {
  std::vector<NameCandidate> names;         // In the order of their first proposal.
  std::vector<NameOccurrence> occurrences;  // Ascending by begin, longer first.
  std::vector<uint32_t> token_at;           // By position: the token that covers it.
};

// A span that may be a name, and who says so.
struct NameProposal {
  Span span;
  uint32_t source = 0;
};

// Candidates of a document whose rules have run, with `more` from elsewhere. Linear in the text:
// the proposals that begin at one token are bounded.
NameCandidates FindNameCandidates(const Recognition& recognition,
                                  const std::vector<NameProposal>& more = {});

}  // namespace partnergraph
