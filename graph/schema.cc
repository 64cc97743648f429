#include "graph/schema.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr uint8_t kCompanies = KindBit(NodeKind::kCompany);
constexpr uint8_t kPersons = KindBit(NodeKind::kPerson);
constexpr uint8_t kProducts = KindBit(NodeKind::kProduct);
constexpr uint8_t kPartnerships = KindBit(NodeKind::kPartnership);

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

bool IsEdgeTypeName(std::string_view name) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  return !name.empty() && name.size() <= kEdgeTypeNameBytesMax && is_upper(name[0]) &&
         std::ranges::all_of(
             name, [&](char c) { return is_upper(c) || (c >= '0' && c <= '9') || c == '_'; });
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
  return (type.source_kinds & KindBit(source)) != 0 && (type.target_kinds & KindBit(target)) != 0;
}

bool IsEdgeTypeNumber(uint32_t number) {
  return (number >= 1 && number <= kEdgeTypes.size()) ||
         (number >= kFirstImportedEdgeType &&
          number < kFirstImportedEdgeType + kImportedEdgeTypesMax);
}

const std::shared_ptr<const Schema>& Schema::BuiltIn() {
  static const auto* const built_in = new std::shared_ptr<const Schema>([] {
    auto* schema = new Schema();
    for (const EdgeTypeInfo& type : kEdgeTypes) {
      schema->Add(type.type, {std::string(type.name), std::string(type.inverse_name),
                              type.symmetric, type.source_kinds, type.target_kinds});
    }
    return schema;
  }());
  return *built_in;
}

absl::StatusOr<std::shared_ptr<const Schema>> Schema::With(
    std::span<const EdgeTypeDeclaration> declarations) const {
  std::shared_ptr<Schema> schema(new Schema());
  for (const EdgeTypeInfo& type : types_) {
    schema->Add(type.type, {std::string(type.name), std::string(type.inverse_name), type.symmetric,
                            type.source_kinds, type.target_kinds});
  }
  for (const EdgeTypeDeclaration& declaration : declarations) {
    PG_RETURN_IF_ERROR(schema->Declare(declaration));
  }
  return schema;
}

void Schema::Add(EdgeType type, const EdgeTypeDeclaration& declaration) {
  const std::string& name = texts_.emplace_back(declaration.name);
  const std::string& inverse = texts_.emplace_back(declaration.inverse_name);
  by_name_.emplace(name, types_.size());
  if (!inverse.empty()) by_inverse_.emplace(inverse, types_.size());
  types_.push_back({type, name, inverse, declaration.symmetric, declaration.source_kinds,
                    declaration.target_kinds});
}

absl::Status Schema::Declare(const EdgeTypeDeclaration& declaration) {
  const auto invalid = [&](auto... what) {
    return absl::InvalidArgumentError(
        absl::StrCat("edge type ", Quoted(declaration.name), " ", what...));
  };
  EdgeTypeDeclaration wanted = declaration;
  if (wanted.symmetric && wanted.inverse_name.empty()) wanted.inverse_name = wanted.name;
  if (!IsEdgeTypeName(wanted.name)) {
    return invalid("is no name: want [A-Z][A-Z0-9_]*, at most ", kEdgeTypeNameBytesMax, " bytes");
  }
  if (!wanted.inverse_name.empty() && !IsEdgeTypeName(wanted.inverse_name)) {
    return invalid("has the inverse ", Quoted(wanted.inverse_name), ", which is no name");
  }
  if (wanted.symmetric != (wanted.inverse_name == wanted.name)) {
    return invalid(wanted.symmetric ? "is symmetric and has an inverse of another name"
                                    : "has itself as its inverse and is not symmetric");
  }
  for (const uint8_t kinds : {wanted.source_kinds, wanted.target_kinds}) {
    if (kinds == 0 || (kinds & ~kAllKinds) != 0) return invalid("joins no kind of node");
  }
  if (const EdgeTypeInfo* known = Find(wanted.name); known != nullptr) {
    if (known->inverse_name == wanted.inverse_name && known->symmetric == wanted.symmetric &&
        known->source_kinds == wanted.source_kinds && known->target_kinds == wanted.target_kinds) {
      return absl::OkStatus();
    }
    return invalid("is there already, with another inverse, symmetry or other kinds of nodes");
  }
  if (by_inverse_.contains(wanted.name) ||
      (!wanted.symmetric &&
       (by_name_.contains(wanted.inverse_name) || by_inverse_.contains(wanted.inverse_name)))) {
    return invalid("or its inverse ", Quoted(wanted.inverse_name),
                   " is the name or the inverse of another type");
  }
  const size_t imported = types_.size() - kEdgeTypes.size();
  if (imported >= kImportedEdgeTypesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("edge type ", Quoted(wanted.name), " is one more than the ",
                     kImportedEdgeTypesMax, " that imports may bring"));
  }
  Add(EdgeType{static_cast<uint16_t>(kFirstImportedEdgeType + imported)}, wanted);
  return absl::OkStatus();
}

const EdgeTypeInfo* Schema::Find(std::string_view name) const {
  const auto found = by_name_.find(ToAbsl(name));
  return found == by_name_.end() ? nullptr : &types_[found->second];
}

const EdgeTypeInfo* Schema::Find(EdgeType type) const {
  const size_t number = static_cast<size_t>(type);
  size_t position = number - 1;
  if (number >= kFirstImportedEdgeType) {
    position = number - kFirstImportedEdgeType + kEdgeTypes.size();
  } else if (number == 0 || number > kEdgeTypes.size()) {
    return nullptr;
  }
  return position < types_.size() ? &types_[position] : nullptr;
}

const EdgeTypeInfo& Schema::Get(EdgeType type) const {
  const EdgeTypeInfo* const found = Find(type);
  if (found == nullptr) std::abort();
  return *found;
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
