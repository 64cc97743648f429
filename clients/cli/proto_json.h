// Messages as JSON for programs: field names as in the protos, in the order of their numbers, every
// field present (null for an absent message), 64-bit integers as numbers, enum values without their
// prefix ("COMPANY"), dates as text (date_text.h). Stable: scripts rely on it.
#pragma once

#include <string>

#include "google/protobuf/message.h"
#include "nlohmann/json.hpp"

namespace partnergraph::cli {

using Json = nlohmann::ordered_json;

Json ToJson(const google::protobuf::Message& message);

// The name of an enum value without the enum's prefix: NODE_KIND_COMPANY is COMPANY.
std::string EnumText(const google::protobuf::EnumValueDescriptor& value);
template <typename Enum>
std::string EnumText(Enum value) {
  const auto* descriptor = google::protobuf::GetEnumDescriptor<Enum>()->FindValueByNumber(value);
  return descriptor == nullptr ? std::to_string(value) : EnumText(*descriptor);
}

// `json` as UTF-8 text on one line (or indented), safe for terminals: control characters are
// escaped, also the C1 ones that JSON lets through. Bytes that are not UTF-8 become U+FFFD.
std::string DumpJson(const Json& json, int indent = -1);

}  // namespace partnergraph::cli
