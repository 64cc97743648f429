#include "clients/cli/sibling_program.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "fmt/format.h"

namespace partnergraph::cli {

absl::Status BecomeSibling(std::string_view name, const std::vector<std::string>& arguments) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) {
    return absl::FailedPreconditionError("the system does not say where this program is: " +
                                         error.message());
  }
  const std::string path = (self.parent_path() / name).string();
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(path.c_str(), argv.data());
  if (errno == ENOENT) {
    return absl::FailedPreconditionError(
        fmt::format("there is no {}, which this needs beside {}", path, self.filename().string()));
  }
  return absl::FailedPreconditionError(
      fmt::format("cannot start {}: {}", path, std::strerror(errno)));
}

}  // namespace partnergraph::cli
