// The open part of the vocabulary, as tables: edge types with what they join, partnership kinds,
// roles, organization types. To add one, add a row to schema.cc (append only: the position is
// stored) and a cue for it in ingest's lexicon.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

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
inline constexpr EdgeType kPartnerWith{
    9};  // Derived: two parties of one deal. Never stored by articles.

struct EdgeTypeInfo {
  EdgeType type;
  std::string_view name;          // "EMPLOYED_BY"
  std::string_view inverse_name;  // "EMPLOYS"; equal to `name` for a symmetric type.
  bool symmetric;
  uint8_t source_kinds;  // Bit (1 << NodeKind) for each kind that may be the source.
  uint8_t target_kinds;
};

// All edge types, in the order of their numbers.
std::span<const EdgeTypeInfo> EdgeTypes();

// The row of a type that exists; crashes on a number that was never given out.
const EdgeTypeInfo& GetEdgeType(EdgeType type);

// The row of a name, or nullptr.
const EdgeTypeInfo* FindEdgeType(std::string_view name);

// True when an edge of this type may go from a node of kind `source` to one of kind `target`.
bool Allows(const EdgeTypeInfo& type, NodeKind source, NodeKind target);

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
