#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace test {

/// A network that can fail: hands octets between its clients and one server on this machine, in a thread of its own.
class TcpProxy {
 public:
  /// @param host  a numeric IPv4 address   @param own_host  where clients connect
  TcpProxy(std::string host, std::uint16_t port, const std::string& own_host = "127.0.0.1");
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Nothing is handed on and nothing ends, as behind a pulled cable.
  void freeze() noexcept { mode_ = Mode::frozen; }
  /// The connections of now hang for ever, as behind a gateway that forgot them; new ones work.
  void forget_connected() noexcept { forgetting_ = true; }
  /// Requests reach the server; the first octet of a reply ends the connection.
  void lose_replies() noexcept { mode_ = Mode::losing_replies; }
  /// Ends all connections, and every new one at once.
  void cut() noexcept { mode_ = Mode::cut; }
  void heal() noexcept { mode_ = Mode::open; }

 private:
  enum class Mode : std::uint8_t { open, frozen, losing_replies, cut };
  struct Pair {
    int client;
    int server;
    bool forgotten = false;
  };

  void run(const std::stop_token& stop);
  void accept_one();
  [[nodiscard]] bool hand_on(const Pair& pair, bool client_ready, bool server_ready) const;

  std::string host_;
  std::uint16_t server_port_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<Mode> mode_{Mode::open};
  std::atomic<bool> forgetting_{false};
  std::list<Pair> pairs_;
  std::jthread thread_;
};

}  // namespace test
