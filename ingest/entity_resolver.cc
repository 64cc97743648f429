#include "ingest/entity_resolver.h"

#include "absl/container/flat_hash_map.h"

namespace partnergraph {

absl::Status EntityResolver::Process(Document& document) const {
  document.entities.clear();
  absl::flat_hash_map<std::u32string, int> by_name;
  for (uint32_t i = 0; i < document.mentions.size(); ++i) {
    Mention& mention = document.mentions[i];
    if (mention.type > MentionType::kProduct) continue;
    const auto [it, added] = by_name.try_emplace(std::u32string(document.Chars(mention.span)),
                                                 static_cast<int>(document.entities.size()));
    if (added) {
      Entity entity;
      entity.type = mention.type;
      entity.org_type = mention.org_type;
      entity.canonical = document.Text(mention.span);
      entity.score = mention.score;
      document.entities.push_back(entity);
    }
    mention.entity = it->second;
    document.entities[it->second].mentions.push_back(i);
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
