#include "graph/schema.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>

namespace partnergraph {
namespace {

constexpr uint8_t Bit(NodeKind kind) { return static_cast<uint8_t>(1 << static_cast<int>(kind)); }
constexpr uint8_t kCompanies = Bit(NodeKind::kCompany);
constexpr uint8_t kPersons = Bit(NodeKind::kPerson);
constexpr uint8_t kProducts = Bit(NodeKind::kProduct);
constexpr uint8_t kPartnerships = Bit(NodeKind::kPartnership);

// Row i has number i + 1.
constexpr std::array<EdgeTypeInfo, 9> kEdgeTypes = {{
    {kPartyTo, "PARTY_TO", "HAS_PARTY", false, kCompanies, kPartnerships},
    {kTookPartIn, "TOOK_PART_IN", "HAS_PARTICIPANT", false, kPersons, kPartnerships},
    {kConcerns, "CONCERNS", "SUBJECT_OF", false, kPartnerships, kProducts},
    {kEmployedBy, "EMPLOYED_BY", "EMPLOYS", false, kPersons, kCompanies},
    {kFounded, "FOUNDED", "FOUNDED_BY", false, kPersons | kCompanies, kCompanies},
    {kDevelops, "DEVELOPS", "DEVELOPED_BY", false, kCompanies, kProducts},
    {kUses, "USES", "USED_BY", false, kCompanies | kProducts, kProducts | kCompanies},
    {kPartOf, "PART_OF", "HAS_PART", false, kCompanies, kCompanies},
    {kPartnerWith, "PARTNER_WITH", "PARTNER_WITH", true, kCompanies, kCompanies},
}};

constexpr bool NumbersFollowPositions() {
  for (size_t i = 0; i < kEdgeTypes.size(); ++i) {
    if (static_cast<size_t>(kEdgeTypes[i].type) != i + 1) return false;
  }
  return true;
}
static_assert(NumbersFollowPositions());

constexpr std::string_view kPartnershipKinds[] = {"STRATEGIC_COOPERATION",
                                                  "JOINT_VENTURE",
                                                  "TECHNOLOGY_INTEGRATION",
                                                  "SUPPLY",
                                                  "RESEARCH",
                                                  "EDUCATION",
                                                  "INVESTMENT",
                                                  "ACQUISITION",
                                                  "INCUBATION",
                                                  "DISTRIBUTION",
                                                  "OTHER"};
constexpr std::string_view kPartyRoles[] = {
    "PARTY",    "PROVIDER", "CUSTOMER",  "FOUNDER",   "VENTURE", "INVESTOR", "INVESTEE",
    "ACQUIRER", "TARGET",   "INCUBATOR", "INCUBATEE", "FUNDER",  "HOST",     "MEMBER"};
constexpr std::string_view kPersonRoles[] = {"SIGNATORY", "REPRESENTATIVE", "ATTENDEE"};
constexpr std::string_view kOrgTypes[] = {"COMPANY",    "FINANCIAL", "UNIVERSITY",
                                          "SCHOOL",     "HOSPITAL",  "RESEARCH",
                                          "GOVERNMENT", "NONPROFIT", "OTHER"};

bool Contains(std::span<const std::string_view> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

constexpr size_t kFirstPartyRole = 1;
constexpr size_t kFirstPersonRole = 129;
static_assert(kFirstPartyRole + std::size(kPartyRoles) <= kFirstPersonRole);
static_assert(kFirstPersonRole + std::size(kPersonRoles) <= 256);

}  // namespace

std::span<const EdgeTypeInfo> EdgeTypes() { return kEdgeTypes; }

const EdgeTypeInfo& GetEdgeType(EdgeType type) {
  const size_t number = static_cast<size_t>(type);
  if (number == 0 || number > kEdgeTypes.size()) std::abort();
  return kEdgeTypes[number - 1];
}

const EdgeTypeInfo* FindEdgeType(std::string_view name) {
  for (const EdgeTypeInfo& info : kEdgeTypes) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

bool Allows(const EdgeTypeInfo& type, NodeKind source, NodeKind target) {
  return (type.source_kinds & Bit(source)) != 0 && (type.target_kinds & Bit(target)) != 0;
}

EdgeRole FindEdgeRole(std::string_view name) {
  const auto find = [&](std::span<const std::string_view> names, size_t first) {
    const auto found = std::ranges::find(names, name);
    return found == names.end() ? size_t{0} : first + static_cast<size_t>(found - names.begin());
  };
  const size_t party = find(kPartyRoles, kFirstPartyRole);
  return static_cast<EdgeRole>(party != 0 ? party : find(kPersonRoles, kFirstPersonRole));
}

std::optional<std::string_view> EdgeRoleName(EdgeRole role) {
  const auto number = static_cast<size_t>(role);
  if (number == 0) return "";
  if (number < kFirstPersonRole) {
    const size_t position = number - kFirstPartyRole;
    return position < std::size(kPartyRoles) ? std::optional(kPartyRoles[position]) : std::nullopt;
  }
  const size_t position = number - kFirstPersonRole;
  return position < std::size(kPersonRoles) ? std::optional(kPersonRoles[position]) : std::nullopt;
}

bool IsPartnershipKind(std::string_view name) { return Contains(kPartnershipKinds, name); }
bool IsPartyRole(std::string_view name) { return Contains(kPartyRoles, name); }
bool IsPersonRole(std::string_view name) { return Contains(kPersonRoles, name); }
bool IsOrgType(std::string_view name) { return Contains(kOrgTypes, name); }
std::span<const std::string_view> PartnershipKinds() { return kPartnershipKinds; }
std::span<const std::string_view> PartyRoles() { return kPartyRoles; }
std::span<const std::string_view> PersonRoles() { return kPersonRoles; }
std::span<const std::string_view> OrgTypes() { return kOrgTypes; }

}  // namespace partnergraph
