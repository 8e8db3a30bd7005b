#pragma once

#include "relay/core/observer.hpp"
#include "relay/domain/address.hpp"
#include "relay/observe/http.hpp"
#include "relay/observe/log.hpp"
#include "relay/observe/metrics.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace relay::observe {

/// The relay's face to the outside: the log, and over HTTP
///   GET /livez    200 while the loop beats: `status` came within the last ten seconds, whatever is down
///   GET /readyz   200 once the relay has started: configuration valid, table seen
///   GET /status   what the relay knows of itself, as JSON
///   GET /metrics  Prometheus
///   POST /poke    look for rows now
/// All of it from values kept here: no request reaches the loop, the database or Kafka.
class Watch final : public core::Observer {
 public:
  static constexpr std::chrono::seconds longest_silence{10};

  struct Settings {
    LogFormat log_format = LogFormat::text;
    core::Level log_level = core::Level::info;
    std::optional<Address> listen{};    ///< http.listen; none: no HTTP
    bool goes_on_without_http = false;  ///< where it cannot listen: a warning in the log instead of CannotListen
    std::string version;
  };

  /// @param poke  called by the HTTP threads; must not wait
  /// @throws      as HttpServer does
  Watch(const Settings& settings, std::function<void()> poke);

  void say(core::Level level, std::string_view line) override;
  void claimed(std::size_t rows, std::chrono::nanoseconds took) override;
  void settled(std::size_t rows, std::chrono::nanoseconds took) override;
  void published(std::string_view topic, std::size_t rows) override;
  void end_to_end(std::span<const double> seconds) override;
  void publish_error(std::string_view error_class, std::size_t rows) override;
  void bad_rows(std::string_view policy, std::size_t rows) override;
  void status(const core::Status& now) override;

  /// The last status that was told.
  [[nodiscard]] std::shared_ptr<const core::Status> last() const;

  /// @param now  when somebody asks
  [[nodiscard]] Answer livez(std::chrono::steady_clock::time_point now) const;
  [[nodiscard]] Answer readyz() const;

  /// The port that is listened on; 0 without HTTP.
  [[nodiscard]] std::uint16_t port() const noexcept;

 private:
  [[nodiscard]] std::vector<Route> routes(std::function<void()> poke) const;

  Log log_;
  Metrics metrics_;
  mutable std::mutex mutex_;
  std::shared_ptr<const core::Status> last_ = std::make_shared<core::Status>();
  std::chrono::steady_clock::time_point beat_ = std::chrono::steady_clock::now();
  std::optional<HttpServer> http_;  // last: its threads read all of the above
};

}  // namespace relay::observe
