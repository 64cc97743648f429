// Walks the pages of a list call (SearchNodes, ListEdges, ExplainFact). One thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph::client {

template <typename Request, typename Response>
class Pager {
 public:
  using Fetch = std::function<absl::StatusOr<Response>(const Request&)>;

  // Starts at the page that `request` asks for. `fetch` makes the call.
  Pager(Request request, Fetch fetch) : request_(std::move(request)), fetch_(std::move(fetch)) {}

  // The next page, or nothing after the last one. After an error the same page is asked for again.
  // INTERNAL when the server hands out the cursor that it was given, which would never end.
  absl::StatusOr<std::optional<Response>> Next() {
    if (finished_) {
      return std::optional<Response>();
    }
    absl::StatusOr<Response> page = fetch_(request_);
    if (!page.ok()) {
      return page.status();
    }
    if (page->next_cursor().empty()) {
      finished_ = true;
    } else if (page->next_cursor() == request_.page().cursor()) {
      return absl::InternalError("the server returned the cursor that it was given");
    } else {
      request_.mutable_page()->set_cursor(page->next_cursor());
    }
    return std::optional<Response>(*std::move(page));
  }

 private:
  Request request_;
  Fetch fetch_;
  bool finished_ = false;
};

}  // namespace partnergraph::client
