#pragma once

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace relay::core {

/// Wakes a thread that waits in poll(2): for a mailbox, librdkafka's outcomes, a poke, a signal. Any thread may ring.
class Bell {
 public:
  Bell() : fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~Bell() { ::close(fd_); }
  Bell(const Bell&) = delete;
  Bell& operator=(const Bell&) = delete;

  void ring() noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);  // full: it rings already
  }
  /// Forgets all rings so far. @return whether there was one
  bool silence() noexcept {
    std::uint64_t rings = 0;
    return ::read(fd_, &rings, sizeof rings) > 0;
  }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

/// A bell that says why: somebody asked to look for rows now. Any thread may poke.
class Doorbell {
 public:
  void poke() noexcept {
    poked_ = true;
    bell_.ring();
  }
  [[nodiscard]] bool take_poke() noexcept { return poked_.exchange(false); }
  [[nodiscard]] Bell& bell() noexcept { return bell_; }

 private:
  Bell bell_;
  std::atomic<bool> poked_ = false;
};

/// The one way by which anything crosses threads: a bounded queue.
///
/// `put` waits while the queue is full, `take` while it is empty; a stop ends both. The bell rings at every `put`, for readers
/// that wait for more than this queue.
template <typename T>
class Mailbox {
 public:
  explicit Mailbox(std::size_t bound, Bell* bell = nullptr) : bound_(bound), bell_(bell) {}

  /// @return false: stopped, the item was not taken
  bool put(T item, const std::stop_token& stop) {
    {
      std::unique_lock lock(mutex_);
      if (!room_.wait(lock, stop, [this] { return items_.size() < bound_; })) return false;
      items_.push_back(std::move(item));
    }
    ready_.notify_one();
    if (bell_ != nullptr) bell_->ring();
    return true;
  }

  /// @return nothing: stopped
  std::optional<T> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!ready_.wait(lock, stop, [this] { return !items_.empty(); })) return std::nullopt;
    return pop(lock);
  }

  /// @return nothing: empty
  std::optional<T> try_take() {
    std::unique_lock lock(mutex_);
    if (items_.empty()) return std::nullopt;
    return pop(lock);
  }

 private:
  T pop(std::unique_lock<std::mutex>& lock) {
    auto item = std::move(items_.front());
    items_.pop_front();
    lock.unlock();
    room_.notify_one();
    return item;
  }

  const std::size_t bound_;
  Bell* const bell_;
  std::mutex mutex_;
  std::condition_variable_any room_;
  std::condition_variable_any ready_;
  std::deque<T> items_;
};

}  // namespace relay::core
