#include "graph/article_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "graph/name_key.h"
#include "graph/quoted.h"
#include "graph/schema.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

absl::Status Invalid(const std::string& where, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, ": ", ToAbsl(what)));
}

absl::Status CheckText(const std::string& where, std::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, " has ", text.size(), " bytes, at most ", bytes_max));
  }
  if (const auto offset = FindInvalidUtf8(text)) {
    return absl::InvalidArgumentError(absl::StrCat(where, " is not UTF-8 at byte ", *offset));
  }
  return absl::OkStatus();
}

absl::Status CheckArticle(const Article& article) {
  PG_RETURN_IF_ERROR(CheckText("article.id", article.id, kArticleIdBytesMax));
  PG_RETURN_IF_ERROR(CheckText("article.title", article.title, kArticleTitleBytesMax));
  PG_RETURN_IF_ERROR(CheckText("article.text", article.text, kArticleTextBytesMax));
  PG_RETURN_IF_ERROR(CheckText("article.url", article.url, kArticleUrlBytesMax));
  PG_RETURN_IF_ERROR(CheckText("article.source", article.source, kArticleSourceBytesMax));
  PG_RETURN_IF_ERROR(CheckText("article.language", article.language, 16));
  if (article.title.empty() && article.text.empty()) {
    return Invalid("article", "has neither title nor text");
  }
  if (!IsValid(article.published)) return Invalid("article.published", "is not a date");
  return absl::OkStatus();
}

absl::Status CheckSpan(const std::string& where, const ByteSpan& span, std::string_view text) {
  if (span.begin >= span.end || span.end > text.size()) {
    return absl::InvalidArgumentError(absl::StrCat(where, " is [", span.begin, ", ", span.end,
                                                   ") in a text of ", text.size(), " bytes"));
  }
  if (!IsCharBoundary(text, span.begin) || !IsCharBoundary(text, span.end)) {
    return absl::InvalidArgumentError(absl::StrCat(where, " [", span.begin, ", ", span.end,
                                                   ") begins or ends inside a character"));
  }
  return absl::OkStatus();
}

absl::Status CheckName(const std::string& where, std::string_view name) {
  if (name.size() > kNodeNameBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(where, " has ", name.size(), " bytes, at most ", kNodeNameBytesMax));
  }
  PG_RETURN_IF_ERROR(CheckText(where, name, kNodeNameBytesMax));
  if (NormalizeName(name).empty()) return Invalid(where, "is empty");
  return absl::OkStatus();
}

absl::Status CheckNode(const std::string& where, const NodeAssertion& node, std::string_view text) {
  if (node.kind != NodeKind::kCompany && node.kind != NodeKind::kPerson &&
      node.kind != NodeKind::kProduct) {
    return Invalid(where, "kind is not COMPANY, PERSON or PRODUCT");
  }
  if (!node.org_type.empty()) {
    if (node.kind != NodeKind::kCompany) return Invalid(where, "org_type is for companies only");
    if (!IsOrgType(node.org_type)) {
      return Invalid(where, absl::StrCat("unknown org_type ", Quoted(node.org_type)));
    }
  }
  PG_RETURN_IF_ERROR(CheckName(where + ".canonical", node.canonical));
  size_t bytes = node.canonical.size();
  for (size_t i = 0; i < node.names.size(); ++i) {
    PG_RETURN_IF_ERROR(CheckName(absl::StrCat(where, ".names[", i, "]"), node.names[i]));
    bytes += node.names[i].size();
  }
  if (bytes > kNodeNamesBytesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(where, " has ", bytes, " bytes of names, at most ", kNodeNamesBytesMax));
  }
  for (size_t i = 0; i < node.mentions.size(); ++i) {
    PG_RETURN_IF_ERROR(
        CheckSpan(absl::StrCat(where, ".mentions[", i, "]"), node.mentions[i], text));
  }
  return absl::OkStatus();
}

absl::Status CheckEvidence(const std::string& where, const EvidenceAssertion& evidence,
                           std::string_view text) {
  if (evidence.spans.empty()) return Invalid(where, "has no evidence span");
  for (size_t i = 0; i < evidence.spans.size(); ++i) {
    PG_RETURN_IF_ERROR(
        CheckSpan(absl::StrCat(where, ".evidence.spans[", i, "]"), evidence.spans[i], text));
  }
  if (FactStatusName(evidence.status).empty()) return Invalid(where, "status does not exist");
  // The form is false for NaN too.
  if (!(evidence.confidence >= 0 && evidence.confidence <= 1)) {
    return Invalid(where, absl::StrCat("confidence ", evidence.confidence, " is not in [0, 1]"));
  }
  return absl::OkStatus();
}

absl::Status CheckEdge(const std::string& where, const EdgeAssertion& edge,
                       const ArticleFacts& facts, std::string_view text) {
  const auto number = static_cast<size_t>(edge.type);
  if (number == 0 || number > EdgeTypes().size()) {
    return Invalid(where, absl::StrCat("edge type ", number, " does not exist"));
  }
  const EdgeTypeInfo& type = GetEdgeType(edge.type);
  if (edge.type == kPartnerWith) return Invalid(where, "PARTNER_WITH is derived from deals");
  for (const uint32_t node : {edge.source, edge.target}) {
    if (node >= facts.nodes.size()) {
      return Invalid(where, absl::StrCat("node ", node, " of ", facts.nodes.size()));
    }
  }
  const NodeKind source = facts.nodes[edge.source].kind, target = facts.nodes[edge.target].kind;
  if (!Allows(type, source, target)) {
    return Invalid(
        where, absl::StrCat(ToAbsl(type.name), " does not go from ", ToAbsl(NodeKindName(source)),
                            " to ", ToAbsl(NodeKindName(target))));
  }
  if (!edge.title.empty() && edge.type != kEmployedBy) {
    return Invalid(where, "title is for EMPLOYED_BY only");
  }
  PG_RETURN_IF_ERROR(CheckText(where + ".title", edge.title, kNodeNameBytesMax));
  if (!IsValid(edge.date)) return Invalid(where + ".date", "is not a date");
  return CheckEvidence(where, edge.evidence, text);
}

absl::Status CheckParticipant(const std::string& where, uint32_t node, NodeKind kind,
                              const ArticleFacts& facts) {
  if (node >= facts.nodes.size()) {
    return Invalid(where, absl::StrCat("node ", node, " of ", facts.nodes.size()));
  }
  if (facts.nodes[node].kind != kind) {
    return Invalid(where, absl::StrCat("is not a ", ToAbsl(NodeKindName(kind))));
  }
  return absl::OkStatus();
}

absl::Status CheckTerm(const std::string& where, const DealTermAssertion& term,
                       const PartnershipAssertion& deal, std::string_view text) {
  if (const auto fault = TermFault(term.value)) return Invalid(where, *fault);
  if (term.party.has_value() &&
      std::none_of(deal.parties.begin(), deal.parties.end(),
                   [&](const auto& party) { return party.node == *term.party; })) {
    return Invalid(where, absl::StrCat("node ", *term.party, " is no party of the deal"));
  }
  return CheckSpan(where + ".span", term.span, text);
}

absl::Status CheckPartnership(const std::string& where, const PartnershipAssertion& deal,
                              const ArticleFacts& facts, std::string_view text) {
  if (!IsPartnershipKind(deal.kind)) {
    return Invalid(where, absl::StrCat("unknown partnership kind ", Quoted(deal.kind)));
  }
  std::set<uint32_t> companies;
  for (size_t i = 0; i < deal.parties.size(); ++i) {
    const std::string party = absl::StrCat(where, ".parties[", i, "]");
    PG_RETURN_IF_ERROR(CheckParticipant(party, deal.parties[i].node, NodeKind::kCompany, facts));
    if (!IsPartyRole(deal.parties[i].role)) {
      return Invalid(party, absl::StrCat("unknown role ", Quoted(deal.parties[i].role)));
    }
    companies.insert(deal.parties[i].node);
  }
  if (companies.size() < 2) return Invalid(where, "has fewer than two parties");
  for (size_t i = 0; i < deal.people.size(); ++i) {
    const std::string person = absl::StrCat(where, ".people[", i, "]");
    PG_RETURN_IF_ERROR(CheckParticipant(person, deal.people[i].node, NodeKind::kPerson, facts));
    if (!IsPersonRole(deal.people[i].role)) {
      return Invalid(person, absl::StrCat("unknown role ", Quoted(deal.people[i].role)));
    }
  }
  for (size_t i = 0; i < deal.products.size(); ++i) {
    PG_RETURN_IF_ERROR(CheckParticipant(absl::StrCat(where, ".products[", i, "]"), deal.products[i],
                                        NodeKind::kProduct, facts));
  }
  for (size_t i = 0; i < deal.terms.size(); ++i) {
    PG_RETURN_IF_ERROR(
        CheckTerm(absl::StrCat(where, ".terms[", i, "]"), deal.terms[i], deal, text));
  }
  if (!IsValid(deal.date)) return Invalid(where + ".date", "is not a date");
  PG_RETURN_IF_ERROR(CheckText(where + ".location", deal.location, kNodeNameBytesMax));
  return CheckEvidence(where, deal.evidence, text);
}

}  // namespace

absl::Status CheckArticleFacts(const ArticleFacts& facts) {
  PG_RETURN_IF_ERROR(CheckArticle(facts.article));
  PG_RETURN_IF_ERROR(CheckText("extractor", facts.extractor, kArticleSourceBytesMax));
  if (facts.nodes.size() > kArticleNodesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("article names ", facts.nodes.size(), " nodes, at most ", kArticleNodesMax));
  }
  size_t fact_count = facts.edges.size();
  for (const PartnershipAssertion& deal : facts.partnerships) {
    fact_count += 1 + deal.parties.size() + deal.people.size() + deal.products.size();
  }
  if (fact_count > kArticleFactsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("article states ", fact_count, " facts, at most ", kArticleFactsMax));
  }
  const std::string text = facts.article.WholeText();
  for (size_t i = 0; i < facts.nodes.size(); ++i) {
    PG_RETURN_IF_ERROR(CheckNode(absl::StrCat("nodes[", i, "]"), facts.nodes[i], text));
  }
  for (size_t i = 0; i < facts.edges.size(); ++i) {
    PG_RETURN_IF_ERROR(CheckEdge(absl::StrCat("edges[", i, "]"), facts.edges[i], facts, text));
  }
  for (size_t i = 0; i < facts.partnerships.size(); ++i) {
    PG_RETURN_IF_ERROR(CheckPartnership(absl::StrCat("partnerships[", i, "]"),
                                        facts.partnerships[i], facts, text));
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
