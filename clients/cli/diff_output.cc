#include "clients/cli/diff_output.h"

#include <ostream>
#include <utility>

#include "clients/cli/edge_text.h"

namespace partnergraph::cli {
namespace {

template <typename Summary>
void Append(const char* change, const char* what,
            const google::protobuf::RepeatedPtrField<Summary>& summaries, Json& changes) {
  for (const Summary& summary : summaries) {
    Json record = {{"change", change}, {"what", what}};
    record.update(ToJson(summary));
    changes.push_back(std::move(record));
  }
}

}  // namespace

AnswerShape DiffShape() {
  AnswerShape shape;
  shape.lists = {{"changes", "change"}};
  shape.rows = "changes";
  for (const char* name : {"change", "what", "node_id", "kind", "name", "fact_id", "description"}) {
    shape.columns.push_back({name, std::string("/") + name});
  }
  shape.write_text = [](const Json& answer, const TextStyle&, std::ostream& out) {
    WriteChanges(answer["changes"], answer["counts"], out);
  };
  return shape;
}

Json ChangesOf(const v1::GraphDiff& diff) {
  Json changes = Json::array();
  Append("added", "node", diff.nodes_added(), changes);
  Append("removed", "node", diff.nodes_removed(), changes);
  Append("added", "fact", diff.facts_added(), changes);
  Append("removed", "fact", diff.facts_removed(), changes);
  Append("updated", "fact", diff.facts_updated(), changes);
  return changes;
}

void AddChanges(const v1::GraphDiff& diff, Output& output) {
  Json changes = ChangesOf(diff);
  for (Json& change : changes) {
    output.Add("changes", std::move(change));
  }
}

Json DiffCounts(const v1::GraphDiff& diff) {
  return {{"node_added_count", diff.node_added_count()},
          {"node_removed_count", diff.node_removed_count()},
          {"fact_added_count", diff.fact_added_count()},
          {"fact_removed_count", diff.fact_removed_count()},
          {"fact_updated_count", diff.fact_updated_count()}};
}

}  // namespace partnergraph::cli
