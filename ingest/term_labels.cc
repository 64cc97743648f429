#include "ingest/term_labels.h"

#include <algorithm>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ingest/character.h"
#include "ingest/number_reader.h"

namespace partnergraph {
namespace {

using std::u32string_view;

constexpr uint16_t kI = kLabelInvestment, kA = kLabelAcquisition, kV = kLabelVenture,
                   kS = kLabelSupply, kPrice = kLabelPrice, kAny = kLabelAnyDeal,
                   kNot = kLabelOther, kNone = 0;

struct Row {
  u32string_view word;
  uint16_t label;
  bool total = false;
};

constexpr Row kRows[] = {
    // Sums of an investment.
    {U"融资", kI},
    {U"投资总额", kI | kV, true},
    {U"总投资额", kI | kV, true},
    {U"总投资", kI | kV, true},
    {U"投资额", kI | kV},
    {U"投资", kI | kV},
    {U"注资", kI | kV},
    {U"出资", kI | kV | kA},
    {U"入股", kI},
    {U"认购", kI | kA},
    {U"认缴", kI | kV},
    {U"增资", kI | kV},
    {U"领投", kI},
    {U"跟投", kI},
    {U"参投", kI},
    {U"募资", kI},
    {U"募集", kI},
    {U"获投", kI},
    {U"投入", kI | kV},
    {U"斥资", kI | kA | kV},
    {U"耗资", kI | kA | kV},
    {U"豪掷", kI | kA},
    {U"筹集", kI},
    {U"融得", kI},
    {U"资金", kI},
    {U"天使", kI},
    // Prices.
    {U"收购", kA | kI},
    {U"并购", kA},
    {U"作价", kA | kI | kPrice},
    {U"对价", kA | kPrice},
    {U"代价", kA | kPrice},
    {U"价格", kA | kPrice},
    {U"价款", kA | kPrice},
    {U"总价", kA | kS, true},
    {U"成交价", kA | kPrice},
    {U"转让", kA | kI},
    {U"现金", kA | kI},
    {U"购买", kA | kI | kS},
    {U"买下", kA},
    {U"拿下", kA | kS},
    {U"买入", kA | kI},
    {U"购入", kA | kI},
    {U"出售", kA},
    {U"售予", kA},
    {U"卖给", kA},
    {U"受让", kA | kI},
    {U"竞得", kA},
    {U"竞购", kA},
    {U"交易", kA},
    // Contracts.
    {U"合同", kS},
    {U"订单", kS},
    {U"中标", kS},
    {U"采购", kS},
    {U"协议", kS | kA},
    {U"合约", kS},
    {U"货款", kS},
    {U"价值", kS | kA},
    {U"总值", kS, true},
    {U"金额", kAny | kPrice},
    {U"总金额", kAny, true},
    {U"总额", kAny, true},
    {U"总计", kAny, true},
    {U"合计", kAny, true},
    {U"共计", kAny, true},
    // A company as a whole.
    {U"估值", kLabelValuation},
    {U"投前", kLabelValuation},
    {U"投后", kLabelValuation},
    {U"注册资本", kLabelCapital},
    {U"注册资金", kLabelCapital},
    // Sums that are no term of a deal.
    {U"营收", kNot},
    {U"营业收入", kNot},
    {U"收入", kNot},
    {U"营业额", kNot},
    {U"净利", kNot},
    {U"利润", kNot},
    {U"盈利", kNot},
    {U"亏损", kNot},
    {U"市值", kNot},
    {U"资产", kNot},
    {U"销售", kNot},
    {U"销量", kNot},
    {U"产值", kNot},
    {U"产能", kNot},
    {U"年产", kNot},
    {U"成交额", kNot},
    {U"交易额", kNot},
    {U"交易量", kNot},
    {U"交易规模", kNot},
    {U"流水", kNot},
    {U"票房", kNot},
    {U"规模", kNot},
    {U"贷款", kNot},
    {U"授信", kNot},
    {U"借款", kNot},
    {U"债", kNot},
    {U"担保", kNot},
    {U"股价", kNot},
    {U"每股", kNot},
    {U"/股", kNot},
    {U"/年", kNot},
    {U"市场", kNot},
    {U"补贴", kNot},
    {U"补助", kNot},
    {U"罚", kNot},
    {U"违约", kNot},
    {U"赔偿", kNot},
    {U"定金", kNot},
    {U"保证金", kNot},
    {U"首付", kNot},
    {U"奖", kNot},
    {U"捐", kNot},
    {U"单价", kNot},
    {U"售价", kNot},
    {U"起拍", kNot},
    {U"税", kNot},
    {U"成本", kNot},
    {U"费用", kNot},
    {U"分红", kNot},
    {U"承诺", kNot},
    {U"账面", kNot},
    {U"评估", kNot},
    {U"溢价", kNot},
    {U"增值", kNot},
    {U"节省", kNot},
    {U"累计", kNot},
    {U"总融资", kNot},
    {U"历史融资", kNot},
    {U"基金", kNot},
    {U"其中", kNot},
    {U"回购", kNot},
    {U"赎回", kNot},
    {U"余款", kNot},
    {U"尾款", kNot},
    {U"首期", kNot},
    {U"商誉", kNot},
    {U"减值", kNot},
    {U"参与", kI | kV},
    {U"总价值", kS, true},
    // No label at all.
    {U"投资者", kNone},
    {U"投资方", kNone},
    {U"投资人", kNone},
    {U"投资机构", kNone},
    {U"投资公司", kNone},
    {U"投资基金", kNot},
    {U"投资组合", kNone},
    {U"融资租赁", kNone},
    {U"协议收购", kA},
    {U"合同能源", kNone},
    // English.
    {U"raise", kI},
    {U"raised", kI},
    {U"raises", kI},
    {U"raising", kI},
    {U"invest", kI | kV},
    {U"invests", kI | kV},
    {U"invested", kI | kV},
    {U"investing", kI | kV},
    {U"investment", kI | kV},
    {U"funding", kI},
    {U"financing", kI},
    {U"round", kI},
    {U"series", kI},
    {U"inject", kI | kV},
    {U"injection", kI | kV},
    {U"injected", kI | kV},
    {U"contribute", kI | kV},
    {U"contributed", kI | kV},
    {U"subscribe", kI},
    {U"led by", kI},
    {U"secured", kI | kS},
    {U"secures", kI | kS},
    {U"closed", kI},
    {U"closes", kI},
    {U"lands", kI | kS},
    {U"backing", kI},
    {U"capital", kI | kV},
    {U"acquire", kA | kI},
    {U"acquires", kA | kI},
    {U"acquired", kA | kI},
    {U"acquiring", kA | kI},
    {U"acquisition", kA},
    {U"buy", kA | kI},
    {U"buys", kA | kI},
    {U"buying", kA | kI},
    {U"bought", kA | kI},
    {U"purchase", kA | kI | kS},
    {U"purchased", kA | kI | kS},
    {U"price", kA},
    {U"consideration", kA},
    {U"transaction", kA},
    {U"sell", kA},
    {U"sells", kA},
    {U"sold", kA},
    {U"sale", kA},
    {U"takeover", kA},
    {U"merger", kA},
    {U"buyout", kA},
    {U"cash", kA | kI},
    {U"deal", kA | kS | kI},
    {U"contract", kS},
    {U"contracts", kS},
    {U"order", kS},
    {U"orders", kS},
    {U"agreement", kA | kS},
    {U"worth", kA | kS | kI},
    {U"totaling", kAny, true},
    {U"totalling", kAny, true},
    {U"valued at", kLabelWorth},
    {U"values", kLabelWorth},
    {U"valuing", kLabelWorth},
    {U"valuation", kLabelValuation},
    {U"registered capital", kLabelCapital},
    {U"revenue", kNot},
    {U"revenues", kNot},
    {U"sales", kNot},
    {U"profit", kNot},
    {U"profits", kNot},
    {U"income", kNot},
    {U"earnings", kNot},
    {U"EBITDA", kNot},
    {U"loss", kNot},
    {U"losses", kNot},
    {U"market", kNot},
    {U"capitalization", kNot},
    {U"assets", kNot},
    {U"debt", kNot},
    {U"loan", kNot},
    {U"loans", kNot},
    {U"credit", kNot},
    {U"bonds", kNot},
    {U"per share", kNot},
    {U"a share", kNot},
    {U"a year", kNot},
    {U"annually", kNot},
    {U"annual", kNot},
    {U"fund", kNot},
    {U"savings", kNot},
    {U"fine", kNot},
    {U"penalty", kNot},
    {U"tax", kNot},
    {U"termination fee", kNot},
    {U"synergies", kNot},
    {U"total funding", kNot},
    {U"to date", kNot},
    {U"raised to date", kNot},
    {U"company", kNot},
    {U"industry", kNot},
    {U"business", kNot},
    {U"including", kNot},
};

// The rows whose word begins with a character, in their order; letters in lower case.
std::span<const Row* const> RowsOf(char32_t first) {
  static const auto* const rows = [] {
    auto* by_first = new absl::flat_hash_map<char32_t, std::vector<const Row*>>;
    for (const Row& row : kRows) (*by_first)[ToLower(row.word[0])].push_back(&row);
    return by_first;
  }();
  const auto it = rows->find(first);
  return it == rows->end() ? std::span<const Row* const>() : it->second;
}

}  // namespace

std::vector<LabelHit> FindLabels(const Document& document, Span span) {
  std::vector<LabelHit> hits;
  for (uint32_t at = span.begin; at < span.end;) {
    const bool inside_word =
        IsLatin(document.chars[at]) && at > span.begin && IsAlphanumeric(document.chars[at - 1]);
    const Row* best = nullptr;
    for (const Row* const row : RowsOf(ToLower(document.chars[at]))) {
      if (inside_word || (best != nullptr && row->word.size() <= best->word.size())) continue;
      if (HasWordAt(document, at, span.end, row->word)) best = row;
    }
    if (best == nullptr) {
      ++at;
      continue;
    }
    const uint32_t end = at + static_cast<uint32_t>(best->word.size());
    if (best->label != kNone) hits.push_back({{at, end}, best->label, best->total});
    at = end;
  }
  return hits;
}

uint16_t LabelOfKind(std::string_view deal_kind) {
  if (deal_kind == "INVESTMENT") return kLabelInvestment;
  if (deal_kind == "ACQUISITION") return kLabelAcquisition;
  if (deal_kind == "JOINT_VENTURE") return kLabelVenture;
  return deal_kind == "SUPPLY" ? kLabelSupply : 0;
}

}  // namespace partnergraph
