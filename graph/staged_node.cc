#include "graph/staged_node.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "graph/bulk_rows.h"
#include "graph/fact_aggregate.h"
#include "graph/imported_fact.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Numbers as they lie in memory: the bytes never leave the process.
template <typename Number>
void Put(std::string& out, Number value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}
void PutText(std::string& out, std::string_view text) {
  Put(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

template <typename Number>
Number Take(std::string_view& in) {
  Number value;
  std::memcpy(&value, in.data(), sizeof(value));
  in.remove_prefix(sizeof(value));
  return value;
}
std::string_view TakeText(std::string_view& in) {
  const size_t size = Take<uint32_t>(in);
  const std::string_view text = in.substr(0, size);
  in.remove_prefix(size);
  return text;
}

}  // namespace

std::string StageNode(const GraphNodeRecord& node, uint64_t place, const NodeIdMap& ids) {
  std::string out;
  Put(out, static_cast<uint8_t>(node.kind));
  PutText(out, node.name);
  PutText(out, node.org_type);
  PutText(out, node.external_id);
  std::vector<std::string_view> names(node.names.begin(), node.names.end());
  if (!node.name.empty()) names.push_back(node.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  Put(out, static_cast<uint32_t>(names.size()));
  for (const std::string_view name : names) PutText(out, name);
  if (node.kind != NodeKind::kPartnership) return out;
  const PartnershipRecord& deal = node.partnership;
  PutText(out, deal.kind);
  Put(out, static_cast<uint32_t>(deal.date.year));
  storage::ImportedFactRecord fact = MakeImported(deal);
  fact.set_file(static_cast<uint32_t>(place >> kPlaceLineBits));
  fact.set_line(place & kPlaceLineMax);
  for (const PartnershipRecord::Term& term : deal.terms) {
    storage::DealTermRecord* added = fact.add_terms();
    StoreTermValue(term.value, *added);
    added->set_source_count(std::max(term.source_count, 1u));
  }
  PutText(out, EncodeRecord(fact));
  Put(out, static_cast<uint32_t>(deal.terms.size()));
  for (const PartnershipRecord::Term& term : deal.terms) {
    Put(out, term.party.empty() ? NodeIdKey() : ids.KeyOf(term.party));
  }
  return out;
}

absl::Status ForEachStagedNode(std::string_view bytes,
                               absl::FunctionRef<absl::Status(uint32_t, const StagedNode&)> visit) {
  StagedNode node;
  for (uint32_t number = 0; !bytes.empty(); ++number) {
    node.kind = static_cast<NodeKind>(Take<uint8_t>(bytes));
    node.name = TakeText(bytes);
    node.org_type = TakeText(bytes);
    node.external_id = TakeText(bytes);
    node.names.clear();
    for (uint32_t names = Take<uint32_t>(bytes); names > 0; --names) {
      node.names.push_back(TakeText(bytes));
    }
    if (node.kind == NodeKind::kPartnership) {
      node.deal_kind = TakeText(bytes);
      node.year = Take<uint32_t>(bytes);
      node.fact = TakeText(bytes);
      node.parties.clear();
      for (uint32_t terms = Take<uint32_t>(bytes); terms > 0; --terms) {
        node.parties.push_back(Take<NodeIdKey>(bytes));
      }
    }
    PG_RETURN_IF_ERROR(visit(number, node));
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
