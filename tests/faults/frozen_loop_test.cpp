#include "relay/core/table_relay.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/counter.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"

#include <atomic>
#include <thread>

using namespace std::chrono_literals;
namespace core = relay::core;

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
      faults::settings_for(table), database, [&](bool /*probing*/) { return std::make_unique<faults::Counter>(sent); }, listener,
      doorbell);
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
