// Early return on errors. The clients' own copy: they include nothing of the layers below the wire.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// CLIENT_RETURN_IF_ERROR(expr): returns the status of `expr` from the enclosing function unless it
// is OK.
#define CLIENT_RETURN_IF_ERROR(expr)                                  \
  do {                                                                \
    if (::absl::Status client_status = (expr); !client_status.ok()) { \
      return client_status;                                           \
    }                                                                 \
  } while (false)

#define CLIENT_CONCAT_INNER(a, b) a##b
#define CLIENT_CONCAT(a, b) CLIENT_CONCAT_INNER(a, b)

// CLIENT_ASSIGN_OR_RETURN(lhs, expr): assigns the value of a StatusOr to `lhs`, or returns its
// status.
#define CLIENT_ASSIGN_OR_RETURN(lhs, expr) \
  CLIENT_ASSIGN_OR_RETURN_INNER(CLIENT_CONCAT(client_statusor_, __LINE__), lhs, expr)
#define CLIENT_ASSIGN_OR_RETURN_INNER(statusor, lhs, expr) \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) {                                    \
    return std::move(statusor).status();                   \
  }                                                        \
  lhs = std::move(statusor).value()
