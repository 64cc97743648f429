// Dates as people and programs write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "partnergraph/v1/graph.pb.h"

namespace partnergraph::cli {

// Extended ISO 8601 (EDTF), which keeps precision and bound: 2018, 2018-11, 2018-11-26, before:
// ../2018-11, after: 2018-11/.. ; empty for no date.
std::string DateText(const v1::Date& date);

// YYYY, YYYY-MM or YYYY-MM-DD. Nothing for other text and for days that do not exist.
std::optional<v1::Date> ParseDate(std::string_view text);

}  // namespace partnergraph::cli
