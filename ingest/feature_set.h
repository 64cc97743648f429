// What all extractors of features end with.
#pragma once

#include <vector>

#include "ingest/linear_model.h"

namespace partnergraph {

// Orders features by hash and leaves each hash once, with its largest value: weights are then
// summed in an order that depends on nothing but the features. Linear for the hashes of
// FeatureHash, which are spread evenly; for others as fast as std::sort.
void SortUnique(std::vector<Feature>& features);

}  // namespace partnergraph
