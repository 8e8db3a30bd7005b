#include "relay/core/claim_schedule.hpp"
#include "relay/core/outbox_status.hpp"
#include "relay/core/silent_observer.hpp"
#include "tests/core/model_outbox.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

using namespace relay;
using namespace std::chrono_literals;

namespace {

/// A cluster that is up, and acknowledges everything at once but what goes to topics or has keys that are stuck, or to topics that
/// are not authorised.
struct Cluster {
  std::set<std::string, std::less<>> stuck;
  std::set<std::string, std::less<>> refused;
  std::optional<std::string> closed;  // why it lets no new probing producer in
  std::optional<std::string> outage;
  std::optional<std::string> unheard;      // it does not answer, and the producer has not noticed
  std::optional<std::string> past_outage;  // it is over, and the producer has not noticed
  std::vector<Position> arrived;
  int producers = 0;
  std::size_t queue = 1000;  // that a producer's is long
};

class Sender final : public kafka::Producer {
 public:
  Sender(Cluster& cluster, bool probing) : cluster_(cluster) {
    ++cluster_.producers;
    if (probing) fatal_ = cluster_.closed;
  }

  [[nodiscard]] std::optional<Fault> check(const Message& /*message*/) const override { return std::nullopt; }
  [[nodiscard]] kafka::Sent send(const Message& message, kafka::Ticket ticket) override {
    if (queue_.size() >= cluster_.queue) return kafka::Sent::queue_full;
    queue_.push_back(
        {ticket, std::string(message.topic), std::string(message.key.bytes()), std::stoll(std::string(message.value.bytes()))});
    return kafka::Sent::accepted;
  }
  void collect(std::vector<kafka::Outcome>& outcomes) override {
    if (cluster_.outage) return;
    std::erase_if(queue_, [&](const auto& queued) {
      if (fatal_) return outcomes.push_back({queued.ticket, Fault{Blame::nobody, "purged"}}), true;
      if (cluster_.refused.contains(queued.topic)) {
        fatal_ = "not authorised";
        return outcomes.push_back({queued.ticket, Fault{Blame::topic, *fatal_}}), true;
      }
      if (cluster_.stuck.contains(queued.topic) || cluster_.stuck.contains(queued.key)) return false;
      cluster_.arrived.push_back(queued.position);
      outcomes.push_back({queued.ticket, std::nullopt});
      return true;
    });
  }
  void notify(int /*eventfd*/) override {}
  [[nodiscard]] kafka::TopicState topic_state(std::string_view /*topic*/, std::chrono::milliseconds /*limit*/) override {
    if (const auto& why = cluster_.outage ? cluster_.outage : cluster_.unheard) return {kafka::TopicState::Is::unanswered, *why, 0};
    cluster_.past_outage.reset();
    return {kafka::TopicState::Is::ready, {}, 1};
  }
  [[nodiscard]] bool flush(std::chrono::milliseconds /*limit*/) override { return queue_.empty(); }
  [[nodiscard]] std::optional<std::string> fatal() const override { return fatal_; }
  [[nodiscard]] std::optional<std::string> outage() const override {
    return cluster_.outage ? cluster_.outage : cluster_.past_outage;
  }
  [[nodiscard]] kafka::Traffic traffic() const override { return {queue_.size(), {}}; }

 private:
  struct Queued {
    kafka::Ticket ticket = 0;
    std::string topic;
    std::string key;
    Position position = 0;
  };

  Cluster& cluster_;
  std::vector<Queued> queue_;
  std::optional<std::string> fatal_;
};

core::ClaimRule ten_rows_a_claim() {
  core::ClaimRule rule;
  rule.batch_rows = 10;
  return rule;
}

/// So many rows of one topic, and behind them some of another.
std::map<Position, model::Outbox::Entry> rows_of(Position first, Position second) {
  std::map<Position, model::Outbox::Entry> rows;
  for (Position position = 1; position <= first + second; ++position) {
    rows[position] = {position <= first ? "stuck" : "orders", "k" + std::to_string(position % 3)};
  }
  return rows;
}

/// The loop, without its workers: a claim is carried out at once.
class Pipeline {
 public:
  Pipeline(Cluster& cluster, const std::map<Position, model::Outbox::Entry>& rows)
      : outbox_(rows),
        publisher_(
            model::shape(), model::roles(), core::Order::relaxed, {},
            [&cluster](bool probing) { return std::make_unique<Sender>(cluster, probing); }, bell_, silence_) {}

  void run(std::chrono::seconds time) {
    for (const auto end = now_ + time; now_ < end; now_ += 100ms) turn();
  }
  /// A row is committed late, and found by a look at what was read before.
  void commit(Position position, const model::Outbox::Entry& entry) {
    outbox_.commit(position, entry);
    rewind(position);
  }
  [[nodiscard]] core::Publisher& publisher() { return publisher_; }
  [[nodiscard]] std::size_t rows_left() const { return outbox_.positions().size(); }
  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] core::Status status() {
    core::Status status;
    status.kafka_outage = publisher_.outage().value_or("");
    core::note(status, publisher_);
    return status;
  }

 private:
  void turn() {
    rewind(publisher_.collect(now_));
    if (!schedule_.room()) rewind(publisher_.make_room(now_));
    const auto acknowledged = publisher_.in_flight().take_acknowledged();
    for (const auto& row : acknowledged) outbox_.remove(row.position);
    publisher_.in_flight().settled(acknowledged, false);
    if (const auto order = schedule_.next(Scan::gaps, 1000, false, now_)) carry_out(*order);
  }
  void carry_out(const ClaimOrder& order) {
    const bool probe = order.kind == ClaimOrder::Kind::ids;
    auto claim = probe ? outbox_.rows(order.ids) : outbox_.above(order.after, order.row_limit);
    claim.kind = order.kind;
    claim.number = order.number;
    claim.more = !probe && claim.rows.size() == order.row_limit;
    REQUIRE(window_.take(claim.findings(), now_));
    if (probe) return rewind(publisher_.probe(claim, schedule_.take_probing(), now_));
    schedule_.claimed(!claim.rows.empty(), claim.more, now_);
    publisher_.publish(claim.table, claim.rows, now_);
  }
  void rewind(std::optional<Position> position) {
    if (!position) return;
    window_.rewind(*position);
    schedule_.hurry(now_);
  }

  model::Outbox outbox_;
  core::Bell bell_;
  core::SilentObserver silence_;
  core::Publisher publisher_;
  ClaimWindow window_;
  core::HeldRows held_;
  Instant now_{1h};
  core::ClaimSchedule schedule_{ten_rows_a_claim(), window_, publisher_, held_, now_};
};

}  // namespace

TEST_CASE("a topic whose rows Kafka does not acknowledge stops no other, and goes on in order when it does") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  Pipeline pipeline(cluster, rows_of(100, 30));
  pipeline.run(20s);
  CHECK(pipeline.rows_left() == 100);
  REQUIRE(pipeline.publisher().blocks().all().size() == 1);
  CHECK_FALSE(pipeline.publisher().blocks().all().begin()->first.key);
  CHECK(pipeline.publisher().in_flight().rows() == 1);  // its probe
  CHECK(pipeline.publisher().undecided());              // before that has an outcome
  cluster.stuck.clear();
  pipeline.run(5s);
  CHECK(pipeline.rows_left() == 0);
  CHECK(pipeline.publisher().blocks().empty());
  std::erase_if(cluster.arrived, [](Position position) { return position > 100; });
  CHECK(std::ranges::is_sorted(cluster.arrived));
}

TEST_CASE("a topic whose rows fill the producer's queue stops no other") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  cluster.queue = 15;
  Pipeline pipeline(cluster, rows_of(25, 10));
  pipeline.run(20s);
  CHECK(pipeline.rows_left() == 25);
}

TEST_CASE("rows that are not acknowledged hold nobody up as long as there is room for others") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  Pipeline pipeline(cluster, rows_of(20, 100));
  pipeline.run(60s);
  CHECK(pipeline.rows_left() == 20);
  CHECK(pipeline.publisher().blocks().empty());
  CHECK(cluster.producers == 1);
}

TEST_CASE("a pipeline that is full blames no topic for seconds of silence, nor for an outage") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  Pipeline pipeline(cluster, rows_of(100, 0));
  pipeline.run(9s);
  CHECK(cluster.producers == 1);
  cluster.outage = "no broker";
  pipeline.run(60s);
  CHECK(cluster.producers == 1);
  CHECK(pipeline.publisher().blocks().empty());
  cluster.stuck.clear();
  cluster.outage.reset();
  pipeline.run(5s);
  CHECK(pipeline.rows_left() == 0);
}

TEST_CASE("while no broker answers rows wait for the end of an outage, and for nothing of their own") {
  Cluster cluster;
  cluster.unheard = "no broker answers";
  Pipeline pipeline(cluster, rows_of(10, 10));
  pipeline.run(5s);
  auto& publisher = pipeline.publisher();
  CHECK(publisher.outage() == "no broker answers");
  CHECK(publisher.who_waits().empty());
  const auto during = pipeline.status();
  CHECK(during.blocked_topics == 0);
  CHECK(during.blocked.empty());
  publisher.blocks().block({"orders", "k2"}, 20, Fault{Blame::row, "too large"}, pipeline.now(), 0);
  pipeline.run(5s);  // it is probed, in vain
  CHECK(pipeline.status().blocked_keys == 1);

  cluster.unheard.reset();
  for (int tries = 0; pipeline.rows_left() > 0 && tries < 1000; ++tries) {
    std::this_thread::sleep_for(10ms);  // a cluster that does not answer is left alone for a second
    pipeline.run(1s);
  }
  CHECK(pipeline.rows_left() == 0);
  CHECK_FALSE(publisher.outage());
}

TEST_CASE("an outage that is over, unnoticed by the producer, excuses no topic") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  Pipeline pipeline(cluster, rows_of(100, 30));
  pipeline.run(5s);
  cluster.past_outage = "all brokers are down";
  pipeline.run(20s);
  CHECK(pipeline.rows_left() == 100);
}

TEST_CASE("after an outage leaders have time to come back, before a topic is blamed or a producer replaced") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  Pipeline pipeline(cluster, rows_of(100, 0));
  pipeline.run(5s);
  cluster.outage = "no broker";
  pipeline.run(5s);
  cluster.past_outage = std::exchange(cluster.outage, std::nullopt);
  pipeline.run(9s);
  CHECK(cluster.producers == 1);
  cluster.stuck.clear();
  pipeline.run(5s);
  CHECK(cluster.producers == 1);
  CHECK(pipeline.rows_left() == 0);
}

TEST_CASE("a row that is committed late is not probed while another one of its topic is, which would be overtaken") {
  Cluster cluster;
  cluster.stuck = {"k1"};
  auto rows = rows_of(0, 140);
  rows.erase(1);
  Pipeline pipeline(cluster, rows);
  pipeline.run(20s);
  REQUIRE(pipeline.publisher().blocks().all().size() == 1);
  REQUIRE_FALSE(pipeline.publisher().blocks().all().begin()->first.key);
  pipeline.commit(1, {"orders", "k0"});
  pipeline.run(1s);
  pipeline.publisher().blocks().hurry(pipeline.now());
  pipeline.run(5s);
  cluster.stuck.clear();
  pipeline.run(5s);
  CHECK(pipeline.rows_left() == 0);
  std::erase_if(cluster.arrived, [](Position position) { return position % 3 != 1 || position == 1; });
  CHECK(std::ranges::is_sorted(cluster.arrived));
}

TEST_CASE("probes that take all the room cost no producer after the other") {
  Cluster cluster;
  std::map<Position, model::Outbox::Entry> rows;
  for (Position position = 1; position <= 120; ++position) {
    const auto topic = "topic" + std::to_string(position / 2);
    rows[position] = {topic, "k"};
    cluster.stuck.insert(topic);
  }
  Pipeline pipeline(cluster, rows);
  pipeline.run(120s);
  REQUIRE(pipeline.publisher().in_flight().rows() > 30);
  const auto producers = cluster.producers;
  pipeline.run(30s);
  CHECK(cluster.producers == producers);
}

TEST_CASE("that one row is not acknowledged is told although others are, steadily") {
  Cluster cluster;
  cluster.stuck = {"stuck"};
  Pipeline pipeline(cluster, rows_of(1, 0));
  Position next = 1;
  const auto business = [&](int seconds) {
    for (int second = 0; second < seconds; ++second) {
      pipeline.commit(++next, {"orders", "k"});
      pipeline.run(1s);
      static_cast<void>(pipeline.publisher().silence(pipeline.now()));
    }
  };
  business(5);
  CHECK_FALSE(pipeline.publisher().silence(pipeline.now()));
  business(10);
  CHECK(pipeline.rows_left() == 1);
  CHECK(pipeline.publisher().silence(pipeline.now()).value_or("").starts_with("topic \"stuck\": "));
}

TEST_CASE("that nothing is acknowledged is told while rows are on their way, also of a probe alone") {
  Cluster cluster;
  Pipeline pipeline(cluster, rows_of(100, 10));
  pipeline.run(20s);
  CHECK_FALSE(pipeline.publisher().silence(pipeline.now()));
  Cluster stuck;
  stuck.stuck = {"stuck"};
  Pipeline waiting(stuck, rows_of(100, 10));
  waiting.run(1s);
  CHECK_FALSE(waiting.publisher().silence(waiting.now()));
  waiting.run(4s);
  CHECK(waiting.publisher().silence(waiting.now()).value().starts_with("topic \"stuck\": "));
  waiting.run(20s);
  CHECK(waiting.publisher().silence(waiting.now()).value().starts_with("topic \"stuck\": "));
}

TEST_CASE("probing producers that are not let in are made ever more seldom, which is told, and stops no other topic") {
  Cluster cluster;
  cluster.refused = {"stuck"};
  cluster.closed = "nobody is let in";
  Pipeline pipeline(cluster, rows_of(5, 5));
  pipeline.run(30s);
  CHECK(pipeline.rows_left() == 5);
  CHECK(cluster.producers < 15);
  CHECK(pipeline.publisher().outage() == cluster.closed);
  cluster.refused.clear();
  cluster.closed.reset();
  pipeline.run(60s);
  CHECK(pipeline.rows_left() == 0);
  CHECK_FALSE(pipeline.publisher().outage());
}

TEST_CASE("a probe whose producer ends with the failure of another one is tried again") {
  Cluster cluster;
  cluster.refused = {"stuck", "orders"};
  Pipeline pipeline(cluster, rows_of(1, 2));
  pipeline.run(3s);
  CHECK(pipeline.rows_left() == 3);
  cluster.refused = {"stuck"};
  pipeline.run(60s);  // longer than any pause between two probes
  CHECK(pipeline.rows_left() == 1);
}
