#include "graph/simple_paths.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr uint32_t kFar = UINT32_MAX / 4;

class SimplePathSearch {
 public:
  SimplePathSearch(const PathGraph& graph, const SimplePathOptions& options, WorkClock& clock,
                   absl::FunctionRef<bool(std::span<const uint32_t>)> accepts,
                   absl::FunctionRef<bool(std::span<const uint32_t>)> emit)
      : graph_(graph),
        options_(options),
        clock_(clock),
        accepts_(accepts),
        emit_(emit),
        learns_(options.barriers && !graph.dated()),
        bounds_(graph, PathMeasure::kHops, options.length_max),
        on_stack_(graph.nodes.size()) {}

  absl::Status Run() {
    PG_RETURN_IF_ERROR(bounds_.Fill({}, clock_));
    PG_RETURN_IF_ERROR(FindDistances());
    if (learns_) PG_RETURN_IF_ERROR(FindEntries());
    for (length_ = options_.length_min; length_ <= options_.length_max && !ended_; ++length_) {
      barriers_ = distances_;
      if (distances_[graph_.source] <= length_) PG_RETURN_IF_ERROR(Search());
    }
    return absl::OkStatus();
  }

 private:
  // A node on the stack.
  struct Frame {
    uint32_t node = 0;
    uint32_t next_hop = 0;  // To try, in PathGraph::hops.
    Arrival arrival = kAnyTime;
    uint32_t found = kFar;  // Hops of the shortest way to the target that was found from here.
  };

  // Hops to the target of the shortest walk from each node.
  absl::Status FindDistances() {
    distances_.assign(graph_.nodes.size(), kFar);
    for (uint32_t hops = options_.length_max + 1; hops-- > 0;) {
      for (uint32_t node = 0; node < graph_.nodes.size(); ++node) {
        PG_RETURN_IF_ERROR(clock_.Step());
        if (bounds_.At(hops, node) != SuffixTable::kNone) distances_[node] = hops;
      }
    }
    return absl::OkStatus();
  }

  // The nodes that hops lead from to each node.
  absl::Status FindEntries() {
    entries_begin_.assign(graph_.nodes.size() + 1, 0);
    for (const PathHop& hop : graph_.hops) ++entries_begin_[hop.to + 1];
    for (size_t i = 1; i < entries_begin_.size(); ++i) entries_begin_[i] += entries_begin_[i - 1];
    entries_.resize(graph_.hops.size());
    std::vector<uint32_t> next(entries_begin_.begin(), entries_begin_.end() - 1);
    for (uint32_t node = 0; node < graph_.nodes.size(); ++node) {
      for (const PathHop& hop : graph_.HopsOf(node)) {
        PG_RETURN_IF_ERROR(clock_.Step());
        entries_[next[hop.to]++] = node;
      }
    }
    return absl::OkStatus();
  }

  void Push(uint32_t node, Arrival arrival) {
    on_stack_[node] = true;
    // Nobody gets through it now; when it is left, Lower tells those who tried.
    barriers_[node] = kFar;
    path_.push_back(node);
    stack_.push_back({.node = node, .next_hop = graph_.hops_begin[node], .arrival = arrival});
  }

  absl::Status Search() {
    Push(graph_.source, kAnyTime);
    while (!stack_.empty()) {
      Frame& frame = stack_.back();
      if (ended_ || frame.next_hop == graph_.hops_begin[frame.node + 1]) {
        PG_RETURN_IF_ERROR(Pop());
        continue;
      }
      if (steps_++ == options_.steps_max) {
        return absl::ResourceExhaustedError("as many hops were tried as may be");
      }
      PG_RETURN_IF_ERROR(clock_.Step());
      Try(frame, graph_.hops[frame.next_hop++]);
    }
    return absl::OkStatus();
  }

  void Try(Frame& frame, const PathHop& hop) {
    const uint32_t rest = length_ - static_cast<uint32_t>(path_.size());  // Behind the hop.
    if (on_stack_[hop.to] || barriers_[hop.to] > rest) return;
    const Arrival arrival = Follow(graph_, hop, frame.arrival).arrival;
    if (graph_.dated() && !IsInTime(hop.to, rest, arrival)) return;
    path_.push_back(hop.to);
    if (hop.to == graph_.target) {
      frame.found = 1;
      // Shorter paths were given by the search before.
      if (rest == 0) ended_ = !emit_(path_);
      path_.pop_back();
      return;
    }
    const bool accepted = rest > 0 && accepts_(path_);
    path_.pop_back();
    if (accepted) Push(hop.to, arrival);
  }

  bool IsInTime(uint32_t node, uint32_t rest, Arrival arrival) const {
    if (arrival == kNever) return false;
    for (uint32_t hops = 0; hops <= rest; ++hops) {
      if (static_cast<double>(arrival) <= bounds_.At(hops, node)) return true;
    }
    return false;
  }

  absl::Status Pop() {
    const uint32_t node = stack_.back().node;
    const uint32_t found = stack_.back().found;
    const uint32_t rest = length_ + 1 - static_cast<uint32_t>(path_.size());  // From the node.
    stack_.pop_back();
    path_.pop_back();
    on_stack_[node] = false;
    if (found != kFar && !stack_.empty()) {
      stack_.back().found = std::min(stack_.back().found, found + 1);
    }
    if (!learns_) {
      barriers_[node] = distances_[node];
      return absl::OkStatus();
    }
    if (found != kFar) return Lower(node, found);
    barriers_[node] = rest + 1;
    return absl::OkStatus();
  }

  // The node is free again and `hops` from the target: whoever can get to it may try anew.
  absl::Status Lower(uint32_t node, uint32_t hops) {
    if (barriers_[node] <= hops) return absl::OkStatus();
    barriers_[node] = hops;
    std::vector<uint32_t> lowered = {node};
    for (size_t i = 0; i < lowered.size(); ++i) {
      const uint32_t via = lowered[i];
      for (uint32_t k = entries_begin_[via]; k < entries_begin_[via + 1]; ++k) {
        PG_RETURN_IF_ERROR(clock_.Step());
        const uint32_t entry = entries_[k];
        if (on_stack_[entry] || barriers_[entry] <= barriers_[via] + 1) continue;
        barriers_[entry] = barriers_[via] + 1;
        lowered.push_back(entry);
      }
    }
    return absl::OkStatus();
  }

  const PathGraph& graph_;
  const SimplePathOptions& options_;
  WorkClock& clock_;
  absl::FunctionRef<bool(std::span<const uint32_t>)> accepts_;
  absl::FunctionRef<bool(std::span<const uint32_t>)> emit_;
  const bool learns_;
  SuffixTable bounds_;
  std::vector<bool> on_stack_;
  std::vector<uint32_t> distances_;
  std::vector<uint32_t> barriers_;
  std::vector<uint32_t> entries_begin_, entries_;  // Only when it learns.
  std::vector<Frame> stack_;
  PathPositions path_;
  uint32_t length_ = 0;
  uint64_t steps_ = 0;
  bool ended_ = false;
};

}  // namespace

absl::Status EnumerateSimplePaths(const PathGraph& graph, const SimplePathOptions& options,
                                  WorkClock& clock,
                                  absl::FunctionRef<bool(std::span<const uint32_t>)> accepts,
                                  absl::FunctionRef<bool(std::span<const uint32_t>)> emit) {
  return SimplePathSearch(graph, options, clock, accepts, emit).Run();
}

}  // namespace partnergraph
