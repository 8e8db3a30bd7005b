#include "tests/e2e/books.hpp"
#include "tests/e2e/member.hpp"
#include "tests/e2e/polled_table.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/e2e/shop.hpp"
#include "tests/kafka/topics.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <future>
#include <thread>

using namespace std::chrono_literals;
using relay::kafka::tests::create_topic;
using relay::kafka::tests::fresh_name;

namespace {

using e2e::Member;

std::string fresh_topic() {
  auto topic = fresh_name("lease");
  create_topic(e2e::kafka(), topic, 3);
  return topic;
}

std::future<e2e::Committed> write(const e2e::Shop& shop, const std::string& topic, std::chrono::milliseconds time) {
  const int writers = shop.server().name == "sqlite" ? 2 : 4;
  return std::async(std::launch::async, [&shop, topic, writers, time] { return e2e::write(shop, topic, writers, time, 7); });
}

void check_books(const std::string& topic, const e2e::Committed& committed) {
  const auto audit = e2e::audit(topic, committed);
  CHECK(audit.messages > 20);
  CHECK(audit.lost.empty());
  CHECK(audit.invented.empty());
  CHECK(audit.disordered.empty());
}

/// The seconds that it took; an error after half a minute.
template <typename Condition>
double seconds_until(Condition condition) {
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(e2e::eventually(condition));
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// It is asked to stop, and another transaction holds its lease's row for that time.
void check_sleep_behind_lock(Member& relay, const std::string& lease, const e2e::Shop& shop, std::chrono::milliseconds time) {
  const auto session = shop.connect();
  session->begin();
  session->run({"lock", "UPDATE outbox_relay_lease SET token = token WHERE name = '" + lease + "'"}, {});
  relay.process().signal(SIGTERM);
  const auto used = relay.process().processor_time();
  std::this_thread::sleep_for(time);
  CHECK(relay.process().processor_time() - used < time / 6);
  CHECK(relay.alive());
  session->rollback();
}

}  // namespace

TEST_CASE("of three relays on one outbox one relays, and the books are right") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic();
  std::array<Member, 3> relays{Member(shop, {}), Member(shop, {}), Member(shop, {})};
  const auto leaders = [&] { return std::ranges::count_if(relays, [](const auto& relay) { return relay.leads(); }); };
  const auto waiting = [&] { return std::ranges::count_if(relays, [](const auto& relay) { return relay.stands_by(); }); };
  auto application = write(shop, topic, 3s);
  CHECK(e2e::eventually([&] { return leaders() == 1 && waiting() == 2; }));
  const auto committed = application.get();
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  CHECK(leaders() == 1);
  check_books(topic, committed);
  for (const auto& relay : relays) {
    if (relay.stands_by()) CHECK(relay.metric("settled_total") == 0.0);
  }
}

TEST_CASE("a relay that stands by is ready, whatever it relays") {
  const auto server = e2e::servers().back();
  const e2e::Shop shop(server, false);
  const e2e::PolledTable table(server);
  const bool of_outbox = GENERATE(true, false);
  CAPTURE(of_outbox);
  const auto words = of_outbox ? e2e::relaying("run", shop) : table.relaying("run");
  const Member first(words);
  REQUIRE(e2e::eventually([&] { return first.leads() && first.ready(); }));
  const Member second(words);
  REQUIRE(e2e::eventually([&] { return second.stands_by(); }));
  CHECK(e2e::eventually([&] { return second.ready(); }));
  CHECK(second.stands_by());
}

TEST_CASE("a relay that is asked to stop hands over at once, long before its lease would have expired") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic();
  Member first(shop, {"--lease.ttl=5m"});
  REQUIRE(e2e::eventually([&] { return first.leads(); }));
  Member second(shop, {"--lease.ttl=5m"});
  REQUIRE(e2e::eventually([&] { return second.stands_by(); }));
  auto application = write(shop, topic, 3s);
  REQUIRE(e2e::eventually([&] { return first.metric("settled_total") > 0.0; }));
  first.process().signal(SIGTERM);
  const auto took = seconds_until([&] { return second.leads(); });
  WARN(server.name << ": handed over in " << took << " s");
  CHECK(first.process().wait(10s) == 0);
  const auto committed = application.get();
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  check_books(topic, committed);
}

TEST_CASE("a relay that is asked to stop hands over although a lock is in its way for seconds, and sleeps meanwhile") {
  ON_EVERY_SERVER();
  const e2e::Shop shop(server, false);
  Member first(shop, {"--lease.ttl=5m"});
  REQUIRE(e2e::eventually([&] { return first.leads(); }));
  Member second(shop, {"--lease.ttl=5m"});
  REQUIRE(e2e::eventually([&] { return second.stands_by(); }));
  check_sleep_behind_lock(first, shop.table(), shop, 3s);
  CHECK(e2e::eventually([&] { return second.leads(); }));
  CHECK(first.process().wait(10s) == 0);
}

TEST_CASE("a relay that waits to hand over beats on") {
  const auto server = e2e::servers().back();
  const std::vector<std::string> patience{"--lease.ttl=5m", "--shutdown.flush=20s"};
  const e2e::Shop shop(server, false);
  const e2e::PolledTable table(server);
  const bool of_outbox = GENERATE(true, false);
  CAPTURE(of_outbox);
  Member relay(of_outbox ? e2e::relaying("run", shop, patience) : table.relaying("run", patience));
  REQUIRE(e2e::eventually([&] { return relay.leads(); }));
  if (of_outbox) {
    check_sleep_behind_lock(relay, shop.table(), shop, 12s);
  } else {
    check_sleep_behind_lock(relay, table.name(), table.shop(), 12s);
  }
  CHECK(relay.process().wait(10s) == 0);
}

TEST_CASE("a relay that ends while it takes the lease gives it back") {
  ON_EVERY_SERVER();
  const e2e::Shop shop(server, false);
  REQUIRE(e2e::run(e2e::relaying("drain", shop)).code == 0);  // now the lease has its row
  const auto session = shop.connect();
  session->begin();
  session->run({"lock", "UPDATE outbox_relay_lease SET token = token WHERE name = '" + shop.table() + "'"}, {});
  e2e::RelayProcess misconfigured(e2e::relaying("drain", shop, {"--lease.ttl=5m", "--outbox.columns.payload=nowhere"}));
  std::this_thread::sleep_for(500ms);
  session->rollback();
  CHECK(misconfigured.wait(20s) == 78);
  const Member next(shop, {"--lease.ttl=5m"});
  CHECK(e2e::eventually([&] { return next.leads(); }));
}

TEST_CASE("a relay that was killed is succeeded when its lease has expired") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic();
  Member first(shop, {"--lease.ttl=2s"});
  Member second(shop, {"--lease.ttl=2s"});
  const auto stands_behind = [](const Member& one, const Member& leader) { return leader.leads() && one.stands_by(); };
  REQUIRE(e2e::eventually([&] { return stands_behind(second, first) || stands_behind(first, second); }));
  auto application = write(shop, topic, 4s);
  REQUIRE(e2e::eventually([&] { return first.metric("settled_total") > 0.0 || second.metric("settled_total") > 0.0; }));
  REQUIRE(e2e::eventually([&] { return first.leads() || second.leads(); }));  // on a busy machine the lease may change hands
  auto& killed = first.leads() ? first : second;
  const auto& other = &killed == &first ? second : first;
  killed.process().signal(SIGKILL);
  const auto took = seconds_until([&] { return other.leads(); });
  WARN(server.name << ": succeeded " << took << " s after SIGKILL, lease.ttl=2s");
  const auto committed = application.get();
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  check_books(topic, committed);
}

TEST_CASE("a relay that was frozen beyond its lease claims nothing more, and the books are right") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // who is frozen with the one lock of its file stops everybody, the application included
  e2e::Shop shop(server, false);
  const auto topic = fresh_topic();
  Member frozen(shop, {"--lease.ttl=2s"});
  REQUIRE(e2e::eventually([&] { return frozen.leads(); }));
  auto application = write(shop, topic, 8s);
  REQUIRE(e2e::eventually([&] { return frozen.metric("settled_total") > 0.0; }));
  frozen.process().signal(SIGSTOP);
  const Member second(shop, {"--lease.ttl=5m"});  // what it has got it keeps, however busy the machine
  REQUIRE(e2e::eventually([&] { return second.leads(); }));
  frozen.process().signal(SIGCONT);
  REQUIRE(e2e::eventually([&] { return frozen.stands_by(); }));
  const auto claims = frozen.metric("claim_seconds_count");
  REQUIRE(claims);
  const auto taken_over = second.metric("settled_total");
  REQUIRE(taken_over);
  shop.insert(*shop.connect(), topic, "afterwards", R"({"n":0})");  // the writers may have ended
  auto committed = application.get();
  committed["afterwards"] = {0};
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  CHECK(e2e::eventually([&] { return second.metric("settled_total") > taken_over; }));
  CHECK(frozen.metric("claim_seconds_count").value() <= *claims + 1);  // one may have been under way when it froze
  check_books(topic, committed);
}

TEST_CASE("without a lease two relays send rows twice, but lose and disorder none") {
  ON_EVERY_SERVER();
  const bool mark = GENERATE(false, true);
  e2e::Shop shop(server, mark);
  const auto topic = fresh_topic();
  std::array<Member, 2> relays{Member(shop, {"--lease.enabled=false"}), Member(shop, {"--lease.enabled=false"})};
  auto application = write(shop, topic, 3s);
  CHECK(e2e::eventually([&] { return relays[0].leads() && relays[1].leads(); }));
  const auto committed = application.get();
  CHECK(e2e::eventually([&] { return shop.unsent() == 0; }));
  check_books(topic, committed);
}

TEST_CASE("a drain that does not get the lease ends with 75 and names the holder") {
  ON_EVERY_SERVER();
  e2e::Shop shop(server, false);
  Member holder(shop, {});
  REQUIRE(e2e::eventually([&] { return holder.leads(); }));
  e2e::Ran ran;
  // On a busy machine it may not hear of the lease in time.
  for (int seconds = 2; seconds <= 16 && ran.output.find(" holds it") == std::string::npos; seconds *= 2) {
    ran = e2e::run(e2e::relaying("drain", shop, {"--max-seconds=" + std::to_string(seconds)}));
    CHECK(ran.code == 75);
  }
  INFO(ran.output);
  const auto line = ran.output.rfind("was not to be had: ");
  REQUIRE(line != std::string::npos);
  CHECK(holder.process().output().find("holds the lease " + shop.table()) != std::string::npos);
  CHECK(ran.output.find('/', line) != std::string::npos);
  CHECK(ran.output.find(" holds it", line) != std::string::npos);
}
