// A blocking HTTP client for tests that can also misbehave: it sends exactly the bytes it is given.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace partnergraph {

struct HttpResult {
  int status = 0;                              // 0: the connection ended without a reply.
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;                            // Chunks joined.
};

class HttpTestConnection {
 public:
  // `source` is the address to connect from.
  explicit HttpTestConnection(uint16_t port, const char* source = "127.0.0.1") {
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in from = {};
    from.sin_family = AF_INET;
    ::inet_pton(AF_INET, source, &from.sin_addr);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&from), sizeof(from));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
    timeval timeout = {20, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  }
  ~HttpTestConnection() { Close(); }
  HttpTestConnection(const HttpTestConnection&) = delete;
  HttpTestConnection& operator=(const HttpTestConnection&) = delete;

  bool connected() const { return connected_; }

  // Returns false when the peer has closed.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  // Waits for more bytes; false at the end of the connection or after 20 s.
  bool Receive() {
    char bytes[65536];
    const ssize_t count = ::recv(fd_, bytes, sizeof(bytes), 0);
    if (count <= 0) return false;
    received_.append(bytes, static_cast<size_t>(count));
    return true;
  }
  const std::string& received() const { return received_; }

  HttpResult ReadReply(bool header_only = false) {
    HttpResult result;
    size_t header_end;
    while ((header_end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!Receive()) return result;
    }
    std::string_view header = std::string_view(received_).substr(0, header_end);
    result.status = std::atoi(std::string(header.substr(header.find(' ') + 1, 3)).c_str());
    for (size_t at = header.find("\r\n"); at != std::string_view::npos;) {
      header.remove_prefix(at + 2);
      at = header.find("\r\n");
      const std::string_view line = header.substr(0, at);
      const size_t colon = line.find(": ");
      const std::string name(line.substr(0, colon));
      result.headers[absl::AsciiStrToLower(name)] = std::string(line.substr(colon + 2));
    }
    received_.erase(0, header_end + 4);
    if (header_only || result.status == 304) return result;
    if (result.headers.count("transfer-encoding") > 0) {
      std::string chunk;
      while (ReadChunk(&chunk) && !chunk.empty()) result.body += chunk;
    } else if (result.headers.count("content-length") > 0) {
      const size_t length = std::strtoull(result.headers["content-length"].c_str(), nullptr, 10);
      while (received_.size() < length && Receive()) {
      }
      result.body = received_.substr(0, length);
      received_.erase(0, length);
    } else {
      while (Receive()) {
      }
      result.body = std::exchange(received_, "");
    }
    return result;
  }

  // Reads one chunk of a chunked body; empty is the last.
  bool ReadChunk(std::string* chunk) {
    size_t line_end;
    while ((line_end = received_.find("\r\n")) == std::string::npos) {
      if (!Receive()) return false;
    }
    const size_t length = std::strtoull(received_.c_str(), nullptr, 16);
    const size_t total = line_end + 2 + length + 2;
    while (received_.size() < total) {
      if (!Receive()) return false;
    }
    *chunk = received_.substr(line_end + 2, length);
    received_.erase(0, total);
    return true;
  }

  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
  bool connected_ = false;
  std::string received_;
};

// A request line with a good Host header, then `headers` ("Name: value\r\n" each) and `body`.
inline std::string HttpRequestText(std::string_view method, std::string_view target,
                                   std::string_view headers = "", std::string_view body = "") {
  std::string text(method);
  text.append(" ").append(target).append(" HTTP/1.1\r\nHost: localhost\r\n").append(headers);
  if (method == "POST") absl::StrAppend(&text, "Content-Length: ", body.size(), "\r\n");
  return text.append("\r\n").append(body);
}

// One request on a connection of its own.
inline HttpResult HttpCall(uint16_t port, const std::string& request_text) {
  HttpTestConnection connection(port);
  connection.Send(request_text);
  return connection.ReadReply(request_text.rfind("HEAD", 0) == 0);
}

inline HttpResult HttpPost(uint16_t port, std::string_view target, std::string_view content_type,
                           std::string_view body, std::string headers = "") {
  headers.append("Content-Type: ").append(content_type).append("\r\n");
  return HttpCall(port, HttpRequestText("POST", target, headers, body));
}

inline HttpResult HttpGet(uint16_t port, std::string_view target, std::string_view headers = "") {
  return HttpCall(port, HttpRequestText("GET", target, headers));
}

}  // namespace partnergraph
