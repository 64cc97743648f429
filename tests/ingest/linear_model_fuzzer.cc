// Any bytes as a model: refused, or read without a fault, whatever is looked up.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "ingest/linear_model.h"
#include "ingest/models.h"
#include "xxhash.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using partnergraph::LinearModel;
  std::string bytes(reinterpret_cast<const char*>(data), size);
  // With a right checksum and the sizes that its header says: what lies behind them is what is to
  // be tested.
  constexpr size_t kHeaderBytes = 40, kChecksumAt = 16, kCheckedFrom = 24, kRowBytesAt = 28,
                   kSlotsAt = 24, kNameBytesAt = 36;
  if (size >= kHeaderBytes) {
    uint32_t slots, names;
    std::memcpy(&slots, &bytes[kSlotsAt], sizeof(slots));
    std::memcpy(&names, &bytes[kNameBytesAt], sizeof(names));
    const uint64_t before = kHeaderBytes + uint64_t{names} + uint64_t{slots} * 8;
    if (before <= size) {
      const auto rows = static_cast<uint32_t>(size - before);
      std::memcpy(&bytes[kRowBytesAt], &rows, sizeof(rows));
    }
    const uint64_t checksum = XXH3_64bits(bytes.data() + kCheckedFrom, bytes.size() - kCheckedFrom);
    std::memcpy(&bytes[kChecksumAt], &checksum, sizeof(checksum));
  }
  // In memory of its own, without a terminating zero: a read behind it is seen.
  const std::vector<char> exact(bytes.begin(), bytes.end());
  const absl::StatusOr<LinearModel> model = LinearModel::Open({exact.data(), exact.size()});
  if (!model.ok()) return 0;
  std::vector<float> scores(model->labels().size());
  for (uint64_t hash = 0; hash < 64; ++hash) {
    model->Add({hash * 0x9e3779b97f4a7c15ULL}, scores);
    // Every slot's fingerprint, too.
    model->Add({hash << 32 | hash}, scores);
  }
  for (const std::string_view name : partnergraph::kModelNames) {
    (void)partnergraph::CheckModel(name, *model);
  }
  return 0;
}
