#include "relay/core/report.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/support/catch.hpp"

using namespace relay;

namespace {

core::LinkChange up() {
  return {.up = true, .product = "a database", .why = {}, .misconfigured = false};
}

core::LinkChange down(const std::string& why) {
  return {.up = false, .product = {}, .why = why, .misconfigured = false};
}

}  // namespace

TEST_CASE("where rows cannot be settled the status says so, until something is done over a new connection") {
  core::SilentObserver silence;
  core::Report report(silence);
  report.database(up());
  report.settling(down("too many connections"));
  CHECK(report.status().database_outage == "rows cannot be settled: too many connections");
  CHECK(report.status().db_connected);
  report.settling(up());
  CHECK(report.status().database_outage == "rows cannot be settled: too many connections");
  report.settling_works();
  CHECK(report.status().database_outage.empty());
}

TEST_CASE("a connection that reads again does not hide that rows cannot be settled") {
  core::SilentObserver silence;
  core::Report report(silence);
  report.settling(down("no right"));
  report.database(down("no answer"));
  CHECK(report.status().database_outage == "no answer");
  report.database(up());
  CHECK(report.status().database_outage == "rows cannot be settled: no right");
}
