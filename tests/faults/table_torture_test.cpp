#include "relay/core/table_relay.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/faults/forwarding_driver.hpp"
#include "tests/faults/inside.hpp"
#include "tests/faults/table_writers.hpp"

#include <csignal>
#include <future>
#include <iostream>

using namespace std::chrono_literals;
namespace core = relay::core;

namespace {

constexpr auto writing = 12s;
constexpr int writers = 6;

std::vector<e2e::Server> servers_with_many_writers() {
  auto servers = e2e::servers();
  std::erase_if(servers, [](const auto& server) { return server.name == "sqlite"; });
  return servers;
}

struct Verdict {
  std::string database;
  faults::TableAudit audit;
  int drained = 0;
  std::string log;
};

/// The real program, killed again and again.
Verdict torture(const e2e::Server& server) {
  e2e::PolledTable table(server, 3);
  const std::vector<std::string> options{"--lease.enabled=false", "--table.look-back=3s", "--poll.batch-rows=20"};
  auto application = std::async(std::launch::async, [&] { return faults::write_table(table, writers, writing, 2s, 42); });
  Verdict verdict{.database = server.name, .audit = {}, .drained = 0, .log = {}};
  while (application.wait_for(0s) != std::future_status::ready) {
    e2e::RelayProcess relay(table.relaying("run", options));
    application.wait_for(2500ms);
    relay.signal(SIGKILL);
    static_cast<void>(relay.wait(10s));
    verdict.log += relay.output();
  }
  const auto books = application.get();
  const auto rest = e2e::run(table.relaying("drain", options));
  verdict.drained = rest.code;
  verdict.log += rest.output;
  verdict.audit = faults::audit_table(table, books);
  return verdict;
}

/// This relay without the look-back, and with a role that cannot see who still writes.
Verdict torture_without_look_back(const e2e::Server& server) {
  e2e::PolledTable table(server, 3);
  faults::Interference blind;
  blind.running = [](std::string_view name, const std::function<db::ResultSet()>& proceed) {
    if (name == "table_horizon") throw db::DbError(db::Failure::privilege, "", "who still writes is not shown");
    return proceed();
  };
  auto database = faults::database_of(table.shop());
  database.driver = faults::forwarding_driver(database.driver, blind);
  core::TableRelaySettings settings;
  settings.tables.push_back({{.table = table.name(), .look_back = 0ms}, {.topic = table.topic(), .key = "id"}, table.name()});
  settings.tables.front().message.format = relay::encode::Format::row;
  settings.tables.front().message.headers.clear();
  settings.poll_interval = 50ms;
  faults::Listener listener;
  core::Doorbell doorbell;
  core::TableRelay relay(
      settings, database,
      [](bool /*probing*/) {
        return relay::kafka::make_producer({{"bootstrap.servers", e2e::kafka()}});
      },
      listener, doorbell);
  std::stop_source stop;
  auto running = std::async(std::launch::async, [&] { return relay.run(stop.get_token()); });
  const auto books = faults::write_table(table, writers, writing, 2s, 42);
  std::this_thread::sleep_for(500ms);  // several polls later nothing more can come
  stop.request_stop();
  static_cast<void>(running.get());
  return {server.name, faults::audit_table(table, books), 0, listener.text()};
}

std::vector<Verdict> on_all(Verdict (*run)(const e2e::Server&)) {
  std::vector<std::future<Verdict>> running;
  for (const auto& server : servers_with_many_writers()) {
    running.push_back(std::async(std::launch::async, [server, run] { return run(server); }));
  }
  std::vector<Verdict> verdicts;
  verdicts.reserve(running.size());
  for (auto& verdict : running) verdicts.push_back(verdict.get());
  return verdicts;
}

std::string listed(const std::vector<std::string>& rows) {
  std::string all;
  for (const auto& row : rows) all += row + "; ";
  return all;
}

}  // namespace

TEST_CASE("the last state of every row of a polled table reaches Kafka, and nothing rolled back, while the relay is killed") {
  for (const auto& verdict : on_all(torture)) {
    INFO(verdict.database << ": " << verdict.audit.messages << " messages\n" << verdict.log);
    std::cout << verdict.database << ": " << verdict.audit.messages << " messages of a polled table" << std::endl;
    CHECK(verdict.drained == 0);
    CHECK(verdict.audit.messages > 100);
    CHECK(listed(verdict.audit.lost).empty());
    CHECK(listed(verdict.audit.invented).empty());
  }
}

TEST_CASE("the books show what polling would lose without its look-back and the oldest writer") {
  for (const auto& verdict : on_all(torture_without_look_back)) {
    INFO(verdict.database << ": " << verdict.audit.messages << " messages\n" << verdict.log);
    CHECK(verdict.audit.messages > 100);
    CHECK_FALSE(verdict.audit.lost.empty());
    CHECK(verdict.audit.invented.empty());
  }
}
