// The imported part of a schema to and from its record.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "graph/record_codec.h"
#include "graph/schema.h"

namespace partnergraph {

// The imported types of `schema`, by ascending number.
storage::SchemaRecord ToSchemaRecord(const Schema& schema);

// The built-in types and those of the record. DATA_LOSS for a record that no schema makes.
absl::StatusOr<std::shared_ptr<const Schema>> ToSchema(const storage::SchemaRecord& record);

}  // namespace partnergraph
