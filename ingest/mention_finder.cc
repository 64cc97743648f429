#include "ingest/mention_finder.h"

#include "ingest/character.h"

namespace partnergraph {
namespace {

struct Head {
  std::u32string_view suffix;
  const char* org_type;
};
constexpr Head kHeads[] = {{U"公司", "COMPANY"}, {U"集团", "COMPANY"},    {U"银行", "FINANCIAL"},
                           {U"科技", "COMPANY"}, {U"大学", "UNIVERSITY"}, {U"医院", "HOSPITAL"},
                           {U"中学", "SCHOOL"},  {U"实验室", "RESEARCH"}};

}  // namespace

absl::Status MentionFinder::Process(Document& document) const {
  document.mentions.clear();
  for (const Sentence& sentence : document.sentences) {
    const std::u32string_view chars = document.Chars(sentence.span);
    size_t left = 0;  // Where the run of Chinese characters begins.
    for (size_t i = 0; i < chars.size(); ++i) {
      if (!IsHan(chars[i])) {
        left = i + 1;
        continue;
      }
      for (const Head& head : kHeads) {
        if (!chars.substr(i).starts_with(head.suffix) || i < left + 2 || i > left + 8) continue;
        Mention mention;
        mention.span = {static_cast<uint32_t>(sentence.span.begin + left),
                        static_cast<uint32_t>(sentence.span.begin + i + head.suffix.size())};
        mention.org_type = head.org_type;
        mention.score = 0.5f;
        mention.rule = "suffix";
        document.mentions.push_back(mention);
        left = i + head.suffix.size();
        i = left - 1;
        break;
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
