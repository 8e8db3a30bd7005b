#include "tests/observe/client.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace test {

Connection::Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int reason = errno;
    ::close(fd_);
    throw std::system_error(reason, std::generic_category(), "connect");
  }
}

Connection::~Connection() {
  if (fd_ >= 0) ::close(fd_);
}

Connection::Connection(Connection&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

void Connection::send(std::string_view bytes) const {
  if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    throw std::system_error(errno, std::generic_category(), "send");
  }
}

std::string Connection::rest() const {
  std::string all;
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::recv(fd_, buffer.data(), buffer.size(), 0)) > 0;)
    all.append(buffer.data(), static_cast<std::size_t>(n));
  return all;
}

bool Connection::still_waits() const {
  pollfd awaited{.fd = fd_, .events = POLLIN, .revents = 0};
  return ::poll(&awaited, 1, 0) == 0;
}

Reply request(std::uint16_t port, std::string_view method, std::string_view path) {
  const Connection connection(port);
  connection.send(std::string(method) + " " + std::string(path) + " HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\r\n");
  const auto answer = connection.rest();
  const auto head_end = answer.find("\r\n\r\n");
  if (head_end == std::string::npos) throw std::runtime_error("no answer to " + std::string(path));
  return {std::stoi(answer.substr(answer.find(' ') + 1)), answer.substr(0, head_end), answer.substr(head_end + 4)};
}

}  // namespace test
