#include "server/logging.h"

#include <grpc/support/log.h>

#include <chrono>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "fmt/chrono.h"
#include "fmt/format.h"
#include "google/protobuf/stubs/logging.h"
#include "graph/quoted.h"
#include "spdlog/async.h"
#include "spdlog/formatter.h"
#include "spdlog/sinks/null_sink.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace partnergraph {
namespace {

constexpr size_t kQueueLines = 8192;
// Begins a payload that is JSON fields already. Cannot begin a text that someone would log.
constexpr char kFieldsMark = '\x1e';

// Appends `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD.
void AppendJsonString(std::string_view text, std::string& out) {
  out.push_back('"');
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    size_t length = byte < 0x80 ? 1 : byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : 2;
    bool valid = byte < 0x80 || (byte >= 0xC2 && byte < 0xF5);
    for (size_t k = 1; valid && k < length; ++k) {
      valid = i + k < text.size() && (static_cast<unsigned char>(text[i + k]) & 0xC0) == 0x80;
    }
    if (!valid) {
      out += "\\ufffd";
      length = 1;
    } else if (byte == '"' || byte == '\\') {
      out.push_back('\\');
      out.push_back(text[i]);
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += text.substr(i, length);
    }
    i += length;
  }
  out.push_back('"');
}

class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto millis =
        std::chrono::time_point_cast<std::chrono::milliseconds>(message.time).time_since_epoch();
    std::string line = fmt::format(
        "{{\"time\":\"{:%Y-%m-%dT%H:%M:%S}.{:03d}Z\",\"level\":\"{}\",",
        fmt::gmtime(std::chrono::system_clock::to_time_t(message.time)), millis.count() % 1000,
        fmt::string_view(spdlog::level::to_string_view(message.level).data(),
                         spdlog::level::to_string_view(message.level).size()));
    std::string_view payload(message.payload.data(), message.payload.size());
    if (!payload.empty() && payload.front() == kFieldsMark) {
      line += payload.substr(1);
    } else {
      line += "\"message\":";
      AppendJsonString(payload, line);
    }
    line += "}\n";
    out.append(line.data(), line.data() + line.size());
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

std::mutex library_logger_mutex;
std::shared_ptr<spdlog::logger> library_logger;  // Guarded by library_logger_mutex.

void LogForLibrary(std::string_view library, std::string_view message, std::string_view file,
                   int line) {
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::lock_guard lock(library_logger_mutex);
    logger = library_logger;
  }
  if (logger == nullptr) return;
  LogEvent(*logger, spdlog::level::debug, library,
           {{"message", message}, {"file", file}, {"line", static_cast<uint64_t>(line)}});
}

void LogForGrpc(gpr_log_func_args* args) {
  LogForLibrary("grpc", args->message, args->file, args->line);
}

void LogForProtobuf(google::protobuf::LogLevel, const char* file, int line,
                    const std::string& message) {
  LogForLibrary("protobuf", message, file, line);
}

}  // namespace

absl::StatusOr<std::shared_ptr<spdlog::logger>> StartLogging(const std::string& level) {
  const auto parsed = spdlog::level::from_str(level);
  if (parsed == spdlog::level::off && level != "off") {
    return absl::InvalidArgumentError(absl::StrCat(
        "log-level is ", Quoted(level), ", want one of trace, debug, info, warning, error, off"));
  }
  spdlog::init_thread_pool(kQueueLines, 1);
  auto logger = std::make_shared<spdlog::async_logger>(
      "server", std::make_shared<spdlog::sinks::stderr_sink_mt>(), spdlog::thread_pool(),
      spdlog::async_overflow_policy::overrun_oldest);
  logger->set_formatter(std::make_unique<JsonFormatter>());
  logger->set_level(parsed);
  return logger;
}

void StopLogging() {
  RouteLibraryLogs(nullptr);
  spdlog::shutdown();
}

std::shared_ptr<spdlog::logger> QuietLogger() {
  auto logger =
      std::make_shared<spdlog::logger>("quiet", std::make_shared<spdlog::sinks::null_sink_mt>());
  logger->set_level(spdlog::level::off);
  return logger;
}

void RouteLibraryLogs(std::shared_ptr<spdlog::logger> logger) {
  const std::lock_guard lock(library_logger_mutex);
  library_logger = std::move(logger);
  gpr_set_log_function(LogForGrpc);
  google::protobuf::SetLogHandler(LogForProtobuf);
}

void LogEvent(spdlog::logger& logger, spdlog::level::level_enum level, std::string_view event,
              std::initializer_list<LogField> fields) {
  if (!logger.should_log(level)) return;
  std::string payload(1, kFieldsMark);
  payload += "\"event\":";
  AppendJsonString(event, payload);
  for (const auto& [name, value] : fields) {
    payload += ",\"";
    payload += name;
    payload += "\":";
    if (const auto* number = std::get_if<uint64_t>(&value)) {
      payload += absl::StrCat(*number);
    } else {
      AppendJsonString(std::get<std::string_view>(value), payload);
    }
  }
  logger.log(level, spdlog::string_view_t(payload.data(), payload.size()));
}

}  // namespace partnergraph
