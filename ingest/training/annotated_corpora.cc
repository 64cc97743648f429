#include "ingest/training/annotated_corpora.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/date.h"
#include "graph/status_macros.h"
#include "ingest/json_fields.h"
#include "ingest/training/data_file.h"

namespace partnergraph {
namespace {

using nlohmann::json;

// FNV-1a: Fowler, Noll, Vo.
std::string Digest(std::string_view text) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ULL;
  return absl::StrCat(absl::Hex(hash, absl::kZeroPad16));
}

// Whether a character begins at a byte, or the text ends there.
bool IsBorder(std::string_view text, size_t at) {
  return at == text.size() || (at < text.size() && (static_cast<uint8_t>(text[at]) & 0xc0) != 0x80);
}

// Puts what the offsets point at in their place: a pair of numbers becomes a string.
absl::Status Resolve(std::string_view text, json& value) {
  const bool span = value.is_array() && value.size() == 2 && value[0].is_number_unsigned() &&
                    value[1].is_number_unsigned();
  if (span) {
    const size_t begin = value[0].get<size_t>(), end = value[1].get<size_t>();
    if (begin >= end || !IsBorder(text, begin) || !IsBorder(text, end)) {
      return absl::InvalidArgumentError(absl::StrCat(
          "[", begin, ", ", end, ") are no characters of a text of ", text.size(), " bytes"));
    }
    value = std::string(text.substr(begin, end - begin));
    return absl::OkStatus();
  }
  if (value.is_array() || value.is_object()) {
    for (json& part : value) PG_RETURN_IF_ERROR(Resolve(text, part));
  }
  return absl::OkStatus();
}

// An annotation and where it stands.
struct Annotation {
  json object;
  std::string place;  // File and line, for errors.
};

absl::StatusOr<GoldArticle> Join(const Annotation& annotation, std::string_view line) {
  json object = annotation.object;
  const json source = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!source.is_object()) return absl::InvalidArgumentError("the text's line is no JSON object");
  Article article;
  article.id = StringField(object, "article_id");
  if (const std::string published = StringField(object, "published"); !published.empty()) {
    const std::optional<Date> date = ParseDate(published);
    if (!date || !IsValid(*date)) return absl::InvalidArgumentError("\"published\" is no date");
    article.published = *date;
  }
  article.title = StringField(source, "title");
  article.text = StringField(source, "text");
  if (const auto bytes = object.find("bytes"); bytes != object.end()) {
    if (!bytes->is_number_unsigned()) return absl::InvalidArgumentError("\"bytes\" is no number");
    if (bytes->get<size_t>() > article.text.size()) {
      return absl::FailedPreconditionError("the text is shorter than what was annotated");
    }
    article.text.resize(bytes->get<size_t>());
  }
  const std::string whole = absl::StrCat(article.title, "\n", article.text);
  if (Digest(whole) != StringField(object, "digest")) {
    return absl::FailedPreconditionError("the text is not the one that was annotated");
  }
  // The digest says that "bytes" ends where a character does.
  for (const char* key : {"entities", "partnerships", "relations"}) {
    if (const auto found = object.find(key); found != object.end()) {
      PG_RETURN_IF_ERROR(Resolve(whole, *found));
    }
  }
  for (json& entity : object["entities"]) {
    const auto mentions = entity.find("mentions");
    if (mentions == entity.end() || !mentions->is_array() || mentions->empty() ||
        !mentions->front().is_string()) {
      return absl::InvalidArgumentError("an entity without mentions");
    }
    entity["canonical"] = mentions->front();
  }
  PG_ASSIGN_OR_RETURN(GoldArticle gold, ReadGoldArticle(std::move(article), object.dump()));
  gold.origin = ArticleOrigin::kRelease;
  return gold;
}

}  // namespace

absl::StatusOr<std::vector<GoldArticle>> ReadAnnotatedCorpora(const std::string& annotations_folder,
                                                              const std::string& data_folder) {
  std::vector<std::string> files;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(annotations_folder, failed)) {
    if (entry.path().extension() == ".jsonl") files.push_back(entry.path().string());
  }
  if (failed) {
    return absl::NotFoundError(
        absl::StrCat("cannot read ", annotations_folder, ": ", failed.message()));
  }
  std::sort(files.begin(), files.end());
  std::vector<Annotation> annotations;
  std::set<std::string> ids;
  std::map<std::string, std::multimap<size_t, size_t>> wanted;  // By set: line, annotation.
  for (const std::string& file : files) {
    size_t number = 0;
    PG_RETURN_IF_ERROR(ForEachDataLine(file, [&](std::string_view line) -> absl::Status {
      ++number;
      json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
      if (!object.is_object()) return absl::InvalidArgumentError("no JSON object");
      const auto at = object.find("line");
      const std::string set = StringField(object, "set");
      if (set.empty() || at == object.end() || !at->is_number_unsigned() ||
          at->get<size_t>() == 0) {
        return absl::InvalidArgumentError("no \"set\" or no \"line\"");
      }
      if (const std::string id = StringField(object, "article_id"); !ids.insert(id).second) {
        return absl::InvalidArgumentError(absl::StrCat("a second annotation ", id));
      }
      wanted[set].emplace(at->get<size_t>(), annotations.size());
      annotations.push_back({std::move(object), absl::StrCat(file, ", line ", number)});
      return absl::OkStatus();
    }));
  }
  std::vector<GoldArticle> articles(annotations.size());
  for (const auto& [set, lines] : wanted) {
    size_t number = 0;
    const std::string path = absl::StrCat(data_folder, "/", set);
    PG_RETURN_IF_ERROR(ForEachDataLine(path, [&](std::string_view line) -> absl::Status {
      const auto [begin, end] = lines.equal_range(++number);
      for (auto it = begin; it != end; ++it) {
        absl::StatusOr<GoldArticle> joined = Join(annotations[it->second], line);
        if (!joined.ok()) {
          return absl::Status(
              joined.status().code(),
              absl::StrCat(annotations[it->second].place, ": ", joined.status().message()));
        }
        articles[it->second] = *std::move(joined);
      }
      return absl::OkStatus();
    }));
    if (const auto missing = lines.upper_bound(number); missing != lines.end()) {
      return absl::NotFoundError(absl::StrCat(annotations[missing->second].place, ": ", path,
                                              " has no line ", missing->first));
    }
  }
  return articles;
}

}  // namespace partnergraph
