#pragma once

#include "relay/core/claim_schedule.hpp"
#include "relay/core/claim_worker.hpp"
#include "relay/core/drain.hpp"
#include "relay/core/events.hpp"
#include "relay/core/held_rows.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/publisher.hpp"
#include "relay/core/reign.hpp"
#include "relay/core/report.hpp"
#include "relay/core/scan_choice.hpp"
#include "relay/core/settle_schedule.hpp"
#include "relay/core/settle_worker.hpp"
#include "relay/domain/claim_window.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace relay::core {

struct RelaySettings {
  OutboxShape outbox;
  LeaseShape lease;
  encode::MessageShape message;
  Order order = Order::relaxed;
  BadRowRule bad_rows;
  ClaimRule claims;
  std::string wake_channel;  ///< PostgreSQL's LISTEN channel; empty: none
  std::chrono::milliseconds shutdown_flush{8000};
  DrainRule drain;
};

/// The loop: claim, encode, publish, settle, wait. Claims and settlements run ahead of it and behind it on two workers' own
/// connections, and a third one holds the lease; the loop's thread owns everything else, so nothing here is locked.
class Relay {
 public:
  /// @param doorbell  poked by whoever wants rows to be looked for now; outlives the relay
  Relay(RelaySettings settings, const Database& database, const MakeProducer& make_producer, Observer& observer,
        Doorbell& doorbell);

  /// Relays until asked to stop or, when draining, until nothing is left. Call once.
  [[nodiscard]] Ending run(const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;

  void take_events();
  void take(Claim claim);
  void use_layout(const std::shared_ptr<const OutboxTable>& table);
  void choose_scan(const OutboxTable& table);
  void refuse_disorder();
  void learn_drawn_ahead();
  void take_forward(Claim claim);
  void publish_in_order(Claim claim);
  std::size_t publish_with_held(Claim claim);
  void take_sweep(Claim claim);
  std::size_t publish(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows);
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

  bool leading();
  void step_up();
  void step_down();
  void release_lease(Instant flushed_by);

  void take_outcomes();
  [[nodiscard]] bool may_claim() const;
  [[nodiscard]] bool may_sweep() const;
  [[nodiscard]] std::size_t rows_to_claim() const;
  void order_claim();
  void order_settlement();
  void order_count();
  [[nodiscard]] Instant wake_at() const;
  void report();
  void shut_down();

  [[nodiscard]] std::optional<Ending> finished();
  void rewind(std::optional<Position> position);

  RelaySettings settings_;
  Observer& observer_;
  Doorbell& doorbell_;
  Instant now_;  // of this turn
  Inbox inbox_;
  Publisher publisher_;
  ClaimWindow window_;
  ScanChoice scan_;
  HeldRows held_;
  ClaimSchedule claim_schedule_;
  SettleSchedule settle_schedule_;
  Drain drain_;
  Report report_;

  std::string misconfigured_;
  bool has_settled_ = false;  // over a former connection
  bool stopping_ = false;
  bool counted_at_end_ = false;  // of a drain
  bool outbox_seen_ = false;
  bool lease_seen_ = false;

  ClaimWorker claims_;
  SettleWorker settlements_;
  Reign reign_;
};

}  // namespace relay::core
