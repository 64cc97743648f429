#include "graph/quoted.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace partnergraph {

std::string Quoted(std::string_view bytes, size_t bytes_max) {
  const bool cut = bytes.size() > bytes_max;
  size_t size = cut ? bytes_max : bytes.size();
  // Do not cut inside a UTF-8 sequence.
  while (cut && size > 0 && (static_cast<unsigned char>(bytes[size]) & 0xC0) == 0x80) --size;
  return absl::StrCat("\"", absl::Utf8SafeCEscape(ToAbsl(bytes.substr(0, size))),
                      cut ? "...\"" : "\"");
}

}  // namespace partnergraph
