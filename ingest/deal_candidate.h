// What one sentence says of a deal: who, in which roles, of which kind. The rules make candidates,
// deal_assembly.h makes deals of them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/argument_finder.h"
#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

struct DealCandidate {
  std::string_view kind;               // Static storage.
  std::vector<Participation> parties;  // Two or more companies, without repetition.
  Span trigger;                        // The words that say so.
  Span evidence;
  uint32_t sentence = 0;  // Index into Document::sentences.
  float confidence = 0;   // [0, 1]: how sure the rule is.
  float kind_weight = 1;  // What its kind counts against others: less for a mere default.
  FactStatus status = FactStatus::kAnnounced;
  // False when the text hopes for it, denies it or asks (factuality.h): no deal by itself, but a
  // sign of one for the classifier.
  bool stated = true;
  const char* rule = "";
};

// Most candidates of one sentence, and of one article: what is over is left out.
inline constexpr size_t kCandidatesPerSentenceMax = 24;
inline constexpr size_t kCandidatesPerArticleMax = 1000;

// Collects the candidates of one sentence, checking each.
class CandidateSink {
 public:
  CandidateSink(const SentenceView& view, uint32_t sentence, std::vector<DealCandidate>& candidates)
      : view_(view), sentence_(sentence), candidates_(candidates), first_(candidates.size()) {}

  // Adds a candidate, unless it has fewer than two parties or the sentence or the article is full.
  void Add(std::string_view kind, std::vector<Participation> parties, Span trigger,
           float confidence, const char* rule, float kind_weight = 1);

 private:
  const SentenceView& view_;
  const uint32_t sentence_;
  std::vector<DealCandidate>& candidates_;
  const size_t first_;
};

// Gives all entities one role.
std::vector<Participation> WithRole(const std::vector<uint32_t>& entities, std::string_view role);
// Appends, leaving out who is already there.
void AddParties(std::vector<Participation>& parties, const std::vector<uint32_t>& entities,
                std::string_view role);

// Cooperation between equals: 合作, 携手, 签署, 联合发布; "partners with", "agreement between A and
// B".
void FindCooperation(const SentenceView& view, const Discourse& discourse, CandidateSink& sink);
// Joint ventures and joint laboratories: 共同成立, 合资公司; "joint venture".
void FindVentures(const SentenceView& view, const Discourse& discourse, CandidateSink& sink);
// Acquisitions, sales of stakes, investments and financing rounds.
void FindTransactions(const SentenceView& view, const Discourse& discourse, CandidateSink& sink);
// Supply, orders, tenders, distribution, integration of technology, incubation.
void FindSupply(const SentenceView& view, const Discourse& discourse, CandidateSink& sink);

// Reads all sentences of a document: fills `views`, one per sentence, and `candidates` from those
// that are no boilerplate. The views refer to the document.
void FindDealCandidates(const Document& document, std::vector<SentenceView>& views,
                        std::vector<DealCandidate>& candidates);

}  // namespace partnergraph
