// Early return on errors, until the platform's Abseil brings absl/status/status_macros.h.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// PG_RETURN_IF_ERROR(expr): returns the status of `expr` from the enclosing function unless it is
// OK.
#define PG_RETURN_IF_ERROR(expr)                              \
  do {                                                        \
    if (::absl::Status pg_status = (expr); !pg_status.ok()) { \
      return pg_status;                                       \
    }                                                         \
  } while (false)

#define PG_CONCAT_INNER(a, b) a##b
#define PG_CONCAT(a, b) PG_CONCAT_INNER(a, b)

// PG_ASSIGN_OR_RETURN(lhs, expr): assigns the value of a StatusOr to `lhs`, or returns its status.
#define PG_ASSIGN_OR_RETURN(lhs, expr) \
  PG_ASSIGN_OR_RETURN_INNER(PG_CONCAT(pg_statusor_, __LINE__), lhs, expr)
#define PG_ASSIGN_OR_RETURN_INNER(statusor, lhs, expr) \
  auto statusor = (expr);                              \
  if (!statusor.ok()) {                                \
    return std::move(statusor).status();               \
  }                                                    \
  lhs = std::move(statusor).value()
