// Which requests a browser may send us. A page on the web can make a browser send requests to a
// loopback port: under our own address (then Origin and Sec-Fetch-Site tell), or under a name of
// its own that it lets point at us (then Host tells).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partnergraph {

// Immutable, hence thread-safe.
class HostPolicy {
 public:
  // Allows localhost, `hosts` (names without port; case does not matter), and every IP address:
  // nobody can make an address point elsewhere.
  explicit HostPolicy(const std::vector<std::string>& hosts);

  // Whether a request may carry this Host header: a name or address, with or without a port.
  bool AllowsHost(std::string_view host) const;

  // Whether `origin`, the value of an Origin header, is the site that `host` names.
  static bool SameOrigin(std::string_view origin, std::string_view host);

  // Whether `fetch_site`, the value of a Sec-Fetch-Site header or empty for none, says that our own
  // page, the person at the browser or no browser at all sent the request.
  static bool SameSite(std::string_view fetch_site);

 private:
  std::vector<std::string> hosts_;  // Lower case.
};

}  // namespace partnergraph
