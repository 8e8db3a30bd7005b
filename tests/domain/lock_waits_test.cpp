#include "relay/domain/lock_waits.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <set>

using namespace std::chrono_literals;
using relay::Acknowledged;
using relay::LockWaits;
using relay::Position;

namespace {

const relay::Instant begin{1h};

std::vector<Acknowledged> acknowledged(Position first, Position last) {
  std::vector<Acknowledged> rows;
  for (auto position = first; position <= last; ++position) {
    rows.push_back({.ticket = static_cast<relay::Ticket>(position), .position = position, .fingerprint = 0});
  }
  return rows;
}

}  // namespace

TEST_CASE("of rows that waited in vain all but the locked ones are settled in few tries, and those are alone then") {
  const std::set<Position> locked{50, 51, 4000};
  LockWaits waits;
  waits.add(acknowledged(1, 5000), begin);
  std::set<Position> settled;
  std::size_t in_vain = 0;
  for (auto rows = waits.next(begin); !rows.empty(); rows = waits.next(begin)) {
    CHECK(std::ranges::all_of(rows, &Acknowledged::doubtful));
    waits.tried();
    if (std::ranges::any_of(rows, [&](const auto& row) { return locked.contains(row.position); })) {
      ++in_vain;
      waits.add(std::move(rows), begin);
    } else {
      for (const auto& row : rows) settled.insert(row.position);
    }
  }
  CHECK(settled.size() == 4997);
  CHECK(waits.rows() == locked.size());
  CHECK(in_vain <= 12);
}

TEST_CASE("a row that is locked alone is asked for later, and forgotten once it is taken out") {
  LockWaits waits;
  CHECK_FALSE(waits.due());
  waits.add(acknowledged(7, 7), begin);
  CHECK(waits.next(begin).empty());
  REQUIRE(waits.due());
  CHECK(*waits.due() > begin);
  const auto rows = waits.next(*waits.due());
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].position == 7);
  CHECK(rows[0].ticket == 7);
  CHECK_FALSE(waits.due());
  CHECK(waits.rows() == 1);  // it is locked as long as nobody says otherwise
  waits.tried();
  CHECK(waits.rows() == 0);
}

TEST_CASE("who waits longest is tried first") {
  LockWaits waits;
  waits.add(acknowledged(1, 2), begin);
  waits.add(acknowledged(11, 12), begin);
  CHECK(waits.next(begin)[0].position == 1);
  waits.add(acknowledged(1, 1), begin - 1h);
  CHECK(waits.next(begin)[0].position == 2);
  CHECK(waits.next(begin)[0].position == 11);
}
