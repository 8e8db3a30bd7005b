#include "tests/support/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace test {
namespace {

sockaddr_in address_of(const std::string& host, std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) throw std::runtime_error("not an IPv4 address: " + host);
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// What comes from one side goes to the other; false at the end.
bool copy(int from, int to) {
  std::array<char, 65536> octets{};
  const auto count = recv(from, octets.data(), octets.size(), 0);
  if (count <= 0) return false;
  for (ssize_t sent = 0; sent < count;) {
    const auto more = send(to, octets.data() + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
    if (more <= 0) return false;
    sent += more;
  }
  return true;
}

}  // namespace

TcpProxy::TcpProxy(std::string host, std::uint16_t port, const std::string& own_host)
    : host_(std::move(host)), server_port_(port), listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  auto address = address_of(own_host, 0);
  socklen_t size = sizeof address;
  if (bind(listener_, generic(address), size) != 0 || listen(listener_, 16) != 0)
    throw std::runtime_error("the proxy cannot listen");
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

TcpProxy::~TcpProxy() {
  thread_.request_stop();
  thread_.join();
  close(listener_);
  for (const auto& pair : pairs_) {
    close(pair.client);
    close(pair.server);
  }
}

void TcpProxy::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::vector<pollfd> watched;
    if (forgetting_.exchange(false)) {
      for (auto& pair : pairs_) pair.forgotten = true;
    }
    if (mode_ != Mode::frozen) {
      watched.push_back({listener_, POLLIN, 0});
      for (const auto& pair : pairs_) {
        watched.push_back({pair.forgotten ? -1 : pair.client, POLLIN, 0});
        watched.push_back({pair.forgotten ? -1 : pair.server, POLLIN, 0});
      }
    }
    if (poll(watched.data(), watched.size(), 5) < 0 || watched.empty() || mode_ == Mode::frozen) continue;
    std::size_t at = 1;
    for (auto pair = pairs_.begin(); pair != pairs_.end(); at += 2) {
      if (hand_on(*pair, watched[at].revents != 0, watched[at + 1].revents != 0)) {
        ++pair;
        continue;
      }
      close(pair->client);
      close(pair->server);
      pair = pairs_.erase(pair);
    }
    if (watched[0].revents != 0) accept_one();
  }
}

void TcpProxy::accept_one() {
  const Pair pair{accept(listener_, nullptr, nullptr), socket(AF_INET, SOCK_STREAM, 0)};
  const auto address = address_of(host_, server_port_);
  if (mode_ == Mode::cut || connect(pair.server, generic(address), sizeof address) != 0) {
    close(pair.client);
    close(pair.server);
    return;
  }
  const int at_once = 1;
  for (const int socket : {pair.client, pair.server}) setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  pairs_.push_back(pair);
}

bool TcpProxy::hand_on(const Pair& pair, bool client_ready, bool server_ready) const {
  const auto mode = mode_.load();
  if (mode == Mode::cut || (mode == Mode::losing_replies && server_ready)) return false;
  if (client_ready && !copy(pair.client, pair.server)) return false;
  return !server_ready || copy(pair.server, pair.client);
}

}  // namespace test
