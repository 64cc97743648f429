#include "server/http_host.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

std::string Lower(std::string_view text) { return absl::AsciiStrToLower(ToAbsl(text)); }

// "[::1]:8080" -> "::1", "localhost:8080" -> "localhost". Empty when the form is wrong.
std::string_view WithoutPort(std::string_view host) {
  std::string_view name = host;
  std::string_view rest;
  if (!host.empty() && host.front() == '[') {
    const size_t end = host.find(']');
    if (end == std::string_view::npos) return {};
    name = host.substr(1, end - 1);
    rest = host.substr(end + 1);
  } else {
    const size_t colon = std::min(host.find(':'), host.size());
    name = host.substr(0, colon);
    rest = host.substr(colon);
  }
  if (rest.empty()) return name;
  const bool port = rest.front() == ':' && rest.size() <= 6 &&
                    std::all_of(rest.begin() + 1, rest.end(), absl::ascii_isdigit);
  return port ? name : std::string_view();
}

bool IsAddress(std::string_view name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(std::string(name), error);
  return !error;
}

}  // namespace

HostPolicy::HostPolicy(const std::vector<std::string>& hosts) : hosts_{"localhost"} {
  for (const std::string& host : hosts) hosts_.push_back(Lower(host));
}

bool HostPolicy::AllowsHost(std::string_view host) const {
  const std::string_view name = WithoutPort(host);
  if (name.empty()) return false;
  return IsAddress(name) || std::find(hosts_.begin(), hosts_.end(), Lower(name)) != hosts_.end();
}

bool HostPolicy::SameOrigin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.substr(0, scheme.size()) == scheme) {
      return absl::EqualsIgnoreCase(ToAbsl(origin.substr(scheme.size())), ToAbsl(host));
    }
  }
  return false;
}

bool HostPolicy::SameSite(std::string_view fetch_site) {
  // Another port of the same host is "same-site" too, and not ours.
  return fetch_site.empty() || fetch_site == "same-origin" || fetch_site == "none";
}

}  // namespace partnergraph
