#include "relay/domain/suspicion.hpp"

#include "tests/support/catch.hpp"

using relay::Suspicion;
using Way = relay::Suspicion::Way;

TEST_CASE("rows go together until a batch of them is refused") {
  Suspicion suspicion;
  CHECK(suspicion.way_of(1) == Way::together);
  suspicion.accuse(5);
  suspicion.accuse(3);
  CHECK(suspicion.way_of(4) == Way::alone);
  CHECK(suspicion.way_of(5) == Way::alone);
  CHECK(suspicion.way_of(6) == Way::together);
  CHECK(suspicion.way_of(5) == Way::together);
}

TEST_CASE("what lies above a refused batch does not overtake it, and is read again when its rows have arrived") {
  Suspicion suspicion;
  suspicion.accuse(5);
  for (const auto position : {4, 5}) {
    CHECK(suspicion.way_of(position) == Way::alone);
    suspicion.sent_alone();
  }
  CHECK(suspicion.way_of(7) == Way::later);
  CHECK(suspicion.way_of(8) == Way::later);
  CHECK_FALSE(suspicion.done());
  CHECK(suspicion.way_of(6) == Way::later);
  CHECK(suspicion.done() == 6);
  CHECK(suspicion.way_of(6) == Way::together);
}

TEST_CASE("rows that are lost with their producer go alone once more") {
  Suspicion suspicion;
  suspicion.accuse(5);
  suspicion.sent_alone();
  CHECK(suspicion.way_of(6) == Way::later);
  suspicion.lost();
  CHECK(suspicion.way_of(5) == Way::alone);
  suspicion.sent_alone();
  CHECK_FALSE(suspicion.done());
  CHECK(suspicion.way_of(6) == Way::together);
}
