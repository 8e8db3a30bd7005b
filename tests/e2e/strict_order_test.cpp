// outbox.order = strict: the whole outbox in the order of its ids.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/books.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <csignal>
#include <future>

using namespace std::chrono_literals;
using relay::kafka::Consumer;

namespace {

std::string one_partition() {
  auto topic = relay::kafka::tests::fresh_name("strict");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 1);
  return topic;
}

/// The ids of all messages that are there, as the consumer gets them.
std::vector<std::int64_t> ids_in(const std::string& topic) {
  std::vector<std::int64_t> ids;
  Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  for (const auto& message : consumer.take_rest(30s)) ids.push_back(std::stoll(message.headers.at(0).second.value()));
  return ids;
}

}  // namespace

TEST_CASE("in strict order every row is published after all lower ids, whoever commits when") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = one_partition();
  auto application =
      std::async(std::launch::async, [&] { return e2e::write(shop, topic, server.name == "sqlite" ? 2 : 6, 3s, 7); });
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--outbox.order=strict", "--poll.batch-rows=50"}));
  std::size_t committed = 0;
  for (const auto& [key, numbers] : application.get()) committed += numbers.size();
  REQUIRE(e2e::eventually([&] { return shop.unsent() == 0; }));
  const auto ids = ids_in(topic);
  CHECK(ids.size() == committed);
  CHECK(std::ranges::is_sorted(ids));
}

TEST_CASE("in strict order a committed row waits for an open insert below it") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // one writer
  e2e::Shop shop(server, false);
  const auto topic = one_partition();
  const auto slow = shop.connect();
  const auto quick = shop.connect();
  slow->begin();
  shop.insert(*slow, topic, "a", "{}");
  shop.insert(*quick, topic, "b", "{}");
  e2e::RelayProcess relay(e2e::relaying("run", shop, {"--outbox.order=strict"}));
  CHECK_FALSE(relay.wait(2s));
  CHECK(shop.unsent() == 1);
  slow->commit();
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  CHECK(ids_in(topic) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("in strict order a row that cannot be sent stops all above it") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = one_partition();
  const auto session = shop.connect();
  shop.insert(*session, topic, "a", "{}");
  shop.insert(*session, topic, "b", "\"" + std::string(1'200'000, 'x') + "\"");
  shop.insert(*session, topic, "c", "{}");
  const auto ran = e2e::run(e2e::relaying("drain", shop, {"--outbox.order=strict"}));
  INFO(ran.output);
  CHECK(ran.code == 75);
  CHECK(shop.unsent() == 2);
  CHECK(ids_in(topic) == std::vector<std::int64_t>{1});
}

TEST_CASE("strict order is refused where sessions take ids ahead, or are known to have done so, by check too") {
  const auto all = e2e::servers();
  const auto postgres = std::ranges::find(all, "postgres", &e2e::Server::name);
  if (postgres == all.end()) SKIP("OUTBOX_RELAY_TEST_POSTGRES is not set");
  e2e::Shop shop(*postgres, false);
  const auto topic = one_partition();
  const auto session = shop.connect();
  shop.insert(*session, topic, "a", "{}");
  const auto [change, says] = GENERATE(table<std::string, std::string>(
      {{"ALTER TABLE {} ALTER id SET CACHE 50", "each session takes 50 ids ahead"},
       {"INSERT INTO outbox_relay_lease VALUES ('{}/ids-drawn-ahead', '-', 1, now())", "ids are drawn ahead of their INSERT"}}));
  shop.execute(std::string(change).replace(change.find("{}"), 2, shop.table()));
  for (const auto* command : {"drain", "check"}) {
    const auto ran = e2e::run(e2e::relaying(command, shop, {"--outbox.order=strict"}));
    INFO(ran.output);
    CHECK(ran.code == 78);
    CHECK(ran.output.find("outbox.order = strict cannot be kept: " + says) != std::string::npos);
  }
  CHECK(shop.unsent() == 1);
  shop.execute("DELETE FROM outbox_relay_lease WHERE name = '" + shop.table() + "/ids-drawn-ahead'");
}

TEST_CASE("strict order is refused where the gaps in the ids are not watched") {
  const auto ran = e2e::run(
      {"drain", "--source.url=sqlite:/nowhere", "--kafka.bootstrap.servers=b:1", "--outbox.order=strict", "--outbox.scan=head"});
  CHECK(ran.code == 64);
  CHECK(ran.output.find("outbox.order") != std::string::npos);
}
