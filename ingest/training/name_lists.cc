#include "ingest/training/name_lists.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"
#include "ingest/feature_hash.h"
#include "ingest/text_normalizer.h"
#include "ingest/training/data_file.h"

namespace partnergraph {
namespace {

constexpr const char* kLists[] = {
    "gazetteer/hanlp/hanlp_org_names.txt",
    "gazetteer/hanlp/hanlp_person_names.txt",
    "gazetteer/hanlp/hanlp_places.txt",
    "gazetteer/hanlp/hanlp_nrf_transliterated_person.txt",
    "gazetteer/company_short_forms_280k.txt.xz",
    "gazetteer/thuocl/THUOCL_diming.txt",
    "gazetteer/job_titles/professions_zh.txt",
};

std::u32string ToChars(std::string_view utf8) {
  std::u32string chars;
  if (FindInvalidUtf8(utf8)) return chars;
  for (size_t position = 0; position < utf8.size();) {
    chars.push_back(NormalizeChar(NextCodePoint(utf8, position)));
  }
  return chars;
}

}  // namespace

absl::Status NameLists::ReadFile(const std::string& path, int list) {
  return ForEachDataLine(path, [&](std::string_view line) {
    const std::u32string name = ToChars(line.substr(0, line.find_first_of(" \t\r")));
    if (name.size() >= 2 && name.size() <= kNameCharsMax) {
      entries_[name].lists |= uint64_t{1} << list;
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<NameLists> NameLists::Read(const std::string& data_folder) {
  NameLists lists;
  int list = 0;
  for (const char* file : kLists) {
    PG_RETURN_IF_ERROR(lists.ReadFile(absl::StrCat(data_folder, "/", file), list++));
  }
  return lists;
}

void NameLists::AddSentence(const NerSentence& sentence, const std::vector<std::string>& types) {
  for (const NerEntity& entity : sentence.entities) {
    if (entity.span.size() < 2 || entity.span.size() > kNameCharsMax) continue;
    const auto type =
        static_cast<uint8_t>(std::find(types.begin(), types.end(), entity.type) - types.begin());
    auto& counts = entries_[sentence.chars.substr(entity.span.begin, entity.span.size())].types;
    const auto it = std::find_if(counts.begin(), counts.end(),
                                 [&](const auto& count) { return count.first == type; });
    if (it == counts.end()) {
      counts.emplace_back(type, 1);
    } else {
      ++it->second;
    }
  }
}

std::vector<TagHint> NameLists::Find(std::u32string_view chars, const NerSentence* own,
                                     const std::vector<std::string>& types) const {
  std::vector<TagHint> hints;
  for (uint32_t begin = 0; begin < chars.size(); ++begin) {
    const size_t longest = std::min(kNameCharsMax, chars.size() - begin);
    for (uint32_t size = 2; size <= longest; ++size) {
      const std::u32string_view name = chars.substr(begin, size);
      const auto it = entries_.find(std::u32string(name));
      if (it == entries_.end()) continue;
      const Span span = {begin, begin + size};
      if (it->second.lists != 0) {
        hints.push_back({span, FeatureHash("list").Add(it->second.lists).value()});
      }
      for (const auto& [type, count] : it->second.types) {
        uint32_t others = count;
        if (own != nullptr) {
          for (const NerEntity& entity : own->entities) {
            if (types[type] == entity.type &&
                chars.substr(entity.span.begin, entity.span.size()) == name) {
              --others;
            }
          }
        }
        if (others > 0) {
          hints.push_back({span, FeatureHash("train").Add(type).Add(std::min(others, 3u)).value()});
        }
      }
    }
  }
  return hints;
}

}  // namespace partnergraph
