#include "server/config.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

std::map<std::string, std::string>& Variables() {
  static auto& variables = *new std::map<std::string, std::string>();
  return variables;
}

const char* Environment(const char* name) {
  const auto found = Variables().find(name);
  return found == Variables().end() ? nullptr : found->second.c_str();
}

class ConfigTest : public testing::Test {
 protected:
  void SetUp() override { Variables().clear(); }
  void TearDown() override { std::filesystem::remove(file_); }

  absl::StatusOr<ParsedConfig> Parse(std::vector<std::string> arguments) {
    return ParseConfig(arguments, Environment);
  }
  std::string WriteFile(const std::string& text) {
    std::ofstream(file_) << text;
    return "--config=" + file_;
  }

  const std::string file_ = testing::TempDir() + "/config-" + std::to_string(getpid()) + ".ini";
};

TEST_F(ConfigTest, DefaultsServeLoopbackOnly) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({}));
  EXPECT_EQ(parsed.config.grpc, "127.0.0.1:50051");
  EXPECT_EQ(parsed.config.http, "127.0.0.1:8080");
  EXPECT_FALSE(parsed.output.has_value());
}

TEST_F(ConfigTest, FlagsBeatTheEnvironmentWhichBeatsTheFile) {
  const std::string file = WriteFile("reads-max=1\nwrites-max=1\nstreams-max=1\n");
  Variables() = {{"PARTNERGRAPH_READS_MAX", "2"}, {"PARTNERGRAPH_WRITES_MAX", "2"}};
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({file, "--reads-max=3"}));
  EXPECT_EQ(parsed.config.calls.reads_max, 3);
  EXPECT_EQ(parsed.config.calls.writes_max, 2);
  EXPECT_EQ(parsed.config.calls.streams_max, 1);
}

TEST_F(ConfigTest, OperationsHaveTheirBounds) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig defaults, Parse({}));
  EXPECT_EQ(defaults.config.operations.waiting_max, 4);
  EXPECT_EQ(defaults.config.operations.kept_max, 16);
  EXPECT_EQ(defaults.config.operations.kept_ms_max, 3'600'000);
  EXPECT_EQ(defaults.config.operations.results_bytes_max, 512 << 20);
  ASSERT_OK_AND_ASSIGN(
      const ParsedConfig parsed,
      Parse({"--operations-waiting-max=2", "--operations-kept-max=3",
             "--operations-kept-ms-max=4000", "--operations-results-bytes-max=5000000"}));
  EXPECT_EQ(parsed.config.operations.waiting_max, 2);
  EXPECT_EQ(parsed.config.operations.kept_max, 3);
  EXPECT_EQ(parsed.config.operations.kept_ms_max, 4000);
  EXPECT_EQ(parsed.config.operations.results_bytes_max, 5'000'000);
  EXPECT_THAT(Parse({"--operations-waiting-max=0"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("operations-waiting-max")));
}

TEST_F(ConfigTest, TheEnvironmentMayNameTheFile) {
  WriteFile("data=\"elsewhere\"\nallow-remote=true\n");
  Variables() = {{"PARTNERGRAPH_CONFIG", file_}};
  ASSERT_OK_AND_ASSIGN(const ParsedConfig parsed, Parse({}));
  EXPECT_EQ(parsed.config.data, "elsewhere");
  EXPECT_TRUE(parsed.config.allow_remote);
}

TEST_F(ConfigTest, UnknownNamesAreErrors) {
  EXPECT_THAT(Parse({"--no-such-flag"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no-such-flag")));
  EXPECT_THAT(Parse({WriteFile("no-such-key=1\n")}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no-such-key")));
  EXPECT_THAT(Parse({"--config=" + file_}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(file_)));
  EXPECT_THAT(Parse({"stray"}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("stray")));
}

TEST_F(ConfigTest, BadValuesAreErrorsThatNameTheSetting) {
  EXPECT_THAT(Parse({"--reads-max=0"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("reads-max")));
  EXPECT_THAT(Parse({"--call-ms-max=soon"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("call-ms-max")));
  EXPECT_THAT(Parse({"--log-level=loud"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("loud")));
  EXPECT_THAT(Parse({"--grpc=nowhere"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nowhere")));
  EXPECT_THAT(Parse({"--grpc=::1:50051"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("[::1]:50051")));
  EXPECT_THAT(Parse({"--http=example.org:80", "--allow-remote"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("IP address")));
  EXPECT_THAT(Parse({"--grpc=127.0.0.1:70000"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("70000")));
  EXPECT_THAT(Parse({"--data="}), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("data")));
}

TEST_F(ConfigTest, AFileThatCannotBeReadIsAnError) {
  EXPECT_THAT(Parse({"--config=/no/such/file"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/no/such/file")));
  EXPECT_THAT(Parse({"--config", "/no/such/file"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/no/such/file")));
}

TEST_F(ConfigTest, AddressesThatOthersReachNeedAllowRemote) {
  for (const char* address : {"0.0.0.0:1", "192.168.1.4:50051", "[::]:50051", "example.org:1"}) {
    const std::string flag = std::string("--grpc=") + address;
    EXPECT_THAT(Parse({flag}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--allow-remote")));
    EXPECT_THAT(Parse({flag, "--allow-remote"}), IsOk());
  }
  for (const char* address : {"127.0.0.2:0", "localhost:50051", "[::1]:50051"}) {
    EXPECT_THAT(Parse({std::string("--http=") + address}), IsOk());
  }
}

TEST_F(ConfigTest, PrintedSettingsReadBackAsTheSame) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig printed,
                       Parse({"--print-config", "--data=a b", "--reads-max=5", "--http=off",
                              "--allowed-hosts=a.example,b.example"}));
  ASSERT_TRUE(printed.output.has_value());
  ASSERT_OK_AND_ASSIGN(const ParsedConfig read, Parse({WriteFile(*printed.output)}));
  EXPECT_EQ(read.config.data, "a b");
  EXPECT_EQ(read.config.allowed_hosts, (std::vector<std::string>{"a.example", "b.example"}));
  EXPECT_EQ(FormatConfig(read.config), *printed.output);
}

TEST_F(ConfigTest, VersionAndHelpPrintAndEnd) {
  ASSERT_OK_AND_ASSIGN(const ParsedConfig version, Parse({"--version"}));
  EXPECT_THAT(version.output.value(), HasSubstr(std::string(ServerVersion())));
  ASSERT_OK_AND_ASSIGN(const ParsedConfig help, Parse({"--help"}));
  EXPECT_THAT(help.output.value(), HasSubstr("--allow-remote"));
}

}  // namespace
}  // namespace partnergraph
