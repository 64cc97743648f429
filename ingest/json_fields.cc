#include "ingest/json_fields.h"

#include "nlohmann/json.hpp"

namespace partnergraph {

using nlohmann::json;

std::string StringField(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json& ArrayField(const json& object, const char* key) {
  static const json* const empty = new json(json::array());
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : *empty;
}

std::vector<std::string> StringsField(const json& object, const char* key) {
  std::vector<std::string> strings;
  for (const json& value : ArrayField(object, key)) {
    if (value.is_string()) strings.push_back(value.get<std::string>());
  }
  return strings;
}

}  // namespace partnergraph
