#pragma once

#include "relay/core/cursor_place.hpp"
#include "relay/core/drain.hpp"
#include "relay/core/ending.hpp"
#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/pacing.hpp"
#include "relay/core/reign.hpp"
#include "relay/core/status.hpp"
#include "relay/core/table_publisher.hpp"
#include "relay/core/table_reader.hpp"
#include "relay/domain/rate_limit.hpp"
#include "relay/domain/table_window.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace relay::core {

/// One polled table and the messages that its rows become.
struct PolledSettings {
  PolledShape table;
  encode::MessageShape message;
  std::string cursor;  ///< the name under which its cursor is saved
};

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

  struct Stream {
    Stream(const PolledSettings& settings, const TableRelaySettings& all, Instant now);

    PolledSettings settings;
    TableWindow window;
    Pacing pacing;  // between reads above the pass
    Instant next_pass;
    Instant pass_began;
    Instant next_save;
    std::uint64_t life = 0;  // answers to what was asked before a rewind are not heeded
    bool started = false;
    bool asked = false;  // a start, a horizon or a page is on its way
    bool saving = false;
    bool dirty = false;  // sent since the last save
    std::size_t remembered_when_saved = 0;
    std::optional<bool> sees_writers;
    bool told_full = false;
  };

  void take_events();
  void take(TableAnswer answer);
  void take(const TableLink& link);
  void take(const LeaseSeen& seen);
  void take(const LeaseLink& link);
  void start(Stream& stream, const TableAnswer& answer);
  void heed(Stream& stream, const Horizon& horizon);
  void publish(std::size_t table, const TableAnswer& answer);
  void lead();
  void take_outcomes();
  void advance();
  void rewind(const std::string& why);
  void order();
  [[nodiscard]] std::optional<TableTask> next_task(std::size_t table);
  void save(std::size_t table, bool now);
  [[nodiscard]] bool room() const;
  [[nodiscard]] std::size_t rows_on_their_way() const;
  void report();
  void wait();
  [[nodiscard]] std::optional<Ending> finished();
  void shut_down();

  TableRelaySettings settings_;
  Observer& observer_;
  Doorbell& doorbell_;
  Instant now_;  // of this turn
  Inbox lease_inbox_;
  TableInbox inbox_;
  TablePublisher publisher_;
  std::vector<Stream> streams_;
  RateLimit rate_;
  Drain drain_;
  Status status_;
  Instant next_report_;
  Instant kafka_again_;  // after no broker answered
  std::optional<Instant> standby_since_;
  std::string misconfigured_;
  std::vector<double> end_to_end_;
  std::uint64_t duplicates_possible_ = 0;
  bool tables_seen_ = false;
  bool stopping_ = false;

  TableReader reader_;
  Reign reign_;
};

}  // namespace relay::core
