#pragma once

#include "relay/domain/address.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
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

/// One line that names http.listen and the address.
class CannotListen : public std::runtime_error {
 public:
  CannotListen(bool foreign, const std::string& what) : std::runtime_error(what), foreign_(foreign) {}

  /// It is no address of this machine, so trying again does not help as long as nobody changes one of the two.
  [[nodiscard]] bool foreign() const noexcept { return foreign_; }

 private:
  bool foreign_;
};

/// Answers a few fixed paths; HEAD where GET is known, 404 and 405 for the rest. A body may come with a request and is not looked
/// at.
///
/// One request per connection, sixteen at a time, a few more waiting; the others wait in the kernel, and so do those that say
/// nothing. Many slow clients hold up other clients at most, never the relay, and never the destructor, which cuts what is open.
/// Threads start in the constructor: block signals that others wait for before that.
class HttpServer {
 public:
  /// @param listen  a port of 0 takes any free one
  /// @throws CannotListen  in use, not an address of this machine, not allowed
  HttpServer(const Address& listen, std::vector<Route> routes);
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
