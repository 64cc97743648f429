#include "ingest/cue_lexicon.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

#include "graph/utf8.h"
#include "ingest/lexicon_file.h"

namespace partnergraph {
namespace {

constexpr std::array<std::string_view, static_cast<size_t>(Cue::kCount)> kCueNames = {
    "cooperate", "strategic", "join",      "sign",       "agreement", "acquire",   "stake",
    "sell",      "invest",    "lead",      "funding",    "establish", "venture",   "supply",
    "purchase",  "win",       "supplier",  "distribute", "integrate", "support",   "research",
    "educate",   "incubate",  "joint_act", "subsidiary", "parent",    "founder",   "launch",
    "develop",   "own",       "built_on",  "hope",       "plan",      "negotiate", "rumour",
    "deny",      "negation",  "end",       "allege",     "both",      "anaphor",   "speak",
    "attend",    "witness",   "represent", "title_head"};

char32_t FoldCase(char32_t c) { return c >= U'A' && c <= U'Z' ? c + 32 : c; }

bool IsLatin(char32_t c) {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') || (c >= U'0' && c <= U'9') ||
         (c >= 0xC0 && c < 0x250);
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

const CueLexicon& CueLexicon::Get() {
  static const CueLexicon* const lexicon = new CueLexicon();
  return *lexicon;
}

CueLexicon::CueLexicon() : nodes_(1), roots_(0x10000) {
  std::string_view table = LexiconFile("cues.txt");
  while (!table.empty()) {
    const size_t eol = std::min(table.find('\n'), table.size());
    std::string_view line = table.substr(0, eol);
    table.remove_prefix(std::min(eol + 1, table.size()));
    const size_t tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string_view::npos) continue;
    const auto name = std::find(kCueNames.begin(), kCueNames.end(), line.substr(0, tab));
    if (name == kCueNames.end()) std::abort();  // The table is ours: a bug.
    const Cue cue = static_cast<Cue>(name - kCueNames.begin());
    line.remove_prefix(tab + 1);
    while (!line.empty()) {
      const size_t comma = std::min(line.find(','), line.size());
      const std::string_view phrase = Trim(line.substr(0, comma));
      line.remove_prefix(std::min(comma + 1, line.size()));
      uint32_t node = 0;
      for (size_t i = 0; i < phrase.size();) {
        const char32_t c = FoldCase(NextCodePoint(phrase, i));
        uint32_t next = 0;
        if (node == 0) {
          if (c > 0xFFFF) std::abort();
          next = roots_[c];
        } else {
          for (const auto& [key, value] : nodes_[node].next) {
            if (key == c) next = value;
          }
        }
        if (next == 0) {
          next = static_cast<uint32_t>(nodes_.size());
          nodes_.emplace_back();
          if (node == 0) {
            roots_[c] = next;
          } else {
            nodes_[node].next.emplace_back(c, next);
          }
        }
        node = next;
      }
      if (node != 0) nodes_[node].cues.push_back(cue);
    }
  }
  for (Node& node : nodes_) std::sort(node.next.begin(), node.next.end());
}

void CueLexicon::Find(const Document& document, Span span, std::vector<CueHit>& hits) const {
  const std::u32string& chars = document.chars;
  for (uint32_t begin = span.begin; begin < span.end;) {
    uint32_t node = chars[begin] <= 0xFFFF ? roots_[FoldCase(chars[begin])] : 0;
    // A Latin cue begins where a word begins.
    if (node != 0 && IsLatin(chars[begin]) && begin > span.begin && IsLatin(chars[begin - 1])) {
      node = 0;
    }
    uint32_t best_node = 0, best_end = begin + 1;
    for (uint32_t end = begin + 1; node != 0; ++end) {
      const bool inside_word = IsLatin(chars[end - 1]) && end < span.end && IsLatin(chars[end]);
      if (!nodes_[node].cues.empty() && !inside_word) {
        best_node = node;
        best_end = end;
      }
      if (end >= span.end) break;
      const char32_t c = FoldCase(chars[end]);
      const auto& next = nodes_[node].next;
      const auto it = std::lower_bound(next.begin(), next.end(), c,
                                       [](const std::pair<char32_t, uint32_t>& entry,
                                          char32_t key) { return entry.first < key; });
      node = it != next.end() && it->first == c ? it->second : 0;
    }
    if (best_node != 0) {
      for (Cue cue : nodes_[best_node].cues) hits.push_back({{begin, best_end}, cue});
    }
    begin = best_end;
  }
}

}  // namespace partnergraph
