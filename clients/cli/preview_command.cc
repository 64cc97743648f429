#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/diff_output.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/input_file.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct PreviewFlags {
  std::string file;
  std::string format;
};

// Reads every record of the file. A bad one is named and the rest goes on, as ingesting would.
absl::StatusOr<ExitCode> Preview(const PreviewFlags& flags, CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(const std::unique_ptr<InputFile> file,
                          InputFile::Open(flags.file, ParseRecordFormat(flags.format)));
  AnswerShape shape;
  shape.lists = {{"articles", "article"}};
  shape.rows = "articles";
  shape.columns = {{"file", "/file"},
                   {"line", "/line"},
                   {"outcome", "/outcome"},
                   {"changes", "/changes"},
                   {"extraction", "/extraction"}};
  shape.write_text = [](const Json& answer, const TextStyle& style, std::ostream& out) {
    bool first = true;
    for (const Json& article : answer["articles"]) {
      out << (first ? "" : "\n");
      first = false;
      out << Bold(fmt::format("{}:{}", FieldText(article, "file"), FieldText(article, "line")),
                  style)
          << "  would be " << FieldText(article, "outcome") << '\n';
      WriteChanges(article["changes"], article["counts"], out);
    }
  };
  Output output(context.format, context.style, std::move(shape), context.out);
  uint64_t count = 0, rejected = 0;
  const auto reject = [&](const std::string& message) {
    context.talk.Rejected(message);
    ++rejected;
  };
  while (true) {
    CLIENT_ASSIGN_OR_RETURN(std::optional<CutRecord> record, file->records().Next());
    if (!record) {
      break;
    }
    if (record->too_long) {
      reject(fmt::format("{}:{}: the record has {} bytes, at most {} are allowed", file->name(),
                         record->line, record->bytes, kRecordBytesMax));
      continue;
    }
    const uint64_t line = record->line;
    v1::PreviewArticleRequest request;
    *request.mutable_record() = file->ToProto(*std::move(record));
    const absl::StatusOr<v1::PreviewArticleResponse> answer =
        context.client.PreviewArticle(request);
    if (absl::IsInvalidArgument(answer.status()) || absl::IsAlreadyExists(answer.status()) ||
        absl::IsResourceExhausted(answer.status())) {
      reject(std::string(answer.status().message()));
      continue;
    }
    CLIENT_RETURN_IF_ERROR(answer.status());
    const v1::PreviewArticleResponse& response = *answer;
    Json extraction = Json::parse(response.extraction(), nullptr, /*allow_exceptions=*/false);
    if (extraction.is_discarded()) {
      return absl::InternalError("the server's extraction is not JSON");
    }
    output.Add("articles", {{"file", file->name()},
                            {"line", line},
                            {"outcome", EnumText(response.outcome())},
                            {"counts", DiffCounts(response.diff())},
                            {"changes", ChangesOf(response.diff())},
                            {"extraction", std::move(extraction)}});
    ++count;
  }
  output.Finish({{"count", count}, {"rejected", rejected}});
  return rejected > 0 ? ExitCode::kRejects : ExitCode::kOk;
}

}  // namespace

void AddPreviewCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<PreviewFlags>();
  CLI::App* command = app.add_subcommand(
      "preview", "Say what ingesting a file would read and change; stores nothing");
  command->add_option("file", flags->file, "A .tsv, .jsonl or .txt file, or - for standard input")
      ->required();
  command->add_option("--format", flags->format, "tsv, jsonl or text, whatever the file's ending")
      ->check(CLI::IsMember({"tsv", "jsonl", "text"}));
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Preview(*flags, context); };
  });
}

}  // namespace partnergraph::cli
