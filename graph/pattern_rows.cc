#include "graph/pattern_rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "graph/status_macros.h"
#include "graph/stoppable_sort.h"

namespace partnergraph {
namespace {

// What an entry of a hash table counts beside its key.
constexpr uint64_t kEntryBytes = 64;

}  // namespace

PatternRows::PatternRows(const PatternQuery& query, const Budget& budget)
    : query_(query), budget_(budget), enough_(query.limit == uint64_t{0}) {}

bool PatternRows::IsCount(size_t item) const {
  return query_.expressions[query_.items[item].expression].kind == PatternExpression::Kind::kCount;
}

std::string PatternRows::KeyOf(const PatternCells& cells) const {
  std::string key;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!IsCount(i) && !query_.items[i].hidden) AppendPatternKey(cells[i], key);
  }
  return key;
}

std::optional<TruncationReason> PatternRows::Charge(uint64_t bytes) {
  bytes_ += bytes;
  return bytes_ > budget_.bytes_max ? std::optional(TruncationReason::kBytes) : std::nullopt;
}

std::optional<TruncationReason> PatternRows::Add(PatternCells cells) {
  if (enough_) return std::nullopt;
  if (query_.aggregates) return AddToGroup(std::move(cells));
  if (query_.distinct) {
    std::string key = KeyOf(cells);
    const uint64_t bytes = key.size() + kEntryBytes;
    if (!seen_.insert(std::move(key)).second) return std::nullopt;
    if (const auto bound = Charge(bytes); bound.has_value()) return bound;
  }
  if (!query_.order.empty()) return Hold(std::move(cells));
  if (skipped_ < query_.skip) {
    ++skipped_;
    return std::nullopt;
  }
  if (given_ == budget_.nodes_max) return TruncationReason::kNodes;
  ready_.push_back(std::move(cells));
  ++given_;
  enough_ = query_.limit.has_value() && given_ == *query_.limit;
  return std::nullopt;
}

std::optional<TruncationReason> PatternRows::AddToGroup(PatternCells cells) {
  std::string key = KeyOf(cells);
  const auto [entry, inserted] = group_of_.try_emplace(key, groups_.size());
  if (inserted) {
    if (groups_.size() == budget_.nodes_max) return TruncationReason::kNodes;
    uint64_t bytes = key.size() + kEntryBytes;
    for (const PatternCell& cell : cells) bytes += PatternCellBytes(cell);
    Group& group = groups_.emplace_back();
    group.cells = cells;
    group.counts.resize(cells.size());
    group.distinct.resize(cells.size());
    if (const auto bound = Charge(bytes); bound.has_value()) return bound;
  }
  Group& group = groups_[entry->second];
  for (size_t i = 0; i < cells.size(); ++i) {
    if (!IsCount(i) || cells[i].index() == 0) continue;
    if (query_.expressions[query_.items[i].expression].distinct) {
      std::string value;
      AppendPatternKey(cells[i], value);
      const uint64_t bytes = value.size() + kEntryBytes;
      if (!group.distinct[i].insert(std::move(value)).second) continue;
      if (const auto bound = Charge(bytes); bound.has_value()) return bound;
    }
    ++group.counts[i];
  }
  return std::nullopt;
}

bool PatternRows::Before(const Held& a, const Held& b) const {
  for (const PatternOrder& order : query_.order) {
    const int compared = OrderPatternCells(a.cells[order.item], b.cells[order.item]);
    if (compared != 0) return order.descending ? compared > 0 : compared < 0;
  }
  return a.order < b.order;
}

uint64_t PatternRows::HeldMax() const {
  return query_.skip + std::min(query_.limit.value_or(UINT64_MAX), budget_.nodes_max);
}

std::optional<TruncationReason> PatternRows::Hold(PatternCells cells) {
  const auto before = [this](const Held& a, const Held& b) { return Before(a, b); };
  const auto bytes_of = [](const PatternCells& row) {
    uint64_t bytes = sizeof(Held);
    for (const PatternCell& cell : row) bytes += PatternCellBytes(cell);
    return bytes;
  };
  const uint64_t bytes = bytes_of(cells);
  held_.push_back({std::move(cells), given_++});
  std::ranges::push_heap(held_, before);
  bytes_ += bytes;
  if (held_.size() > HeldMax()) {
    std::ranges::pop_heap(held_, before);
    bytes_ -= bytes_of(held_.back().cells);
    held_.pop_back();
    overflowed_ |= query_.limit.value_or(UINT64_MAX) > budget_.nodes_max;
  }
  return bytes_ > budget_.bytes_max ? std::optional(TruncationReason::kBytes) : std::nullopt;
}

std::vector<PatternCells> PatternRows::TakeReady() { return std::exchange(ready_, {}); }

absl::StatusOr<std::vector<PatternCells>> PatternRows::Finish(
    absl::FunctionRef<absl::Status()> step) {
  if (query_.aggregates) {
    const bool no_groups = std::ranges::none_of(query_.items, [&](const PatternItem& item) {
      return !IsCount(static_cast<size_t>(&item - query_.items.data()));
    });
    // Counting nothing is 0, grouping nothing is nothing.
    if (groups_.empty() && no_groups) {
      Group& group = groups_.emplace_back();
      group.cells.resize(query_.items.size());
      group.counts.resize(query_.items.size());
    }
    for (Group& group : groups_) {
      PG_RETURN_IF_ERROR(step());
      for (size_t i = 0; i < group.cells.size(); ++i) {
        if (IsCount(i)) group.cells[i] = group.counts[i];
      }
      held_.push_back({std::move(group.cells), held_.size()});
    }
    groups_.clear();
  }
  PG_RETURN_IF_ERROR(StoppableSort(
      held_, [this](const Held& a, const Held& b) { return Before(a, b); }, step));
  std::vector<PatternCells> rows;
  const uint64_t end = std::min<uint64_t>(
      held_.size(), query_.limit.has_value() && *query_.limit < UINT64_MAX - query_.skip
                        ? query_.skip + *query_.limit
                        : UINT64_MAX);
  for (uint64_t i = query_.skip; i < end; ++i) {
    PG_RETURN_IF_ERROR(step());
    rows.push_back(std::move(held_[i].cells));
  }
  held_.clear();
  return rows;
}

}  // namespace partnergraph
