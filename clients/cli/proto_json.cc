#include "clients/cli/proto_json.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "clients/cli/date_text.h"
#include "fmt/format.h"
#include "partnergraph/v1/graph.pb.h"

namespace partnergraph::cli {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The shortest decimal that reads back as `value`, as a double.
double ShortestDouble(float value) {
  return std::strtod(fmt::format("{}", value).c_str(), nullptr);
}

Json MessageToJson(const Message& message) {
  return message.GetDescriptor() == v1::Date::descriptor()
             ? Json(DateText(static_cast<const v1::Date&>(message)))
             : ToJson(message);
}

// `i` is the index in a repeated field and -1 otherwise.
Json FieldToJson(const Message& message, const FieldDescriptor& field, int i) {
  const Reflection& reflection = *message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return i < 0 ? reflection.GetInt32(message, &field)
                   : reflection.GetRepeatedInt32(message, &field, i);
    case FieldDescriptor::CPPTYPE_INT64:
      return i < 0 ? reflection.GetInt64(message, &field)
                   : reflection.GetRepeatedInt64(message, &field, i);
    case FieldDescriptor::CPPTYPE_UINT32:
      return i < 0 ? reflection.GetUInt32(message, &field)
                   : reflection.GetRepeatedUInt32(message, &field, i);
    case FieldDescriptor::CPPTYPE_UINT64:
      return i < 0 ? reflection.GetUInt64(message, &field)
                   : reflection.GetRepeatedUInt64(message, &field, i);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return i < 0 ? reflection.GetDouble(message, &field)
                   : reflection.GetRepeatedDouble(message, &field, i);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return ShortestDouble(i < 0 ? reflection.GetFloat(message, &field)
                                  : reflection.GetRepeatedFloat(message, &field, i));
    case FieldDescriptor::CPPTYPE_BOOL:
      return i < 0 ? reflection.GetBool(message, &field)
                   : reflection.GetRepeatedBool(message, &field, i);
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(i < 0 ? *reflection.GetEnum(message, &field)
                            : *reflection.GetRepeatedEnum(message, &field, i));
    case FieldDescriptor::CPPTYPE_STRING:
      return i < 0 ? reflection.GetString(message, &field)
                   : reflection.GetRepeatedString(message, &field, i);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (i >= 0) {
        return MessageToJson(reflection.GetRepeatedMessage(message, &field, i));
      }
      return reflection.HasField(message, &field)
                 ? MessageToJson(reflection.GetMessage(message, &field))
                 : Json(nullptr);
  }
  return nullptr;
}

}  // namespace

Json ToJson(const Message& message) {
  Json json = Json::object();
  const auto& descriptor = *message.GetDescriptor();
  for (int f = 0; f < descriptor.field_count(); ++f) {
    const FieldDescriptor& field = *descriptor.field(f);
    Json& value = json[field.name()];
    if (!field.is_repeated()) {
      value = FieldToJson(message, field, -1);
      continue;
    }
    value = Json::array();
    const int size = message.GetReflection()->FieldSize(message, &field);
    for (int i = 0; i < size; ++i) {
      value.push_back(FieldToJson(message, field, i));
    }
  }
  return json;
}

std::string EnumText(const google::protobuf::EnumValueDescriptor& value) {
  // NodeKind -> NODE_KIND_
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (std::isupper(static_cast<unsigned char>(c)) && !prefix.empty()) {
      prefix += '_';
    }
    prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  prefix += '_';
  return value.name().rfind(prefix, 0) == 0 ? value.name().substr(prefix.size()) : value.name();
}

std::string DumpJson(const Json& json, int indent) {
  const std::string text =
      json.dump(indent, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0;
    if (text[i] == '\x7F') {
      safe += "\\u007f";
    } else if (text[i] == '\xC2' && next >= 0x80 && next < 0xA0) {
      safe += fmt::format("\\u{:04x}", next);
      ++i;
    } else {
      safe += text[i];
    }
  }
  return safe;
}

}  // namespace partnergraph::cli
