// What an alias costs to index.
#include <string_view>

#include "benchmark/benchmark.h"
#include "graph/name_key.h"

namespace partnergraph {
namespace {

constexpr std::string_view kNames[] = {"阿里巴巴集团控股有限公司", "東亞銀行（中國）有限公司",
                                       "Huawei Technologies Co., Ltd.", "厦门象屿股份有限公司"};

void BM_NormalizeName(benchmark::State& state) {
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(NormalizeName(kNames[i++ % std::size(kNames)]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_NormalizeName);

void BM_MakeNameKeys(benchmark::State& state) {
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(MakeNameKeys(kNames[i++ % std::size(kNames)]));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MakeNameKeys);

}  // namespace
}  // namespace partnergraph
