#include "graph/fact_identity.h"

#include "graph/keys.h"

namespace partnergraph {
namespace {

void AppendText(std::string& out, const std::string& text) {
  AppendU32(out, static_cast<uint32_t>(text.size()));
  out.append(text);
}

}  // namespace

std::string FactIdentity(const storage::FactRecord& fact) {
  std::string identity;
  AppendU32(identity, fact.edge_type());
  AppendU64(identity, fact.source());
  AppendU64(identity, fact.target());
  AppendText(identity, fact.role());
  AppendText(identity, fact.title_key());
  AppendText(identity, fact.deal_kind());
  AppendU32(identity, fact.year());
  for (const uint64_t party : fact.parties()) AppendU64(identity, party);
  if (fact.edge_type() == 0 && fact.parties_size() < 2) AppendU64(identity, fact.deal());
  if (fact.occurrence() != 0) AppendU64(identity, fact.occurrence());
  return identity;
}

}  // namespace partnergraph
