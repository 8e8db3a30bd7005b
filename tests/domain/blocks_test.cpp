#include "relay/domain/blocks.hpp"

#include "tests/support/catch.hpp"

#include <set>
#include <string>

using namespace relay;
using namespace std::chrono_literals;

namespace {
const Instant start{};
const Fault bad_row{Blame::row, "too large"};
const Fault outage{Blame::nobody, "no broker"};

std::vector<Position> due(Blocks& blocks, Instant now, std::size_t most = 100) {
  return blocks.due(now, 0, most, [](const BlockedName&, Position) { return true; });
}
}  // namespace

TEST_CASE("a blocked key holds its own rows and nobody else's") {
  Blocks blocks;
  CHECK(blocks.block({"orders", "o-1"}, 5, bad_row, start, 0));
  CHECK(blocks.waits("orders", "o-1", 9));
  CHECK_FALSE(blocks.waits("orders", "o-2", 9));
  CHECK_FALSE(blocks.waits("invoices", "o-1", 9));
  REQUIRE(blocks.all().size() == 1);
  CHECK(blocks.all().begin()->first.key == "o-1");
}

TEST_CASE("a blocked topic holds all its keys, also rows without one") {
  Blocks blocks;
  blocks.block({"orders", std::nullopt}, 5, {Blame::topic, "unknown"}, start, 0);
  CHECK(blocks.waits("orders", "o-1", 9));
  CHECK(blocks.waits("orders", std::nullopt, 9));
  REQUIRE(blocks.all().size() == 1);
  CHECK_FALSE(blocks.all().begin()->first.key);
}

TEST_CASE("who waits for an outage's end is told from who waits for a person") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  CHECK_FALSE(blocks.any_blameless());
  blocks.block({"events", std::nullopt}, 6, {Blame::nobody, "no broker answers"}, start, 0);
  CHECK(blocks.any_blameless());
  blocks.block({"events", std::nullopt}, 6, {Blame::topic, "unknown"}, start, 0);
  CHECK_FALSE(blocks.any_blameless());
  blocks.block({"orders", "o-1"}, 5, {Blame::nobody, "no broker answers"}, start, 0);
  CHECK_FALSE(blocks.any_blameless());  // an outage does not mend its row
}

TEST_CASE("a topic is not probed with a row that waits behind its own key") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  blocks.block({"orders", std::nullopt}, 20, {Blame::topic, "unknown"}, start, 0);
  CHECK(blocks.waits("orders", "o-1", 9));
  CHECK(blocks.waits("orders", "o-2", 12));
  CHECK(blocks.find({"orders", "o-1"})->lowest == 5);
  CHECK(blocks.find({"orders", std::nullopt})->lowest == 12);
}

TEST_CASE("the lowest waiting row is probed, ever more seldom") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  CHECK(blocks.waits("orders", "o-1", 3));
  CHECK(due(blocks, start).empty());
  CHECK(due(blocks, start + 1s) == std::vector<Position>{3});
  CHECK(due(blocks, start + 2s).empty());
  CHECK(due(blocks, start + 3s) == std::vector<Position>{3});
}

TEST_CASE("who asks for it gets everybody probed at once, and the back-off goes on from there") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  blocks.block({"orders", "o-2"}, 7, bad_row, start, 0);
  blocks.hurry(start);
  CHECK(due(blocks, start) == std::vector<Position>{5, 7});
  CHECK(due(blocks, start).empty());
  CHECK(due(blocks, start + 2s) == std::vector<Position>{5, 7});
}

TEST_CASE("an accused name is probed at once, without an attempt, and stays undecided until it fails or is lifted") {
  Blocks blocks;
  blocks.accuse({"orders", "o-1"}, 5, "its batch was rejected", start, 0);
  CHECK(blocks.undecided());
  CHECK(due(blocks, start) == std::vector<Position>{5});
  CHECK(blocks.undecided());
  CHECK(blocks.find({"orders", "o-1"})->attempts == 0);
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  CHECK_FALSE(blocks.undecided());
}

TEST_CASE("a name whose row is being moved away is not probed, until it is blocked anew") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  blocks.suspend({"orders", "o-1"});
  blocks.hurry(start);
  CHECK(due(blocks, start + 1h).empty());
  CHECK_FALSE(blocks.next_due());
  CHECK(blocks.waits("orders", "o-1", 7));
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  CHECK(due(blocks, start + 1h) == std::vector<Position>{5});
}

TEST_CASE("neither an outage nor a fault of the topic spends an attempt") {
  Blocks blocks;
  for (int i = 0; i < 5; ++i) blocks.block({"orders", std::nullopt}, 5, outage, start, 0);
  blocks.block({"orders", std::nullopt}, 5, {Blame::topic, "unknown"}, start, 0);
  CHECK(blocks.all().begin()->second.attempts == 0);
  blocks.block({"orders", std::nullopt}, 5, bad_row, start, 0);
  CHECK(blocks.all().begin()->second.attempts == 1);
}

TEST_CASE("who waits behind a row can go on together") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  blocks.block({"orders", "o-2"}, 6, bad_row, start, 0);
  const auto names = blocks.behind(5);
  REQUIRE(names.size() == 1);
  CHECK_FALSE(blocks.lift(names[0], 4));
  CHECK(blocks.lift(names[0], 5));
  CHECK_FALSE(blocks.waits("orders", "o-1", 7));
  CHECK(blocks.waits("orders", "o-2", 7));
}

TEST_CASE("a probe that would overtake its predecessors is asked again soon, without a longer back-off") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  const auto not_yet = [](const BlockedName& name, Position lowest) { return !(name.topic == "orders" && lowest == 5); };
  CHECK(blocks.due(start + 1s, 0, 100, not_yet).empty());
  REQUIRE(blocks.next_due());
  CHECK(*blocks.next_due() > start + 1s);
  CHECK(due(blocks, *blocks.next_due()) == std::vector<Position>{5});
}

TEST_CASE("a probe that ended without saying anything is asked for again at once, without a longer back-off") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  CHECK(due(blocks, start + 1s) == std::vector<Position>{5});
  blocks.give_back({"orders", "o-1"}, start + 1s);
  CHECK(due(blocks, start + 1s) == std::vector<Position>{5});
  CHECK(due(blocks, start + 2s).empty());
  CHECK(due(blocks, start + 3s) == std::vector<Position>{5});
}

TEST_CASE("no more rows are probed at once than asked for, the others at the next turn") {
  Blocks blocks;
  for (Position position = 1; position <= 3; ++position) {
    blocks.block({"orders", "o-" + std::to_string(position)}, position, bad_row, start, 0);
  }
  CHECK(due(blocks, start + 1s, 2) == std::vector<Position>{1, 2});
  CHECK(due(blocks, start + 1s, 2) == std::vector<Position>{3});
  CHECK(due(blocks, start + 1s, 2).empty());
}
