// Makes a TopologyBase from nodes and rows in stored order. Not thread-safe.
//
//   builder = Create(options);
//   for each node, ids ascending:  builder->BeginNode(id, node);  for each of its rows, in stored
//   order (out before in, types ascending, newest first):  builder->AddRow(row);
//   base = builder->Finish(sequence, state_hash);
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/memory_mapping.h"
#include "graph/topology.h"
#include "graph/topology_base.h"

namespace partnergraph {

struct TopologyBuilderOptions {
  // The file to make; empty: none, the base lies in memory. It appears under its name only when it
  // is finished and on the disk.
  std::string path;
  // Ids are below node_end; at most so many rows will come.
  uint64_t node_end = 0;
  uint64_t row_count_max = 0;
};

class TopologyBuilder {
 public:
  // RESOURCE_EXHAUSTED for counts that do not fit 32 bits and when there is no room for the file;
  // UNAVAILABLE for the file.
  static absl::StatusOr<std::unique_ptr<TopologyBuilder>> Create(TopologyBuilderOptions options);
  // An unfinished file is removed.
  ~TopologyBuilder();

  // INTERNAL for an id that does not ascend or is not below node_end; RESOURCE_EXHAUSTED for names
  // of more than 4 GiB in all.
  absl::Status BeginNode(NodeId id, const TopologyNode& node);
  // Of the node begun last. Row and type go with `row`; its node and other_kind are not looked at.
  // INTERNAL for more rows than announced; DATA_LOSS for a row that leads to no id below node_end;
  // RESOURCE_EXHAUSTED for facts over 32 bits and titles of more than 4 GiB.
  absl::Status AddRow(const AdjacentEdge& row);
  // The rows of a slice, as AddRow would one by one.
  absl::Status AddSlice(const RowSlice& slice);

  // `sequence` is the state that was read, `state_hash` what TopologyStateHash says of it. The
  // builder is of no use after. UNAVAILABLE.
  absl::StatusOr<std::shared_ptr<const TopologyBase>> Finish(Sequence sequence,
                                                             uint64_t state_hash);

 private:
  explicit TopologyBuilder(TopologyBuilderOptions options) : options_(std::move(options)) {}

  template <typename T>
  T* SectionAs(TopologySection section) const {
    return reinterpret_cast<T*>(mapping_.data() +
                                header_.sections[static_cast<size_t>(section)].offset);
  }
  // Where the columns of rows lie, so that a row does not look each of them up.
  struct Columns {
    uint32_t* others;
    uint32_t* facts;
    uint32_t* dates;
    float* confidences;
    uint16_t* source_counts;
    uint8_t* statuses;
    uint8_t* roles;
    uint8_t* status_masks;  // Of nodes.
  };
  absl::Status MapFixedSections();
  void FillTo(uint64_t node);
  void ExtendRun(EdgeType type, Direction direction, uint32_t size, uint8_t status_mask);
  void AppendSection(TopologySection section, const void* data, size_t bytes);
  absl::Status CheckRoom(uint64_t rows) const;

  const TopologyBuilderOptions options_;
  std::string temporary_path_;
  MemoryMapping mapping_;
  Columns columns_{};  // Until Finish.
  TopologyHeader header_;
  uint64_t next_node_ = 0;  // Nodes below it have their begins.
  bool in_node_ = false;    // The node before next_node_ takes rows.
  uint32_t row_ = 0;
  std::vector<TopologyRun> runs_;
  bool run_open_ = false;  // The last run may grow.
  std::vector<RowExtra> extras_;
  std::string titles_, names_;
  uint64_t end_bytes_ = 0;
};

}  // namespace partnergraph
