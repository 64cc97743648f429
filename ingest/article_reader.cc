#include "ingest/article_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/text_normalizer.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

// Deepest JSON nesting that a record may have. A record is one flat object; what is deeper is
// refused before it is parsed, because the parser recurses.
constexpr int kJsonDepthMax = 16;

// Longest stem of a file in an id, in bytes: the line and the hash of the content have room beside
// it.
constexpr size_t kStemBytesMax = kArticleIdBytesMax - 64;

std::string Place(const ArticleRecord& record) {
  return absl::StrCat(record.file, ":", record.line);
}

absl::Status Bad(const ArticleRecord& record, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(Place(record), ": ", ToAbsl(what)));
}

// Not in the singular: "bus", "press", "status", "analysis", "news".
bool IsPlural(std::string_view word) {
  constexpr size_t kPluralBytesMin = 4;
  if (word.size() < kPluralBytesMin || !word.ends_with('s')) return false;
  for (const std::string_view ending : {"ss", "us", "is", "news"}) {
    if (word.ends_with(ending)) return false;
  }
  return true;
}

// "dir/articles.tsv" and line 3 make "article-3".
std::string MakeId(const ArticleRecord& record) {
  std::string_view stem = record.file;
  if (const size_t slash = stem.rfind('/'); slash != std::string_view::npos)
    stem.remove_prefix(slash + 1);
  if (const size_t dot = stem.find('.', 1); dot != std::string_view::npos)
    stem = stem.substr(0, dot);
  if (IsPlural(stem)) stem.remove_suffix(1);
  if (stem.empty()) stem = "article";
  size_t size = std::min(stem.size(), kStemBytesMax);
  while (!IsCharBoundary(stem, size)) --size;
  return absl::StrCat(ToAbsl(stem.substr(0, size)), "-", record.line);
}

std::string_view WithoutBom(std::string_view data) {
  return data.starts_with("\xEF\xBB\xBF") ? data.substr(3) : data;
}

absl::StatusOr<Article> ReadTsv(const ArticleRecord& record, std::string_view data) {
  Article article;
  const size_t tab = data.find('\t');
  if (tab == std::string_view::npos) return Bad(record, "no tab between title and text");
  article.title = data.substr(0, tab);
  article.text = data.substr(tab + 1);
  while (!article.text.empty() && (article.text.back() == '\t' || article.text.back() == '\r')) {
    article.text.pop_back();
  }
  return article;
}

absl::StatusOr<Article> ReadText(std::string_view data) {
  Article article;
  const size_t line_end = data.find('\n');
  article.title = data.substr(0, line_end);
  if (article.title.ends_with('\r')) article.title.pop_back();
  if (line_end != std::string_view::npos) article.text = data.substr(line_end + 1);
  return article;
}

// True when brackets outside strings nest deeper than `depth_max`.
bool DeeperThan(std::string_view json, int depth_max) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      if (++depth > depth_max) return true;
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return false;
}

absl::StatusOr<Article> ReadJson(const ArticleRecord& record, std::string_view data) {
  if (DeeperThan(data, kJsonDepthMax)) {
    return Bad(record, absl::StrCat("JSON nested deeper than ", kJsonDepthMax));
  }
  nlohmann::json object;
  try {
    object = nlohmann::json::parse(data.begin(), data.end());
  } catch (const nlohmann::json::parse_error& error) {
    return Bad(record, absl::StrCat("not JSON: byte ", error.byte, ": ", error.what()));
  }
  if (!object.is_object()) return Bad(record, "not a JSON object");
  Article article;
  std::string published;
  const std::pair<const char*, std::string*> fields[] = {
      {"article_id", &article.id}, {"title", &article.title},   {"text", &article.text},
      {"url", &article.url},       {"source", &article.source}, {"language", &article.language},
      {"published", &published},
  };
  for (const auto& [name, target] : fields) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) continue;
    if (!found->is_string()) {
      return Bad(record,
                 absl::StrCat("field \"", name, "\" is a ", found->type_name(), ", want a string"));
    }
    *target = found->get<std::string>();
  }
  if (!published.empty()) {
    // A time of day after the date is common in feeds and not needed here.
    const std::optional<Date> date =
        ParseDate(std::string_view(published).substr(0, published.find_first_of("T ")));
    if (!date.has_value() || !IsValid(*date)) {
      return Bad(record,
                 absl::StrCat("field \"published\" is ", Quoted(published), ", want YYYY-MM-DD"));
    }
    article.published = *date;
  }
  return article;
}

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::Status FileError(const std::string& file, int error) {
  const std::string message = absl::StrCat(file, ": ", std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
      return absl::PermissionDeniedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

}  // namespace

absl::StatusOr<Article> ReadArticle(const ArticleRecord& record) {
  if (record.data.size() > kRecordBytesMax) {
    return Bad(record, absl::StrCat("record has ", record.data.size(), " bytes, at most ",
                                    kRecordBytesMax));
  }
  const std::string_view data = WithoutBom(record.data);
  if (const std::optional<size_t> bad = FindInvalidUtf8(data); bad.has_value()) {
    return Bad(record,
               absl::StrCat("not UTF-8: byte ", *bad, " is 0x",
                            absl::Hex(static_cast<unsigned char>(data[*bad]), absl::kZeroPad2)));
  }
  absl::StatusOr<Article> article = Article();
  switch (record.format) {
    case RecordFormat::kTsv:
      article = ReadTsv(record, data);
      break;
    case RecordFormat::kJson:
      article = ReadJson(record, data);
      break;
    case RecordFormat::kText:
      article = ReadText(data);
      break;
  }
  PG_RETURN_IF_ERROR(article.status());
  if (IsBlankText(article->text)) {
    absl::Status status =
        Bad(record, article->title.empty()
                        ? "no text"
                        : absl::StrCat("no text after the title ", Quoted(article->title)));
    status.SetPayload(kNoTextPayload, absl::Cord());
    return status;
  }
  if (article->id.empty()) {
    article->id = MakeId(record);
    article->id_is_derived = true;
  }
  return article;
}

absl::StatusOr<RecordFormat> FormatOfFile(std::string_view file) {
  const auto ends = [file](const char* suffix) {
    return absl::EndsWithIgnoreCase(ToAbsl(file), suffix);
  };
  if (ends(".tsv")) return RecordFormat::kTsv;
  if (ends(".jsonl") || ends(".ndjson") || ends(".json")) return RecordFormat::kJson;
  if (ends(".txt")) return RecordFormat::kText;
  return absl::InvalidArgumentError(absl::StrCat(
      ToAbsl(file), ": unknown kind of file; want .tsv, .jsonl, .ndjson, .json or .txt"));
}

absl::Status ReadRecords(const std::string& file, RecordFormat format,
                         absl::FunctionRef<bool(absl::StatusOr<ArticleRecord>)> visit) {
  const std::unique_ptr<std::FILE, FileCloser> input(std::fopen(file.c_str(), "rb"));
  if (input == nullptr) return FileError(file, errno);
  std::string record;
  bool over = false;  // The record at hand is too long; what follows of it is read and dropped.
  uint64_t line = 1;
  const auto emit = [&]() {
    absl::StatusOr<ArticleRecord> result = ArticleRecord{format, record, file, line};
    if (over) {
      result = absl::InvalidArgumentError(
          absl::StrCat(file, ":", line, ": record has more than ", kRecordBytesMax, " bytes"));
    } else if (format != RecordFormat::kText) {
      if (record.ends_with('\r')) record.pop_back();
      if (record.empty()) return true;  // Blank lines separate nothing and say nothing.
      result->data = record;
    }
    return visit(std::move(result));
  };
  const auto append = [&](std::string_view bytes) {
    if (over || record.size() + bytes.size() > kRecordBytesMax + 1) {  // One byte more for a '\r'.
      over = true;
      record.clear();
    } else {
      record.append(bytes);
    }
  };
  char buffer[64 << 10];
  while (true) {
    const size_t size = std::fread(buffer, 1, sizeof(buffer), input.get());
    if (size == 0 && std::ferror(input.get()) != 0) return FileError(file, errno);
    if (size == 0) break;
    std::string_view rest(buffer, size);
    while (format != RecordFormat::kText) {
      const size_t line_end = rest.find('\n');
      if (line_end == std::string_view::npos) break;
      append(rest.substr(0, line_end));
      if (!emit()) return absl::OkStatus();
      rest.remove_prefix(line_end + 1);
      record.clear();
      over = false;
      ++line;
    }
    append(rest);
  }
  if (over || !record.empty()) emit();
  return absl::OkStatus();
}

}  // namespace partnergraph
