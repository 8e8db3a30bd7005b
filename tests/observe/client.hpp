#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace test {

/// A plain TCP connection to 127.0.0.1 that says exactly what a test tells it to.
class Connection {
 public:
  explicit Connection(std::uint16_t port);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;

  void send(std::string_view bytes) const;
  /// All until the other side closes.
  [[nodiscard]] std::string rest() const;
  /// Nothing has come from the other side yet, not even its end.
  [[nodiscard]] bool still_waits() const;

 private:
  int fd_;
};

struct Reply {
  int code = 0;
  std::string head;
  std::string body;
};

[[nodiscard]] Reply request(std::uint16_t port, std::string_view method, std::string_view path);

}  // namespace test
