// Records of import files to articles. One record at a time, bounded memory; errors name file and
// line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/article_facts.h"

namespace partnergraph {

enum class RecordFormat : uint8_t { kTsv, kJson, kText };

// Bytes of one record and where they stand.
struct ArticleRecord {
  RecordFormat format = RecordFormat::kTsv;
  std::string_view data;  // Without the line's end.
  std::string file;
  uint64_t line = 1;
};

// Longest record, in bytes: 1 MiB.
inline constexpr size_t kRecordBytesMax = 1 << 20;

// Reads one record. The id of a record without one is derived: the file's stem, in the singular
// when it is a plural, and the line, so that line 3 of "articles.tsv" is "article-3". Files of one
// name have the same such ids; the store tells them apart by their content. INVALID_ARGUMENT names
// file, line and what is wrong: no text, not UTF-8 (with the byte), not JSON (with the byte), a
// field of the wrong type, a date that does not exist. The status of a record without text carries
// the payload kNoTextPayload, so that it can be told from a damaged one.
absl::StatusOr<Article> ReadArticle(const ArticleRecord& record);
inline constexpr char kNoTextPayload[] = "partnergraph.v1/no_text";

// By the file's ending: .tsv, .jsonl/.ndjson/.json, .txt. INVALID_ARGUMENT for others.
absl::StatusOr<RecordFormat> FormatOfFile(std::string_view file);

// Calls `visit` for each record of a file, in order, until it returns false; each is either a
// record or the reason why it could not be cut out (a line over kRecordBytesMax: the rest of the
// line is skipped and reading goes on). Memory is bounded by the longest record. NOT_FOUND,
// PERMISSION_DENIED and the like when the file cannot be read.
absl::Status ReadRecords(const std::string& file, RecordFormat format,
                         absl::FunctionRef<bool(absl::StatusOr<ArticleRecord>)> visit);

}  // namespace partnergraph
