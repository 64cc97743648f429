// What the commands share. A command's file registers it (its flags and help) and sets the action
// that runs it when it is the one that was given.
#pragma once

#include <functional>
#include <iosfwd>
#include <memory>
#include <string>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/cli/diagnostics.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/output.h"
#include "clients/cpp/channel.h"
#include "clients/cpp/client.h"
#include "grpcpp/channel.h"

namespace partnergraph::cli {

// Flags of every command.
struct GlobalOptions {
  std::string server{client::kDefaultAddress};
  std::string output = "table";
  double timeout_seconds = 10;
};

struct CommandContext {
  const GlobalOptions& options;
  OutputFormat format;
  TextStyle style;  // Of `out`.
  std::shared_ptr<grpc::Channel> channel;
  const client::Client& client;
  std::ostream& out;
  Diagnostics& talk;
};

// The code is kOk, or what an action that succeeded wants to say (kRejects, kInterrupted).
using Action = std::function<absl::StatusOr<ExitCode>(CommandContext&)>;

void AddSearchCommand(CLI::App& app, Action& action);
void AddShowCommand(CLI::App& app, Action& action);
void AddPartnersCommand(CLI::App& app, Action& action);
void AddNeighborsCommand(CLI::App& app, Action& action);
void AddPathsCommand(CLI::App& app, Action& action);
void AddCommonCommand(CLI::App& app, Action& action);
void AddSimilarCommand(CLI::App& app, Action& action);
void AddCyclesCommand(CLI::App& app, Action& action);
void AddRankCommand(CLI::App& app, Action& action);
void AddGroupsCommand(CLI::App& app, Action& action);
void AddOperationsCommand(CLI::App& app, Action& action);
void AddTraverseCommand(CLI::App& app, Action& action);
void AddQueryCommand(CLI::App& app, Action& action);
void AddExportCommand(CLI::App& app, Action& action);
void AddEvidenceCommand(CLI::App& app, Action& action);
void AddArticleCommand(CLI::App& app, Action& action);
void AddIngestCommand(CLI::App& app, Action& action);
void AddPreviewCommand(CLI::App& app, Action& action);
void AddRetractCommand(CLI::App& app, Action& action);
void AddStatsCommand(CLI::App& app, Action& action);
void AddWriteCommand(CLI::App& app, Action& action);
void AddBenchCommand(CLI::App& app, Action& action);

}  // namespace partnergraph::cli
