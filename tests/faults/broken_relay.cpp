#include "tests/faults/broken_relay.hpp"

#include "relay/core/settle.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"

#include <array>
#include <iostream>
#include <stdexcept>

namespace faults {
namespace {

using namespace std::chrono_literals;
namespace core = relay::core;
namespace kafka = relay::kafka;

constexpr std::size_t page = 1000;
constexpr auto quiet = 1s;  // that long after the stop nothing new may come

std::unique_ptr<kafka::Producer> make_producer() {
  return kafka::make_producer({{"bootstrap.servers", e2e::kafka()}});
}

/// Reads above the last id, sends, waits for the acknowledgements, deletes.
class Poller {
 public:
  explicit Poller(const e2e::Shop& shop)
      : database_(database_of(shop)),
        session_(database_.driver->connect(database_.target())),
        table_(core::open_outbox(*session_, database_.driver->dialect(*session_), settings_for(shop).outbox)),
        encoder_(relay::encode::make_encoder({}, {}, table_.layout)),
        producer_(make_producer()) {}

  /// @return how many rows it found
  std::size_t poll() {
    const std::array<db::Parameter, 2> parameters{last_, std::int64_t{page}};
    const auto rows = session_->run(table_.claim_forward, parameters);
    std::vector<relay::Acknowledged> sent;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto cells = rows[i].first(rows[i].size() - 1);
      last_ = std::stoll(std::string(cells[table_.position_index].bytes()));
      const auto message = std::get<relay::Message>(encoder_->encode({last_, cells}));
      if (producer_->send(message, static_cast<kafka::Ticket>(last_)) != kafka::Sent::accepted) throw std::runtime_error("queue");
      sent.push_back({0, last_, relay::fingerprint(cells)});
    }
    if (!producer_->flush(30s)) throw std::runtime_error("Kafka does not answer");
    if (!sent.empty()) static_cast<void>(core::settle(*session_, table_, sent, false));
    return sent.size();
  }

 private:
  core::Database database_;
  std::unique_ptr<db::Session> session_;
  core::OutboxTable table_;
  std::unique_ptr<relay::encode::Encoder> encoder_;
  std::unique_ptr<kafka::Producer> producer_;
  relay::Position last_ = relay::lowest_position;
};

void poll_until(const e2e::Shop& shop, const std::stop_token& stop) {
  Poller poller(shop);
  auto last_seen = std::chrono::steady_clock::now();
  while (!stop.stop_requested() || std::chrono::steady_clock::now() < last_seen + quiet) {
    try {
      if (poller.poll() > 0) last_seen = std::chrono::steady_clock::now();
    } catch (const db::DbError& error) {
      if (!error.transient() || error.connection_lost()) throw;
    }
    std::this_thread::sleep_for(5ms);
  }
}

void relay_without_gaps(const e2e::Shop& shop, const std::stop_token& stop) {
  auto database = database_of(shop);
  Interference blind;
  blind.running = [](std::string_view name, const std::function<db::ResultSet()>& proceed) {
    return name == "claim_gaps" ? db::ResultSet() : proceed();
  };
  database.driver = forwarding_driver(database.driver, blind);
  auto settings = settings_for(shop);
  settings.claims.sweep_interval = 1h;  // a look from the head would find everything
  Listener listener;
  core::Doorbell doorbell;
  core::Relay relay(
      settings, database, [](bool /*probing*/) { return make_producer(); }, listener, doorbell);
  std::stop_source enough;
  std::jthread waiting([&] {
    core::pause(24h, stop);
    std::this_thread::sleep_for(quiet);
    enough.request_stop();
  });
  static_cast<void>(relay.run(enough.get_token()));
}

}  // namespace

BrokenRelay::BrokenRelay(const e2e::Shop& shop, Broken how)
    : thread_([&shop, how](const std::stop_token& stop) {
        try {
          how == Broken::last_id ? poll_until(shop, stop) : relay_without_gaps(shop, stop);
        } catch (const std::exception& error) {
          std::cerr << "the broken relay broke more than it should: " << error.what() << '\n';
        }
      }) {}

}  // namespace faults
