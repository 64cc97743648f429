#include "ingest/batch_runner.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Records extracted together: enough to keep the threads busy, few enough to hold in memory (64 MiB
// at the longest record).
constexpr size_t kBatchRecords = 64;

struct Pending {
  BatchItem item{.document = absl::UnknownError("not extracted")};
  RecordFormat format{};
  bool cut_out = true;  // False: item.document already says why the record could not be read.
};

void Extract(const Pipeline& pipeline, Pending& pending) {
  BatchItem& item = pending.item;
  absl::StatusOr<Article> article =
      ReadArticle({pending.format, item.record, item.file, item.line});
  if (!article.ok()) {
    item.document = article.status();
    return;
  }
  item.document = pipeline.Extract(*std::move(article));
  if (!item.document.ok()) {
    const absl::Status& status = item.document.status();
    item.document = absl::Status(status.code(),
                                 absl::StrCat(item.file, ":", item.line, ": ", status.message()));
  }
}

bool IsSet(const std::atomic<bool>* flag) {
  return flag != nullptr && flag->load(std::memory_order_relaxed);
}

void ExtractAll(const Pipeline& pipeline, const BatchOptions& options,
                std::vector<Pending>& batch) {
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < batch.size() && !IsSet(options.cancelled); i = next++) {
      if (batch[i].cut_out) Extract(pipeline, batch[i]);
    }
  };
  std::vector<std::thread> workers;
  const size_t threads = std::min<size_t>(std::max(options.threads, 1), batch.size());
  for (size_t i = 1; i < threads; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
}

}  // namespace

absl::StatusOr<BatchCounts> RunBatches(const Pipeline& pipeline,
                                       const std::vector<std::string>& files,
                                       const BatchOptions& options,
                                       absl::FunctionRef<absl::Status(BatchItem)> sink) {
  BatchCounts counts;
  std::vector<Pending> batch;
  const auto flush = [&]() -> absl::Status {
    ExtractAll(pipeline, options, batch);
    if (IsSet(options.cancelled)) return absl::CancelledError("stopped");
    for (Pending& pending : batch) {
      ++counts.done;
      if (!pending.item.document.ok()) ++counts.refused;
      PG_RETURN_IF_ERROR(sink(std::move(pending.item)));
    }
    batch.clear();
    return absl::OkStatus();
  };
  for (const std::string& file : files) {
    PG_ASSIGN_OR_RETURN(const RecordFormat format, FormatOfFile(file));
    absl::Status stopped;
    uint64_t line = 0;
    PG_RETURN_IF_ERROR(ReadRecords(file, format, [&](absl::StatusOr<ArticleRecord> record) {
      Pending& pending = batch.emplace_back();
      pending.item.file = file;
      pending.format = format;
      if (record.ok()) {
        line = record->line;
        pending.item.record = std::string(record->data);
      } else {
        ++line;
        pending.cut_out = false;
        pending.item.document = record.status();
      }
      pending.item.line = line;
      if (batch.size() == kBatchRecords) stopped = flush();
      return stopped.ok();
    }));
    PG_RETURN_IF_ERROR(stopped);
  }
  PG_RETURN_IF_ERROR(flush());
  return counts;
}

}  // namespace partnergraph
