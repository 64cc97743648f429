#include "ingest/deal_attributes.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// A dateline stands within this many characters of the body's beginning.
constexpr uint32_t kDatelineCharsMax = 120;

// How far behind a date the words "announced" or "signed" may stand when they are all that ties it
// to a deal.
constexpr uint32_t kAnnouncedReach = 24;

// Up to so many deals an article is about all of them; a round-up has more.
constexpr size_t kFewDealsMax = 3;

class AttributeFinder {
 public:
  AttributeFinder(const Document& document, const std::vector<SentenceView>& views)
      : document_(document), views_(views) {
    for (const Relation& relation : document.relations) {
      if (relation.type == kEmployedBy || relation.type == kFounded) {
        employers_[relation.source].insert(relation.target);
      }
    }
    for (const Mention& mention : document.mentions) {
      if (mention.type == MentionType::kDate || mention.type == MentionType::kPlace) {
        marks_.push_back(&mention);
      }
    }
  }

  void Fill(AssembledDeal& assembled, size_t deals) {
    Date(assembled);
    Location(assembled);
    Products(assembled.deal, assembled.sentences);
    People(assembled, deals == 1, deals <= kFewDealsMax);
  }

 private:
  // Dates and places of a sentence, ascending.
  std::vector<const Mention*> Marks(uint32_t sentence, MentionType type) const {
    const Span span = document_.sentences[sentence].span;
    std::vector<const Mention*> found;
    auto it = std::lower_bound(
        marks_.begin(), marks_.end(), span.begin,
        [](const Mention* mention, uint32_t position) { return mention->span.begin < position; });
    for (; it != marks_.end() && (*it)->span.begin < span.end; ++it) {
      if ((*it)->type == type) found.push_back(*it);
    }
    return found;
  }

  // True for a date on which something happened: known, not ahead of the publication, no limit of
  // a period ("2021年以来", "年底前") and no part of a document's name ("规划(2021—2025年)").
  bool IsEventDate(const Mention& mention) const {
    if (mention.date.empty()) return false;
    const partnergraph::Date& published = document_.article.published;
    if (!published.empty() && ToDayRange(mention.date).first > ToDayRange(published).last)
      return false;
    const std::u32string& chars = document_.chars;
    const char32_t after = mention.span.end < chars.size() ? chars[mention.span.end] : U' ';
    const char32_t before = mention.span.begin > 0 ? chars[mention.span.begin - 1] : U' ';
    return u32string_view(U"以内底前起至末—").find(after) == u32string_view::npos &&
           before != U'—' && before != U'至';
  }

  // True for a date behind the words of the deal that belongs to them: "..., 于2月17日在北京签约";
  // anywhere behind them in English.
  bool FollowsTrigger(const DealCandidate& candidate, const Mention& date) const {
    if (document_.language == Language::kEnglish) return true;
    if (date.span.begin < candidate.trigger.end || date.span.begin == 0) return false;
    const char32_t before = document_.chars[date.span.begin - 1];
    return (before == U'于' || before == U',') &&
           !views_[candidate.sentence].Has(Cue::kPlan, candidate.trigger.end, date.span.begin);
  }

  // True when a word of announcing or signing stands in [begin, end).
  bool IsAnnouncedBetween(uint32_t sentence, uint32_t begin, uint32_t end) const {
    const SentenceView& view = views_[sentence];
    const u32string_view text = view.Between(begin, end);
    return view.Has(Cue::kSign, begin, end) || text.find(U"公告") != u32string_view::npos ||
           text.find(U"宣布") != u32string_view::npos || text.find(U"发布") != u32string_view::npos;
  }

  void Date(AssembledDeal& assembled) const {
    Deal& deal = assembled.deal;
    // The date nearest before the words of the deal, or one behind them that belongs to them.
    for (const DealCandidate& candidate : assembled.candidates) {
      const Mention* best = nullptr;
      for (const Mention* mention : Marks(candidate.sentence, MentionType::kDate)) {
        if (!IsEventDate(*mention)) continue;
        const bool before = mention->span.end <= candidate.trigger.begin;
        if (before || (best == nullptr && FollowsTrigger(candidate, *mention))) best = mention;
        // "8月2日消息,A今日宣布": today is the day of the report.
        const uint32_t end = std::min<uint32_t>(mention->span.end + 4, document_.chars.size());
        if (before && views_[candidate.sentence].Between(mention->span.end, end).find(U"消息") !=
                          u32string_view::npos) {
          break;
        }
      }
      // What is only planned has no date, save that of its announcement.
      if (best != nullptr && deal.status == FactStatus::kPlanned &&
          !IsAnnouncedBetween(candidate.sentence, best->span.end, candidate.trigger.begin)) {
        best = nullptr;
      }
      if (best != nullptr) {
        deal.date = best->date;
        return;
      }
    }
    if (deal.status == FactStatus::kPlanned) return;
    // Another sentence about it that says when it was announced or signed.
    for (const uint32_t sentence : assembled.sentences) {
      for (const Mention* mention : Marks(sentence, MentionType::kDate)) {
        if (!IsEventDate(*mention) || mention->date.day == 0) continue;
        const uint32_t end =
            std::min(views_[sentence].span().end, mention->span.end + kAnnouncedReach);
        if (document_.language == Language::kEnglish ||
            !IsAnnouncedBetween(sentence, mention->span.end, end)) {
          continue;
        }
        deal.date = mention->date;
        return;
      }
    }
    // The dateline, or an announcement of today.
    for (const Mention* mention : marks_) {
      if (mention->span.begin > document_.body_begin + kDatelineCharsMax) break;
      if (mention->type == MentionType::kDate && mention->date.day != 0 &&
          mention->span.begin >= document_.body_begin && document_.language == Language::kEnglish) {
        deal.date = mention->date;
        return;
      }
    }
    if (document_.language == Language::kEnglish && !document_.article.published.empty()) {
      for (const uint32_t sentence : assembled.sentences) {
        for (const CueHit& hit : views_[sentence].cues()) {
          const u32string_view word = views_[sentence].Between(hit.span.begin, hit.span.end);
          if (hit.cue == Cue::kSign &&
              (word == U"announce" || word == U"announces" || word == U"announced")) {
            deal.date = document_.article.published;
            return;
          }
        }
      }
    }
  }

  // "在上海签署": the last place after 在 or 于 before the words of the deal.
  void Location(AssembledDeal& assembled) const {
    for (const DealCandidate& candidate : assembled.candidates) {
      for (const Mention* mention : Marks(candidate.sentence, MentionType::kPlace)) {
        if (mention->span.begin == 0) continue;
        const char32_t before = document_.chars[mention->span.begin - 1];
        const u32string_view raw(document_.chars);
        const bool latin =
            mention->span.begin >= 3 && raw.substr(mention->span.begin - 3, 3) == U"in ";
        if (before != U'在' && before != U'于' && !latin) continue;
        if (latin && mention->span.begin > candidate.trigger.end + 60) continue;
        if (!latin && mention->span.begin > candidate.trigger.begin) continue;
        assembled.deal.location = mention->span;
        if (!latin) return;
        return;
      }
    }
  }

  void Products(Deal& deal, const std::vector<uint32_t>& sentences) const {
    for (const uint32_t sentence : sentences) {
      for (const Name& name : views_[sentence].names()) {
        if (name.type == MentionType::kProduct &&
            std::find(deal.products.begin(), deal.products.end(), name.entity) ==
                deal.products.end()) {
          deal.products.push_back(name.entity);
        }
      }
    }
  }

  bool WorksForParty(const Deal& deal, uint32_t person) const {
    const auto it = employers_.find(person);
    if (it == employers_.end()) return false;
    return std::any_of(deal.parties.begin(), deal.parties.end(), [&](const Participation& party) {
      return it->second.contains(party.entity);
    });
  }

  // True when the person says something: a verb of saying soon after the name, or "said X".
  bool Speaks(const SentenceView& view, const Name& person) const {
    for (const CueHit& hit : view.cues()) {
      if (hit.cue != Cue::kSpeak) continue;
      if (hit.span.begin >= person.span.end && hit.span.begin - person.span.end <= 20) return true;
      if (hit.span.end <= person.span.begin && person.span.begin - hit.span.end <= 2) return true;
    }
    return false;
  }

  void People(AssembledDeal& assembled, bool only_deal, bool few_deals) const {
    Deal& deal = assembled.deal;
    const std::set<uint32_t> own(assembled.sentences.begin(), assembled.sentences.end());
    absl::flat_hash_map<uint32_t, int> rank;  // 3 signatory, 2 representative, 1 attendee.
    std::vector<uint32_t> order;
    // Where an article has few deals, whoever speaks for a party anywhere speaks about its deal;
    // where it has many, only the sentences around it are looked at.
    std::set<uint32_t> around;
    for (const uint32_t s : own) {
      for (uint32_t i = s > 0 ? s - 1 : s; i <= s + 1 && i < views_.size(); ++i) around.insert(i);
    }
    std::vector<uint32_t> sentences(around.begin(), around.end());
    if (few_deals) {
      sentences.resize(views_.size());
      std::iota(sentences.begin(), sentences.end(), 0u);
    }
    for (const uint32_t s : sentences) {
      const SentenceView& view = views_[s];
      if (view.sentence().boilerplate) continue;
      const bool near = around.contains(s);
      const bool signing = view.Has(Cue::kRepresent) && view.Has(Cue::kSign) && near;
      const bool attending = near && (view.Has(Cue::kAttend) || view.Has(Cue::kWitness));
      for (const Name& name : view.names()) {
        if (name.type != MentionType::kPerson) continue;
        int value = 0;
        const bool works = WorksForParty(deal, name.entity);
        const u32string_view after =
            view.Between(name.span.end, std::min(view.span().end, name.span.end + 30));
        if (signing && (after.find(U"代表") != u32string_view::npos ||
                        after.find(U"签") != u32string_view::npos)) {
          value = 3;
        } else if (works && (near || few_deals) && Speaks(view, name)) {
          value = 2;
        } else if (attending && (works || only_deal)) {
          value = 1;
        }
        if (value == 0) continue;
        const auto [it, inserted] = rank.try_emplace(name.entity, value);
        if (inserted) order.push_back(name.entity);
        it->second = std::max(it->second, value);
      }
    }
    for (const uint32_t person : order) {
      const int value = rank[person];
      deal.people.push_back({person, value == 3   ? "SIGNATORY"
                                     : value == 2 ? "REPRESENTATIVE"
                                                  : "ATTENDEE"});
    }
  }

  const Document& document_;
  const std::vector<SentenceView>& views_;
  absl::flat_hash_map<uint32_t, absl::flat_hash_set<uint32_t>> employers_;
  std::vector<const Mention*> marks_;
};

// Sentences about 双方 speak of the deal before them.
void AddAnaphoricEvidence(const std::vector<SentenceView>& views,
                          std::vector<AssembledDeal>& deals) {
  for (uint32_t s = 0; s < views.size(); ++s) {
    const SentenceView& view = views[s];
    if (view.sentence().boilerplate || !view.Has(Cue::kBoth)) continue;
    if (!view.Has(Cue::kCooperate) && !view.Has(Cue::kStrategic) && !view.Has(Cue::kAgreement) &&
        !view.Has(Cue::kSign)) {
      continue;
    }
    AssembledDeal* last = nullptr;
    for (AssembledDeal& deal : deals) {
      const auto before = std::upper_bound(deal.sentences.begin(), deal.sentences.end(), s);
      if (before == deal.sentences.begin() || s - *std::prev(before) > 3) continue;
      if (last == nullptr ||
          *std::prev(before) >
              *std::prev(std::upper_bound(last->sentences.begin(), last->sentences.end(), s))) {
        last = &deal;
      }
    }
    if (last == nullptr || std::binary_search(last->sentences.begin(), last->sentences.end(), s))
      continue;
    last->sentences.insert(std::upper_bound(last->sentences.begin(), last->sentences.end(), s), s);
    if (last->deal.evidence.size() < kDealEvidenceMax)
      last->deal.evidence.push_back(view.Evidence());
  }
}

// True when the sentence says that an agreement came to its end: "终止合作", "terminates the
// agreement", not "不会终止" and not "may end".
bool SaysEnded(const SentenceView& view) {
  const uint32_t reach = view.english() ? kEndReachLatin : kEndReachHan;
  for (const CueHit& end : view.cues()) {
    if (end.cue != Cue::kEnd) continue;
    const Span clause = view.Clause(end.span.begin);
    const uint32_t from =
        end.span.begin > clause.begin + reach ? end.span.begin - reach : clause.begin;
    if (view.Has(Cue::kNegation, from, end.span.begin) ||
        view.Has(Cue::kHope, from, end.span.begin) || view.Has(Cue::kRumour) ||
        view.Has(Cue::kDeny, clause.begin, clause.end)) {
      continue;
    }
    for (const CueHit& what : view.cues()) {
      const bool agreement = what.cue == Cue::kAgreement || what.cue == Cue::kCooperate ||
                             what.cue == Cue::kStrategic || what.cue == Cue::kAcquire ||
                             what.cue == Cue::kJointVenture || what.cue == Cue::kDistribute;
      if (!agreement || what.span.end < clause.begin || what.span.begin > clause.end) continue;
      const uint32_t gap = what.span.begin >= end.span.end   ? what.span.begin - end.span.end
                           : end.span.begin >= what.span.end ? end.span.begin - what.span.end
                                                             : 0;
      if (gap <= reach) return true;
    }
  }
  return false;
}

// Deals whose end the article states. A sentence that names one party only speaks of the article's
// only deal, or of none.
void MarkEnded(const std::vector<SentenceView>& views, std::vector<AssembledDeal>& deals) {
  for (const SentenceView& view : views) {
    if (view.sentence().boilerplate || !view.Has(Cue::kEnd) || !SaysEnded(view)) continue;
    std::set<uint32_t> named;
    for (const Name& name : view.names()) {
      if (name.type == MentionType::kCompany) named.insert(name.entity);
    }
    for (AssembledDeal& deal : deals) {
      const auto parties =
          std::count_if(deal.deal.parties.begin(), deal.deal.parties.end(),
                        [&](const Participation& party) { return named.contains(party.entity); });
      if (parties >= 2 || (parties == 1 && deals.size() == 1)) {
        deal.deal.status = FactStatus::kEnded;
      }
    }
  }
}

}  // namespace

void FillAttributes(const Document& document, const std::vector<SentenceView>& views,
                    std::vector<AssembledDeal>& deals) {
  AddAnaphoricEvidence(views, deals);
  MarkEnded(views, deals);
  AttributeFinder finder(document, views);
  for (AssembledDeal& deal : deals) finder.Fill(deal, deals.size());
}

}  // namespace partnergraph
