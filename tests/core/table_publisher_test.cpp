#include "relay/core/table_publisher.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace relay;
using namespace std::chrono_literals;

namespace {

/// What the producer that was made last has taken, and what is to become of it.
struct Cluster {
  bool probing = false;
  std::vector<kafka::Ticket> taken;
  std::vector<kafka::Outcome> outcomes;
  std::optional<std::string> outage;  // as the producer noted it
  bool answers = true;
  int asked = 0;  // for a topic

  void answer(std::size_t message, std::optional<Fault> fault = {}) { outcomes.push_back({taken.at(message), std::move(fault)}); }
};

class Producer final : public kafka::Producer {
 public:
  explicit Producer(Cluster& cluster) : cluster_(cluster) {}

  [[nodiscard]] std::optional<Fault> check(const Message& /*message*/) const override { return std::nullopt; }
  [[nodiscard]] kafka::Sent send(const Message& /*message*/, kafka::Ticket ticket) override {
    cluster_.taken.push_back(ticket);
    return kafka::Sent::accepted;
  }
  void collect(std::vector<kafka::Outcome>& outcomes) override { outcomes = std::exchange(cluster_.outcomes, {}); }
  void notify(int /*eventfd*/) override {}
  [[nodiscard]] kafka::TopicState topic_state(std::string_view /*topic*/, std::chrono::milliseconds /*limit*/) override {
    ++cluster_.asked;
    if (!cluster_.answers) return {kafka::TopicState::Is::unanswered, "no broker answers", 0};
    cluster_.outage.reset();
    return {kafka::TopicState::Is::ready, {}, 1};
  }
  [[nodiscard]] bool flush(std::chrono::milliseconds /*limit*/) override { return true; }
  [[nodiscard]] std::optional<std::string> fatal() const override { return std::nullopt; }
  [[nodiscard]] std::optional<std::string> outage() const override { return cluster_.outage; }
  [[nodiscard]] kafka::Traffic traffic() const override { return {}; }

 private:
  Cluster& cluster_;
};

class Listener final : public core::SilentObserver {
 public:
  void say(core::Level /*level*/, std::string_view line) override { said.append(line).append("\n"); }

  std::string said;
};

encode::MessageShape shape() {
  encode::MessageShape shape;
  shape.topic = "{topic}";
  shape.key = "id";
  shape.format = encode::Format::row;
  shape.headers.clear();
  return shape;
}

/// A table `id, topic`, and the publisher that sends its rows.
class Table {
 public:
  Table()
      : publisher_(
            {shape()},
            [this](bool probing) {
              cluster = {.probing = probing, .taken = {}, .outcomes = {}, .outage = {}};
              return std::make_unique<Producer>(cluster);
            },
            bell_, listener) {
    auto opened = std::make_shared<core::PolledTable>();
    opened->shape.table = "orders";
    opened->layout = Layout({Column{.name = "id"}, Column{.name = "topic"}});
    opened->members = {"id", "topic"};
    publisher_.use(0, opened);
  }

  /// As a page's only row.
  core::TablePublisher::Verdict send(int id, const std::string& topic) {
    const auto text = std::to_string(id);
    const std::array cells{Cell(text), Cell(topic)};
    const SentVersion version{row_key(text), fingerprint(cells), 0};
    const auto verdict = publisher_.prepare(0, Row{0, cells}, version);
    if (verdict == core::TablePublisher::Verdict::ready) {
      versions_.push_back(version);
      CHECK(publisher_.send(0, {versions_.size() - 1, 0}, now));
    }
    return verdict;
  }

  /// What has become of messages is heard. After a failure all that is inside is given up.
  void hear() {
    bool failed = false;
    for (const auto& [ticket, fault] : publisher_.collect(now)) {
      failed = failed || fault;
      fault ? publisher_.rejected(ticket, versions_.at(ticket.row.page), *fault) : publisher_.acknowledged(ticket);
    }
    if (failed) publisher_.abandon();
  }
  /// @return whether there were topics to be held
  bool make_room() {
    const bool held = publisher_.hold_silent(now);
    if (held) publisher_.abandon();
    return held;
  }
  void try_again() { publisher_.try_again(); }
  void relax() { publisher_.relax(); }
  [[nodiscard]] std::string silence() const { return publisher_.silence(now); }
  [[nodiscard]] std::optional<std::string> outage() const { return publisher_.outage(); }

  Instant now = std::chrono::steady_clock::now();
  Cluster cluster;
  Listener listener;

 private:
  core::Bell bell_;
  core::TablePublisher publisher_;
  std::vector<SentVersion> versions_;
};

using Verdict = core::TablePublisher::Verdict;
const Fault refused{Blame::row, "refused"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("once the row is known that is rejected alone, the others go in batches again") {
  Table table;
  for (int id = 1; id <= 2; ++id) REQUIRE(table.send(id, "orders") == Verdict::ready);
  for (const std::size_t message : {0U, 1U}) table.cluster.answer(message, refused);
  table.hear();
  CHECK(table.cluster.probing);
  REQUIRE(table.send(1, "orders") == Verdict::ready);
  table.cluster.answer(0, refused);
  table.hear();
  CHECK_FALSE(table.cluster.probing);
  CHECK(table.send(1, "orders") == Verdict::held);
  CHECK(table.send(2, "orders") == Verdict::ready);
}

TEST_CASE("a topic for which brokers acknowledge nothing for long is held, and others go on") {
  Table table;
  REQUIRE(table.send(1, "stuck") == Verdict::ready);
  REQUIRE(table.send(2, "free") == Verdict::ready);
  table.now += 9s;
  CHECK_FALSE(table.make_room());
  table.now += 2s;
  table.cluster.answer(1);
  table.hear();
  REQUIRE(table.make_room());
  CHECK(contains(table.listener.said, "topic \"stuck\" waits: "));
  CHECK_FALSE(contains(table.listener.said, "topic \"free\""));
  CHECK(table.send(1, "stuck") == Verdict::held);
  CHECK(table.send(3, "free") == Verdict::ready);
}

TEST_CASE("nothing is held while acknowledgements come, and nothing for an outage") {
  Table table;
  REQUIRE(table.send(1, "slow") == Verdict::ready);
  REQUIRE(table.send(2, "other") == Verdict::ready);
  REQUIRE(table.send(3, "other") == Verdict::ready);
  table.now += 11s;
  SECTION("the others are slow") {
    table.cluster.answer(1);
    table.hear();
    CHECK_FALSE(table.make_room());
  }
  SECTION("no broker answers") {
    table.cluster.outage = "all brokers are down";
    table.cluster.answers = false;
    CHECK_FALSE(table.make_room());
    CHECK_FALSE(contains(table.listener.said, "waits"));
  }
  SECTION("brokers answer again, which shows when they are asked; their leaders may still be elected") {
    table.cluster.outage = "all brokers are down";
    CHECK_FALSE(table.make_room());
    table.now += 9s;
    CHECK_FALSE(table.make_room());
    table.now += 1s;
    CHECK(table.make_room());
  }
}

TEST_CASE("that nothing arrives in one topic for long is told, whichever was sent to first") {
  Table table;
  const bool stuck_first = GENERATE(true, false);
  REQUIRE(table.send(1, stuck_first ? "stuck" : "free") == Verdict::ready);
  REQUIRE(table.send(2, stuck_first ? "free" : "stuck") == Verdict::ready);
  table.now += 11s;
  table.cluster.answer(stuck_first ? 1 : 0);
  table.hear();
  REQUIRE(table.send(3, "free") == Verdict::ready);
  CHECK(contains(table.silence(), "topic \"stuck\": a row of it is not acknowledged"));
}

TEST_CASE("a silence is told when nothing arrives at all, or nothing in one topic for long") {
  Table table;
  REQUIRE(table.send(1, "stuck") == Verdict::ready);
  table.now += 3s;
  CHECK(contains(table.silence(), "topic \"stuck\": a row of it is not acknowledged"));
  REQUIRE(table.send(2, "free") == Verdict::ready);
  CHECK(table.silence().empty());
  table.now += 8s;
  REQUIRE(table.send(3, "free") == Verdict::ready);
  CHECK(contains(table.silence(), "topic \"stuck\": "));
  for (const std::size_t message : {0U, 1U, 2U}) table.cluster.answer(message);
  table.hear();
  CHECK(table.silence().empty());
}

TEST_CASE("a topic that was held goes on when all that is on its way there has arrived") {
  Table table;
  REQUIRE(table.send(1, "stuck") == Verdict::ready);
  table.now += 11s;
  REQUIRE(table.make_room());
  table.try_again();
  REQUIRE(table.send(1, "stuck") == Verdict::ready);
  REQUIRE(table.send(2, "stuck") == Verdict::ready);
  table.cluster.answer(1);
  table.hear();
  CHECK_FALSE(contains(table.listener.said, "goes on"));
  table.cluster.answer(0);
  table.hear();
  CHECK(contains(table.listener.said, "topic \"stuck\" goes on"));
}

TEST_CASE("a fault hits the topic that it is told of, however many there are") {
  Table table;
  constexpr int topics = 300;
  for (int topic = 0; topic < topics; ++topic) REQUIRE(table.send(topic, "t" + std::to_string(topic)) == Verdict::ready);
  const auto asked = table.cluster.asked;
  for (int topic = 280; topic < topics; ++topic) REQUIRE(table.send(topics + topic, "t" + std::to_string(topic)) == Verdict::ready);
  CHECK(table.cluster.asked == asked);
  table.cluster.answer(270, Fault{Blame::topic, "not authorised"});
  table.hear();
  CHECK(contains(table.listener.said, "topic \"t270\" waits: not authorised"));
  CHECK(table.send(270, "t270") == Verdict::held);
  CHECK(table.send(299, "t299") == Verdict::ready);
}

TEST_CASE("a cluster that answers no question is an outage, though it is connected, until it is heard or nobody asks any more") {
  Table table;
  CHECK(table.send(1, "a") == Verdict::ready);
  table.cluster.answers = false;
  CHECK(table.send(2, "b") == Verdict::not_now);
  CHECK(table.outage() == "no broker answers");
  SECTION("it acknowledges something") {
    table.cluster.answer(0);
    table.hear();
    CHECK_FALSE(table.outage());
    CHECK(table.send(2, "b") == Verdict::not_now);  // it is left alone for a second
    CHECK(table.cluster.asked == 2);
  }
  SECTION("the row is gone") {
    table.relax();
    CHECK_FALSE(table.outage());
  }
}
