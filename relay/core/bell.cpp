#include "relay/core/bell.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace relay::core {

using std::chrono::milliseconds;

Bell::Bell() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Bell::~Bell() {
  ::close(fd_);
}

void Bell::ring() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);  // full: it rings already
}

void Bell::wait(std::chrono::steady_clock::time_point until) noexcept {
  const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  pollfd waiting{fd_, POLLIN, 0};
  ::poll(&waiting, 1, static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, std::numeric_limits<int>::max())));
  silence();
}

void Bell::silence() noexcept {
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto read = ::read(fd_, &rings, sizeof rings);  // empty: it was silent
}

}  // namespace relay::core
