#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "clients/cli/command.h"
#include "clients/cli/diff_output.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

// What one call takes, and so one file.
constexpr int kRecordsMax = 1000;

struct WriteFlags {
  std::string file;
  std::string source = "cli";
  std::string key;
};

absl::StatusOr<v1::WriteFactsRequest> ReadRecords(const WriteFlags& flags) {
  v1::WriteFactsRequest request;
  request.set_source(flags.source);
  request.set_idempotency_key(flags.key);
  std::ifstream file;
  if (flags.file != "-") file.open(flags.file);
  std::istream& in = flags.file == "-" ? std::cin : file;
  if (!in) {
    return absl::FailedPreconditionError(fmt::format("cannot read {}", flags.file));
  }
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    if (request.records_size() == kRecordsMax) {
      return absl::InvalidArgumentError(
          fmt::format("{} has more than {} records, which one write takes; partnergraph-ingest "
                      "graph loads larger files",
                      flags.file, kRecordsMax));
    }
    request.add_records(std::move(line));
  }
  if (in.bad()) return absl::FailedPreconditionError(fmt::format("cannot read {}", flags.file));
  return request;
}

absl::StatusOr<ExitCode> Write(const WriteFlags& flags, CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(const v1::WriteFactsRequest request, ReadRecords(flags));
  CLIENT_ASSIGN_OR_RETURN(const v1::WriteFactsResponse response,
                          context.client.WriteFacts(request));
  Output output(context.format, context.style, DiffShape(), context.out);
  AddChanges(response.diff(), output);
  output.Finish({{"source", flags.source},
                 {"unchanged", response.unchanged()},
                 {"counts", DiffCounts(response.diff())},
                 {"write_token", response.write_token()}});
  return ExitCode::kOk;
}

}  // namespace

void AddWriteCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<WriteFlags>();
  CLI::App* command = app.add_subcommand(
      "write", "Store nodes and edges of a file of JSON Lines, all or nothing, without an article");
  command->add_option("file", flags->file, "At most 1,000 records; - is standard input")
      ->required();
  command->add_option("--source", flags->source, "Who says so: shown as the facts' evidence")
      ->capture_default_str();
  command->add_option("--key", flags->key,
                      "Makes the write safe to repeat: a second one with this key changes nothing");
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Write(*flags, context); };
  });
}

}  // namespace partnergraph::cli
