#include "ingest/csv_splitter.h"

#include <algorithm>
#include <cstring>

namespace partnergraph {
namespace {

size_t Find(std::string_view text, char c, size_t from = 0) {
  if (from >= text.size()) return std::string_view::npos;
  const void* const found = std::memchr(text.data() + from, c, text.size() - from);
  return found == nullptr ? std::string_view::npos
                          : static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

bool CsvSplitter::Next() {
  while (!rest_.empty()) {
    line_ = next_line_;
    fault_ = nullptr;
    fields_.clear();
    const size_t newline = std::min(Find(rest_, '\n'), rest_.size());
    std::string_view line = rest_.substr(0, newline);
    size_t size = std::min(newline + 1, rest_.size());
    if (Find(line, '"') == std::string_view::npos) {
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++next_line_;
      rest_.remove_prefix(size);
      if (line.empty()) continue;
      record_ = line;
      SplitPlain(line);
      return true;
    }
    size = SplitQuoted();
    record_ = rest_.substr(0, size);
    next_line_ += static_cast<uint64_t>(std::count(record_.begin(), record_.end(), '\n'));
    while (record_.ends_with('\n') || record_.ends_with('\r')) record_.remove_suffix(1);
    rest_.remove_prefix(size);
    return true;
  }
  return false;
}

void CsvSplitter::SplitPlain(std::string_view line) {
  size_t begin = 0;
  for (size_t end = Find(line, delimiter_); end != std::string_view::npos;
       end = Find(line, delimiter_, begin)) {
    fields_.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  fields_.push_back(line.substr(begin));
}

size_t CsvSplitter::SplitQuoted() {
  unescaped_.clear();
  size_t at = 0;
  while (true) {
    if (at < rest_.size() && rest_[at] == '"') {
      const size_t begin = ++at;
      bool doubled = false;
      while (true) {
        at = Find(rest_, '"', at);
        if (at == std::string_view::npos) {
          fault_ = "has a quoted field that does not end";
          return rest_.size();
        }
        if (at + 1 >= rest_.size() || rest_[at + 1] != '"') break;
        doubled = true;
        at += 2;
      }
      std::string_view field = rest_.substr(begin, at - begin);
      if (doubled) {
        std::string& text = unescaped_.emplace_back();
        for (size_t i = 0; i < field.size(); ++i) {
          text.push_back(field[i]);
          if (field[i] == '"') ++i;  // The second one of the two.
        }
        field = text;
      }
      fields_.push_back(field);
      ++at;
      if (at < rest_.size() && rest_[at] == '\r') ++at;
    } else {
      const size_t begin = at;
      while (at < rest_.size() && rest_[at] != delimiter_ && rest_[at] != '\n') {
        if (rest_[at] == '"') fault_ = "has a quote inside of a field that does not begin with one";
        ++at;
      }
      std::string_view field = rest_.substr(begin, at - begin);
      if ((at == rest_.size() || rest_[at] == '\n') && field.ends_with('\r')) {
        field.remove_suffix(1);
      }
      fields_.push_back(field);
    }
    if (at >= rest_.size()) return rest_.size();
    if (rest_[at] == '\n') return at + 1;
    if (rest_[at] != delimiter_) {
      fault_ = "has something behind the end of a quoted field";
      const size_t end = Find(rest_, '\n', at);
      return end == std::string_view::npos ? rest_.size() : end + 1;
    }
    ++at;
  }
}

}  // namespace partnergraph
