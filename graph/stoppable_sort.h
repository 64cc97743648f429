// A sort that can be ended in the middle: merge sort from the bottom up, each merge asking after
// some hundred steps. Takes n log n steps and as much memory again.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "graph/status_macros.h"

namespace partnergraph {

// Sorts `values` by `less`, equal ones in any order. `step` is called for each entry that is placed
// and returns an absl::Status; its error ends the sort: the values are unspecified then, some
// of them moved from.
template <typename T, typename Less, typename Step>
absl::Status StoppableSort(std::vector<T>& values, Less less, Step step) {
  constexpr size_t kRun = 256;  // Sorted at once.
  const auto at = [](std::vector<T>& of, size_t i) {
    return of.begin() + static_cast<std::ptrdiff_t>(std::min(i, of.size()));
  };
  for (size_t begin = 0; begin < values.size(); begin += kRun) {
    std::sort(at(values, begin), at(values, begin + kRun), less);
    for (size_t i = begin; i < std::min(begin + kRun, values.size()); ++i) {
      PG_RETURN_IF_ERROR(step());
    }
  }
  std::vector<T> merged;
  for (size_t width = kRun; width < values.size(); width *= 2) {
    merged.clear();
    merged.reserve(values.size());
    for (size_t begin = 0; begin < values.size(); begin += 2 * width) {
      auto left = at(values, begin), right = at(values, begin + width);
      const auto left_end = right, right_end = at(values, begin + 2 * width);
      while (left != left_end || right != right_end) {
        PG_RETURN_IF_ERROR(step());
        const bool from_right = left == left_end || (right != right_end && less(*right, *left));
        merged.push_back(std::move(from_right ? *right++ : *left++));
      }
    }
    values.swap(merged);
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
