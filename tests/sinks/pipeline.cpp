#include "tests/sinks/pipeline.hpp"

#include "tests/architecture/shell.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/sinks/invoices.hpp"
#include "tests/support/paths.hpp"

#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <vector>

using architecture::shell;

namespace sinks {

namespace {

const std::string examples = std::string(test::source_folder) + "/deploy/examples";
constexpr auto topics = {"shop.orders", "shop.refunds", "shop.returns", "shop.invoices", "shop.receipts"};

std::string servers() {
  return environment("OUTBOX_RELAY_TEST_SERVERS");
}

std::string must(const std::string& command) {
  auto [code, output] = shell(command);
  if (code != 0) throw std::runtime_error(command + " ended with " + std::to_string(code) + ": " + output);
  return output;
}

constexpr auto workers = {"postgres", "mysql"};

std::string connectors_of(const std::string& worker) {
  const auto port = must("cat " + environment("OUTBOX_RELAY_TEST_DIR") + "/connect_" + worker + ".port");
  return "http://127.0.0.1:" + port.substr(0, port.find('\n')) + "/connectors";
}

/// Those of an earlier run on the same servers go first, with what Connect remembers of them.
void make_topic_anew(const std::string& name) {
  (void)shell(servers() + " topic --delete " + name);
  const auto created = e2e::eventually([&] { return shell(servers() + " topic " + name).code == 0; });
  if (!created) throw std::runtime_error("topic " + name + " cannot be made");
}

}  // namespace

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set: tests/support/servers.sh start");
  return value;
}

std::string Pipeline::missing() {
  const char* ci = std::getenv("CI");
  if (ci != nullptr && std::string(ci) == "true") return {};
  for (const auto* name : {"OUTBOX_RELAY_TEST_POSTGRES", "OUTBOX_RELAY_TEST_MYSQL", "OUTBOX_RELAY_TEST_KAFKA"}) {
    if (std::getenv(name) == nullptr) return name;
  }
  return {};
}

Pipeline& Pipeline::instance() {
  static Pipeline pipeline;
  return pipeline;
}

Pipeline::Pipeline()
    : shop_on_postgres_(environment("OUTBOX_RELAY_TEST_POSTGRES"), "shop"),
      shop_on_mysql_(environment("OUTBOX_RELAY_TEST_MYSQL"), "shop"),
      postgres_(environment("OUTBOX_RELAY_TEST_POSTGRES"), "warehouse"),
      mysql_(environment("OUTBOX_RELAY_TEST_MYSQL"), "warehouse") {
  for (const auto* topic : topics) make_topic_anew(topic);
  open_shop(shop_on_postgres_, "outbox_postgres.sql");
  open_shop(shop_on_mysql_, "outbox_mysql.sql");
  make_copy_of_invoices(postgres_, "shop_invoices");
  make_copy_of_invoices(mysql_, "shop_receipts");
  postgres_.run(example("warehouse_postgres.sql"));
  mysql_.run(example("warehouse_mysql.sql"));
  must(servers() + " start connect_postgres connect_mysql");
  for (const std::string worker : workers) {
    add_connector(worker, "jdbc-sink-" + worker + ".json");
    add_connector(worker, "jdbc-sink-" + worker + "-table.json");
  }
}

Pipeline::~Pipeline() {
  if (const auto [code, output] = shell(servers() + " stop connect_postgres connect_mysql"); code != 0) std::cerr << output;
}

void Pipeline::open_shop(Database& shop, const std::string& columns) {
  const auto [code, output] = e2e::run({"init", "--source.url=" + shop.url()});
  if (code != 0) throw std::runtime_error(output);
  shop.run(example(columns));
}

void Pipeline::add_connector(const std::string& worker, const std::string& file) {
  must("curl --silent --show-error --fail-with-body --header 'Content-Type: application/json' --data @" + examples + "/" + file +
       " " + connectors_of(worker));
}

std::string Pipeline::failure() {
  std::string failed;
  for (const auto* worker : workers) {
    const auto states = must("curl --silent --show-error '" + connectors_of(worker) + "?expand=status'");
    if (states.find("\"FAILED\"") != std::string::npos) failed += states;
  }
  return failed;
}

void Pipeline::relay(Database& shop) {
  shop.execute("CREATE TABLE IF NOT EXISTS sent AS SELECT * FROM outbox");
  const auto [code, output] = e2e::run({"drain", "--config=" + examples + "/relay.ini", "--source.url=" + shop.url(),
                                        "--kafka.bootstrap.servers=" + environment("OUTBOX_RELAY_TEST_KAFKA"), "--http.listen="});
  if (code != 0) throw std::runtime_error(output);
}

void Pipeline::poll(const Database& shop, const std::string& table) {
  for (const std::string command : {"init", "drain"}) {
    std::vector<std::string> words{command, "--config=" + examples + "/table.ini", "--source.url=" + shop.url(),
                                   "--table.name=" + table, "--kafka.bootstrap.servers=" + environment("OUTBOX_RELAY_TEST_KAFKA")};
    if (command == "drain") words.emplace_back("--http.listen=");
    const auto [code, output] = e2e::run(words);
    if (code != 0) throw std::runtime_error(output);
  }
}

}  // namespace sinks
