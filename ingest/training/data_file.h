// Files to learn from, line by line; those that end in .xz are decompressed on the way.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace partnergraph {

// Calls visit(line) for each line, without its newline, in order; stops with what it returns when
// that is not OK, and adds the file and the line's number. NOT_FOUND when the file cannot be read,
// DATA_LOSS when it is no whole .xz file.
absl::Status ForEachDataLine(const std::string& path,
                             const std::function<absl::Status(std::string_view line)>& visit);

}  // namespace partnergraph
