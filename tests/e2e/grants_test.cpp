// The relay itself under the least rights that sql/ gives it.
#include "relay/kafka/consumer.hpp"
#include "tests/e2e/relay_process.hpp"
#include "tests/kafka/topics.hpp"
#include "tests/sql/outbox_database.hpp"

using namespace std::chrono_literals;

TEST_CASE("the rights of grants.sql are all that the relay needs, and all that the application needs") {
  const auto server = GENERATE(from_range(test::servers()));
  const auto variant = GENERATE(test::Variant::delete_row, test::Variant::mark);
  const bool mark = variant == test::Variant::mark;
  INFO(server.dialect << (mark ? ", mark" : ", delete"));
  if (server.url.empty()) SKIP(server.dialect + " is not there: OUTBOX_RELAY_TEST_* is not set");
  test::OutboxDatabase outbox(server, variant);
  const auto topic = relay::kafka::tests::fresh_name("granted");
  relay::kafka::tests::create_topic(e2e::kafka(), topic, 1);
  const auto application = outbox.has_roles() ? outbox.application() : nullptr;
  auto& writer = application ? *application : outbox.owner();
  for (int i = 0; i < 200; ++i) test::insert_order(writer, "o-" + std::to_string(i));
  const auto ran =
      e2e::run({"drain", "--source.url=" + outbox.relay_url(), std::string("--outbox.dispose=") + (mark ? "mark" : "delete"),
                "--message.topic=" + topic, "--kafka.bootstrap.servers=" + e2e::kafka(), "--http.listen="});
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(test::value(outbox.owner(), "SELECT count(*) FROM outbox") == (mark ? "200" : "0"));
  if (mark) CHECK(test::value(outbox.owner(), "SELECT count(*) FROM outbox WHERE sent_at IS NULL") == "0");
  relay::kafka::Consumer consumer({{"bootstrap.servers", e2e::kafka()}}, {topic});
  CHECK(consumer.take(200, 10s).size() == 200);
}
