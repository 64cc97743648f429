// Documents as recognition gets them, and what it makes of them.
#pragma once

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "ingest/pipeline.h"
#include "ingest/sentence_splitter.h"
#include "tests/status_matchers.h"

namespace partnergraph {

// An article with its sentences.
inline Document SplitDocument(const std::string& text, const std::string& title = "今日要闻") {
  Article article;
  article.title = title;
  article.text = text;
  absl::StatusOr<Document> document = MakeDocument(article);
  EXPECT_THAT(document, IsOk());
  EXPECT_THAT(SentenceSplitter().Process(*document), IsOk());
  return *std::move(document);
}

// The names of one type that were found.
inline std::set<std::string> NamesOf(const Document& document, MentionType type) {
  std::set<std::string> names;
  for (const Mention& mention : document.mentions) {
    if (mention.type == type) names.emplace(document.Text(mention.span));
  }
  return names;
}

}  // namespace partnergraph
