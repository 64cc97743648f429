// The compressed sparse rows of one state of the graph, in one mapping that is at the same time the
// file that is kept beside the database: written at checkpoints, mapped at the next start without
// being read. Made by TopologyBuilder; never changes. Thread-safe.
//
//   header 4096 bytes: see TopologyHeader
//   then the sections, each at the offset that the header names (a multiple of 64), in the byte
//   order and with the struct layout of the machine that wrote them (the header's magic tells):
//     row begins     u32 per node + 1   first row of the node; ids are positions
//     run begins     u32 per node + 1   first run of the node
//     name begins    u32 per node + 1   first byte of the node's name
//     deal facts     u32 per node       fact of a partnership, else 0
//     kinds          u8 per node        NodeKind, 0 where there is no node
//     status masks   u8 per node        bits of the statuses of its rows
//     deal kinds     u8 per node        see TopologyNode
//     others, facts, dates (u32), confidences (f32), source counts (u16), statuses, roles (u8),
//                    each per row       see RowColumns
//     runs           TopologyRun        rows of one node, direction and type
//     extras         RowExtra           ascending by row
//     titles, names  bytes
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/memory_mapping.h"
#include "graph/row_columns.h"

namespace partnergraph {

// Stored: never change without a new kTopologyVersion.
struct TopologyRun {
  uint32_t size = 0;
  uint16_t type = 0;
  uint8_t direction = 0;
  uint8_t status_mask = 0;
};

enum class TopologySection : uint8_t {
  kRowBegins,
  kRunBegins,
  kNameBegins,
  kDealFacts,
  kKinds,
  kStatusMasks,
  kDealKinds,
  kOthers,
  kFacts,
  kDates,
  kConfidences,
  kSourceCounts,
  kStatuses,
  kRoles,
  kRuns,
  kExtras,
  kTitles,
  kNames
};
inline constexpr size_t kTopologySectionCount = 18;

inline constexpr uint64_t kTopologyMagic = 0x31504f5447504b00;  // Byte order included.
inline constexpr uint32_t kTopologyVersion = 1;
inline constexpr size_t kTopologyHeaderBytes = 4096;

struct TopologyHeader {
  uint64_t magic = kTopologyMagic;
  uint32_t version = kTopologyVersion;
  uint32_t node_end = 0;
  uint64_t sequence = 0;
  uint64_t row_count = 0;
  uint64_t file_bytes = 0;
  // Hash of the log entry of that sequence: tells a file of another history apart.
  uint64_t state_hash = 0;
  struct Section {
    uint64_t offset = 0;
    uint64_t bytes = 0;
    uint64_t checksum = 0;  // XXH3, 64 bits.
  };
  std::array<Section, kTopologySectionCount> sections;
  uint64_t header_checksum = 0;  // XXH3 of everything before it.
};
static_assert(sizeof(TopologyHeader) <= kTopologyHeaderBytes);

class TopologyBase {
 public:
  // Maps a file. NOT_FOUND when there is none; DATA_LOSS for a header that does not fit its file or
  // its checksum; FAILED_PRECONDITION for another version. The sections are not read: see Verify.
  static absl::StatusOr<std::shared_ptr<const TopologyBase>> Open(const std::string& path);
  // A mapping that TopologyBuilder filled.
  static absl::StatusOr<std::shared_ptr<const TopologyBase>> FromMapping(MemoryMapping mapping);

  // Reads every section and compares its checksum: DATA_LOSS naming one that differs. `stop` ends
  // it early with CANCELLED.
  absl::Status Verify(const std::atomic<bool>& stop) const;

  Sequence sequence() const { return Sequence{header_.sequence}; }
  uint64_t state_hash() const { return header_.state_hash; }
  uint32_t node_end() const { return header_.node_end; }
  uint64_t row_count() const { return header_.row_count; }
  uint64_t bytes() const { return header_.file_bytes; }

  const uint32_t* row_begins() const { return row_begins_; }
  const uint32_t* run_begins() const { return run_begins_; }
  const uint8_t* kinds() const { return kinds_; }
  const uint8_t* status_masks() const { return status_masks_; }
  const TopologyRun* runs() const { return runs_; }
  const RowColumns& columns() const { return columns_; }

  // Of a node below node_end().
  std::string_view NameOf(uint32_t node) const {
    return {names_ + name_begins_[node], name_begins_[node + 1] - name_begins_[node]};
  }
  // Fetches what NameOf, and then its bytes, need into the processor's cache.
  void PrefetchNode(uint32_t node) const {
    __builtin_prefetch(kinds_ + node);
    __builtin_prefetch(name_begins_ + node);
  }
  void PrefetchName(uint32_t node) const {
    // Most names lie in one cache line, some across two.
    __builtin_prefetch(names_ + name_begins_[node]);
    __builtin_prefetch(names_ + name_begins_[node + 1]);
  }
  uint32_t DealFactOf(uint32_t node) const { return deal_facts_[node]; }
  uint8_t DealKindOf(uint32_t node) const { return deal_kinds_[node]; }

  // Bytes of everything that there is for each row, and for each node.
  uint64_t RowBytes() const;
  uint64_t NodeBytes() const;

 private:
  TopologyBase(MemoryMapping mapping, const TopologyHeader& header);

  template <typename T>
  const T* SectionAs(TopologySection section) const;

  MemoryMapping mapping_;
  TopologyHeader header_;
  const uint32_t* row_begins_ = nullptr;
  const uint32_t* run_begins_ = nullptr;
  const uint32_t* name_begins_ = nullptr;
  const uint32_t* deal_facts_ = nullptr;
  const uint8_t* kinds_ = nullptr;
  const uint8_t* status_masks_ = nullptr;
  const uint8_t* deal_kinds_ = nullptr;
  const TopologyRun* runs_ = nullptr;
  const char* names_ = nullptr;
  RowColumns columns_;
};

}  // namespace partnergraph
