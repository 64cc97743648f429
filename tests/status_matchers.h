// Matchers for absl::Status and StatusOr, until the platform's Abseil brings them. There is no "not
// OK": a test names the error that it expects.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

namespace partnergraph {

inline const absl::Status& GetStatus(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& statusor) {
  return statusor.status();
}

// EXPECT_THAT(status, IsOk())
MATCHER(IsOk, "") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).ok();
}

// EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, HasSubstr("node 7")))
MATCHER_P2(StatusIs, code, message, "") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code &&
         testing::ExplainMatchResult(message, std::string(GetStatus(arg).message()),
                                     result_listener);
}

#define PG_CONCAT_TEST_INNER(a, b) a##b
#define PG_CONCAT_TEST(a, b) PG_CONCAT_TEST_INNER(a, b)
// ASSERT_OK_AND_ASSIGN(auto node, view->GetNode(id));
#define ASSERT_OK_AND_ASSIGN(lhs, expr) \
  ASSERT_OK_AND_ASSIGN_INNER(PG_CONCAT_TEST(test_statusor_, __LINE__), lhs, expr)
#define ASSERT_OK_AND_ASSIGN_INNER(statusor, lhs, expr) \
  auto statusor = (expr);                               \
  ASSERT_TRUE(statusor.ok()) << statusor.status();      \
  lhs = std::move(statusor).value()

}  // namespace partnergraph
