#include "graph/topology_builder.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "xxhash.h"

namespace partnergraph {
namespace {

using enum TopologySection;

constexpr uint64_t kIdMax = UINT32_MAX - 1;

// Makes a rename in the folder of a file last.
absl::Status SyncFolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool synced = file >= 0 && fsync(file) == 0;
  const int error = errno;
  if (file >= 0) close(file);
  if (synced) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot write ", folder, " to the disk: ", std::strerror(error)));
}

constexpr uint64_t Aligned(uint64_t bytes) { return (bytes + 63) / 64 * 64; }

}  // namespace

absl::StatusOr<std::unique_ptr<TopologyBuilder>> TopologyBuilder::Create(
    TopologyBuilderOptions options) {
  if (options.node_end > kIdMax || options.row_count_max > kIdMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat(options.node_end, " node ids and ", options.row_count_max,
                     " rows do not fit the topology, which holds ", kIdMax, " of each"));
  }
  std::unique_ptr<TopologyBuilder> builder(new TopologyBuilder(std::move(options)));
  PG_RETURN_IF_ERROR(builder->MapFixedSections());
  return builder;
}

TopologyBuilder::~TopologyBuilder() {
  if (!temporary_path_.empty()) unlink(temporary_path_.c_str());
}

absl::Status TopologyBuilder::MapFixedSections() {
  const uint64_t nodes = options_.node_end, rows = options_.row_count_max;
  const std::pair<TopologySection, uint64_t> sizes[] = {{kRowBegins, 4 * (nodes + 1)},
                                                        {kRunBegins, 4 * (nodes + 1)},
                                                        {kNameBegins, 4 * (nodes + 1)},
                                                        {kDealFacts, 4 * nodes},
                                                        {kKinds, nodes},
                                                        {kStatusMasks, nodes},
                                                        {kDealKinds, nodes},
                                                        {kOthers, 4 * rows},
                                                        {kFacts, 4 * rows},
                                                        {kDates, 4 * rows},
                                                        {kConfidences, 4 * rows},
                                                        {kSourceCounts, 2 * rows},
                                                        {kStatuses, rows},
                                                        {kRoles, rows}};
  end_bytes_ = kTopologyHeaderBytes;
  for (const auto& [section, bytes] : sizes) {
    header_.sections[static_cast<size_t>(section)] = {.offset = end_bytes_, .bytes = bytes};
    end_bytes_ += Aligned(bytes);
  }
  if (options_.path.empty()) {
    PG_ASSIGN_OR_RETURN(mapping_, MemoryMapping::Anonymous(end_bytes_));
  } else {
    temporary_path_ = options_.path + ".tmp";
    PG_ASSIGN_OR_RETURN(mapping_, MemoryMapping::CreateFile(temporary_path_, end_bytes_));
  }
  header_.node_end = static_cast<uint32_t>(nodes);
  columns_ = {SectionAs<uint32_t>(kOthers),       SectionAs<uint32_t>(kFacts),
              SectionAs<uint32_t>(kDates),        SectionAs<float>(kConfidences),
              SectionAs<uint16_t>(kSourceCounts), SectionAs<uint8_t>(kStatuses),
              SectionAs<uint8_t>(kRoles),         SectionAs<uint8_t>(kStatusMasks)};
  return absl::OkStatus();
}

void TopologyBuilder::FillTo(uint64_t node) {
  uint32_t* const row_begins = SectionAs<uint32_t>(kRowBegins);
  uint32_t* const run_begins = SectionAs<uint32_t>(kRunBegins);
  uint32_t* const name_begins = SectionAs<uint32_t>(kNameBegins);
  for (; next_node_ <= node; ++next_node_) {
    row_begins[next_node_] = row_;
    run_begins[next_node_] = static_cast<uint32_t>(runs_.size());
    name_begins[next_node_] = static_cast<uint32_t>(names_.size());
  }
}

absl::Status TopologyBuilder::BeginNode(NodeId id, const TopologyNode& node) {
  const uint64_t index = ToInt(id);
  if (index >= options_.node_end || index < next_node_) {
    return absl::InternalError(absl::StrCat("node ", index, " is out of turn: want ", next_node_,
                                            " to ", options_.node_end));
  }
  if (names_.size() + node.name.size() > UINT32_MAX || ToInt(node.fact) > UINT32_MAX) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the name or the fact of node ", index, " does not fit the topology"));
  }
  FillTo(index);
  names_.append(node.name);
  SectionAs<uint8_t>(kKinds)[index] = static_cast<uint8_t>(node.kind);
  SectionAs<uint8_t>(kDealKinds)[index] = node.deal_kind;
  SectionAs<uint32_t>(kDealFacts)[index] = static_cast<uint32_t>(ToInt(node.fact));
  in_node_ = true;
  run_open_ = false;
  return absl::OkStatus();
}

absl::Status TopologyBuilder::CheckRoom(uint64_t rows) const {
  if (!in_node_) return absl::InternalError("a row without its node");
  if (rows > options_.row_count_max - row_) {
    return absl::InternalError(
        absl::StrCat("more rows than the ", options_.row_count_max, " that were announced"));
  }
  return absl::OkStatus();
}

void TopologyBuilder::ExtendRun(EdgeType type, Direction direction, uint32_t size,
                                uint8_t status_mask) {
  const auto type_number = static_cast<uint16_t>(type);
  const auto direction_number = static_cast<uint8_t>(direction);
  if (!run_open_ || runs_.back().type != type_number ||
      runs_.back().direction != direction_number) {
    runs_.push_back({.type = type_number, .direction = direction_number});
    run_open_ = true;
  }
  runs_.back().size += size;
  runs_.back().status_mask |= status_mask;
  columns_.status_masks[next_node_ - 1] |= status_mask;
}

absl::Status TopologyBuilder::AddRow(const AdjacentEdge& row) {
  PG_RETURN_IF_ERROR(CheckRoom(1));
  if (ToInt(row.other) >= options_.node_end) {
    return absl::DataLossError(absl::StrCat("fact ", ToInt(row.fact), " leads to node ",
                                            ToInt(row.other), ", and ids are below ",
                                            options_.node_end));
  }
  if (ToInt(row.fact) > UINT32_MAX) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "fact ", ToInt(row.fact), " to node ", ToInt(row.other), " does not fit the topology"));
  }
  if (!row.title.empty() || row.source_count >= kSourceCountInExtra) {
    if (titles_.size() + row.title.size() > UINT32_MAX) {
      return absl::ResourceExhaustedError("titles of more than 4 GiB do not fit the topology");
    }
    extras_.push_back({row_, static_cast<uint32_t>(titles_.size()),
                       static_cast<uint32_t>(row.title.size()), row.source_count});
    titles_.append(row.title);
  }
  columns_.others[row_] = static_cast<uint32_t>(ToInt(row.other));
  columns_.facts[row_] = static_cast<uint32_t>(ToInt(row.fact));
  columns_.dates[row_] = row.packed_date;
  columns_.confidences[row_] = row.confidence;
  columns_.source_counts[row_] =
      static_cast<uint16_t>(std::min<uint32_t>(row.source_count, kSourceCountInExtra));
  columns_.statuses[row_] = static_cast<uint8_t>(row.status);
  columns_.roles[row_] = static_cast<uint8_t>(row.role);
  ++row_;
  ExtendRun(row.type, row.direction, 1, StatusBit(static_cast<uint8_t>(row.status)));
  return absl::OkStatus();
}

absl::Status TopologyBuilder::AddSlice(const RowSlice& slice) {
  PG_RETURN_IF_ERROR(CheckRoom(slice.size));
  const RowColumns& from = *slice.columns;
  const auto copy = [&]<typename T>(T* to, const T* column) {
    std::memcpy(to + row_, column + slice.begin, sizeof(T) * slice.size);
  };
  copy(columns_.others, from.others);
  copy(columns_.facts, from.facts);
  copy(columns_.dates, from.dates);
  copy(columns_.confidences, from.confidences);
  copy(columns_.source_counts, from.source_counts);
  copy(columns_.statuses, from.statuses);
  copy(columns_.roles, from.roles);
  const auto first = std::ranges::lower_bound(from.extras, slice.begin, {}, &RowExtra::row);
  for (auto extra = first; extra != from.extras.end() && extra->row < slice.begin + slice.size;
       ++extra) {
    if (titles_.size() + extra->title_size > UINT32_MAX) {
      return absl::ResourceExhaustedError("titles of more than 4 GiB do not fit the topology");
    }
    extras_.push_back({row_ + (extra->row - slice.begin), static_cast<uint32_t>(titles_.size()),
                       extra->title_size, extra->source_count});
    titles_.append(from.titles + extra->title_begin, extra->title_size);
  }
  row_ += slice.size;
  ExtendRun(slice.type, slice.direction, slice.size, slice.status_mask);
  return absl::OkStatus();
}

void TopologyBuilder::AppendSection(TopologySection section, const void* data, size_t bytes) {
  TopologyHeader::Section& entry = header_.sections[static_cast<size_t>(section)];
  entry = {.offset = end_bytes_, .bytes = bytes};
  if (bytes > 0) std::memcpy(mapping_.data() + end_bytes_, data, bytes);
  end_bytes_ += Aligned(bytes);
}

absl::StatusOr<std::shared_ptr<const TopologyBase>> TopologyBuilder::Finish(Sequence sequence,
                                                                            uint64_t state_hash) {
  FillTo(options_.node_end);
  in_node_ = false;
  header_.row_count = row_;
  for (const TopologySection section :
       {kOthers, kFacts, kDates, kConfidences, kSourceCounts, kStatuses, kRoles}) {
    TopologyHeader::Section& entry = header_.sections[static_cast<size_t>(section)];
    if (options_.row_count_max > 0) entry.bytes = entry.bytes / options_.row_count_max * row_;
  }
  PG_RETURN_IF_ERROR(mapping_.Resize(end_bytes_ + Aligned(runs_.size() * sizeof(TopologyRun)) +
                                     Aligned(extras_.size() * sizeof(RowExtra)) +
                                     Aligned(titles_.size()) + Aligned(names_.size())));
  AppendSection(kRuns, runs_.data(), runs_.size() * sizeof(TopologyRun));
  AppendSection(kExtras, extras_.data(), extras_.size() * sizeof(RowExtra));
  AppendSection(kTitles, titles_.data(), titles_.size());
  AppendSection(kNames, names_.data(), names_.size());
  header_.sequence = ToInt(sequence);
  header_.state_hash = state_hash;
  header_.file_bytes = end_bytes_;
  if (!options_.path.empty()) {  // What never leaves the memory needs no checksums of its parts.
    for (TopologyHeader::Section& section : header_.sections) {
      section.checksum = XXH3_64bits(mapping_.data() + section.offset, section.bytes);
    }
  }
  header_.header_checksum = XXH3_64bits(&header_, offsetof(TopologyHeader, header_checksum));
  std::memcpy(mapping_.data(), &header_, sizeof(header_));
  PG_RETURN_IF_ERROR(mapping_.Sync());
  if (!options_.path.empty()) {
    if (std::rename(temporary_path_.c_str(), options_.path.c_str()) != 0) {
      return absl::UnavailableError(
          absl::StrCat("cannot rename ", temporary_path_, ": ", std::strerror(errno)));
    }
    temporary_path_.clear();
    PG_RETURN_IF_ERROR(SyncFolderOf(options_.path));
  }
  return TopologyBase::FromMapping(std::move(mapping_));
}

}  // namespace partnergraph
