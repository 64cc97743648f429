// Articles per second on one core, whole and by stage, and characters per second of hostile text.
// Runs in the root of the repository: over ../shared/articles/seeds.tsv where that is present, else
// over the project's sample.
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "ingest/article_reader.h"
#include "ingest/pipeline.h"

namespace partnergraph {
namespace {

constexpr char kSeeds[] = "../shared/articles/seeds.tsv";
constexpr char kSample[] = "ingest/sample/articles.jsonl";

std::vector<Article> ReadAll(const std::string& path, RecordFormat format) {
  std::vector<Article> articles;
  const absl::Status status = ReadRecords(path, format, [&](absl::StatusOr<ArticleRecord> record) {
    if (!record.ok()) return true;
    absl::StatusOr<Article> article = ReadArticle(*record);
    if (article.ok()) articles.push_back(*std::move(article));
    return true;
  });
  return status.ok() ? articles : std::vector<Article>();
}

const std::vector<Article>& Articles() {
  static const auto* const articles = new std::vector<Article>(
      std::filesystem::exists(kSeeds) ? ReadAll(kSeeds, RecordFormat::kTsv)
                                      : ReadAll(kSample, RecordFormat::kJson));
  return *articles;
}

// Articles of this many characters, each cut from what the articles say one after the other.
constexpr size_t kTypicalChars = 1500;

const std::vector<Article>& TypicalArticles() {
  static const auto* const articles = [] {
    auto* typical = new std::vector<Article>;
    std::string text;
    size_t chars = 0;
    for (const Article& article : Articles()) {
      const std::string whole = article.title + "\n" + article.text + "\n";
      for (const char c : whole) {
        const bool begins = (c & 0xC0) != 0x80;  // A code point.
        if (begins && chars == kTypicalChars) {
          Article& added = typical->emplace_back();
          added.id = "typical";
          added.text = std::exchange(text, std::string());
          chars = 0;
        }
        chars += begins ? 1 : 0;
        text += c;
      }
    }
    return typical;
  }();
  return *articles;
}

// The whole of extraction over articles of one length, on one core.
void BM_ExtractTypical(benchmark::State& state) {
  const std::vector<Article>& articles = TypicalArticles();
  if (articles.empty()) {
    state.SkipWithError("run it in the root of the repository");
    return;
  }
  const std::unique_ptr<Pipeline> pipeline = *Pipeline::Create();
  benchmark::DoNotOptimize(pipeline->Extract(articles[0]));  // Loads the lists.
  size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(pipeline->Extract(articles[i++ % articles.size()]));
  }
  state.SetLabel("1,500 characters each");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ExtractTypical);

// Opening all models that are built in; must stay far below 50 ms.
void BM_OpenModels(benchmark::State& state) {
  size_t bytes = 0;
  for (auto _ : state) {
    for (const std::string_view name : kModelNames) {
      const std::string_view model = ModelFile(name);
      if (model.empty()) continue;
      benchmark::DoNotOptimize(LinearModel::Open(model));
      bytes += model.size();
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_OpenModels)->Unit(benchmark::kMillisecond);

void BM_Extract(benchmark::State& state) {
  const std::vector<Article>& articles = Articles();
  if (articles.empty()) {
    state.SkipWithError("run it in the root of the repository");
    return;
  }
  const std::unique_ptr<Pipeline> pipeline = *Pipeline::Create();
  benchmark::DoNotOptimize(pipeline->Extract(articles[0]));  // Loads the lists.
  size_t bytes = 0, i = 0;
  for (auto _ : state) {
    const Article& article = articles[i++ % articles.size()];
    benchmark::DoNotOptimize(pipeline->Extract(article));
    bytes += article.text.size();
  }
  state.SetLabel(std::filesystem::exists(kSeeds) ? "seeds" : "sample");
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}
BENCHMARK(BM_Extract);

// One stage of the pipeline, the stages before it done outside the clock. A stage's share of an
// article is its time over the sum of all.
void BM_Stage(benchmark::State& state) {
  const std::vector<Article>& articles = Articles();
  const std::unique_ptr<Pipeline> pipeline = *Pipeline::Create();
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
BENCHMARK(BM_Stage)->DenseRange(0, 6);

struct Hostile {
  const char* name;
  const char* part;  // Repeated up to the length wanted.
};
constexpr Hostile kHostile[] = {
    {"one sentence",
     "云岭科技总裁陈柏舟与东屿银行（中国）有限公司签署战略合作协议，推出“云帆”平台，"},
    {"list of companies", "云岭科技有限公司、"},
    {"brackets", "（（《“"},
    {"Latin run", "A"},
    {"Latin words", "Orvella Robotics and "},
    {"titles", "总经理兼"},
    {"models", "云帆X9、"},
    {"verbs", "宣布收购成立"},
    {"different companies", nullptr},
    {"open brackets", "甲云科技( 乙岭科技( NYSE: "},
    {"capitals", "ORVELLA ROBOTICS INC. AND NORTHMERE LTD. ANNOUNCE PARTNERSHIP "},
    {"table", "公司\t职务\t姓名\n云岭科技\t总裁\t陈柏舟\n东屿银行\t行长\t林若川\n"},
    {"mixed scripts", "雲嶺科技与Orvella Robotics就ＡＩ平臺达成 cooperation，"},
};

// Time must grow with the length, not with its square: the two lengths of a text give about the
// same bytes per second.
void BM_Hostile(benchmark::State& state) {
  const Hostile& hostile = kHostile[state.range(0)];
  const std::unique_ptr<Pipeline> pipeline = *Pipeline::Create();
  Article article;
  article.id = "hostile";
  article.title = "云岭科技公告";
  for (size_t i = 0; article.text.size() < static_cast<size_t>(state.range(1)); ++i) {
    // Without a part of its own: names that are all different.
    article.text += hostile.part != nullptr ? std::string(hostile.part)
                                            : "云" + std::to_string(i) + "岭科技有限公司、";
  }
  for (auto _ : state) benchmark::DoNotOptimize(pipeline->Extract(article));
  state.SetLabel(hostile.name);
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(article.text.size()));
}
BENCHMARK(BM_Hostile)
    ->ArgsProduct({benchmark::CreateDenseRange(0, std::size(kHostile) - 1, 1), {15000, 150000}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace partnergraph
