// Articles per second on one core, whole and by stage, over the project's sample articles.
#include <string>
#include <vector>

#include "benchmark/benchmark.h"
#include "ingest/article_reader.h"
#include "ingest/pipeline.h"

namespace partnergraph {
namespace {

std::vector<Article> SampleArticles() {
  std::vector<Article> articles;
  const absl::Status status = ReadRecords("ingest/sample/articles.jsonl", RecordFormat::kJson,
                                          [&](absl::StatusOr<ArticleRecord> record) {
                                            if (record.ok()) {
                                              absl::StatusOr<Article> article =
                                                  ReadArticle(*record);
                                              if (article.ok())
                                                articles.push_back(*std::move(article));
                                            }
                                            return true;
                                          });
  return status.ok() ? articles : std::vector<Article>();
}

void BM_Extract(benchmark::State& state) {
  const std::vector<Article> articles = SampleArticles();
  if (articles.empty()) {
    state.SkipWithError("run it in the root of the repository");
    return;
  }
  const std::unique_ptr<Pipeline> pipeline = Pipeline::Create();
  size_t bytes = 0, i = 0;
  for (auto _ : state) {
    const Article& article = articles[i++ % articles.size()];
    benchmark::DoNotOptimize(pipeline->Extract(article));
    bytes += article.text.size();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_Extract);

// One stage of the pipeline, the stages before it done outside the clock.
void BM_Stage(benchmark::State& state) {
  const std::vector<Article> articles = SampleArticles();
  const std::unique_ptr<Pipeline> pipeline = Pipeline::Create();
  const auto last = static_cast<size_t>(state.range(0));
  if (articles.empty() || last >= pipeline->stages().size()) {
    state.SkipWithError("run it in the root of the repository");
    return;
  }
  state.SetLabel(pipeline->stages()[last]->name());
  size_t i = 0;
  for (auto _ : state) {
    state.PauseTiming();
    Document document = *MakeDocument(articles[i++ % articles.size()]);
    for (size_t k = 0; k < last; ++k) (void)pipeline->stages()[k]->Process(document);
    state.ResumeTiming();
    (void)pipeline->stages()[last]->Process(document);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Stage)->DenseRange(0, 5);

}  // namespace
}  // namespace partnergraph
