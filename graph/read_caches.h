// What all views of a store share in memory.
#pragma once

#include <cstddef>

#include "graph/name_cache.h"
#include "graph/node_cache.h"

namespace partnergraph {

struct ReadCaches {
  // Names take a quarter of the bytes.
  explicit ReadCaches(size_t bytes_max) : nodes(bytes_max - bytes_max / 4), names(bytes_max / 4) {}

  NodeCache nodes;
  NameCache names;
};

}  // namespace partnergraph
