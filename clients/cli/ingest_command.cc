#include <unistd.h>

#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "clients/cli/command.h"
#include "clients/cli/input_file.h"
#include "clients/cli/interrupt.h"
#include "clients/cli/progress_bar.h"
#include "clients/cli/rejects_file.h"
#include "clients/cli/terminal.h"
#include "clients/cpp/ingest_stream.h"
#include "clients/cpp/rpc_error.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

// How long answers are waited for after Ctrl-C.
constexpr absl::Duration kStopPatience = absl::Seconds(10);

struct IngestFlags {
  std::vector<std::string> files;
  std::string format;
  std::string rejects;
  bool quiet = false;
};

// One run of the command.
class Import {
 public:
  Import(const IngestFlags& flags, CommandContext& context)
      : flags_(flags),
        context_(context),
        output_(context.format, context.style, Shape(), context.out),
        bar_(!flags.quiet && IsTerminal(STDERR_FILENO), TerminalWidth(STDERR_FILENO), std::cerr),
        stream_(context.channel, {},
                {[this](const auto& request, const auto& answer) { OnAnswer(request, answer); },
                 [this](const absl::Status& status) { OnReconnect(status); },
                 [this] { return OnWait(); }}) {}

  absl::StatusOr<ExitCode> Run() {
    CLIENT_RETURN_IF_ERROR(OpenFiles());
    StopGracefullyOnInterrupt();
    absl::Status status = SendAll();
    if (absl::IsCancelled(status) && Interrupted()) {
      stopping_ = true;
      status = stream_.Finish(kStopPatience);
    }
    bar_.Clear();
    const absl::Status rejects_status = rejects_ == nullptr ? absl::OkStatus() : rejects_->Close();
    if (status.ok() || stopping_ || progress_.articles() > 0) {
      Finish(status.ok() && !stopping_);
    }
    if (stopping_) {
      return ExitCode::kInterrupted;
    }
    CLIENT_RETURN_IF_ERROR(status);
    CLIENT_RETURN_IF_ERROR(rejects_status);
    return progress_.rejected > 0 ? ExitCode::kRejects : ExitCode::kOk;
  }

 private:
  static AnswerShape Shape() {
    AnswerShape shape;
    shape.lists = {{"articles", "article"}};
    shape.rows = "articles";
    for (const char* name : {"file", "line", "outcome", "article_id", "reason", "message",
                             "nodes_added", "facts_added", "facts_updated"}) {
      shape.columns.push_back({name, std::string("/") + name});
    }
    // The summary goes to stderr, like all talk; people need no list of what went well.
    shape.write_text = [](const Json&, const TextStyle&, std::ostream&) {};
    return shape;
  }

  // All of them before anything is sent: a mistyped name should not leave half an import.
  absl::Status OpenFiles() {
    const auto format = ParseRecordFormat(flags_.format);
    for (const std::string& path : flags_.files) {
      CLIENT_ASSIGN_OR_RETURN(std::unique_ptr<InputFile> file, InputFile::Open(path, format));
      progress_.bytes_total += file->size();
      total_known_ = total_known_ && file->size() > 0;
      files_.push_back(std::move(file));
    }
    if (!total_known_) {
      progress_.bytes_total = 0;
    }
    if (!flags_.rejects.empty()) {
      CLIENT_ASSIGN_OR_RETURN(rejects_, RejectsFile::Create(flags_.rejects));
    }
    return absl::OkStatus();
  }

  absl::Status SendAll() {
    uint64_t bytes_before = 0;
    for (std::unique_ptr<InputFile>& file : files_) {
      while (true) {
        CLIENT_ASSIGN_OR_RETURN(std::optional<CutRecord> record, file->records().Next());
        progress_.bytes_done = bytes_before + file->records().bytes_read();
        if (!OnWait()) {
          return absl::CancelledError("interrupted");
        }
        if (!record) {
          break;
        }
        if (record->too_long) {
          OnTooLong(*file, *record);
          continue;
        }
        v1::IngestArticlesRequest request;
        *request.mutable_record() = file->ToProto(*std::move(record));
        CLIENT_RETURN_IF_ERROR(stream_.Send(std::move(request)));
      }
      bytes_before = progress_.bytes_done;
      file.reset();
    }
    return stream_.Finish();
  }

  bool OnWait() {
    bar_.Update(progress_);
    return stopping_ || !Interrupted();
  }

  void OnReconnect(const absl::Status& status) {
    bar_.Clear();
    context_.talk.Note(
        fmt::format("{} ({}); trying again with {} articles",
                    client::IsServerBusy(status) ? "the server is busy" : "the connection was lost",
                    std::string(status.message()), stream_.unanswered_count()));
  }

  void OnAnswer(const v1::IngestArticlesRequest& request,
                const v1::IngestArticlesResponse& answer) {
    const v1::ArticleRecord& record = request.record();
    if (answer.outcome() == v1::INGEST_OUTCOME_REJECTED) {
      OnReject({record.file(), record.line(), answer.error().reason(), answer.error().message(),
                &record.data(), record.data().size()},
               answer.article_id());
      return;
    }
    const bool unchanged = answer.outcome() == v1::INGEST_OUTCOME_UNCHANGED;
    ++(unchanged ? progress_.unchanged : progress_.accepted);
    if (context_.format != OutputFormat::kTable) {
      output_.Add("articles", {{"file", record.file()},
                               {"line", record.line()},
                               {"outcome", EnumText(answer.outcome())},
                               {"article_id", answer.article_id()},
                               {"reason", ""},
                               {"message", ""},
                               {"nodes_added", answer.diff().node_added_count()},
                               {"facts_added", answer.diff().fact_added_count()},
                               {"facts_updated", answer.diff().fact_updated_count()}});
    }
  }

  void OnTooLong(const InputFile& file, const CutRecord& record) {
    OnReject({file.name(), record.line, "ARTICLE_TOO_LARGE",
              fmt::format("{}:{}: the record has {} bytes, at most {} are allowed", file.name(),
                          record.line, record.bytes, kRecordBytesMax),
              nullptr, record.bytes},
             "");
  }

  void OnReject(const Reject& reject, const std::string& article_id) {
    ++progress_.rejected;
    bar_.Clear();
    const std::string place = fmt::format("{}:{}", reject.file, reject.line);
    // The server's message names the place too; a client's own words need not.
    const bool named = reject.message.find(place) != std::string::npos;
    context_.talk.Rejected(
        fmt::format("{}{} [{}]", named ? "" : place + ": ", reject.message, reject.reason));
    if (rejects_ != nullptr) {
      rejects_->Add(reject);
    }
    if (context_.format != OutputFormat::kTable) {
      output_.Add("articles", {{"file", reject.file},
                               {"line", reject.line},
                               {"outcome", "REJECTED"},
                               {"article_id", article_id},
                               {"reason", reject.reason},
                               {"message", reject.message},
                               {"nodes_added", 0},
                               {"facts_added", 0},
                               {"facts_updated", 0}});
    }
  }

  void Finish(bool complete) {
    const double seconds = absl::ToDoubleSeconds(absl::Now() - start_);
    const size_t unanswered = stream_.unanswered_count();
    output_.Finish({{"accepted", progress_.accepted},
                    {"unchanged", progress_.unchanged},
                    {"rejected", progress_.rejected},
                    {"unanswered", unanswered},
                    {"complete", complete},
                    {"seconds", seconds}});
    context_.talk.Note(
        fmt::format("{}{} articles in {:.1f} s: {} accepted, {} unchanged, {} rejected{}{}",
                    complete ? "" : "stopped early; ", progress_.articles(), seconds,
                    progress_.accepted, progress_.unchanged, progress_.rejected,
                    unanswered == 0 ? "" : fmt::format(", {} sent without an answer", unanswered),
                    complete ? "" : "; run it again to go on, what is stored stays as it is"));
  }

  const IngestFlags& flags_;
  CommandContext& context_;
  Output output_;
  ProgressBar bar_;
  std::vector<std::unique_ptr<InputFile>> files_;
  std::unique_ptr<RejectsFile> rejects_;
  ImportProgress progress_;
  bool total_known_ = true;
  bool stopping_ = false;
  absl::Time start_ = absl::Now();
  client::IngestStream stream_;  // Last: its callbacks use the others.
};

}  // namespace

void AddIngestCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<IngestFlags>();
  CLI::App* command = app.add_subcommand(
      "ingest",
      "Send articles to the server. Running it twice changes nothing the second time; a record "
      "that is refused is reported and the rest goes on.");
  command
      ->add_option("files", flags->files,
                   ".tsv (title, tab, text), .jsonl, or .txt (one article; first line its title); "
                   "- is standard input")
      ->required();
  command->add_option("--format", flags->format, "tsv, jsonl or text, whatever the file's ending")
      ->check(CLI::IsMember({"tsv", "jsonl", "text"}));
  command->add_option("--rejects", flags->rejects,
                      "Write refused records to this file: JSON Lines with file, line, reason, "
                      "message, record");
  command->add_flag("--quiet,-q", flags->quiet, "No progress bar");
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Import(*flags, context).Run(); };
  });
}

}  // namespace partnergraph::cli
