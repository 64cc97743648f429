#include "server/proto_conversion.h"

#include "gtest/gtest.h"

namespace partnergraph {
namespace {

TEST(ProtoConversionTest, TermsOfADeal) {
  Node node;
  node.kind = NodeKind::kPartnership;
  Partnership& deal = node.partnership.emplace();
  deal.terms.push_back(
      {{DealTermKind::kAmount, "120000000", "CNY", TermBound::kAbout}, NodeId{0}, 2});
  deal.terms.push_back({{DealTermKind::kStake, "51", "", TermBound::kExact}, NodeId{7}, 1});
  v1::Node message;
  ToProto(node, &message);
  ASSERT_EQ(message.partnership().terms_size(), 2);
  const v1::DealTerm& amount = message.partnership().terms(0);
  EXPECT_EQ(amount.kind(), v1::DEAL_TERM_KIND_AMOUNT);
  EXPECT_EQ(amount.value(), "120000000");
  EXPECT_EQ(amount.currency(), "CNY");
  EXPECT_EQ(amount.bound(), v1::TERM_BOUND_ABOUT);
  EXPECT_EQ(amount.party_node_id(), 0u);
  EXPECT_EQ(amount.source_count(), 2u);
  EXPECT_FALSE(amount.has_span());
  const v1::DealTerm& stake = message.partnership().terms(1);
  EXPECT_EQ(stake.kind(), v1::DEAL_TERM_KIND_STAKE);
  EXPECT_EQ(stake.bound(), v1::TERM_BOUND_EXACT);
  EXPECT_EQ(stake.party_node_id(), 7u);
}

TEST(ProtoConversionTest, TermsOfEvidence) {
  Evidence evidence;
  evidence.terms.push_back({{DealTermKind::kCapital, "500000000", "TWD", TermBound::kAtMost},
                            NodeId{3},
                            "不超過新台幣5億元",
                            {4, 28}});
  v1::Evidence message;
  ToProto(evidence, &message);
  ASSERT_EQ(message.terms_size(), 1);
  EXPECT_EQ(message.terms(0).kind(), v1::DEAL_TERM_KIND_CAPITAL);
  EXPECT_EQ(message.terms(0).bound(), v1::TERM_BOUND_AT_MOST);
  EXPECT_EQ(message.terms(0).party_node_id(), 3u);
  EXPECT_EQ(message.terms(0).text(), "不超過新台幣5億元");
  EXPECT_EQ(message.terms(0).span().begin(), 4u);
  EXPECT_EQ(message.terms(0).span().end(), 28u);
  EXPECT_EQ(message.terms(0).source_count(), 0u);
}

}  // namespace
}  // namespace partnergraph
