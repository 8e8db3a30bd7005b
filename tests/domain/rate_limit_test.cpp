#include "relay/domain/rate_limit.hpp"

#include "tests/support/catch.hpp"

#include <random>
#include <vector>

using namespace std::chrono_literals;
using relay::Instant;
using relay::RateLimit;

namespace {

struct Sending {
  Instant at;
  std::size_t rows;
};

/// Sends whenever it may, each time a little late and not always all that it may.
std::vector<Sending> send_at_random(RateLimit limit, std::chrono::nanoseconds most_late, std::uint32_t seed) {
  std::minstd_rand random(seed);
  std::vector<Sending> sendings;
  Instant now{1h};
  for (int i = 0; i < 200; ++i) {
    now = std::max(now, limit.open_at()) + std::chrono::nanoseconds(random() % static_cast<std::uint64_t>(most_late.count()));
    const auto rows = 1 + random() % limit.bucket();
    limit.sent(rows, now);
    sendings.push_back({now, rows});
  }
  return sendings;
}

}  // namespace

TEST_CASE("without a rate nothing is held up") {
  RateLimit limit(std::nullopt);
  CHECK(limit.at_most(5000) == 5000);
  limit.sent(1'000'000, Instant{1h});
  CHECK(limit.open_at() <= Instant{1h});
}

TEST_CASE("in every span of time no more rows are sent than the rate allows and the bucket holds twice") {
  const std::uint64_t rate = GENERATE(1U, 7U, 100U, 12'345U, 10'000'000U);
  const auto late = GENERATE(1ns, 3ms, 500ms);
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    const RateLimit limit(rate);
    const auto sendings = send_at_random(limit, late, seed);
    for (std::size_t first = 0; first < sendings.size(); ++first) {
      std::size_t rows = 0;
      for (std::size_t last = first; last < sendings.size(); ++last) {
        rows += sendings[last].rows;
        const std::chrono::duration<double> span = sendings[last].at - sendings[first].at;
        const auto allowed = static_cast<double>(rate) * span.count() + 2.0 * static_cast<double>(limit.bucket());
        if (static_cast<double>(rows) > allowed + 1e-6 * allowed) FAIL(rows << " rows in " << span.count() << " s");
      }
    }
  }
}

TEST_CASE("who sends a full bucket whenever it is open, a little late, comes to the full rate") {
  const std::uint64_t rate = GENERATE(10U, 100U, 12'345U, 1'000'000U);
  RateLimit limit(rate);
  const Instant start{1h};
  auto now = start;
  std::size_t rows = 0;
  while (now < start + 60s) {
    now = std::max(now, limit.open_at()) + 20ms;
    limit.sent(limit.bucket(), now);
    rows += limit.bucket();
  }
  const std::chrono::duration<double> span = now - start;
  CHECK(static_cast<double>(rows) >= 0.99 * static_cast<double>(rate) * span.count());
}

TEST_CASE("what is sent over the bucket is paid for before anything else goes") {
  RateLimit limit(100);
  const Instant now{1h};
  CHECK(limit.at_most(5000) == 10);
  CHECK(limit.at_most(3) == 3);
  limit.sent(210, now);
  CHECK(limit.open_at() == now + 2s);
  limit.sent(0, now + 1h);
  CHECK(limit.open_at() == now + 2s);
}

TEST_CASE("idle time is not saved up") {
  RateLimit limit(100);
  limit.sent(10, Instant{1h});
  limit.sent(20, Instant{5h});
  CHECK(limit.open_at() == Instant{5h} + 100ms);
}

TEST_CASE("the lowest rate lets one row through at a time") {
  RateLimit limit(1);
  CHECK(limit.at_most(5000) == 1);
  limit.sent(1, Instant{1h});
  limit.sent(1, Instant{1h});
  CHECK(limit.open_at() == Instant{1h} + 1s);
}
