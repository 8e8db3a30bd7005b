#include "relay/domain/in_flight.hpp"

#include "tests/support/catch.hpp"

using namespace relay;

namespace {
constexpr Cargo cargo{.bytes = 10, .created_at = 7, .topic = 3};
}

TEST_CASE("a row that is seen again is not sent again until it is settled and forgotten") {
  InFlight rows;
  const auto ticket = rows.admit(5, 77, cargo);
  REQUIRE(ticket);
  CHECK_FALSE(rows.admit(5, 77, cargo));
  CHECK(rows.acknowledge(*ticket)->topic == 3);
  CHECK_FALSE(rows.admit(5, 77, cargo));
  const auto acknowledged = rows.take_acknowledged();
  REQUIRE(acknowledged.size() == 1);
  rows.settled(acknowledged, true);
  CHECK(rows.rows() == 0);
  CHECK(rows.bytes() == 0);
  CHECK_FALSE(rows.admit(5, 77, cargo));  // a claim that began before the settlement shows it still
  rows.claims_taken_in();
  CHECK(rows.admit(5, 77, cargo));
}

TEST_CASE("an id that came back names another row, and the former one is never settled") {
  InFlight rows;
  const auto former = rows.admit(5, 77, cargo).value();
  const auto fresh = rows.admit(5, 88, cargo).value();
  CHECK_FALSE(rows.acknowledge(former));
  CHECK(rows.take_acknowledged().empty());
  CHECK(rows.acknowledge(fresh));
  const auto acknowledged = rows.take_acknowledged();
  REQUIRE(acknowledged.size() == 1);
  CHECK(acknowledged[0].fingerprint == 88);
  CHECK(rows.rows() == 1);
}

TEST_CASE("what was lost with its producer may be claimed again, what was acknowledged may not") {
  InFlight rows;
  const auto first = rows.admit(1, 1, cargo).value();
  rows.admit(2, 2, cargo);
  rows.admit(3, 3, cargo);
  REQUIRE(rows.acknowledge(first));
  auto other_lane = cargo;
  other_lane.lane = Lane::alone;
  rows.admit(4, 4, other_lane);
  CHECK(rows.lowest_unacknowledged(Lane::together) == 2);
  CHECK(rows.release_unacknowledged(Lane::together) == 2);
  CHECK_FALSE(rows.knows(2, 2));
  CHECK(rows.knows(1, 1));
  CHECK(rows.knows(4, 4));
  CHECK(rows.lowest_unacknowledged(Lane::alone) == 4);
  CHECK(rows.rows() == 2);
}

TEST_CASE("acknowledged rows are settled in order of position, whatever order Kafka answers in") {
  InFlight rows;
  std::vector<Ticket> tickets;
  for (Position position = 1; position <= 4; ++position) tickets.push_back(rows.admit(position, 1, cargo).value());
  for (const auto index : {3U, 0U, 2U}) REQUIRE(rows.acknowledge(tickets[index]));
  const auto acknowledged = rows.take_acknowledged();
  REQUIRE(acknowledged.size() == 3);
  CHECK(acknowledged[0].position == 1);
  CHECK(acknowledged[1].position == 3);
  CHECK(acknowledged[2].position == 4);
}
