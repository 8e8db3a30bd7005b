#pragma once

#include <atomic>
#include <chrono>

namespace relay::core {

/// Wakes a thread that waits in poll(2): for a mailbox, librdkafka's outcomes, a poke, a signal. Any thread may ring.
class Bell {
 public:
  /// @throws std::system_error  no descriptor is left
  Bell();
  ~Bell();
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring() noexcept;
  /// Waits for a ring, also one of before, and forgets all rings so far.
  void wait(std::chrono::steady_clock::time_point until) noexcept;
  /// Forgets all rings so far.
  void silence() noexcept;
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// A bell that says why: somebody asked to look for rows now, or to read secrets again. Any thread may ask.
class Doorbell {
 public:
  void poke() noexcept {
    poked_ = true;
    bell_.ring();
  }
  void renew() noexcept {
    renewed_ = true;
    bell_.ring();
  }
  [[nodiscard]] bool take_poke() noexcept { return poked_.exchange(false); }
  [[nodiscard]] bool take_renewal() noexcept { return renewed_.exchange(false); }
  [[nodiscard]] Bell& bell() noexcept { return bell_; }

 private:
  Bell bell_;
  std::atomic<bool> poked_ = false;
  std::atomic<bool> renewed_ = false;
};

}  // namespace relay::core
