#include "tests/e2e/port.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

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

/// While it lives nobody else draws: servers.sh does so under the same lock.
class Drawing {
 public:
  Drawing() {
    std::filesystem::create_directories(ports_drawn());
    folder_ = ::open(ports_drawn().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder_ < 0 || ::flock(folder_, LOCK_EX) != 0) throw std::system_error(errno, std::generic_category(), ports_drawn());
  }
  ~Drawing() { ::close(folder_); }
  Drawing(const Drawing&) = delete;
  Drawing& operator=(const Drawing&) = delete;

 private:
  int folder_ = -1;
};

std::uint16_t draw_port() {
  constexpr std::uint16_t first = 10000;  // servers.sh begins at 16000
  constexpr std::uint16_t count = 6000;
  static auto next = static_cast<std::uint16_t>(::getpid() % 60 * 100);  // others draw at the same time
  const Drawing alone;
  for (int tries = 0; tries < count; ++tries) {
    const auto port = static_cast<std::uint16_t>(first + next++ % count);
    if (!is_free(port)) continue;
    std::ofstream(ports_drawn() / std::to_string(port)) << "/proc/" << ::getpid() << '\n';
    return port;
  }
  throw std::runtime_error("no port is free");
}

}  // namespace

Port::Port() : number_(draw_port()) {}

Port::~Port() {
  std::error_code ignored;
  std::filesystem::remove(ports_drawn() / std::to_string(number_), ignored);
}

}  // namespace e2e
