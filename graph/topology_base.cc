#include "graph/topology_base.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "xxhash.h"

namespace partnergraph {
namespace {

constexpr size_t Index(TopologySection section) { return static_cast<size_t>(section); }

// Bytes of one entry of a section, and how many entries it must have; 0: any number.
struct SectionShape {
  size_t entry_bytes;
  uint64_t count;
};
SectionShape ShapeOf(TopologySection section, const TopologyHeader& header) {
  using enum TopologySection;
  const uint64_t nodes = header.node_end, rows = header.row_count;
  switch (section) {
    case kRowBegins:
    case kRunBegins:
    case kNameBegins:
      return {4, nodes + 1};
    case kDealFacts:
      return {4, nodes};
    case kKinds:
    case kStatusMasks:
    case kDealKinds:
      return {1, nodes};
    case kOthers:
    case kFacts:
    case kDates:
    case kConfidences:
      return {4, rows};
    case kSourceCounts:
      return {2, rows};
    case kStatuses:
    case kRoles:
      return {1, rows};
    case kRuns:
      return {sizeof(TopologyRun), 0};
    case kExtras:
      return {sizeof(RowExtra), 0};
    case kTitles:
    case kNames:
      return {1, 0};
  }
  return {1, 0};
}

uint64_t Checksum(const void* data, size_t size) { return XXH3_64bits(data, size); }

absl::Status Damaged(std::string_view what) {
  return absl::DataLossError(
      absl::StrCat("topology file: ", absl::string_view(what.data(), what.size())));
}

absl::StatusOr<TopologyHeader> ReadHeader(const MemoryMapping& mapping) {
  if (mapping.size() < kTopologyHeaderBytes) {
    return Damaged(
        absl::StrCat("has ", mapping.size(), " bytes, want at least ", kTopologyHeaderBytes));
  }
  TopologyHeader header;
  std::memcpy(&header, mapping.data(), sizeof(header));
  if (header.magic != kTopologyMagic) return Damaged("is none of ours");
  if (header.version != kTopologyVersion) {
    return absl::FailedPreconditionError(absl::StrCat("topology file of version ", header.version,
                                                      ", this program reads ", kTopologyVersion));
  }
  if (header.header_checksum != Checksum(&header, offsetof(TopologyHeader, header_checksum))) {
    return Damaged("the header fails its checksum");
  }
  if (header.file_bytes != mapping.size()) {
    return Damaged(absl::StrCat("has ", mapping.size(), " bytes, want ", header.file_bytes));
  }
  for (size_t i = 0; i < kTopologySectionCount; ++i) {
    const TopologyHeader::Section& section = header.sections[i];
    const SectionShape shape = ShapeOf(static_cast<TopologySection>(i), header);
    if (section.offset % 64 != 0 || section.offset > header.file_bytes ||
        section.bytes > header.file_bytes - section.offset ||
        section.bytes % shape.entry_bytes != 0 ||
        (shape.count != 0 && section.bytes / shape.entry_bytes != shape.count)) {
      return Damaged(absl::StrCat("section ", i, " does not fit"));
    }
  }
  return header;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const TopologyBase>> TopologyBase::Open(const std::string& path) {
  PG_ASSIGN_OR_RETURN(MemoryMapping mapping, MemoryMapping::OpenFile(path));
  return FromMapping(std::move(mapping));
}

absl::StatusOr<std::shared_ptr<const TopologyBase>> TopologyBase::FromMapping(
    MemoryMapping mapping) {
  PG_ASSIGN_OR_RETURN(const TopologyHeader header, ReadHeader(mapping));
  return std::shared_ptr<const TopologyBase>(new TopologyBase(std::move(mapping), header));
}

template <typename T>
const T* TopologyBase::SectionAs(TopologySection section) const {
  return reinterpret_cast<const T*>(mapping_.data() + header_.sections[Index(section)].offset);
}

TopologyBase::TopologyBase(MemoryMapping mapping, const TopologyHeader& header)
    : mapping_(std::move(mapping)), header_(header) {
  using enum TopologySection;
  row_begins_ = SectionAs<uint32_t>(kRowBegins);
  run_begins_ = SectionAs<uint32_t>(kRunBegins);
  name_begins_ = SectionAs<uint32_t>(kNameBegins);
  deal_facts_ = SectionAs<uint32_t>(kDealFacts);
  kinds_ = SectionAs<uint8_t>(kKinds);
  status_masks_ = SectionAs<uint8_t>(kStatusMasks);
  deal_kinds_ = SectionAs<uint8_t>(kDealKinds);
  runs_ = SectionAs<TopologyRun>(kRuns);
  names_ = SectionAs<char>(kNames);
  columns_.others = SectionAs<uint32_t>(kOthers);
  columns_.facts = SectionAs<uint32_t>(kFacts);
  columns_.dates = SectionAs<uint32_t>(kDates);
  columns_.confidences = SectionAs<float>(kConfidences);
  columns_.source_counts = SectionAs<uint16_t>(kSourceCounts);
  columns_.statuses = SectionAs<uint8_t>(kStatuses);
  columns_.roles = SectionAs<uint8_t>(kRoles);
  columns_.extras = {SectionAs<RowExtra>(kExtras),
                     header_.sections[Index(kExtras)].bytes / sizeof(RowExtra)};
  columns_.titles = SectionAs<char>(kTitles);
}

absl::Status TopologyBase::Verify(const std::atomic<bool>& stop) const {
  constexpr size_t kStepBytes = 16 << 20;
  XXH3_state_t* const state = XXH3_createState();
  absl::Status status;
  for (size_t i = 0; i < kTopologySectionCount && status.ok(); ++i) {
    const TopologyHeader::Section& section = header_.sections[i];
    XXH3_64bits_reset(state);
    for (uint64_t done = 0; done < section.bytes && status.ok(); done += kStepBytes) {
      if (stop.load(std::memory_order_relaxed)) status = absl::CancelledError("stopped");
      XXH3_64bits_update(state, mapping_.data() + section.offset + done,
                         std::min<uint64_t>(kStepBytes, section.bytes - done));
    }
    if (status.ok() && XXH3_64bits_digest(state) != section.checksum) {
      status = Damaged(absl::StrCat("section ", i, " fails its checksum"));
    }
  }
  XXH3_freeState(state);
  return status;
}

uint64_t TopologyBase::RowBytes() const {
  using enum TopologySection;
  uint64_t bytes = 0;
  for (const TopologySection section : {kOthers, kFacts, kDates, kConfidences, kSourceCounts,
                                        kStatuses, kRoles, kRuns, kExtras, kTitles}) {
    bytes += header_.sections[Index(section)].bytes;
  }
  return bytes;
}

uint64_t TopologyBase::NodeBytes() const {
  using enum TopologySection;
  uint64_t bytes = 0;
  for (const TopologySection section : {kRowBegins, kRunBegins, kNameBegins, kDealFacts, kKinds,
                                        kStatusMasks, kDealKinds, kNames}) {
    bytes += header_.sections[Index(section)].bytes;
  }
  return bytes;
}

}  // namespace partnergraph
