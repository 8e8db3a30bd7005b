#pragma once

#include "relay/core/relay.hpp"
#include "relay/core/silent_observer.hpp"
#include "relay/core/table_relay.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/shop.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

namespace faults {

/// Keeps what a relay inside the test says, for when the test fails.
class Listener final : public relay::core::SilentObserver {
 public:
  void say(relay::core::Level level, std::string_view line) override;
  void publish_error(std::string_view error_class, std::size_t rows) override;
  void status(const relay::core::Status& now) override;

  [[nodiscard]] std::string text();
  [[nodiscard]] relay::core::Status status();
  /// How often a row was held back because no broker answered.
  [[nodiscard]] std::size_t outages() const { return outages_; }

 private:
  std::mutex mutex_;
  std::string text_;
  relay::core::Status status_;
  std::atomic<std::size_t> outages_{0};
};

/// The driver and the address of a shop's database, as the relay gets them.
[[nodiscard]] relay::core::Database database_of(const e2e::Shop& shop);

/// Settings of a relay for that shop.
[[nodiscard]] relay::core::RelaySettings settings_for(const e2e::Shop& shop);
/// Of one for that table, under a lease of a second.
[[nodiscard]] relay::core::TableRelaySettings settings_for(const e2e::PolledTable& table);

}  // namespace faults
