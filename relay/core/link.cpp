#include "relay/core/link.hpp"

#include "relay/core/cure.hpp"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace relay::core {

bool pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

void Link::connect() {
  auto session = database_.driver->connect(database_.target());
  if (session->facts().read_only)
    throw db::DbError(db::Failure::read_only, "", "the server is read-only (a reader, or a fail-over)");
  open_(*session, database_.driver->dialect(*session));
  session_ = std::move(session);
  tell({.up = true, .product = session_->facts().product});
}

void Link::succeeded() {
  outage_.reset();  // not before: what fails with every new session must not be tried without a pause
  seldom_.reset();
  locked_since_.reset();
  if (!last_told_.up) tell({.up = true, .product = session_->facts().product});  // a lock was told
}

void Link::tell(LinkChange change) {
  if (!change.up && !last_told_.up && last_told_.why == change.why) return;
  last_told_ = std::move(change);
  tell_(last_told_);
}

void Link::drop(const std::string& why) {
  session_.reset();
  tell({.why = why});
}

std::chrono::milliseconds Link::failed(LinkChange change) {
  auto& backoff = change.lasting ? seldom_ : outage_;
  session_.reset();
  locked_since_.reset();
  tell(std::move(change));
  return backoff.next(std::uniform_real_distribution<double>{}(random_));
}

std::chrono::milliseconds Link::failed(const db::DbError& error) {
  const bool locked = error.failure() == db::Failure::deadlock || error.failure() == db::Failure::lock_timeout;
  if (locked && session_) return met_lock(error);
  return failed(
      {.why = error.what() + std::string(cure_of(error)), .misconfigured = error.needs_operator(), .lasting = !error.transient()});
}

/// The session is sound: at once again. The lock may be one that is held for hours, though.
std::chrono::milliseconds Link::met_lock(const db::DbError& error) {
  const auto now = std::chrono::steady_clock::now();
  if (!locked_since_) locked_since_ = now;
  if (now - *locked_since_ >= lock_patience_)
    tell({.why = std::string("another transaction locks what is needed: ") + error.what()});
  return std::chrono::milliseconds(10);
}

bool Link::keep_trying(const std::stop_token& stop, const Work& work) {
  while (!stop.stop_requested()) {
    std::chrono::milliseconds wait{};
    try {
      if (!session_ || !session_->usable()) connect();
      std::jthread canceller;  // asking the server means connecting to it: whoever stops must not wait for that
      const std::stop_callback cancel(stop, [&] { canceller = std::jthread([this] { session_->cancel(); }); });
      work(*session_);
      succeeded();
      return true;
    } catch (const db::DbError& error) {
      if (stop.stop_requested()) return false;  // cancelled, most likely: nothing to tell
      wait = failed(error);
    } catch (const std::exception& error) {  // the schema, or a secret that cannot be read; none may end the thread
      if (stop.stop_requested()) return false;
      wait = failed({.why = error.what(), .misconfigured = true, .lasting = true});
    }
    pause(wait, stop);
  }
  return false;
}

}  // namespace relay::core
