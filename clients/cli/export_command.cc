#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct ExportFlags {
  std::string format = "jsonl";
  std::string out;
  std::vector<std::string> nodes;
  uint32_t hops = 1;
  std::vector<std::string> kinds;
  FilterFlags filter;
  BudgetFlags budget;
};

const std::map<std::string, v1::ExportFormat>& Formats() {
  static const std::map<std::string, v1::ExportFormat> formats = {
      {"jsonl", v1::EXPORT_FORMAT_JSON_LINES},
      {"csv", v1::EXPORT_FORMAT_CSV},
      {"graphml", v1::EXPORT_FORMAT_GRAPHML},
      {"gexf", v1::EXPORT_FORMAT_GEXF},
      {"ntriples", v1::EXPORT_FORMAT_N_TRIPLES}};
  return formats;
}

// The files of an export, each written under a name of its own until all are complete, so that no
// half of one is taken for a whole. "-" is the standard output.
class ExportFiles {
 public:
  ExportFiles(std::string out, bool directory, std::ostream& standard)
      : out_(std::move(out)), directory_(directory), standard_(standard) {}
  ~ExportFiles() {
    stream_.close();
    std::error_code ignored;
    for (const std::string& path : paths_) std::filesystem::remove(path + kPartSuffix, ignored);
  }

  absl::Status Append(const std::string& name, const std::string& bytes) {
    if (name != name_ || (paths_.empty() && out_ != "-")) {
      CLIENT_RETURN_IF_ERROR(Open(name));
    }
    std::ostream& to = out_ == "-" ? standard_ : stream_;
    to.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return to ? absl::OkStatus() : Failed("write to");
  }

  // Gives the files their names.
  absl::Status Finish() {
    if (out_ == "-") return absl::OkStatus();
    stream_.close();
    if (!stream_) return Failed("write to");
    for (const std::string& path : paths_) {
      std::error_code error;
      std::filesystem::rename(path + kPartSuffix, path, error);
      if (error) {
        return absl::UnavailableError(fmt::format("cannot write {}: {}", path, error.message()));
      }
    }
    paths_.clear();
    return absl::OkStatus();
  }

 private:
  static constexpr const char* kPartSuffix = ".part";

  absl::Status Open(const std::string& name) {
    name_ = name;
    if (out_ == "-") return absl::OkStatus();
    if (stream_.is_open()) {
      stream_.close();
      if (!stream_) return Failed("write to");
    }
    std::error_code error;
    if (directory_) std::filesystem::create_directories(out_, error);
    paths_.push_back(directory_ ? (std::filesystem::path(out_) / name).string() : out_);
    stream_.open(paths_.back() + kPartSuffix, std::ios::binary | std::ios::trunc);
    return stream_ ? absl::OkStatus() : Failed("create");
  }

  absl::Status Failed(const char* what) const {
    return absl::UnavailableError(fmt::format(
        "cannot {} {}: {}", what, paths_.empty() ? out_ : paths_.back(), std::strerror(errno)));
  }

  const std::string out_;
  const bool directory_;
  std::ostream& standard_;
  std::string name_;  // Of the file at hand.
  std::vector<std::string> paths_;
  std::ofstream stream_;
};

absl::StatusOr<v1::ExportSubgraphRequest> MakeRequest(const ExportFlags& flags,
                                                      CommandContext& context) {
  v1::ExportSubgraphRequest request;
  request.set_format(Formats().at(flags.format));
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const std::vector<v1::NodeKind> kinds,
                          ParseNodeKinds(flags.kinds, "--kinds"));
  for (const v1::NodeKind kind : kinds) {
    request.add_node_kinds(kind);
  }
  for (const std::string& argument : flags.nodes) {
    CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, argument));
    if (!node.note.empty()) {
      context.talk.Note(node.note);
    }
    request.add_node_ids(node.node_id);
  }
  if (!flags.nodes.empty()) {
    request.set_hops(flags.hops);
  }
  *request.mutable_budget() = flags.budget.ToProto();
  return request;
}

// One call after the other while each goes on where the time of the one before it was over.
absl::StatusOr<ExitCode> Export(const ExportFlags& flags, CommandContext& context) {
  if (flags.format == "csv" && flags.out == "-") {
    return absl::InvalidArgumentError("--out -: csv is two files; name a directory");
  }
  CLIENT_ASSIGN_OR_RETURN(v1::ExportSubgraphRequest request, MakeRequest(flags, context));
  StopGracefullyOnInterrupt();
  ExportFiles files(flags.out, flags.format == "csv", context.out);
  const bool show = IsTerminal(STDERR_FILENO) && flags.out != "-";
  v1::ExportSubgraphResponse last;
  while (true) {
    absl::Status written;
    const std::string cursor = request.page().cursor();
    CLIENT_RETURN_IF_ERROR(
        context.client.ExportSubgraph(request, [&](const v1::ExportSubgraphResponse& part) {
          if (!part.file().empty()) {
            written = files.Append(part.file(), part.content());
          }
          if (show) {
            std::cerr << fmt::format("\r{} nodes, {} edges ", part.node_count(), part.edge_count());
          }
          last = part;
          return written.ok() && !Interrupted();
        }));
    if (show) {
      std::cerr << "\r\x1b[K";
    }
    CLIENT_RETURN_IF_ERROR(written);
    if (Interrupted()) {
      return ExitCode::kInterrupted;
    }
    if (last.next_cursor().empty()) {
      break;
    }
    if (last.next_cursor() == cursor) {
      return absl::DeadlineExceededError("the export does not get on within one call's time");
    }
    request.mutable_page()->set_cursor(last.next_cursor());
  }
  CLIENT_RETURN_IF_ERROR(files.Finish());
  if (last.has_truncation()) {
    context.talk.Truncated(last.truncation());
  }
  if (flags.out != "-") {
    context.talk.Note(fmt::format("wrote {} nodes and {} edges to {}", last.node_count(),
                                  last.edge_count(), flags.out));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddExportCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command =
      app.add_subcommand("export", "Write the graph, or a part of it, for other programs");
  std::vector<std::string> names;
  for (const auto& [name, format] : Formats()) {
    names.push_back(name);
  }
  command
      ->add_option("--format", flags->format,
                   "jsonl (lossless), csv (nodes.csv and edges.csv, for neo4j-admin), graphml, "
                   "gexf or ntriples")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command
      ->add_option("--out", flags->out,
                   "File to write, of csv the directory; - is the standard output")
      ->required();
  command
      ->add_option(
          "--node", flags->nodes,
          std::string("Only what lies around it; may be given again. ") + kNodeArgumentHelp)
      ->allow_extra_args(false);
  command->add_option("--hops", flags->hops, "How far around, in edges; a partner is two away")
      ->check(CLI::Range(0, 6))
      ->capture_default_str();
  command->add_option("--kinds", flags->kinds, "Only nodes of these kinds")->delimiter(',');
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->footer("Without --status every edge is written, denied ones too.");
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Export(*flags, context); };
  });
}

}  // namespace partnergraph::cli
