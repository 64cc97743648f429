#include "server/static_files.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "xxhash.h"

namespace partnergraph {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kContentTypes = {
    {{".html", "text/html; charset=utf-8"},
     {".js", "text/javascript; charset=utf-8"},
     {".css", "text/css; charset=utf-8"},
     {".json", "application/json"},
     {".svg", "image/svg+xml"},
     {".png", "image/png"},
     {".ico", "image/x-icon"},
     {".woff2", "font/woff2"},
     {".txt", "text/plain; charset=utf-8"}}};

std::string_view ContentTypeOf(const fs::path& path) {
  const std::string extension = path.extension().string();
  for (const auto& [ending, type] : kContentTypes) {
    if (extension == ending) return type;
  }
  return "application/octet-stream";
}

}  // namespace

absl::StatusOr<StaticFiles> StaticFiles::Load(const std::string& folder) {
  StaticFiles files;
  size_t bytes = 0;
  std::error_code error;
  fs::recursive_directory_iterator it(folder, error);
  for (; !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (it->is_symlink(error) || !it->is_regular_file(error)) continue;
    std::ifstream stream(it->path(), std::ios::binary);
    StaticFile file;
    file.content.assign(std::istreambuf_iterator<char>(stream), {});
    if (!stream) {
      return absl::UnavailableError(absl::StrCat("cannot read ", it->path().string()));
    }
    bytes += file.content.size();
    if (bytes > kBytesMax || files.files_.size() == kFilesMax) {
      return absl::ResourceExhaustedError(absl::StrCat(
          Quoted(folder), " holds more than ", kFilesMax, " files or ", kBytesMax, " bytes"));
    }
    file.content_type = ContentTypeOf(it->path());
    file.etag = absl::StrCat(
        "\"", absl::Hex(XXH3_64bits(file.content.data(), file.content.size()), absl::kZeroPad16),
        "\"");
    const std::string name =
        absl::StrCat("/", fs::relative(it->path(), folder, error).generic_string());
    file.immutable = absl::StartsWith(name, "/assets/");
    files.files_.emplace(name, std::move(file));
  }
  if (files.Find("/") == nullptr) {
    return absl::NotFoundError(absl::StrCat("no index.html in ", Quoted(folder)));
  }
  return files;
}

const StaticFile* StaticFiles::Find(std::string_view path) const {
  const auto it = files_.find(path == "/" ? std::string_view("/index.html") : path);
  return it == files_.end() ? nullptr : &it->second;
}

}  // namespace partnergraph
