// Dates in the text, absolute and relative, Chinese and English.
#pragma once

#include "ingest/stage.h"

namespace partnergraph {

// Adds a kDate mention for each expression: 2018年10月18日, 11月26日, 今年十月, 上月, 昨日, 近日,
// 民國106年8月, 2019-04-08, "Nov. 5, 2018", "last Tuesday". Mention::date is resolved against the
// publication date, or, where the article has none, against the first full date of the text. It
// stays empty where neither tells the year (a day and month alone), and for 近日, 日前 and the
// like.
class TimeExpressionFinder : public Stage {
 public:
  const char* name() const override { return "dates"; }
  absl::Status Process(Document& document) const override;
};

}  // namespace partnergraph
