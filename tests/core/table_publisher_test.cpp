#include "relay/core/table_publisher.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace relay;

namespace {

/// What the producer that was made last has taken, and what is to become of it.
struct Cluster {
  bool probing = false;
  std::vector<kafka::Ticket> taken;
  std::vector<kafka::Outcome> outcomes;

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
    return {kafka::TopicState::Is::ready, {}, 1};
  }
  [[nodiscard]] bool flush(std::chrono::milliseconds /*limit*/) override { return true; }
  [[nodiscard]] std::optional<std::string> fatal() const override { return std::nullopt; }
  [[nodiscard]] std::optional<std::string> outage() const override { return std::nullopt; }
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
              cluster = {.probing = probing, .taken = {}, .outcomes = {}};
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
      CHECK(publisher_.send(0, {versions_.size() - 1, 0}));
    }
    return verdict;
  }

  /// What has become of messages is heard. After a failure all that is inside is given up.
  void hear() {
    bool failed = false;
    for (const auto& outcome : publisher_.collect()) {
      const auto ticket = core::TableTicket::of(outcome.ticket);
      failed = failed || outcome.fault;
      outcome.fault ? publisher_.rejected(ticket, versions_.at(ticket.row.page), *outcome.fault) : publisher_.acknowledged(ticket);
    }
    if (failed) publisher_.abandon();
  }

  Cluster cluster;
  Listener listener;

 private:
  core::Bell bell_;
  core::TablePublisher publisher_;
  std::vector<SentVersion> versions_;
};

using Verdict = core::TablePublisher::Verdict;
const Fault refused{Blame::row, "refused"};

}  // namespace

TEST_CASE("once the row is known that is rejected alone, the others go in batches again") {
  Table table;
  for (int id = 1; id <= 2; ++id) REQUIRE(table.send(id, "orders") == Verdict::ready);
  for (std::size_t message : {0, 1}) table.cluster.answer(message, refused);
  table.hear();
  CHECK(table.cluster.probing);
  REQUIRE(table.send(1, "orders") == Verdict::ready);
  table.cluster.answer(0, refused);
  table.hear();
  CHECK_FALSE(table.cluster.probing);
  CHECK(table.send(1, "orders") == Verdict::held);
  CHECK(table.send(2, "orders") == Verdict::ready);
}
