#include <algorithm>

#include "graph/date.h"
#include "graph/edge_source.h"

namespace partnergraph {
namespace {

template <typename T>
bool Contains(const std::vector<T>& values, T value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// A limit of a window is a time to its precision; a bound means nothing there.
DayRange LimitDays(Date date) {
  date.bound = DateBound::kAt;
  return ToDayRange(date);
}

}  // namespace

bool Keeps(const FactFilter& filter, const AdjacentEdge& edge) {
  if (!filter.types.empty() && !Contains(filter.types, edge.type)) return false;
  if (filter.direction == DirectionFilter::kOut && edge.direction != Direction::kOut) return false;
  if (filter.direction == DirectionFilter::kIn && edge.direction != Direction::kIn) return false;
  if (filter.statuses.empty() ? edge.status == FactStatus::kDenied
                              : !Contains(filter.statuses, edge.status)) {
    return false;
  }
  if (edge.confidence < filter.min_confidence || edge.source_count < filter.min_sources) {
    return false;
  }
  if (filter.date_from.empty() && filter.date_until.empty()) return true;
  const Date date = UnpackDate(edge.packed_date);
  if (date.empty()) return false;
  const DayRange days = ToDayRange(date);
  return (filter.date_from.empty() || days.last >= LimitDays(filter.date_from).first) &&
         (filter.date_until.empty() || days.first <= LimitDays(filter.date_until).last);
}

}  // namespace partnergraph
