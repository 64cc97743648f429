// Words that signal a relation, a deal, how certain a statement is, or how a text refers back.
// Matching is on normalized characters, ASCII case-insensitive; Latin cues match whole words.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "ingest/document.h"

namespace partnergraph {

// What a cue signals. The names that lexicon/cues.txt uses are in cue_lexicon.cc, in the
// same order.
enum class Cue : uint8_t {
  // Deals.
  kCooperate,     // 合作, partnership
  kStrategic,     // 战略合作, strategic partnership
  kJoin,          // 携手, partners with: transitive, partner follows
  kSign,          // 签署, signed
  kAgreement,     // 协议, agreement
  kAcquire,       // 收购, acquires: buyer ... target
  kStake,         // 股权, stake
  kSell,          // 出售给, sells
  kInvest,        // 投资, 入股, invests in
  kLeadInvest,    // 领投, 跟投, led by
  kFunding,       // 融资, raises
  kEstablish,     // 成立, 设立, founds
  kJointVenture,  // 合资, 联合实验室, joint venture
  kSupply,        // 供应, 供货, supplies
  kPurchase,      // 采购, 购买, purchases
  kWinBid,        // 中标, wins the contract
  kSupplier,      // 供应商, supplier
  kDistribute,    // 经销, 代理, distribution
  kIntegrate,     // 搭载, 接入, integrates
  kTechSupport,   // 技术支持, 提供支持
  kResearch,      // 联合研发, joint research
  kEducate,       // 实训基地, 校企, training
  kIncubate,      // 孵化, 加速器, accelerator
  kJointAct,      // 联合发布, jointly
  // Relations.
  kSubsidiary,  // 子公司, 旗下, subsidiary of
  kParent,      // 母公司, parent
  kFounder,     // 创始人, founder
  kLaunch,      // 推出, 发布, launches
  kDevelop,     // 自主研发, 打造, developed
  kOwn,         // 拥有, owns
  kBuiltOn,     // 基于, 采用, powered by
  // Certainty.
  kHope,       // 期待, hopes to
  kPlan,       // 拟, 将, plans to
  kNegotiate,  // 洽谈, in talks
  kRumour,     // 传闻, reportedly
  kDeny,       // 否认, denies
  kNegation,   // 未, 没有, not
  kEnd,        // 终止, terminated
  kAllege,     // 涉嫌, alleged
  // Discourse.
  kBoth,       // 双方, the two companies
  kAnaphor,    // 该公司, the company
  kSpeak,      // 表示, said
  kAttend,     // 出席, attended
  kWitness,    // 见证, witnessed
  kRepresent,  // 代表...签字
  kTitleHead,  // Last word of a job title: 总经理, director
  kCount,
};

struct CueHit {
  Span span;
  Cue cue = Cue::kCount;
};

// Finds cues. Immutable; one instance per program.
class CueLexicon {
 public:
  static const CueLexicon& Get();

  // Appends the cues in `span`, ascending. Where cues overlap the longest that begins first wins; a
  // phrase listed for several cues yields one hit for each. Linear in the length of the span times
  // the longest cue.
  void Find(const Document& document, Span span, std::vector<CueHit>& hits) const;

 private:
  CueLexicon();

  struct Node {
    std::vector<std::pair<char32_t, uint32_t>> next;  // Ascending by character.
    std::vector<Cue> cues;
  };
  std::vector<Node> nodes_;
  std::vector<uint32_t> roots_;  // By first character, for the basic plane; 0: no cue begins so.
};

}  // namespace partnergraph
