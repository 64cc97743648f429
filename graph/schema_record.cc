#include "graph/schema_record.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace partnergraph {

storage::SchemaRecord ToSchemaRecord(const Schema& schema) {
  storage::SchemaRecord record;
  for (const EdgeTypeInfo& type : schema.types().subspan(EdgeTypes().size())) {
    storage::EdgeTypeRecord* added = record.add_edge_types();
    added->set_name(std::string(type.name));
    added->set_inverse_name(std::string(type.inverse_name));
    added->set_symmetric(type.symmetric);
    added->set_source_kinds(type.source_kinds);
    added->set_target_kinds(type.target_kinds);
  }
  return record;
}

absl::StatusOr<std::shared_ptr<const Schema>> ToSchema(const storage::SchemaRecord& record) {
  std::vector<EdgeTypeDeclaration> declarations;
  for (const storage::EdgeTypeRecord& type : record.edge_types()) {
    declarations.push_back({type.name(), type.inverse_name(), type.symmetric(),
                            static_cast<uint8_t>(type.source_kinds()),
                            static_cast<uint8_t>(type.target_kinds())});
  }
  absl::StatusOr<std::shared_ptr<const Schema>> schema = Schema::BuiltIn()->With(declarations);
  if (!schema.ok()) {
    return absl::DataLossError(absl::StrCat("schema record: ", schema.status().message()));
  }
  // A type that was there already would move the numbers of those behind it.
  if ((*schema)->types().size() != EdgeTypes().size() + declarations.size()) {
    return absl::DataLossError("schema record holds a type twice");
  }
  return schema;
}

}  // namespace partnergraph
