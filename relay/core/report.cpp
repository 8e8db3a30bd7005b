#include "relay/core/report.hpp"

#include "relay/core/wall_clock.hpp"

#include <chrono>

namespace relay::core {
namespace {

constexpr std::chrono::milliseconds heartbeat{500};

}  // namespace

void Report::database(const LinkChange& change) {
  link("database", change);
  status_.db_connected = change.up;
  if (change.up) status_.database = change.product;
  reading_outage_ = change.why;
  tell_outage();
}

void Report::settling(const LinkChange& change) {
  link("database (settling)", change);
  if (change.up) return;
  settling_outage_ = "rows cannot be settled: " + change.why;
  tell_outage();
}

void Report::settling_works() {
  if (settling_outage_.empty()) return;
  settling_outage_.clear();
  tell_outage();
}

void Report::tell_outage() {
  status_.database_outage = reading_outage_.empty() ? settling_outage_ : reading_outage_;
}

void Report::link(std::string_view name, const LinkChange& change) {
  if (change.up) {
    ++status_.db_connects;
    return observer_.say(Level::info, std::string(name) + " connected: " + change.product);
  }
  observer_.say(change.lasting ? Level::error : Level::warning, std::string(name) + " lost, trying again: " + change.why);
}

void Report::kafka(const std::string& outage) {
  if (outage == status_.kafka_outage) return;
  status_.kafka_outage = outage;
  if (outage.empty()) return observer_.say(Level::info, "Kafka answers again");
  observer_.say(Level::warning, "Kafka: " + outage);
}

void Report::lease(const LeaseSeen& seen) {
  status_.lease_holder = seen.holder;
  status_.lease_token = seen.token;
  status_.lease_expires_at = wall_clock() + std::chrono::microseconds(seen.left).count();
}

void Report::begun(const Reign& reign) {
  observer_.say(Level::info, "holds the lease " + reign.name() + ", token " + std::to_string(reign.token()));
  hurry();
}

void Report::ended(const Reign& reign) {
  observer_.say(Level::warning,
                "lost the lease " + reign.name() + "; rows that Kafka has not acknowledged are left to its next holder");
  hurry();
}

void Report::stands_by(const Reign& reign) {
  observer_.say(Level::info, "stands by: " + reign.holder() + " holds the lease " + reign.name());
}

void Report::beat(Instant now) {
  next_ = now + heartbeat;
  observer_.status(status_);
}

}  // namespace relay::core
