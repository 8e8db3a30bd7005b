#pragma once

#include "relay/core/bell.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace relay::core {

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
