#include "tests/e2e/member.hpp"

#include "tests/observe/client.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace e2e {
namespace {

/// Below the ephemeral ones; nobody else of this run has it.
std::uint16_t free_port() {
  static auto next = static_cast<std::uint16_t>(20000 + ::getpid() % 100 * 100);
  for (;; ++next) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(next);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool free = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    if (free) return next++;
  }
}

std::vector<std::string> listening(std::vector<std::string> words, std::uint16_t port) {
  std::ranges::replace(words, std::string("--http.listen="), "--http.listen=127.0.0.1:" + std::to_string(port));
  return words;
}

}  // namespace

Member::Member(std::vector<std::string> words) : port_(free_port()), process_(listening(std::move(words), port_)) {}

std::optional<double> Member::metric(const std::string& name) const {
  try {
    const auto text = test::request(port_, "GET", "/metrics").body;
    const auto at = text.find("\noutbox_relay_" + name + " ");
    if (at == std::string::npos) return std::nullopt;
    return std::stod(text.substr(text.find(' ', at)));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

bool Member::answers(std::string_view path) const {
  try {
    return test::request(port_, "GET", path).code == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace e2e
