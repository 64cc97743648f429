// Disjoint sets of numbers. Each set is named by its smallest member, whatever the order of unions.
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace partnergraph {

class UnionFind {
 public:
  // Each number from 0 to count - 1 alone in its set. 4 bytes each.
  explicit UnionFind(uint32_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), 0);
  }

  // The smallest member of the set. Amortized near constant: paths are halved.
  uint32_t Find(uint32_t number) {
    while (parents_[number] != number) {
      parents_[number] = parents_[parents_[number]];
      number = parents_[number];
    }
    return number;
  }

  void Unite(uint32_t a, uint32_t b) {
    a = Find(a);
    b = Find(b);
    if (a > b) std::swap(a, b);
    parents_[b] = a;
  }

 private:
  std::vector<uint32_t> parents_;  // Never greater than the number itself.
};

}  // namespace partnergraph
