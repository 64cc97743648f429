#include "server/article_input.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/article_reader.h"
#include "ingest/text_normalizer.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

absl::Status CheckSize(std::string_view field, std::string_view name, size_t size,
                       size_t size_max) {
  if (size <= size_max) return absl::OkStatus();
  return FieldError(field,
                    absl::StrCat(ToAbsl(name), name.empty() ? "" : " ", "has ", size,
                                 " bytes, at most ", size_max, " are allowed"),
                    "ARTICLE_TOO_LARGE");
}

// Record data is `bytes`, which Protobuf does not check.
absl::Status CheckUtf8(std::string_view field, std::string_view bytes) {
  const std::optional<size_t> invalid = FindInvalidUtf8(bytes);
  if (!invalid.has_value()) return absl::OkStatus();
  return FieldError(field, absl::StrCat("is not UTF-8 at byte ", *invalid), "NOT_UTF8");
}

// `field` holds the whole article when it came as a record; else its fields are fields of `field`.
absl::Status CheckArticle(const Article& article, std::string_view field, bool is_record) {
  const std::tuple<const char*, size_t, size_t> sizes[] = {
      {"article_id", article.id.size(), kArticleIdBytesMax},
      {"title", article.title.size(), kArticleTitleBytesMax},
      {"text", article.text.size(), kArticleTextBytesMax},
      {"url", article.url.size(), kArticleUrlBytesMax},
      {"source", article.source.size(), kArticleSourceBytesMax},
  };
  const auto path = [&](const char* name) {
    return is_record ? std::string(field) : absl::StrCat(ToAbsl(field), ".", name);
  };
  for (const auto& [name, size, size_max] : sizes) {
    PG_RETURN_IF_ERROR(CheckSize(path(name), is_record ? name : "", size, size_max));
  }
  const auto is_control = [](unsigned char byte) { return byte < 0x20 || byte == 0x7F; };
  if (std::ranges::any_of(article.id, is_control)) {
    return FieldError(path("article_id"),
                      absl::StrCat(is_record ? "article_id " : "", "is ", Quoted(article.id),
                                   ", want no control characters"));
  }
  if (!article.language.empty() && article.language != "zh" && article.language != "zh-Hant" &&
      article.language != "en") {
    return FieldError(path("language"),
                      absl::StrCat(is_record ? "language " : "", "is ", Quoted(article.language),
                                   ", want zh, zh-Hant, en or nothing"));
  }
  return absl::OkStatus();
}

absl::StatusOr<RecordFormat> ToFormat(v1::RecordFormat format) {
  switch (format) {
    case v1::RECORD_FORMAT_TSV:
      return RecordFormat::kTsv;
    case v1::RECORD_FORMAT_JSON:
      return RecordFormat::kJson;
    case v1::RECORD_FORMAT_TEXT:
      return RecordFormat::kText;
    default:
      return FieldError("record.format",
                        absl::StrCat(static_cast<int>(format), " is no format of a record"));
  }
}

absl::StatusOr<Article> ReadRecord(const v1::ArticleRecord& record) {
  PG_ASSIGN_OR_RETURN(const RecordFormat format, ToFormat(record.format()));
  if (record.line() == 0) return FieldError("record.line", "is 0, lines count from 1");
  PG_RETURN_IF_ERROR(CheckSize("record.data", "", record.data().size(), kRecordBytesMax));
  PG_RETURN_IF_ERROR(CheckUtf8("record.data", record.data()));
  // The reader's messages begin with the place already; it is added once for all of them.
  absl::StatusOr<Article> article = ReadArticle(
      {.format = format, .data = record.data(), .file = record.file(), .line = record.line()});
  if (!article.ok()) {
    std::string_view message = ToStd(article.status().message());
    const std::string place = absl::StrCat(record.file(), ":", record.line(), ": ");
    if (message.starts_with(place)) message.remove_prefix(place.size());
    const bool no_text = article.status().GetPayload(kNoTextPayload).has_value();
    return FieldError("record.data", message, no_text ? "ARTICLE_EMPTY" : "BAD_RECORD");
  }
  PG_RETURN_IF_ERROR(CheckArticle(*article, "record.data", true));
  return article;
}

}  // namespace

absl::StatusOr<Article> ToArticle(const v1::Article& from) {
  Article article{.id = from.article_id(),
                  .title = from.title(),
                  .text = from.text(),
                  .url = from.url(),
                  .source = from.source(),
                  .language = from.language()};
  if (IsBlankText(article.title) && IsBlankText(article.text)) {
    return FieldError("article.text", "is empty, and so is the title", "ARTICLE_EMPTY");
  }
  if (!from.published().empty()) {
    const std::optional<Date> published = ParseDate(from.published());
    if (!published.has_value() || published->day == 0 || !IsValid(*published)) {
      return FieldError("article.published",
                        absl::StrCat("is ", Quoted(from.published()), ", want YYYY-MM-DD"));
    }
    article.published = *published;
  }
  PG_RETURN_IF_ERROR(CheckArticle(article, "article", false));
  return article;
}

absl::StatusOr<Article> ToArticle(const v1::ArticleRecord& record) {
  if (record.file().size() > kRecordFileBytesMax) {
    return FieldError("record.file", absl::StrCat("has ", record.file().size(), " bytes, at most ",
                                                  kRecordFileBytesMax, " are allowed"));
  }
  absl::StatusOr<Article> article = ReadRecord(record);
  if (!article.ok()) return AtPlace(article.status(), record);
  return article;
}

absl::Status AtPlace(const absl::Status& status, const v1::ArticleRecord& record) {
  if (status.ok()) return status;
  absl::Status placed(status.code(), absl::StrCat(record.file().empty() ? "record" : record.file(),
                                                  ":", record.line(), ": ", status.message()));
  status.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    placed.SetPayload(type_url, payload);
  });
  return placed;
}

}  // namespace partnergraph
