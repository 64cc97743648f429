// The server's log: one JSON object a line on stderr, written by a thread of its own so that no
// call waits for the terminal.
//
//   {"time":"2026-01-31T09:30:00.123Z","level":"info","message":"..."}            text
//   {"time":"...","level":"debug","event":"call","method":"...","micros":42,...}   LogEvent
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/statusor.h"
#include "spdlog/logger.h"

namespace partnergraph {

// Makes the process's logger. Lines are dropped, the oldest first, when the reader of stderr is
// more than 8,192 lines behind. INVALID_ARGUMENT for a level that is none of trace, debug, info,
// warning, error, off. Call StopLogging before the process ends.
absl::StatusOr<std::shared_ptr<spdlog::logger>> StartLogging(const std::string& level);

// Writes what is queued and ends the thread.
void StopLogging();

// A logger that writes nothing, for tests and benchmarks.
std::shared_ptr<spdlog::logger> QuietLogger();

// Sends the messages of the gRPC and Protobuf libraries to `logger`, as debug, because what they
// call errors are mostly peers that went away or sent bad bytes. A null logger drops them. Holds
// `logger` until the next call.
void RouteLibraryLogs(std::shared_ptr<spdlog::logger> logger);

using LogField = std::pair<std::string_view, std::variant<std::string_view, uint64_t>>;

// Logs an event with its fields. Names must need no escaping; values may be any bytes.
void LogEvent(spdlog::logger& logger, spdlog::level::level_enum level, std::string_view event,
              std::initializer_list<LogField> fields);

}  // namespace partnergraph
