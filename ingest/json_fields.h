// Fields of JSON objects that others wrote: what is not there, or of another type, is empty.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace partnergraph {

// The string of a key, or "".
std::string StringField(const nlohmann::json& object, const char* key);

// The array of a key, or an empty one. Lives as long as `object`.
const nlohmann::json& ArrayField(const nlohmann::json& object, const char* key);

// The strings of the array of a key, without what else it holds.
std::vector<std::string> StringsField(const nlohmann::json& object, const char* key);

}  // namespace partnergraph
