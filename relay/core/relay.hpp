#pragma once

#include "relay/core/claim_worker.hpp"
#include "relay/core/events.hpp"
#include "relay/core/held_rows.hpp"
#include "relay/core/lease_worker.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/pacing.hpp"
#include "relay/core/publisher.hpp"
#include "relay/core/settle_worker.hpp"
#include "relay/core/status.hpp"
#include "relay/domain/claim_window.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

namespace relay::core {

struct RelaySettings {
  OutboxShape outbox;
  LeaseShape lease;
  encode::MessageShape message;
  Order order = Order::relaxed;
  BadRowRule bad_rows;
  std::chrono::milliseconds poll_interval{1000};
  std::chrono::milliseconds min_interval{2};
  std::size_t batch_rows = 5000;
  std::size_t batch_bytes = 16 << 20;
  std::string wake_channel;  ///< PostgreSQL's LISTEN channel; empty: none
  std::chrono::milliseconds sweep_interval{60000};
  std::chrono::milliseconds shutdown_flush{8000};
  bool until_empty = false;                      ///< drain: end when nothing is left
  std::optional<std::uint64_t> max_rows;         ///< drain: claim no more than that
  std::optional<std::chrono::seconds> max_time;  ///< drain: claim no longer than that
};

/// How a relay ended.
struct Ending {
  enum class How : std::uint8_t {
    stopped,        ///< asked to: what was acknowledged is settled
    drained,        ///< nothing was left
    rows_left,      ///< drain: a bound was reached, or rows wait behind a fault
    outage,         ///< drain: the database or Kafka cannot be reached
    standby,        ///< drain: another relay holds the lease
    misconfigured,  ///< the schema, a right or the credentials have to be changed first
  } how = How::stopped;
  std::string why;  ///< one line; empty where nothing is to be said
};

/// The loop: claim, encode, publish, settle, wait. Claims and settlements run ahead of it and behind it on two workers' own
/// connections, and a third one holds the lease; the loop's thread owns everything else, so nothing here is locked.
class Relay {
 public:
  /// @param doorbell  poked by whoever wants rows to be looked for now; outlives the relay
  Relay(RelaySettings settings, Database database, MakeProducer make_producer, Observer& observer, Doorbell& doorbell);

  /// Relays until asked to stop or, when draining, until nothing is left. Call once.
  [[nodiscard]] Ending run(const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;

  void take_events();
  void take(Claim claim);
  void take_forward(Claim claim);
  void publish_in_order(Claim claim);
  void take_head(Claim claim);
  void take(const Settled& settled);
  void take(const Backlog& backlog);
  void take(const DeadDone& done);
  void take(const Notified& notified);
  void take(const LeaseSeen& seen);
  void take(const LeaseReleased& released);
  void take(const ClaimLink& link);
  void take(const SettleLink& link);
  void take(const LeaseLink& link);
  void read_anew();
  void say_link(std::string_view who, const LinkChange& link);

  bool leading();
  void step_up();
  void step_down();
  void release_lease();

  void take_outcomes();
  void order_claim();
  [[nodiscard]] std::optional<ClaimOrder> next_order();
  void order_settlement();
  void order_dead_letters();
  void order_count();
  void wait();
  [[nodiscard]] Instant wake_at() const;
  void report();
  void shut_down();

  [[nodiscard]] std::optional<Ending> finished() const;
  [[nodiscard]] std::optional<Ending> drain_finished() const;
  [[nodiscard]] bool room() const;
  [[nodiscard]] Scan scan() const;
  void rewind(Position position);
  void look_everywhere();

  RelaySettings settings_;
  Observer& observer_;
  Doorbell& doorbell_;
  Inbox inbox_;
  Publisher publisher_;
  ClaimWindow window_;
  HeldRows held_;
  Pacing pacing_;
  Status status_;

  Instant now_;  // of this turn
  Instant started_at_;
  Instant next_sweep_;
  Instant poked_at_;  // when everybody was, or will be, looked at because of a poke
  Instant next_count_;
  Instant next_writers_;
  Instant next_report_;
  std::optional<Instant> settle_since_;  // the oldest acknowledgement that nobody settles yet
  std::optional<Instant> outage_since_;  // drain gives up after a while
  std::optional<Instant> standby_since_;
  LeaseSeen lease_;                    // as last heard
  std::string lease_trouble_;          // why nothing is heard
  std::optional<std::int64_t> reign_;  // the token under which this relay leads; none: it stands by
  std::vector<Position> probing_;      // asked for by the probe under way
  std::size_t head_skips_ = 0;         // rows that the last head scan met and that had to wait
  std::uint64_t rows_claimed_ = 0;
  bool swept_empty_ = false;   // the last look from the head found nothing at all
  bool only_blocked_ = false;  // ... or only rows that wait
  bool settle_worker_busy_ = false;
  bool has_settled_ = false;        // over a former connection
  bool proves_gaps_ = true;         // as far as is known: the database can say when an id can no longer appear
  bool dead_letters_next_ = false;  // settlements and dead letters take turns
  bool stopping_ = false;
  bool outbox_seen_ = false;
  bool lease_seen_ = false;
  std::string misconfigured_;

  ClaimWorker claims_;
  SettleWorker settlements_;
  std::optional<LeaseWorker> leases_;
};

}  // namespace relay::core
