#include "relay/observe/watch.hpp"

#include "relay/core/wall_clock.hpp"
#include "relay/observe/status_json.hpp"

#include <utility>

namespace relay::observe {
namespace {

using std::chrono::steady_clock;

}  // namespace

Watch::Watch(const Settings& settings, std::function<void()> poke)
    : log_(settings.log_format, settings.log_level), metrics_(settings.version) {
  if (!settings.listen) return;
  try {
    http_.emplace(*settings.listen, routes(std::move(poke)));
  } catch (const CannotListen& error) {
    if (!settings.goes_on_without_http) throw;
    say(core::Level::warning, error.what() + std::string("; going on without HTTP"));
  }
}

std::vector<Route> Watch::routes(std::function<void()> poke) const {
  using enum Route::Method;
  return {{get, "/livez", [this] { return livez(steady_clock::now()); }},
          {get, "/readyz", [this] { return readyz(); }},
          {get, "/status",
           [this] {
             return Answer{200, status_json(*last(), core::wall_clock()), "application/json"};
           }},
          {get, "/metrics",
           [this] {
             return Answer{200, metrics_.text(*last(), core::wall_clock()), "text/plain; version=0.0.4; charset=utf-8"};
           }},
          {post, "/poke", [poke = std::move(poke)] {
             poke();
             return Answer{202, "poked\n"};
           }}};
}

void Watch::say(core::Level level, std::string_view line) {
  log_.say(level, line);
}
void Watch::claimed(std::size_t rows, std::chrono::nanoseconds took) {
  metrics_.claimed(rows, took);
}
void Watch::settled(std::size_t rows, std::chrono::nanoseconds took) {
  metrics_.settled(rows, took);
}
void Watch::published(std::string_view topic, std::size_t rows) {
  metrics_.published(topic, rows);
}
void Watch::end_to_end(std::span<const double> seconds) {
  metrics_.end_to_end(seconds);
}
void Watch::publish_error(std::string_view error_class, std::size_t rows) {
  metrics_.publish_error(error_class, rows);
}
void Watch::bad_rows(std::string_view policy, std::size_t rows) {
  metrics_.bad_rows(policy, rows);
}

void Watch::status(const core::Status& now) {
  auto copy = std::make_shared<const core::Status>(now);
  const std::scoped_lock lock(mutex_);
  last_.swap(copy);
  beat_ = steady_clock::now();
}

std::shared_ptr<const core::Status> Watch::last() const {
  const std::scoped_lock lock(mutex_);
  return last_;
}

Answer Watch::livez(steady_clock::time_point now) const {
  const std::scoped_lock lock(mutex_);
  const auto silence = std::chrono::duration_cast<std::chrono::seconds>(now - beat_);
  if (silence < longest_silence) return {200, "alive\n"};
  return {503, "the loop has been silent for " + std::to_string(silence.count()) + " s\n"};
}

Answer Watch::readyz() const {
  const auto status = last();
  if (status->started) return {200, "ready\n"};
  if (!status->database_outage.empty()) return {503, "starting; the database: " + status->database_outage + "\n"};
  if (!status->kafka_outage.empty()) return {503, "starting; Kafka: " + status->kafka_outage + "\n"};
  return {503, "starting\n"};
}

std::uint16_t Watch::port() const noexcept {
  return http_ ? http_->port() : std::uint16_t{0};
}

}  // namespace relay::observe
