#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace relay::observe {

struct Answer {
  int code = 200;
  std::string body;
  std::string type = "text/plain; charset=utf-8";
};

struct Route {
  enum class Method : std::uint8_t { get, post } method = Method::get;
  std::string path;
  std::function<Answer()> answer;  ///< called by several threads at once; must not wait
};

struct ListenAddress {
  std::string host;
  std::uint16_t port = 0;
};

/// Reads `HOST:PORT` and `[IPV6]:PORT`.
/// @throws std::invalid_argument  one line that names http.listen
[[nodiscard]] ListenAddress parse_listen(std::string_view text);

/// Answers a few fixed paths; HEAD where GET is known, 404 and 405 for the rest. A body may come with a request and is not looked
/// at.
///
/// One request per connection, sixteen at a time, a few more waiting; the others wait in the kernel, and so do those that say
/// nothing. Many slow clients hold up other clients at most, never the relay, and never the destructor, which cuts what is open.
/// Threads start in the constructor: block signals that others wait for before that.
class HttpServer {
 public:
  /// @param listen  a port of 0 takes any free one
  /// @throws std::invalid_argument  not an address
  /// @throws std::runtime_error     in use, not an address of this machine, not allowed; one line that names http.listen
  HttpServer(std::string_view listen, std::vector<Route> routes);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  HttpServer(HttpServer&&) = delete;
  HttpServer& operator=(HttpServer&&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace relay::observe
