#include "graph/vocabulary.h"

#include <array>
#include <utility>

namespace partnergraph {
namespace {

constexpr std::array<std::pair<NodeKind, std::string_view>, 4> kNodeKinds = {{
    {NodeKind::kCompany, "COMPANY"},
    {NodeKind::kPerson, "PERSON"},
    {NodeKind::kProduct, "PRODUCT"},
    {NodeKind::kPartnership, "PARTNERSHIP"},
}};

constexpr std::array<std::pair<FactStatus, std::string_view>, 6> kFactStatuses = {{
    {FactStatus::kRumoured, "RUMOURED"},
    {FactStatus::kPlanned, "PLANNED"},
    {FactStatus::kAnnounced, "ANNOUNCED"},
    {FactStatus::kActive, "ACTIVE"},
    {FactStatus::kEnded, "ENDED"},
    {FactStatus::kDenied, "DENIED"},
}};

template <typename Table, typename Value>
std::string_view NameOf(const Table& table, Value value) {
  for (const auto& [candidate, name] : table) {
    if (candidate == value) return name;
  }
  return "";
}

template <typename Value, size_t size>
std::optional<Value> ValueOf(const std::array<std::pair<Value, std::string_view>, size>& table,
                             std::string_view name) {
  for (const auto& [value, candidate] : table) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view NodeKindName(NodeKind kind) { return NameOf(kNodeKinds, kind); }
std::optional<NodeKind> ParseNodeKind(std::string_view name) { return ValueOf(kNodeKinds, name); }

std::string_view FactStatusName(FactStatus status) { return NameOf(kFactStatuses, status); }
std::optional<FactStatus> ParseFactStatus(std::string_view name) {
  return ValueOf(kFactStatuses, name);
}

}  // namespace partnergraph
