#include "tests/e2e/member.hpp"

#include "tests/observe/client.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace e2e {
namespace {

/// Where tests/support/servers.sh writes down whose a port is: in a file of its number, the path of a folder that is there as long.
std::filesystem::path ports_drawn() {
  return std::filesystem::temp_directory_path() / ("outbox-relay-ports-" + std::to_string(::getuid()));
}

bool is_free(std::uint16_t port) {
  std::string owner;
  std::getline(std::ifstream(ports_drawn() / std::to_string(port)), owner);
  if (!owner.empty() && std::filesystem::exists(owner)) return false;
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return free;
}

/// Its lock is what servers.sh draws under, too.
std::uint16_t draw_port() {
  static auto next = static_cast<std::uint16_t>(10000 + ::getpid() % 60 * 100);  // below where servers.sh begins
  std::filesystem::create_directories(ports_drawn());
  const int folder = ::open(ports_drawn().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0 || ::flock(folder, LOCK_EX) != 0) throw std::system_error(errno, std::generic_category(), ports_drawn());
  while (!is_free(next)) ++next;
  std::ofstream(ports_drawn() / std::to_string(next)) << "/proc/" << ::getpid() << '\n';
  ::close(folder);
  return next++;
}

std::vector<std::string> listening(std::vector<std::string> words, std::uint16_t port) {
  std::ranges::replace(words, std::string("--http.listen="), "--http.listen=127.0.0.1:" + std::to_string(port));
  return words;
}

}  // namespace

Port::Port() : number_(draw_port()) {}

Port::~Port() {
  std::error_code ignored;
  std::filesystem::remove(ports_drawn() / std::to_string(number_), ignored);
}

Member::Member(std::vector<std::string> words) : process_(listening(std::move(words), port_.number())) {}

std::optional<double> Member::metric(const std::string& name) const {
  try {
    const auto text = test::request(port_.number(), "GET", "/metrics").body;
    const auto at = text.find("\noutbox_relay_" + name + " ");
    if (at == std::string::npos) return std::nullopt;
    return std::stod(text.substr(text.find(' ', at)));
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

bool Member::answers(std::string_view path) const {
  try {
    return test::request(port_.number(), "GET", path).code == 200;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace e2e
