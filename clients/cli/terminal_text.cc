#include "clients/cli/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Wide and fullwidth blocks of Unicode's East Asian Width, in order.
constexpr std::array<Range, 19> kWide = {{{0x1100, 0x115F},
                                          {0x231A, 0x231B},
                                          {0x2329, 0x232A},
                                          {0x23E9, 0x23F3},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0x33FF},
                                          {0x3400, 0x4DBF},
                                          {0x4E00, 0xA4CF},
                                          {0xA960, 0xA97F},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE10, 0xFE19},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1F64F},
                                          {0x1F680, 0x1F6FF},
                                          {0x1F900, 0x1F9FF},
                                          {0x20000, 0x3FFFD}}};

// Combining marks and other characters that take no column, in order.
constexpr std::array<Range, 14> kZeroWidth = {{{0x0300, 0x036F},
                                               {0x0483, 0x0489},
                                               {0x0591, 0x05BD},
                                               {0x0610, 0x061A},
                                               {0x064B, 0x065F},
                                               {0x0E34, 0x0E3A},
                                               {0x0E47, 0x0E4E},
                                               {0x1AB0, 0x1AFF},
                                               {0x1DC0, 0x1DFF},
                                               {0x200B, 0x200D},
                                               {0x20D0, 0x20FF},
                                               {0x3099, 0x309A},
                                               {0xFE00, 0xFE0F},
                                               {0xE0100, 0xE01EF}}};

template <size_t kSize>
bool Contains(const std::array<Range, kSize>& ranges, char32_t c) {
  const auto it = std::upper_bound(ranges.begin(), ranges.end(), c,
                                   [](char32_t value, const Range& r) { return value < r.first; });
  return it != ranges.begin() && c <= std::prev(it)->last;
}

struct Decoded {
  char32_t value;
  size_t bytes;  // At least 1.
  bool valid;
};

Decoded DecodeUtf8(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1, true};
  }
  const size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
    return {lead, 1, false};
  }
  char32_t value = lead & (0x7F >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) {
      return {lead, 1, false};
    }
    value = value << 6 | (byte(i) & 0x3F);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool valid =
      value >= kSmallest[length] && value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  return valid ? Decoded{value, length, true} : Decoded{lead, 1, false};
}

bool IsUnsafe(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

size_t CharacterWidth(char32_t c) {
  if (c < 0x300) {
    return 1;
  }
  if (Contains(kZeroWidth, c)) {
    return 0;
  }
  return Contains(kWide, c) ? 2 : 1;
}

}  // namespace

std::string EscapeForTerminal(std::string_view text, Newlines newlines) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const Decoded c = DecodeUtf8(text);
    if (!c.valid) {
      escaped += fmt::format("\\x{:02X}", static_cast<uint32_t>(c.value));
    } else if (c.value == '\n' && newlines == Newlines::kKeep) {
      escaped += '\n';
    } else if (c.value == '\n') {
      escaped += "\\n";
    } else if (c.value == '\t') {
      escaped += "\\t";
    } else if (c.value == '\r') {
      escaped += "\\r";
    } else if (IsUnsafe(c.value)) {
      escaped += c.value < 0x100 ? fmt::format("\\x{:02X}", static_cast<uint32_t>(c.value))
                                 : fmt::format("\\u{{{:04X}}}", static_cast<uint32_t>(c.value));
    } else {
      escaped += text.substr(0, c.bytes);
    }
    text.remove_prefix(c.bytes);
  }
  return escaped;
}

size_t DisplayWidth(std::string_view text) {
  size_t width = 0;
  while (!text.empty()) {
    const Decoded c = DecodeUtf8(text);
    width += CharacterWidth(c.value);
    text.remove_prefix(c.bytes);
  }
  return width;
}

std::string PadRight(std::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string PadLeft(std::string_view text, size_t width) {
  const size_t used = DisplayWidth(text);
  return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::vector<std::string> WrapText(std::string_view text, size_t width) {
  std::vector<std::string> lines;
  std::string line;
  size_t line_width = 0;
  size_t break_bytes = 0;  // Where the line can be cut: after its last space.
  while (!text.empty()) {
    const Decoded c = DecodeUtf8(text);
    const size_t c_width = CharacterWidth(c.value);
    if (line_width + c_width > width && !line.empty()) {
      const bool at_space = c.value < 0x2E80 && c.value != ' ' && break_bytes > 0;
      const std::string rest = at_space ? line.substr(break_bytes) : "";
      line.resize(line.size() - rest.size());
      line.erase(line.find_last_not_of(' ') + 1);
      lines.push_back(line);
      line = rest;
      line_width = DisplayWidth(line);
      break_bytes = 0;
    }
    if (!(line.empty() && c.value == ' ' && !lines.empty())) {
      line += text.substr(0, c.bytes);
      line_width += c_width;
    }
    if (c.value == ' ' || c.value >= 0x2E80) {
      break_bytes = line.size();
    }
    text.remove_prefix(c.bytes);
  }
  if (!line.empty() || lines.empty()) {
    lines.push_back(line);
  }
  return lines;
}

}  // namespace partnergraph::cli
