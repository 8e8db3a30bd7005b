#include "relay/core/table_relay.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"

#include <atomic>
#include <thread>

using namespace std::chrono_literals;
namespace core = relay::core;
namespace kafka = relay::kafka;

namespace {

/// Holds up whoever comes to a place, from when it is closed until it is opened.
class Gate {
 public:
  void close() { closed_ = true; }
  void open() {
    closed_ = false;
    closed_.notify_all();
  }
  void pass() {
    if (!closed_) return;
    somebody_waits_ = true;
    closed_.wait(true);
  }
  [[nodiscard]] bool somebody_waits() const { return somebody_waits_; }

 private:
  std::atomic<bool> closed_{false};
  std::atomic<bool> somebody_waits_{false};
};

class FreezingListener final : public core::SilentObserver {
 public:
  explicit FreezingListener(Gate& gate) : gate_(gate) {}
  void status(const core::Status& now) override {
    leads_ = now.leader && now.started;
    gate_.pass();
  }
  [[nodiscard]] bool leads() const { return leads_; }

 private:
  Gate& gate_;
  std::atomic<bool> leads_{false};
};

/// Takes everything, and counts it.
class Counter final : public kafka::Producer {
 public:
  explicit Counter(std::atomic<int>& count) : count_(count) {}
  [[nodiscard]] std::optional<relay::Fault> check(const relay::Message& /*message*/) const override { return std::nullopt; }
  [[nodiscard]] kafka::Sent send(const relay::Message& /*message*/, kafka::Ticket ticket) override {
    ++count_;
    sent_.push_back({ticket, std::nullopt});
    return kafka::Sent::accepted;
  }
  void collect(std::vector<kafka::Outcome>& outcomes) override {
    outcomes.insert(outcomes.end(), sent_.begin(), sent_.end());
    sent_.clear();
  }
  void notify(int /*eventfd*/) override {}
  [[nodiscard]] kafka::TopicState topic_state(std::string_view /*topic*/, std::chrono::milliseconds /*limit*/) override {
    return {kafka::TopicState::Is::ready, {}, 1};
  }
  [[nodiscard]] bool flush(std::chrono::milliseconds /*limit*/) override { return sent_.empty(); }
  [[nodiscard]] std::optional<std::string> fatal() const override { return std::nullopt; }
  [[nodiscard]] std::optional<std::string> outage() const override { return std::nullopt; }
  [[nodiscard]] kafka::Traffic traffic() const override { return {sent_.size(), {}}; }

 private:
  std::atomic<int>& count_;
  std::vector<kafka::Outcome> sent_;
};

core::TableRelaySettings settings_for(const e2e::PolledTable& table) {
  core::TableRelaySettings settings;
  settings.tables.push_back({{.table = table.name()}, {.topic = table.topic(), .key = "id"}, table.name() + "/" + table.name()});
  settings.tables.front().message.format = relay::encode::Format::row;
  settings.tables.front().message.headers.clear();
  settings.poll_interval = 20ms;
  settings.lease = {.enabled = true, .name = table.name(), .ttl = 1s};
  return settings;
}

}  // namespace

TEST_CASE("a page that was read before the lease ended is not sent after it by a loop that was frozen meanwhile") {
  e2e::PolledTable table(e2e::servers().front());
  Gate page;
  Gate lease;
  Gate loop;
  faults::Interference gates;
  gates.running = [&](std::string_view name, const std::function<db::ResultSet()>& proceed) {
    if (name == "table_page") page.pass();
    if (name.starts_with("lease_")) lease.pass();
    return proceed();
  };
  auto database = faults::database_of(table.shop());
  database.driver = faults::forwarding_driver(database.driver, gates);
  FreezingListener listener(loop);
  core::Doorbell doorbell;
  std::atomic<int> sent{0};
  core::TableRelay relay(
      settings_for(table), database, [&](bool /*probing*/) { return std::make_unique<Counter>(sent); }, listener, doorbell);
  const std::jthread running([&](const std::stop_token& stop) { static_cast<void>(relay.run(stop)); });
  const bool began = e2e::eventually([&] { return listener.leads(); });

  page.close();
  const bool asked = e2e::eventually([&] { return page.somebody_waits(); });
  table.put(1, "row");
  loop.close();
  lease.close();
  const bool frozen = e2e::eventually([&] { return loop.somebody_waits(); });
  page.open();
  std::this_thread::sleep_for(1500ms);  // the page is there, and the lease is over
  loop.open();
  std::this_thread::sleep_for(1s);
  const int sent_without_lease = sent;
  lease.open();
  CHECK(e2e::eventually([&] { return sent == 1; }));
  CHECK((began && asked && frozen));
  CHECK(sent_without_lease == 0);
}
