// Reads the pages of a list call up to a limit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "clients/cli/diagnostics.h"
#include "clients/cli/proto_json.h"
#include "clients/cpp/pager.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {

// How a list ended.
struct ListEnd {
  uint64_t count = 0;
  bool more = false;  // The limit cut the list.
  std::string read_token;
};

// Largest page, in items.
inline constexpr uint64_t kPageSizeMax = 1000;

// Calls `visit` for at most `limit` items (0 is all). `items` picks the repeated field.
template <typename Request, typename Response, typename Items, typename Visit>
absl::StatusOr<ListEnd> ReadPages(Request request, uint64_t limit,
                                  typename client::Pager<Request, Response>::Fetch fetch,
                                  Items items, Visit visit) {
  const uint64_t most = limit == 0 ? UINT64_MAX : limit;
  request.mutable_page()->set_size(static_cast<int32_t>(std::min(most, kPageSizeMax)));
  client::Pager<Request, Response> pager(std::move(request), std::move(fetch));
  ListEnd end;
  while (true) {
    CLIENT_ASSIGN_OR_RETURN(const std::optional<Response> page, pager.Next());
    if (!page) {
      return end;
    }
    end.read_token = page->read_token();
    for (const auto& item : items(*page)) {
      if (end.count == most) {
        end.more = true;
        return end;
      }
      visit(item);
      ++end.count;
    }
    if (end.count == most) {
      end.more = !page->next_cursor().empty();
      return end;
    }
  }
}

inline Json SummaryOf(const ListEnd& end) {
  return {{"count", end.count}, {"more", end.more}, {"read_token", end.read_token}};
}

inline void SayIfMore(const ListEnd& end, const std::string& what, Diagnostics& talk) {
  if (end.more) {
    talk.Note(fmt::format("only the first {} {}; --limit 0 is all", end.count, what));
  }
}

}  // namespace partnergraph::cli
