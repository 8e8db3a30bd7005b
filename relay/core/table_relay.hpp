#pragma once

#include "relay/core/cursor_place.hpp"
#include "relay/core/drain.hpp"
#include "relay/core/ending.hpp"
#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/reign.hpp"
#include "relay/core/report.hpp"
#include "relay/core/table_publisher.hpp"
#include "relay/core/table_reader.hpp"
#include "relay/core/table_stream.hpp"
#include "relay/domain/rate_limit.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace relay::core {

struct TableRelaySettings {
  std::vector<PolledSettings> tables;  ///< at least one, at most TableTicket::most_tables
  std::shared_ptr<CursorPlace> place;  ///< where cursors are saved; none: in the database
  LeaseShape lease;
  std::chrono::milliseconds poll_interval{1000};
  std::chrono::milliseconds min_interval{2};
  std::size_t batch_rows = 5000;
  std::size_t batch_bytes = 16 << 20;
  std::size_t most_remembered = 1'500'000;  ///< rows of all look-back windows together
  std::optional<std::uint64_t> max_rate;    ///< rows per second; none: no limit
  std::chrono::milliseconds shutdown_flush{8000};
  DrainRule drain;
};

/// The loop of source.mode = table: read a page, encode, publish, move the cursor, wait. What is read, and how far the cursor may
/// go, each table's TableWindow decides; a worker reads and saves on its own connection, and a third one holds the lease.
class TableRelay {
 public:
  /// @param doorbell  poked by whoever wants rows to be looked for now; outlives the relay
  TableRelay(TableRelaySettings settings, const Database& database, MakeProducer make_producer, Observer& observer,
             Doorbell& doorbell);

  /// Relays until asked to stop or, when draining, until every table was read to its end. Call once.
  [[nodiscard]] Ending run(const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;

  void take_events();
  void take(TableAnswer answer);
  void take(const TableLink& link);
  void take(PlaceOutage outage) { place_outage_ = std::move(outage.why); }
  void take(const LeaseSeen& seen);
  void take(const LeaseLink& link);
  void publish(TableStream& stream, const TableAnswer& answer);
  void lead();
  void take_outcomes();
  void make_room();
  void advance();
  void rewind(const std::string& why);
  void order();
  [[nodiscard]] TableTurn turn() const;
  /// @return some of it is on its way
  bool save(bool at_once);
  [[nodiscard]] bool room() const;
  [[nodiscard]] std::size_t rows_on_their_way() const;
  void report();
  [[nodiscard]] Instant wake_at() const;
  [[nodiscard]] std::optional<Ending> finished();
  void shut_down();

  TableRelaySettings settings_;
  Observer& observer_;
  Doorbell& doorbell_;
  Instant now_;  // of this turn
  Inbox lease_inbox_;
  TableInbox inbox_;
  TablePublisher publisher_;
  std::vector<TableStream> streams_;
  RateLimit rate_;
  Drain drain_;
  Report report_;
  Instant kafka_again_;  // after no broker answered
  std::string place_outage_;
  std::optional<Instant> standby_since_;
  std::string misconfigured_;
  std::vector<double> end_to_end_;
  std::uint64_t duplicates_possible_ = 0;
  bool tables_seen_ = false;
  bool place_seen_ = false;
  bool lease_seen_ = false;
  bool stopping_ = false;

  TableReader reader_;
  Reign reign_;
};

}  // namespace relay::core
