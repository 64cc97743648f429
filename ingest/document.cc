#include "ingest/document.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/character.h"
#include "ingest/pipeline.h"
#include "ingest/text_normalizer.h"

namespace partnergraph {
namespace {

absl::Status CheckSize(std::string_view field, size_t size, size_t size_max) {
  if (size <= size_max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(field), " has ", size, " bytes, at most ", size_max, " are allowed"));
}

absl::Status CheckArticle(const Article& article) {
  PG_RETURN_IF_ERROR(CheckSize("id", article.id.size(), kArticleIdBytesMax));
  PG_RETURN_IF_ERROR(CheckSize("title", article.title.size(), kArticleTitleBytesMax));
  PG_RETURN_IF_ERROR(CheckSize("text", article.text.size(), kArticleTextBytesMax));
  PG_RETURN_IF_ERROR(CheckSize("url", article.url.size(), kArticleUrlBytesMax));
  PG_RETURN_IF_ERROR(CheckSize("source", article.source.size(), kArticleSourceBytesMax));
  if (!article.published.empty() && !IsValid(article.published)) {
    return absl::InvalidArgumentError("published is not a date that exists");
  }
  if (!article.language.empty() && article.language != "zh" && article.language != "zh-Hant" &&
      article.language != "en") {
    return absl::InvalidArgumentError(absl::StrCat("language is ", Quoted(article.language),
                                                   ", want \"zh\", \"zh-Hant\", \"en\" or none"));
  }
  return absl::OkStatus();
}

// Names the field and the byte within it.
absl::Status CheckUtf8(std::string_view field, std::string_view bytes) {
  const std::optional<size_t> invalid = FindInvalidUtf8(bytes);
  if (!invalid) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(field), " is not UTF-8 at byte ", *invalid));
}

}  // namespace

absl::StatusOr<Document> MakeDocument(Article article) {
  PG_RETURN_IF_ERROR(CheckArticle(article));
  PG_RETURN_IF_ERROR(CheckUtf8("id", article.id));
  PG_RETURN_IF_ERROR(CheckUtf8("url", article.url));
  PG_RETURN_IF_ERROR(CheckUtf8("source", article.source));
  PG_RETURN_IF_ERROR(CheckUtf8("title", article.title));
  PG_RETURN_IF_ERROR(CheckUtf8("text", article.text));
  Document document;
  document.text = article.WholeText();
  const size_t size = document.text.size();
  document.raw.reserve(size / 2);
  document.chars.reserve(size / 2);
  document.offsets.reserve(size / 2);
  for (size_t position = 0; position < size;) {
    if (position == article.title.size()) {
      document.body_begin = static_cast<uint32_t>(document.raw.size() + 1);
    }
    document.offsets.push_back(static_cast<uint32_t>(position));
    const char32_t c = NextCodePoint(document.text, position);
    document.raw.push_back(c);
    document.chars.push_back(NormalizeChar(c));
  }
  document.offsets.push_back(static_cast<uint32_t>(size));
  if (IsBlankText(document.text)) return absl::InvalidArgumentError("the article has no text");
  if (article.language.empty()) {
    document.language = DetectLanguage(document.raw, document.chars);
  } else if (article.language == "en") {
    document.language = Language::kEnglish;
  } else if (article.language == "zh-Hant") {
    document.language = Language::kTraditionalChinese;
  }
  document.article = std::move(article);
  return document;
}

}  // namespace partnergraph
