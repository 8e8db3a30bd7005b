#include "db_adapters/port/session.hpp"
#include "relay/cli/adapters.hpp"
#include "relay/cli/command.hpp"
#include "relay/cli/ddl.hpp"
#include "relay/cli/signals.hpp"
#include "relay/core/relay.hpp"
#include "relay/core/silent_observer.hpp"
#include "relay/kafka/consumer.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/kafka/mock_cluster.hpp"
#include "relay/observe/log.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <ostream>
#include <set>
#include <string>
#include <thread>

namespace relay::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr int orders = 8;
constexpr int orders_before_the_relay = 4;

/// A database file that goes when the demo ends.
class TemporaryDatabase {
 public:
  TemporaryDatabase() {
    auto name = (fs::temp_directory_path() / "outbox-relay-demo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      throw fs::filesystem_error("demo", name, std::error_code(errno, std::generic_category()));
    folder_ = name;
    std::ofstream{file()};  // an empty file is an empty database
  }
  ~TemporaryDatabase() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;

  [[nodiscard]] std::string file() const { return (folder_ / "shop.db").string(); }
  [[nodiscard]] core::Database database() const {
    db::Target target;
    target.database = file();
    return {.driver = driver_for("sqlite"), .target = [target] { return target; }};
  }

 private:
  fs::path folder_;
};

/// Lines of several threads, one after the other.
class Screen {
 public:
  explicit Screen(std::ostream& out) : out_(out) {}
  void line(const std::string& text) {
    const std::lock_guard lock(mutex_);
    out_ << text << std::endl;
  }

 private:
  std::mutex mutex_;
  std::ostream& out_;
};

/// Warnings go to standard error; everything else is shown by what the consumer sees.
class Quiet final : public core::SilentObserver {
 public:
  void say(core::Level level, std::string_view line) override { log_.say(level, line); }

 private:
  observe::Log log_{observe::LogFormat::text, core::Level::warning};
};

std::unique_ptr<db::Session> connect(const TemporaryDatabase& shop) {
  const auto [driver, target] = shop.database();
  return driver->connect(target());
}

void create_tables(const TemporaryDatabase& shop) {
  const auto [driver, target] = shop.database();
  const auto session = driver->connect(target());
  session->run({"demo", "CREATE TABLE orders (number TEXT PRIMARY KEY, amount INTEGER NOT NULL)"}, {});
  const auto& dialect = driver->dialect(*session);
  for (const auto ddl : {dialect.outbox_delete_ddl, dialect.dead_ddl, dialect.lease_ddl}) {
    for (auto& statement : statements_of(ddl)) session->run({"demo", std::move(statement)}, {});
  }
}

/// The application: the order and its event in one transaction, so both are there or none is.
void place_order(db::Session& session, int number, bool changes_its_mind, Screen& screen) {
  const auto order = "o-" + std::to_string(number);
  const auto payload = R"({"order":")" + order + R"(","amount":)" + std::to_string(number * 10) + "}";
  const std::array<db::Parameter, 2> row{std::string_view(order), std::int64_t{number} * 10};
  const std::array<db::Parameter, 2> event{std::string_view(order), std::string_view(payload)};
  session.begin();
  session.run({"demo", "INSERT INTO orders (number, amount) VALUES (:1, :2)"}, row);
  session.run(
      {"demo", "INSERT INTO outbox (aggregate_type, aggregate_id, event_type, payload) VALUES ('orders', :1, 'OrderPlaced', :2)"},
      event);
  if (changes_its_mind) {
    session.rollback();
    screen.line("application  " + order + "  rolled back: nobody must hear of it");
  } else {
    session.commit();
    screen.line("application  " + order + "  committed");
  }
}

void place_orders(const TemporaryDatabase& shop, int first, int last, Screen& screen, const std::stop_token& stop) {
  const auto session = connect(shop);
  for (int number = first; number <= last && !stop.stop_requested(); ++number) {
    place_order(*session, number, number % 4 == 3, screen);
    core::pause(300ms, stop);
  }
}

std::string text_of(const kafka::ConsumedMessage& message) {
  auto text = "consumer     topic " + message.topic + ", partition " + std::to_string(message.partition) + ", key " +
              message.key.value_or("none") + ", value " + message.value.value_or("none") + ", headers";
  for (const auto& [name, value] : message.headers) text += " " + name + "=" + value.value_or("none");
  return text;
}

/// How many rows wait in the outbox: shown whenever it is another number.
class Backlog {
 public:
  explicit Backlog(const TemporaryDatabase& shop) : session_(connect(shop)) {}

  void show(Screen& screen) {
    const auto now = rows();
    if (now != shown_) screen.line("outbox       " + now + (now == "1" ? " row" : " rows"));
    shown_ = now;
  }
  [[nodiscard]] std::string rows() { return std::string(session_->run({"demo", "SELECT count(*) FROM outbox"}, {})[0][0].bytes()); }

 private:
  std::unique_ptr<db::Session> session_;
  std::string shown_ = "0";
};

core::RelaySettings demo_relay() {
  core::RelaySettings settings;
  settings.claims.poll_interval = 100ms;
  settings.lease.enabled = true;
  return settings;
}

void show_what_next(Screen& screen) {
  screen.line(R"(
The same for your database, table `outbox` made from sql/ or by `outbox-relay init`:

  outbox-relay check --source.url postgresql://user@host:5432/shop --source.password-file /run/secrets/db --kafka.bootstrap.servers kafka:9092
  outbox-relay run   --source.url postgresql://user@host:5432/shop --source.password-file /run/secrets/db --kafka.bootstrap.servers kafka:9092

`mysql://user@host:3306/shop` for MySQL and MariaDB. README.md goes through it step by step.)");
}

}  // namespace

int demo(const config::Settings& /*settings*/, std::ostream& out) {
  core::Doorbell doorbell;
  Signals signals;
  Screen screen(out);
  const TemporaryDatabase shop;
  create_tables(shop);
  kafka::MockCluster cluster;
  cluster.create_topic("orders", 3);
  screen.line("An outbox in SQLite, a Kafka cluster inside this process, and an application that places orders.\n");

  Quiet observer;
  const kafka::Settings kafka{{"bootstrap.servers", cluster.bootstrap_servers()}};
  core::Relay relay(
      demo_relay(), shop.database(), [&](bool /*probing*/) { return kafka::make_producer(kafka); }, observer, doorbell);
  signals.start(doorbell);
  const auto stop = signals.stop_token();
  place_orders(shop, 1, orders_before_the_relay, screen, stop);
  Backlog backlog(shop);
  backlog.show(screen);
  screen.line("relay        starts");
  std::stop_source enough;
  std::jthread relaying([&] { static_cast<void>(relay.run(enough.get_token())); });
  std::jthread application(
      [&](const std::stop_token& end) { place_orders(shop, orders_before_the_relay + 1, orders, screen, end); });

  kafka::Consumer consumer(kafka, {"orders"});
  const int committed = orders - orders / 4;
  std::set<std::string> seen;
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while ((std::ssize(seen) < committed || backlog.rows() != "0") && !stop.stop_requested() &&
         std::chrono::steady_clock::now() < deadline) {
    backlog.show(screen);
    if (const auto message = consumer.next(20ms)) {
      screen.line(text_of(*message));
      seen.insert(message->key.value_or(""));
    }
  }
  application.request_stop();
  application.join();
  enough.request_stop();
  relaying.join();
  backlog.show(screen);
  const auto left = backlog.rows();
  screen.line("\nrows left in the outbox: " + left + "; " + std::to_string(seen.size()) + " of " + std::to_string(committed) +
              " committed orders were heard of");
  show_what_next(screen);
  return std::ssize(seen) == committed && left == "0" ? ok : failed;
}

}  // namespace relay::cli
