// The dashboard's files, held in memory: a request can name nothing that was not read at the start,
// so no path leads out of the folder.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace partnergraph {

struct StaticFile {
  std::string content;
  std::string_view content_type;
  std::string etag;  // Quoted, a hash of the content.
  // Whether the name holds a hash of the content, so that a copy never grows old.
  bool immutable = false;
};

// Immutable, hence thread-safe.
class StaticFiles {
 public:
  static constexpr size_t kFilesMax = 1'000;
  static constexpr size_t kBytesMax = 64 << 20;

  // No files.
  StaticFiles() = default;

  // Reads all regular files under `folder`; links are not followed. NOT_FOUND when it has no
  // index.html, RESOURCE_EXHAUSTED beyond the bounds above, UNAVAILABLE when a file cannot be read.
  static absl::StatusOr<StaticFiles> Load(const std::string& folder);

  // Finds the file of a URL's path, which begins with "/"; "/" is "/index.html". Null when there is
  // none. The result lives as long as this object.
  const StaticFile* Find(std::string_view path) const;

  bool empty() const { return files_.empty(); }

 private:
  std::map<std::string, StaticFile, std::less<>> files_;
};

}  // namespace partnergraph
