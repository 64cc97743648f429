// What the guard knows about each RPC: the one table that every method of every service must be in.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace partnergraph {

// Calls of one class share a bound on how many may be in flight; classes never wait for each other.
enum class CallClass : uint8_t {
  kRead,          // One short answer: bounded by a page, or a few numbers.
  kStream,        // A query with a budget: its answer, streamed or in one message, is cut when its
                  // time is over.
  kWrite,         // One article, extracted or taken back.
  kIngestStream,  // A stream of articles.
};
inline constexpr size_t kCallClassCount = 4;
std::string_view CallClassName(CallClass call_class);

// Where a unary handler runs.
enum class Execution : uint8_t {
  // On gRPC's callback thread: for a few point reads, where the passage to a pool would cost more
  // than the read. There are only as many of these threads as cores (two at least).
  kInline,
  // There for kInlineFirstMax; a handler that is not done by then is stopped and begins again on
  // the threads of its class. For reads that are nearly always that short, because what they read
  // lies in memory.
  kInlineFirst,
  kPool,  // On the threads of the method's class.
};

struct MethodPolicy {
  std::string_view method;  // "partnergraph.v1.GraphService.GetNode"
  CallClass call_class;
  Execution execution;
  // Of a read in one message: it has a budget, and its answer is cut when its time is over, as
  // that of a kStream is. Others fail then.
  bool is_cut_in_time = false;
};

// All rows, by service.
std::span<const MethodPolicy> MethodPolicies();

// The row of a method by its full name, or nullptr.
const MethodPolicy* FindMethodPolicy(std::string_view method);

}  // namespace partnergraph
