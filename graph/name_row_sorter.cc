#include "graph/name_row_sorter.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <tuple>
#include <utility>

#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Rows that are on their way from memory while one is visited.
constexpr size_t kLookAhead = 16;

// A row in memory and in files: sizes, node, sort key, name.
struct Header {
  uint16_t key_size = 0;
  uint16_t shown_size = 0;
  uint32_t node = 0;
};

struct Row {
  std::string_view key;
  uint32_t node = 0;
  std::string_view shown;
};

Row ReadRow(std::string_view rows, uint64_t offset) {
  Header header;
  std::memcpy(&header, rows.data() + offset, sizeof(header));
  offset += sizeof(header);
  return {rows.substr(offset, header.key_size), header.node,
          rows.substr(offset + header.key_size, header.shown_size)};
}

size_t RowBytes(const Row& row) { return sizeof(Header) + row.key.size() + row.shown.size(); }

// The bytes at [begin, begin + 8) of a key as a number, zeros behind its end.
uint64_t BytesOf(std::string_view key, size_t begin) {
  uint64_t bytes = 0;
  if (begin < key.size()) {
    std::memcpy(&bytes, key.data() + begin, std::min<size_t>(key.size() - begin, sizeof(bytes)));
  }
  return __builtin_bswap64(bytes);
}

// Sorted rows one after the other.
class RowCursor {
 public:
  explicit RowCursor(std::string_view rows) : rows_(rows) { Read(); }
  bool ended() const { return ended_; }
  const Row& row() const { return row_; }
  void Next() {
    offset_ += RowBytes(row_);
    Read();
  }

 private:
  void Read() {
    ended_ = offset_ == rows_.size();
    if (!ended_) row_ = ReadRow(rows_, offset_);
  }

  std::string_view rows_;
  uint64_t offset_ = 0;
  bool ended_ = false;
  Row row_;
};

}  // namespace

void NameRowBatch::Add(NameKeyKind kind, std::string_view key, uint32_t node,
                       std::string_view shown) {
  const uint64_t offset = bytes_.size();
  const Header header{static_cast<uint16_t>(key.size() + 1), static_cast<uint16_t>(shown.size()),
                      node};
  bytes_.append(reinterpret_cast<const char*>(&header), sizeof(header));
  bytes_.push_back(static_cast<char>(kind));
  bytes_.append(key);
  bytes_.append(shown);
  const std::string_view sort_key = ReadRow(bytes_, offset).key;
  entries_.push_back({BytesOf(sort_key, 0), BytesOf(sort_key, 8), offset});
}

absl::Status NameRowSorter::Add(const NameRowBatch& rows, std::span<const uint32_t> numbers) {
  const uint64_t base = held_.bytes_.size();
  held_.bytes_.append(rows.bytes_);
  for (Entry entry : rows.entries_) {
    char* const row = held_.bytes_.data() + base + entry.offset;
    uint32_t node = 0;
    std::memcpy(&node, row + offsetof(Header, node), sizeof(node));
    node = numbers[node];
    if (node == kLeftOut) continue;
    std::memcpy(row + offsetof(Header, node), &node, sizeof(node));
    entry.offset += base;
    held_.entries_.push_back(entry);
    ++count_;
  }
  const size_t bytes = held_.bytes_.size() + 2 * held_.entries_.size() * sizeof(Entry);
  return bytes < memory_bytes_ ? absl::OkStatus() : Spill();
}

std::vector<NameRowSorter::Entry> NameRowSorter::SortedEntries() const {
  std::vector<Entry> entries = held_.entries_;
  std::sort(entries.begin(), entries.end(), [this](const Entry& a, const Entry& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    if (a.next != b.next) return a.next < b.next;
    // Keys hold no 0 byte, so that a key that ends early is before those that go on. Nodes were
    // added in ascending order, and so were the names of each.
    const std::string_view a_key = ReadRow(held_.bytes_, a.offset).key,
                           b_key = ReadRow(held_.bytes_, b.offset).key;
    return std::tie(a_key, a.offset) < std::tie(b_key, b.offset);
  });
  return entries;
}

absl::Status NameRowSorter::Spill() {
  PG_ASSIGN_OR_RETURN(std::unique_ptr<ScratchFile> file, ScratchFile::Create(directory_));
  for (const Entry& entry : SortedEntries()) {
    PG_RETURN_IF_ERROR(file->Append(held_.bytes_.data() + entry.offset,
                                    RowBytes(ReadRow(held_.bytes_, entry.offset))));
  }
  PG_RETURN_IF_ERROR(file->Map());
  files_.push_back(std::move(file));
  held_ = {};
  return absl::OkStatus();
}

absl::Status NameRowSorter::Scan(
    absl::FunctionRef<absl::Status(std::string_view, uint32_t, std::string_view)> visit) {
  std::string last_key;
  uint32_t last_node = UINT32_MAX;
  const auto give = [&](const Row& row) -> absl::Status {
    if (row.node == last_node && row.key == last_key) return absl::OkStatus();
    last_key = row.key;
    last_node = row.node;
    return visit(row.key, row.node, row.shown);
  };
  if (files_.empty()) {
    const std::vector<Entry> entries = SortedEntries();
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i + kLookAhead < entries.size()) {
        __builtin_prefetch(held_.bytes_.data() + entries[i + kLookAhead].offset);
      }
      PG_RETURN_IF_ERROR(give(ReadRow(held_.bytes_, entries[i].offset)));
    }
    return absl::OkStatus();
  }
  PG_RETURN_IF_ERROR(Spill());
  std::vector<std::pair<RowCursor, size_t>> heads;  // With the file: earlier ones first.
  for (size_t i = 0; i < files_.size(); ++i) heads.emplace_back(RowCursor(files_[i]->bytes()), i);
  std::erase_if(heads, [](const auto& head) { return head.first.ended(); });
  const auto after = [](const auto& a, const auto& b) {
    return std::tie(a.first.row().key, a.first.row().node, a.second) >
           std::tie(b.first.row().key, b.first.row().node, b.second);
  };
  std::make_heap(heads.begin(), heads.end(), after);
  while (!heads.empty()) {
    std::pop_heap(heads.begin(), heads.end(), after);
    PG_RETURN_IF_ERROR(give(heads.back().first.row()));
    heads.back().first.Next();
    if (heads.back().first.ended()) {
      heads.pop_back();
    } else {
      std::push_heap(heads.begin(), heads.end(), after);
    }
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
