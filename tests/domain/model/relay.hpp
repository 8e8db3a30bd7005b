#pragma once

#include "relay/domain/blocks.hpp"
#include "relay/domain/claim_window.hpp"
#include "relay/domain/in_flight.hpp"
#include "tests/domain/model/claiming.hpp"
#include "tests/domain/model/producer.hpp"
#include "tests/domain/model/settling.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

namespace model {

/// A relay over the shipped domain classes: what core/relay.cpp and core/publisher.cpp do, one step at a time.
class Relay {
 public:
  Relay(Outbox& outbox, Books& books, Random& random, const World& world, Rule off);

  /// One step of the loop, of a worker, or of the broker.
  void step(relay::Instant now);
  /// The process is killed: not to be used afterwards.
  void end();
  /// A fatal error of the producer: what it holds arrived or not.
  void replace_producer();
  /// Rows are read again although nothing happened.
  void rewind();
  void lose_connections() noexcept { claim_session_lost_ = settle_session_lost_ = true; }
  /// From now on no row is bad.
  void heal() noexcept { healthy_ = true; }

  [[nodiscard]] bool at_rest() const noexcept;

 private:
  struct Claimed {
    Claiming claim;
  };
  struct Settled {
    std::vector<relay::Acknowledged> rows;
  };
  struct Reconnected {};
  using Letter = std::variant<Claimed, Settled, Reconnected>;
  struct Sent {
    Event event;
    bool acknowledged = false;
  };

  void order_claim();
  void advance_claim();
  void settle();
  void take_event();
  void take(Claimed& claimed);
  void take(const Settled& settled);
  void take(const Reconnected& reconnected);
  void publish(const Event& event);
  void probe(const Claiming& claim);
  void send(Producer& producer, const Event& event, relay::Ticket ticket);
  void acknowledge();
  void block(const relay::BlockedName& name, relay::Position position, relay::Instant since);
  void lift(const std::vector<relay::BlockedName>& names, relay::Position position);
  [[nodiscard]] relay::Ticket admit(const Event& event, bool probe);
  /// Whether a probe of this row would overtake a predecessor.
  [[nodiscard]] bool overtakes(relay::Position position) const;
  /// An outage takes a while.
  [[nodiscard]] bool connects() { return random_.one_in(8); }
  [[nodiscard]] bool bad(const Event& event) const noexcept;

  Outbox& outbox_;
  Books& books_;
  Random& random_;
  const World& world_;
  Rule off_;
  relay::Instant now_;

  relay::ClaimWindow window_;
  relay::InFlight in_flight_;
  relay::Blocks blocks_;
  Producer producer_;
  Producer probing_;
  std::map<relay::Ticket, Sent> sent_;
  std::map<relay::Ticket, std::vector<relay::BlockedName>> probes_;
  std::set<std::uint64_t> accused_;
  std::vector<relay::Position> waiting_;  // of the claim just taken
  std::optional<Claiming> claim_;
  std::optional<Settling> settling_;
  std::deque<Letter> inbox_;
  relay::Scan scan_;
  bool settle_worker_busy_ = false;
  bool claim_session_lost_ = false;
  bool settle_session_lost_ = false;
  bool healthy_ = false;
};

}  // namespace model
