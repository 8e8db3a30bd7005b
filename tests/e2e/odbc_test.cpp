// A database without a proof for gaps: the outbox is read from the head. ODBC stands for it, with PostgreSQL behind.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/books.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <cstdlib>
#include <future>

using namespace std::chrono_literals;

TEST_CASE("where indexes cannot be seen, two rows with one position end the relay, and neither is settled") {
  const char* odbc = std::getenv("OUTBOX_RELAY_TEST_ODBC");
  if (odbc == nullptr) SKIP("OUTBOX_RELAY_TEST_ODBC is not set");
  auto all = e2e::servers();
  const auto postgres = std::ranges::find(all, "postgres", &e2e::Server::name);
  REQUIRE(postgres != all.end());
  e2e::Shop shop(*postgres, false);
  const auto topic = relay::kafka::tests::fresh_name("twins");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 1);
  shop.execute("ALTER TABLE " + shop.table() + " ADD COLUMN place BIGINT NOT NULL DEFAULT 7");
  const auto session = shop.connect();
  for (int i = 0; i < 2; ++i) shop.insert(*session, topic, "k", "{}");
  auto words = e2e::relaying("drain", shop, {"--outbox.columns.position=place"});
  for (auto& word : words) {
    if (word.starts_with("--source.url=")) word = std::string("--source.url=") + odbc;
  }
  const auto ran = e2e::run(words);
  INFO(ran.output);
  CHECK(ran.code == 78);
  CHECK(ran.output.find("\"place\" of table " + shop.table() + " is not unique") != std::string::npos);
  CHECK(shop.rows() == 2);
}

TEST_CASE("through ODBC what is committed reaches Kafka in order, late commits included, and nothing else does") {
  const char* odbc = std::getenv("OUTBOX_RELAY_TEST_ODBC");
  if (odbc == nullptr) SKIP("OUTBOX_RELAY_TEST_ODBC is not set");
  auto all = e2e::servers();
  const auto postgres = std::ranges::find(all, "postgres", &e2e::Server::name);
  REQUIRE(postgres != all.end());
  e2e::Shop shop(*postgres, false);
  const auto topic = relay::kafka::tests::fresh_name("odbc");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 3);
  auto words = e2e::relaying("run", shop);
  for (auto& word : words) {
    if (word.starts_with("--source.url=")) word = std::string("--source.url=") + odbc;
  }
  auto application = std::async(std::launch::async, [&] { return e2e::write(shop, topic, 4, 3s, 11); });
  e2e::RelayProcess relay(words);
  const auto committed = application.get();
  const bool empty = e2e::eventually([&] { return shop.unsent() == 0; });
  INFO(relay.output());
  CHECK(empty);
  const auto audit = e2e::audit(topic, committed);
  CHECK(audit.messages > 20);
  CHECK(audit.lost.empty());
  CHECK(audit.invented.empty());
  CHECK(audit.disordered.empty());
}
