#include <cstdint>

#include "graph/date.h"
#include "graph/edge_source.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

AdjacentEdge MakeEdge() {
  return {.node = NodeId{1},
          .other = NodeId{2},
          .other_kind = NodeKind::kCompany,
          .type = kPartOf,
          .direction = Direction::kOut,
          .fact = FactId{7},
          .packed_date = 0,
          .status = FactStatus::kAnnounced,
          .confidence = 0.5f,
          .source_count = 2};
}

AdjacentEdge Dated(Date date) {
  AdjacentEdge edge = MakeEdge();
  edge.packed_date = PackDate(date);
  return edge;
}

FactFilter Window(Date from, Date until) {
  FactFilter filter;
  filter.date_from = from;
  filter.date_until = until;
  return filter;
}

TEST(EdgeFilterTest, EmptyFilterKeepsEverythingButDenied) {
  AdjacentEdge edge = MakeEdge();
  for (FactStatus status : {FactStatus::kRumoured, FactStatus::kPlanned, FactStatus::kAnnounced,
                            FactStatus::kActive, FactStatus::kEnded}) {
    edge.status = status;
    EXPECT_TRUE(Keeps({}, edge));
  }
  edge.status = FactStatus::kDenied;
  EXPECT_FALSE(Keeps({}, edge));
}

TEST(EdgeFilterTest, NamedStatusesReplaceTheDefault) {
  AdjacentEdge edge = MakeEdge();
  FactFilter filter;
  filter.statuses = {FactStatus::kDenied, FactStatus::kEnded};
  EXPECT_FALSE(Keeps(filter, edge));
  edge.status = FactStatus::kDenied;
  EXPECT_TRUE(Keeps(filter, edge));
}

TEST(EdgeFilterTest, ChecksTypesAndDirection) {
  const AdjacentEdge edge = MakeEdge();
  FactFilter filter;
  filter.types = {kUses, kPartOf};
  EXPECT_TRUE(Keeps(filter, edge));
  filter.types = {kUses};
  EXPECT_FALSE(Keeps(filter, edge));
  filter.types.clear();
  filter.direction = DirectionFilter::kOut;
  EXPECT_TRUE(Keeps(filter, edge));
  filter.direction = DirectionFilter::kIn;
  EXPECT_FALSE(Keeps(filter, edge));
}

TEST(EdgeFilterTest, LimitsOfConfidenceAndSourcesAreInclusive) {
  const AdjacentEdge edge = MakeEdge();
  FactFilter filter;
  filter.min_confidence = 0.5f;
  filter.min_sources = 2;
  EXPECT_TRUE(Keeps(filter, edge));
  filter.min_confidence = 0.51f;
  EXPECT_FALSE(Keeps(filter, edge));
  filter.min_confidence = 0;
  filter.min_sources = 3;
  EXPECT_FALSE(Keeps(filter, edge));
}

TEST(EdgeFilterTest, KeepsWhatCanHaveHappenedInTheWindow) {
  const FactFilter summer = Window({.year = 2018, .month = 6}, {.year = 2018, .month = 7});
  EXPECT_TRUE(Keeps(summer, Dated({.year = 2018})));
  EXPECT_TRUE(Keeps(summer, Dated({.year = 2018, .month = 7})));
  EXPECT_TRUE(Keeps(summer, Dated({.year = 2018, .month = 6, .day = 1})));
  EXPECT_TRUE(Keeps(summer, Dated({.year = 2018, .month = 7, .day = 31})));
  EXPECT_FALSE(Keeps(summer, Dated({.year = 2018, .month = 5, .day = 31})));
  EXPECT_FALSE(Keeps(summer, Dated({.year = 2018, .month = 8})));
  EXPECT_FALSE(Keeps(summer, Dated({.year = 2017})));
  EXPECT_FALSE(Keeps(summer, Dated({.year = 2019})));
}

TEST(EdgeFilterTest, HonoursBoundsOfDates) {
  const FactFilter summer = Window({.year = 2018, .month = 6}, {.year = 2018, .month = 7});
  EXPECT_TRUE(Keeps(summer, Dated({.year = 2020, .bound = DateBound::kBefore})));
  EXPECT_TRUE(Keeps(summer, Dated({.year = 2015, .bound = DateBound::kAfter})));
  EXPECT_FALSE(Keeps(summer, Dated({.year = 2017, .bound = DateBound::kBefore})));
  EXPECT_FALSE(Keeps(summer, Dated({.year = 2019, .bound = DateBound::kAfter})));
}

TEST(EdgeFilterTest, WindowsMayBeOpenOnOneSide) {
  EXPECT_TRUE(Keeps(Window({.year = 2018}, {}), Dated({.year = 2030})));
  EXPECT_FALSE(Keeps(Window({.year = 2018}, {}), Dated({.year = 2017})));
  EXPECT_TRUE(Keeps(Window({}, {.year = 2018}), Dated({.year = 1990})));
  EXPECT_FALSE(Keeps(Window({}, {.year = 2018}), Dated({.year = 2019})));
}

TEST(EdgeFilterTest, WindowsDropUndatedFacts) {
  EXPECT_FALSE(Keeps(Window({.year = 2018}, {}), MakeEdge()));
  EXPECT_FALSE(Keeps(Window({}, {.year = 2018}), MakeEdge()));
  EXPECT_TRUE(Keeps({}, MakeEdge()));
}

TEST(EdgeFilterTest, BoundsOfTheWindowItselfAreIgnored) {
  EXPECT_FALSE(
      Keeps(Window({.year = 2018, .bound = DateBound::kBefore}, {}), Dated({.year = 2017})));
}

}  // namespace
}  // namespace partnergraph
