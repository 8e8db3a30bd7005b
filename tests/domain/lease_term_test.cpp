#include "relay/domain/lease_term.hpp"

#include "tests/support/catch.hpp"

using namespace std::chrono_literals;
using relay::ask_again_after;
using relay::BootInstant;
using relay::LeaseTerm;
using relay::renew_after;

TEST_CASE("a holder acts from the moment when its renewal was sent until a margin before the lease expires") {
  const BootInstant sent_at{1h};
  const LeaseTerm term(sent_at, 15s);
  CHECK(term.lasts(sent_at));
  CHECK(term.lasts(sent_at + 11999ms));
  CHECK_FALSE(term.lasts(sent_at + 12s));
  CHECK_FALSE(term.lasts(sent_at + 15s));
}

TEST_CASE("a renewal whose answer comes after its own end brings nothing") {
  const BootInstant sent_at{1h};
  CHECK_FALSE(LeaseTerm(sent_at, 1s).lasts(sent_at + 1h));
}

TEST_CASE("a renewal may fail twice before the term ends") {
  const BootInstant sent_at{1h};
  for (const auto ttl : {1000ms, 15000ms, 600000ms}) {
    CHECK(LeaseTerm(sent_at, ttl).lasts(sent_at + 2 * renew_after(ttl)));
  }
}

TEST_CASE("who stands by asks at least once a second, sooner where the lease expires sooner, and never without a pause") {
  CHECK(ask_again_after(15s, 14s) == 1s);
  CHECK(ask_again_after(15s, 300ms) == 300ms);
  CHECK(ask_again_after(15s, 0ms) == 20ms);
  CHECK(ask_again_after(15s, -5s) == 20ms);
  CHECK(ask_again_after(1s, 900ms) == 333ms);
}
