#include "relay/domain/blocks.hpp"

#include "tests/support/catch.hpp"

using namespace relay;
using namespace std::chrono_literals;

namespace {
const Instant start{};
const Fault bad_row{Blame::row, "too large"};
const Fault outage{Blame::nobody, "no broker"};
}  // namespace

TEST_CASE("a blocked key holds its own rows and nobody else's") {
  Blocks blocks;
  CHECK(blocks.block({"orders", "o-1"}, 5, bad_row, start, 0));
  CHECK(blocks.waits("orders", "o-1", 9));
  CHECK_FALSE(blocks.waits("orders", "o-2", 9));
  CHECK_FALSE(blocks.waits("invoices", "o-1", 9));
  CHECK(blocks.keys() == 1);
  CHECK(blocks.topics() == 0);
}

TEST_CASE("a blocked topic holds all its keys, also rows without one") {
  Blocks blocks;
  blocks.block({"orders", std::nullopt}, 5, {Blame::topic, "unknown"}, start, 0);
  CHECK(blocks.waits("orders", "o-1", 9));
  CHECK(blocks.waits("orders", std::nullopt, 9));
  CHECK(blocks.topics() == 1);
}

TEST_CASE("the lowest waiting row is probed, ever more seldom") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  CHECK(blocks.waits("orders", "o-1", 3));
  CHECK(blocks.due(start, 0).empty());
  CHECK(blocks.due(start + 1s, 0) == std::vector<Position>{3});
  CHECK(blocks.due(start + 2s, 0).empty());
  CHECK(blocks.due(start + 3s, 0) == std::vector<Position>{3});
}

TEST_CASE("who asks for it gets everybody probed at once, and the back-off goes on from there") {
  Blocks blocks;
  blocks.block({"orders", "o-1"}, 5, bad_row, start, 0);
  blocks.block({"orders", "o-2"}, 7, bad_row, start, 0);
  blocks.hurry(start);
  CHECK(blocks.due(start, 0) == std::vector<Position>{5, 7});
  CHECK(blocks.due(start, 0).empty());
  CHECK(blocks.due(start + 2s, 0) == std::vector<Position>{5, 7});
}

TEST_CASE("an outage spends no attempt") {
  Blocks blocks;
  for (int i = 0; i < 5; ++i) blocks.block({"orders", std::nullopt}, 5, outage, start, 0);
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
  blocks.lift(names[0]);
  CHECK_FALSE(blocks.waits("orders", "o-1", 7));
  CHECK(blocks.waits("orders", "o-2", 7));
}
