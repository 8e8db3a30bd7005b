#include "relay/core/publisher.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/core/model_cluster.hpp"
#include "tests/core/model_outbox.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <utility>

using namespace relay;

namespace {

/// Sixty rows of six keys in two topics, some of which no broker takes, and a publisher that sends them. In each turn something is
/// read, arrives, is collected and settled, or is not; connections and the lease are lost: the seed says what and when.
class World {
 public:
  World(unsigned seed, core::Order order, core::OnBadRow policy)
      : order_(order),
        policy_(policy),
        random_(seed),
        rows_(some_rows()),
        poison_(some_poison()),
        cluster_(random_, poison_),
        outbox_(rows_),
        publisher_(
            model::shape(), model::roles(), order, {policy, "dead"},
            [this](bool probing) { return cluster_.make_producer(probing); }, bell_, silence_) {}

  /// @return whether nothing is left that could still be sent
  bool run() {
    for (int turn = 0; turn < 20'000 && !finished(); ++turn) {
      now_ += std::chrono::milliseconds(static_cast<int>(cluster_.at_most(500)));
      if (cluster_.by_chance(2)) probe();
      if (cluster_.by_chance(2)) claim();
      if (cluster_.by_chance(2)) cluster_.work();
      if (cluster_.by_chance(2)) collect();
      if (cluster_.by_chance(3)) settle();
      if (cluster_.by_chance(3)) take_written();
      if (cluster_.by_chance(3) && !written_) write_dead();
      if (order_ == core::Order::relaxed && cluster_.by_chance(100))  // strict order is the order within each partition
        cluster_.stick("k" + std::to_string(cluster_.at_most(5)));
      if (cluster_.by_chance(100)) cluster_.unstick();
      if (cluster_.by_chance(2)) rewind(publisher_.make_room(now_));
      if (cluster_.by_chance(60)) lose_database();
      if (cluster_.by_chance(60)) lose_lease();
    }
    return finished();
  }

  [[nodiscard]] const model::Outbox& outbox() const noexcept { return outbox_; }
  [[nodiscard]] const std::map<Position, model::Outbox::Entry>& rows() const noexcept { return rows_; }

  /// The first time that each row arrived, wherever.
  [[nodiscard]] std::vector<model::Arrival> first_arrivals() const {
    std::vector<model::Arrival> first;
    std::set<Position> seen;
    for (const auto& arrival : cluster_.arrived()) {
      if (seen.insert(arrival.position).second) first.push_back(arrival);
    }
    return first;
  }
  [[nodiscard]] bool is_over(Position position) const {
    const auto arrived = std::ranges::find(cluster_.arrived(), position, &model::Arrival::position);
    return parked_.contains(position) || arrived != cluster_.arrived().end();
  }

 private:
  std::map<Position, model::Outbox::Entry> some_rows() {
    std::map<Position, model::Outbox::Entry> rows;
    std::uniform_int_distribution<int> keys(0, 5);
    for (Position position = 1; position <= 60; ++position) {
      const auto key = keys(random_);
      rows[position] = {key < 3 ? "orders" : "users", "k" + std::to_string(key)};
    }
    return rows;
  }
  std::vector<Position> some_poison() {
    std::vector<Position> poison;
    for (const auto& [position, row] : rows_) {
      if (std::uniform_int_distribution<int>(1, 12)(random_) == 1) poison.push_back(position);
    }
    return poison;
  }

  void claim() {
    const auto claim = outbox_.above(read_through_, cluster_.at_most(12));
    if (claim.rows.empty()) return;
    read_through_ = claim.positions.back();
    publisher_.publish(claim.table, claim.rows, now_);
  }
  void probe() {
    const auto due = publisher_.due_probes(now_, 4, [this](Position position) { return position <= read_through_; });
    if (!due.empty()) rewind(publisher_.probe(outbox_.rows(due), due, now_));
  }
  void collect() { rewind(publisher_.collect(now_)); }
  void write_dead() {
    const auto work = publisher_.take_dead_work();
    if (!work) return;
    core::DeadDone done;
    for (const auto& parking : work->park) {
      outbox_.remove(parking.verdict.position);
      parked_.insert(parking.verdict.position);
      done.parked.push_back({parking.verdict.position, {}});
    }
    written_ = done;
  }
  void take_written() {
    if (const auto done = std::exchange(written_, std::nullopt)) rewind(publisher_.take(*done, now_));
  }
  void rewind(std::optional<Position> position) {
    if (position) read_through_ = std::min(read_through_, *position - 1);
  }
  void lose_database() {
    publisher_.read_anew();
    read_through_ = 0;
  }
  void lose_lease() {
    publisher_.abandon(now_);
    read_through_ = 0;
  }
  void settle() {
    const auto acknowledged = publisher_.in_flight().take_acknowledged();
    for (const auto& row : acknowledged) outbox_.remove(row.position);
    publisher_.in_flight().settled(acknowledged, false);
  }
  [[nodiscard]] bool finished() const {
    return publisher_.in_flight().rows() == 0 && !publisher_.undecided() && std::ranges::all_of(outbox_.positions(), may_be_left());
  }
  /// Where bad rows block: such a row, and what has to wait behind it.
  [[nodiscard]] std::function<bool(Position)> may_be_left() const {
    return [this, blocked = std::set<std::string>{}](Position position) mutable {
      if (policy_ != core::OnBadRow::block) return false;
      const auto who = order_ == core::Order::strict ? "everybody" : rows_.at(position).key;
      if (std::ranges::find(poison_, position) != poison_.end()) blocked.insert(who);
      return blocked.contains(who);
    };
  }

  core::Order order_;
  core::OnBadRow policy_;
  std::mt19937 random_;
  std::map<Position, model::Outbox::Entry> rows_;
  std::vector<Position> poison_;
  model::Cluster cluster_;
  model::Outbox outbox_;
  core::Bell bell_;
  core::SilentObserver silence_;
  core::Publisher publisher_;
  Position read_through_ = 0;
  std::set<Position> parked_;
  std::optional<core::DeadDone> written_;
  Instant now_{std::chrono::hours(1)};
};

}  // namespace

TEST_CASE(
    "rows arrive in the order of their keys, or all in order, whichever batches a broker refuses or leaves lying, and none is left "
    "out") {
  const auto order = GENERATE(core::Order::relaxed, core::Order::strict);
  const auto policy = GENERATE(core::OnBadRow::block, core::OnBadRow::park, core::OnBadRow::topic);
  INFO((order == core::Order::strict ? "strict, " : "relaxed, ") << core::word_of(policy));
  for (unsigned seed = 1; seed <= 500; ++seed) {
    INFO("seed " << seed);
    World world(seed, order, policy);
    REQUIRE(world.run());
    std::map<std::string, Position> last;
    for (const auto& arrival : world.first_arrivals()) {
      auto& former = last[order == core::Order::strict ? "all" : arrival.key];
      REQUIRE(former < arrival.position);
      former = arrival.position;
    }
    const auto left = world.outbox().positions();
    for (const auto& [position, row] : world.rows()) {
      INFO("row " << position);
      REQUIRE(world.is_over(position) != std::ranges::binary_search(left, position));
    }
  }
}
