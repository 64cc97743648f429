#include "clients/cli/cli.h"

#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/terminal.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr double kTimeoutSecondsMax = 3600;

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  app.add_option("--server", options.server, "Address of the server, host:port or unix:PATH")
      ->envname("PARTNERGRAPH_SERVER")
      ->capture_default_str();
  app.add_option("-o,--output", options.output,
                 "table for people; json (one object), jsonl (one line per record, a summary "
                 "last) and csv for programs. The same on a terminal and in a pipe.")
      ->check(CLI::IsMember({"table", "json", "jsonl", "csv"}))
      ->capture_default_str();
  app.add_option("--timeout", options.timeout_seconds, "Seconds that one call may take")
      ->check(CLI::Range(0.001, kTimeoutSecondsMax))
      ->capture_default_str();
}

// CLI11 takes -1 for the largest number where a number without a sign is wanted.
void RefuseNegativeCounts(CLI::App& command) {
  const auto check = [](const std::string& text) {
    return text.rfind('-', 0) == 0 ? fmt::format("{} is negative", text) : std::string();
  };
  for (CLI::Option* option : command.get_options()) {
    if (option->get_type_name().rfind("UINT", 0) == 0) {
      option->check(check);
    }
  }
}

void AddCommands(CLI::App& app, Action& action) {
  app.require_subcommand(1);
  app.fallthrough();  // Global options may stand after the command.
  AddSearchCommand(app, action);
  AddShowCommand(app, action);
  AddPartnersCommand(app, action);
  AddNeighborsCommand(app, action);
  AddPathsCommand(app, action);
  AddTraverseCommand(app, action);
  AddCommonCommand(app, action);
  AddSimilarCommand(app, action);
  AddCyclesCommand(app, action);
  AddRankCommand(app, action);
  AddGroupsCommand(app, action);
  AddOperationsCommand(app, action);
  AddQueryCommand(app, action);
  AddExportCommand(app, action);
  AddEvidenceCommand(app, action);
  AddArticleCommand(app, action);
  AddIngestCommand(app, action);
  AddPreviewCommand(app, action);
  AddRetractCommand(app, action);
  AddStatsCommand(app, action);
  AddWriteCommand(app, action);
  AddBenchCommand(app, action);
  for (CLI::App* command : app.get_subcommands(nullptr)) {
    RefuseNegativeCounts(*command);
  }
}

bool IsJson(std::string_view output) { return output == "json" || output == "jsonl"; }

ExitCode Execute(const Action& action, const GlobalOptions& options, Diagnostics& talk) {
  const auto channel = client::OpenChannel({options.server});
  const client::Client client(channel, {absl::Seconds(options.timeout_seconds)});
  CommandContext context{options,
                         ParseOutputFormat(options.output).value_or(OutputFormat::kTable),
                         StyleOf(STDOUT_FILENO),
                         channel,
                         client,
                         std::cout,
                         talk};
  const absl::StatusOr<ExitCode> result = action(context);
  if (!result.ok()) {
    talk.Error(result.status());
    return ExitCodeOf(result.status());
  }
  std::cout.flush();
  if (!std::cout) {
    talk.Error(absl::DataLossError("cannot write to standard output"));
    return ExitCode::kFailed;
  }
  return *result;
}

ExitCode ParseAndExecute(int argc, char** argv) {
  CLI::App app{
      "Asks a partnergraph server: who works with whom, since when, and who says so.\n"
      "Data goes to standard output, everything else to standard error."};
  app.name("partnergraph");
  app.footer(ExitCodeHelp());
  app.set_version_flag("--version", std::string("partnergraph ") + PARTNERGRAPH_VERSION);
  GlobalOptions options;
  Action action;
  AddGlobalOptions(app, options);
  AddCommands(app, action);
  const auto talk = [&options] {
    return Diagnostics(IsJson(options.output), StyleOf(STDERR_FILENO), options.server, std::cerr);
  };
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app.exit(error, std::cout, std::cerr);
      return ExitCode::kOk;
    }
    // CLI11 only says that a command is missing when a word is none.
    const std::vector<std::string> unknown = app.remaining();
    std::string problem = error.what();
    std::string command;
    if (!app.get_subcommands().empty()) {
      command = app.get_subcommands().front()->get_name() + " ";
    } else if (!unknown.empty()) {
      problem = fmt::format("there is no command '{}'", unknown.front());
    } else if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
      problem = "no command is given";
    }
    Diagnostics usage = talk();
    usage.Error(absl::InvalidArgumentError(
        fmt::format("{} (see partnergraph {}--help)", problem, command)));
    return ExitCode::kUsage;
  }
  Diagnostics diagnostics = talk();
  return Execute(action, options, diagnostics);
}

}  // namespace

ExitCode Run(int argc, char** argv) {
  InstallInterruptHandler();
  try {
    return ParseAndExecute(argc, argv);
  } catch (const std::exception& error) {  // Libraries': out of memory, and the like.
    std::cerr << "error: " << error.what() << std::endl;
    return ExitCode::kFailed;
  }
}

}  // namespace partnergraph::cli
