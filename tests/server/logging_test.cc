#include "server/logging.h"

#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "spdlog/sinks/ostream_sink.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

TEST(LoggingTest, LibrariesWriteNoLinesOfTheirOwn) {
  std::ostringstream lines;
  const auto logger = std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  logger->set_level(spdlog::level::debug);
  RouteLibraryLogs(logger);
  testing::internal::CaptureStderr();
  v1::SearchNodesRequest request;
  EXPECT_FALSE(request.ParseFromString("\x0a\x01\xff")) << "a query that is not UTF-8";
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_THAT(lines.str(), HasSubstr("\"event\":\"protobuf\""));
  RouteLibraryLogs(nullptr);
}

TEST(LoggingTest, EventsEscapeWhatTheyQuote) {
  std::ostringstream lines;
  spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  LogEvent(logger, spdlog::level::info, "call", {{"error", "a \"b\"\n\xff"}, {"micros", 7u}});
  EXPECT_THAT(lines.str(), HasSubstr(R"("error":"a \"b\"\u000a\ufffd","micros":7)"));
}

}  // namespace
}  // namespace partnergraph
