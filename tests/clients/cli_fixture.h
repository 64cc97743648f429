// Runs the program as scripts do, against a server with canned answers: exit status, standard
// output and standard error.
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/clients/fake_server.h"

namespace partnergraph {

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

inline std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CliTest : public testing::Test {
 protected:
  CliTest() {
    const char* bin = std::getenv("PARTNERGRAPH_BIN");
    program_ = std::string(bin == nullptr ? "build/release/bin" : bin) + "/partnergraph";
    dir_ = testing::TempDir() + "partnergraph_cli_" + std::to_string(getpid());
    std::filesystem::create_directories(dir_);
    server_.answers.search_nodes = Search;
  }
  void SetUp() override {
    ASSERT_EQ(access(program_.c_str(), X_OK), 0)
        << "there is no program " << program_ << ": build it, or set PARTNERGRAPH_BIN";
  }
  ~CliTest() override { std::filesystem::remove_all(dir_); }

  // 云桥科技 is node 5; 双生 is two nodes; everything else is unknown.
  static grpc::Status Search(const v1::SearchNodesRequest& request,
                             v1::SearchNodesResponse& response) {
    const auto add = [&](uint64_t id, const std::string& name) {
      v1::NodeMatch& match = *response.add_matches();
      match.mutable_node()->set_node_id(id);
      match.mutable_node()->set_name(name);
      match.mutable_node()->set_kind(v1::NODE_KIND_COMPANY);
      match.set_matched_name(request.query());
      match.set_match_kind(v1::MATCH_KIND_EXACT);
      match.set_score(1);
    };
    if (request.query() == "云桥" || request.query() == "云桥科技") {
      add(5, "云桥科技");
    } else if (request.query() == "双生") {
      add(8, "双生甲");
      add(9, "双生乙");
    }
    return grpc::Status::OK;
  }

  pid_t Start(std::vector<std::string> arguments, const std::string& server = "") {
    arguments.insert(arguments.begin(), program_);
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const std::string address = server.empty() ? server_.address() : server;
    const pid_t pid = fork();
    if (pid == 0) {
      setenv("PARTNERGRAPH_SERVER", address.c_str(), 1);
      if (freopen((dir_ + "/out").c_str(), "w", stdout) == nullptr ||
          freopen((dir_ + "/err").c_str(), "w", stderr) == nullptr ||
          freopen((dir_ + "/in").c_str(), "a+", stdin) == nullptr) {
        _exit(126);
      }
      execv(argv[0], argv.data());
      _exit(127);
    }
    return pid;
  }

  Finished Wait(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(dir_ + "/out"),
            ReadFile(dir_ + "/err")};
  }

  // Waits until `reached`, or until the program has ended without it, which is a failure.
  template <typename Reached>
  testing::AssertionResult WaitUntil(pid_t pid, Reached reached) {
    while (!reached()) {
      siginfo_t ended = {};
      if (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
          ended.si_pid == pid) {
        const Finished run = Wait(pid);
        return testing::AssertionFailure()
               << "the program ended with " << run.exit_code << ": " << run.err;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return testing::AssertionSuccess();
  }

  Finished Run(std::vector<std::string> arguments, const std::string& server = "") {
    return Wait(Start(std::move(arguments), server));
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ + "/" + name, std::ios::binary) << text;
    return dir_ + "/" + name;
  }

  FakeServer server_;
  std::string program_;
  std::string dir_;
};

}  // namespace partnergraph
