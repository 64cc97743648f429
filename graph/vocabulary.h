// The closed part of the vocabulary. The open part (edge types, kinds, roles) is data: schema.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace partnergraph {

// Stored: never renumber.
enum class NodeKind : uint8_t { kCompany = 1, kPerson = 2, kProduct = 3, kPartnership = 4 };

// Stored: never renumber. kOut is an edge whose source is the node at hand.
enum class Direction : uint8_t { kOut = 1, kIn = 2 };

// Which directions a query follows.
enum class DirectionFilter : uint8_t { kBoth = 0, kOut = 1, kIn = 2 };

// Stored: never renumber. See FactStatus in graph.proto.
enum class FactStatus : uint8_t {
  kRumoured = 1,
  kPlanned = 2,
  kAnnounced = 3,
  kActive = 4,
  kEnded = 5,
  kDenied = 6
};

// "COMPANY", "PERSON", "PRODUCT", "PARTNERSHIP".
std::string_view NodeKindName(NodeKind kind);
std::optional<NodeKind> ParseNodeKind(std::string_view name);

// "RUMOURED", ...
std::string_view FactStatusName(FactStatus status);
std::optional<FactStatus> ParseFactStatus(std::string_view name);

}  // namespace partnergraph
