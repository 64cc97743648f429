// The open part of the vocabulary: edge types with what they join, partnership kinds, roles,
// organization types. Built-in ones stand in tables: to add one, add a row to schema.cc (append
// only: the position is stored) and a cue for it in ingest's lexicon. Imports bring further edge
// types, which each database keeps with itself: see Schema.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// Stored: never renumber, never reuse.
enum class EdgeType : uint16_t {};

// Built-in edge types, by the numbers that schema.cc gives them.
inline constexpr EdgeType kPartyTo{1};
inline constexpr EdgeType kTookPartIn{2};
inline constexpr EdgeType kConcerns{3};
inline constexpr EdgeType kEmployedBy{4};
inline constexpr EdgeType kFounded{5};
inline constexpr EdgeType kDevelops{6};
inline constexpr EdgeType kUses{7};
inline constexpr EdgeType kPartOf{8};
// Two parties of one deal: traversals derive it from deals. Articles never store it, imports may.
inline constexpr EdgeType kPartnerWith{9};

// Types that imports bring are numbered from here, in the order in which a database met them.
inline constexpr uint16_t kFirstImportedEdgeType = 256;
inline constexpr size_t kImportedEdgeTypesMax = 1000;
// Of the names of a type: [A-Z][A-Z0-9_]*.
inline constexpr size_t kEdgeTypeNameBytesMax = 64;

struct EdgeTypeInfo {
  EdgeType type;
  std::string_view name;  // "EMPLOYED_BY"
  // "EMPLOYS"; equal to `name` for a symmetric type. Empty: an imported type that declared none.
  std::string_view inverse_name;
  // Says nothing of how edges are stored: each is one fact with the source and the target that it
  // was given, and is found from both.
  bool symmetric;
  uint8_t source_kinds;  // Bit (1 << NodeKind) for each kind that may be the source.
  uint8_t target_kinds;
};

// The built-in edge types, in the order of their numbers: all that articles state.
std::span<const EdgeTypeInfo> EdgeTypes();

// The row of a built-in type; crashes on another number.
const EdgeTypeInfo& GetEdgeType(EdgeType type);

// The row of a built-in type by its name, or nullptr.
const EdgeTypeInfo* FindEdgeType(std::string_view name);

// True for numbers that a database can have given out.
bool IsEdgeTypeNumber(uint32_t number);

// True when an edge of this type may go from a node of kind `source` to one of kind `target`.
bool Allows(const EdgeTypeInfo& type, NodeKind source, NodeKind target);

constexpr uint8_t KindBit(NodeKind kind) {
  return static_cast<uint8_t>(1 << static_cast<int>(kind));
}
inline constexpr uint8_t kAllKinds = KindBit(NodeKind::kCompany) | KindBit(NodeKind::kPerson) |
                                     KindBit(NodeKind::kProduct) | KindBit(NodeKind::kPartnership);

// An edge type as an import declares it.
struct EdgeTypeDeclaration {
  std::string name;
  std::string inverse_name;  // Empty for none. Of a symmetric type: empty or the name.
  bool symmetric = false;
  uint8_t source_kinds = kAllKinds;
  uint8_t target_kinds = kAllKinds;
};

// The edge types of one database: the built-in ones and those that imports brought. Immutable, so
// that views share it. Types are only ever added, so a newer schema serves older states too.
class Schema {
 public:
  // The built-in types alone.
  static const std::shared_ptr<const Schema>& BuiltIn();

  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  // A schema with the declared types beside those of this one; numbers go on in their order. A
  // declaration that says the same as a type that is there adds nothing. INVALID_ARGUMENT, naming
  // the type, for a name that is none, an inverse name that is a type's, kinds that are none, and
  // a declaration that says something else of a type that is there; RESOURCE_EXHAUSTED over
  // kImportedEdgeTypesMax.
  absl::StatusOr<std::shared_ptr<const Schema>> With(
      std::span<const EdgeTypeDeclaration> declarations) const;

  // All types, ascending.
  std::span<const EdgeTypeInfo> types() const { return types_; }

  // The row of a name or a number; nullptr when there is none.
  const EdgeTypeInfo* Find(std::string_view name) const;
  const EdgeTypeInfo* Find(EdgeType type) const;

  // The row of a type that the schema has; crashes on another number.
  const EdgeTypeInfo& Get(EdgeType type) const;

 private:
  Schema() = default;

  void Add(EdgeType type, const EdgeTypeDeclaration& declaration);
  absl::Status Declare(const EdgeTypeDeclaration& declaration);

  std::deque<std::string> texts_;    // What the names of imported types view.
  std::vector<EdgeTypeInfo> types_;  // Built-in ones first: each imported one by its number.
  absl::flat_hash_map<std::string, size_t> by_name_;     // Positions in types_.
  absl::flat_hash_map<std::string, size_t> by_inverse_;  // The same, by inverse name.
};

// What a company or a person was in a deal, as one byte: 0 for none; else 1 + the position among
// PartyRoles, or 129 + that among PersonRoles. Stored.
enum class EdgeRole : uint8_t {};

// The role of a name, or none for "" and names in neither list.
EdgeRole FindEdgeRole(std::string_view name);

// The name; "" for none. nullopt for a number that was never given out.
std::optional<std::string_view> EdgeRoleName(EdgeRole role);

// Closed lists of names, as the guidelines give them.
bool IsPartnershipKind(std::string_view name);
bool IsPartyRole(std::string_view name);
bool IsPersonRole(std::string_view name);
bool IsOrgType(std::string_view name);
std::span<const std::string_view> PartnershipKinds();
std::span<const std::string_view> PartyRoles();
std::span<const std::string_view> PersonRoles();
std::span<const std::string_view> OrgTypes();

}  // namespace partnergraph
