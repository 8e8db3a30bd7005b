#include "relay/core/drain.hpp"

#include "tests/support/catch.hpp"

using namespace relay;
using namespace std::chrono_literals;
using How = core::Ending::How;

namespace {

const Instant now{};

std::optional<How> ends(const core::Drain& drain) {
  const auto ending = drain.over({.settled = true,
                                  .outbox_seen = true,
                                  .database_outage = {},
                                  .kafka_outage = {},
                                  .lease = {},
                                  .blocked_reason = "a row cannot be sent"},
                                 "lease", now);
  return ending ? std::optional(ending->how) : std::nullopt;
}

std::optional<core::Ending> ends_after(core::Drain drain, std::chrono::seconds outage, const core::DrainView& view) {
  drain.outage(true, now);
  drain.swept(1, 0, true);
  return drain.over(view, "lease", now + outage);
}

core::Drain drain_of(std::uint64_t rows) {
  return core::Drain({.until_empty = true, .max_rows = rows, .max_time = {}}, now);
}

}  // namespace

TEST_CASE("rows on their way and rows that were relayed are all that max-rows counts") {
  auto drain = drain_of(10);
  drain.rows_came();  // and wait
  CHECK(drain.may_send() == 10);
  CHECK(drain.may_send(4) == 6);
  CHECK(drain.may_send(12) == 0);
  drain.relayed(4);
  CHECK(drain.may_send(6) == 0);
  CHECK(drain.may_send() == 6);  // they failed
  CHECK_FALSE(drain.has_to_look());
}

TEST_CASE("a drain that has sent as many rows as it may looks whether any are left before it says so") {
  auto drain = drain_of(10);
  drain.rows_came();
  drain.relayed(10);
  CHECK(drain.has_to_look());
  CHECK_FALSE(ends(drain));
  SECTION("none are") {
    drain.swept(0, 0, true);
    CHECK(ends(drain) == How::drained);
  }
  SECTION("the next claim brings one") {
    drain.rows_came();
    drain.rows_come();  // it is read again, by another relay
    CHECK_FALSE(drain.has_to_look());
    CHECK(ends(drain) == How::rows_left);
  }
  SECTION("a look at everything finds one, which waits perhaps") {
    drain.swept(1, 0, false);
    CHECK_FALSE(drain.has_to_look());
    CHECK(ends(drain) == How::rows_left);
  }
}

TEST_CASE("an outage ends a drain when it has lasted, and is what it is said to be") {
  const core::Drain patient({.until_empty = true, .max_rows = {}, .max_time = {}}, now);
  const core::DrainView no_kafka{.settled = true,
                                 .outbox_seen = true,
                                 .database_outage = {},
                                 .kafka_outage = "all brokers are down",
                                 .lease = {},
                                 .blocked_reason = {}};
  CHECK_FALSE(ends_after(patient, 19s, no_kafka));
  CHECK(ends_after(patient, 21s, no_kafka)->how == How::kafka_outage);
  CHECK(ends_after(patient, 21s, no_kafka)->why == "all brokers are down");

  auto no_database = no_kafka;
  no_database.database_outage = "no route";
  CHECK_FALSE(ends_after(patient, 19s, no_database));
  CHECK(ends_after(patient, 21s, no_database)->how == How::database_outage);
  CHECK(ends_after(patient, 21s, no_database)->why == "no route");  // of both, the one that rows come from
  no_database.outbox_seen = false;
  CHECK(ends_after(patient, 0s, no_database)->how == How::database_outage);  // nothing says that it will ever be there

  const core::Drain brief({.until_empty = true, .max_rows = {}, .max_time = 5s}, now);
  CHECK(ends_after(brief, 6s, no_kafka)->how == How::rows_left);
  CHECK(ends_after(brief, 6s, no_kafka)->why == "--max-seconds is over; Kafka: all brokers are down");

  auto over = no_kafka;
  over.kafka_outage.clear();  // since the drain was told of it
  CHECK_FALSE(ends_after(patient, 21s, over));
}
