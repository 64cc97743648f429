// Any bytes as an article: refused with a reason, or extracted without a fault, with evidence and
// mentions that lie within the text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ingest/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using partnergraph::Pipeline;
  static const Pipeline* pipeline = Pipeline::Create()->release();
  partnergraph::Article article;
  article.text.assign(reinterpret_cast<const char*>(data), size);
  article.title = article.text.substr(0, article.text.find('\n')).substr(0, 200);
  const auto document = pipeline->Extract(article);
  if (!document.ok()) return 0;
  for (const partnergraph::Mention& mention : document->mentions) {
    if (mention.span.begin >= mention.span.end || mention.span.end > document->chars.size())
      abort();
  }
  partnergraph::ToJson(*document);
  partnergraph::ToArticleFacts(*document);
  return 0;
}
