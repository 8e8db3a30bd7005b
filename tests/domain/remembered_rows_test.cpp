#include "relay/domain/remembered_rows.hpp"

#include "relay/domain/look_back.hpp"
#include "tests/support/catch.hpp"

#include <map>
#include <random>
#include <string>

using namespace relay;

TEST_CASE("what is remembered is what a map would hold, whatever comes and goes") {
  std::minstd_rand random(GENERATE(1U, 2U, 3U));
  const auto draw = [&](unsigned below) { return std::uniform_int_distribution<unsigned>(0, below - 1)(random); };
  RememberedRows rows(100'000);
  std::map<RowKey, SentVersion> model;
  Micros low = 0;
  for (int step = 0; step < 20'000; ++step) {
    const auto key = row_key(std::to_string(draw(3000)));
    const SentVersion version{key, 1 + draw(3), low + draw(100)};
    const auto what = draw(100);
    if (what == 0) {
      low += draw(40);
      rows.forget_before(low);
      std::erase_if(model, [&](const auto& entry) { return entry.second.time < low; });
    } else if (what < 5) {
      rows.forget(key);
      if (const auto found = model.find(key); found != model.end()) found->second.fingerprint = 0;
    } else if (what < 60) {
      REQUIRE(rows.remember(version));
      model[key] = version;
    } else {
      const auto found = model.find(key);
      REQUIRE(rows.knows(key, version.fingerprint) == (found != model.end() && found->second.fingerprint == version.fingerprint));
    }
    REQUIRE(rows.size() == model.size());
  }
  CHECK_FALSE(rows.full());
}

TEST_CASE("a row that was changed back is not taken for the one that was sent before") {
  RememberedRows rows(10);
  rows.remember({7, 1, 5});
  rows.remember({7, 2, 5});
  CHECK_FALSE(rows.knows(7, 1));
  CHECK(rows.knows(7, 2));
}

TEST_CASE("memory is bounded, and says when it is at its end") {
  RememberedRows rows(1000);
  for (RowKey key = 1; key <= 1000; ++key) REQUIRE(rows.remember({key, 1, static_cast<Micros>(key)}));
  CHECK_FALSE(rows.full());
  CHECK_FALSE(rows.remember({2000, 1, 2000}));
  CHECK(rows.full());
  CHECK(rows.remember({5, 2, 1500}));
  rows.forget_before(1);
  CHECK(rows.full());
  CHECK(rows.bytes() <= 1000 * (sizeof(SentVersion) + 16));
  rows.forget_before(501);
  CHECK_FALSE(rows.full());
  CHECK(rows.size() == 501);
  CHECK(rows.knows(5, 2));
  CHECK_FALSE(rows.knows(500, 1));
}
