// Identifiers. Each is a type of its own, so that one cannot be passed for another; 0 is never a
// valid id.
#pragma once

#include <cstdint>

namespace partnergraph {

// A graph of its own within one database. There is one today; keys carry it so that there can be
// more.
enum class NamespaceId : uint32_t {};
inline constexpr NamespaceId kDefaultNamespace{1};

// A node: company, person, product or partnership. Dense per namespace, never reused.
enum class NodeId : uint64_t {};

// A fact: an edge or a partnership. Dense per namespace, never reused.
enum class FactId : uint64_t {};

// A stored article by number. The id that callers know is a string; see Article records.
enum class ArticleNumber : uint64_t {};

// Position in the change log; also what read and write tokens stand for.
enum class Sequence : uint64_t {};

template <typename Id>
constexpr uint64_t ToInt(Id id) {
  return static_cast<uint64_t>(id);
}

}  // namespace partnergraph
