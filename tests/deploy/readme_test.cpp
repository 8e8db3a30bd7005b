#include "tests/architecture/shell.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/paths.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++found;
  return found;
}

bool has_servers() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing else runs yet
  const auto set = [](const char* name) { return std::getenv(name) != nullptr; };
  return set("OUTBOX_RELAY_TEST_POSTGRES") && set("OUTBOX_RELAY_TEST_MYSQL") && set("OUTBOX_RELAY_TEST_KAFKA");
}

}  // namespace

TEST_CASE("by the commands of README.md alone an event gets from PostgreSQL and from MySQL to Kafka") {
  if (!has_servers()) SKIP("no servers");
  const auto [code, output] = architecture::shell(std::string(test::source_folder) + "/tests/deploy/readme.sh");
  INFO(output);
  CHECK(code == 0);
  CHECK(count(output, "==> Demo") == 2);
  CHECK(count(output, R"(key=o-1 headers=id=1,event_type=OrderPlaced value={"total":12})") == 2);
  CHECK(count(output, "pending   0\n") == 4);
  CHECK(count(output, "row 2 (blocked) will be tried again\n") == 2);
  CHECK(count(output, "dead      0 blocked, 0 parked, 1 skipped\n") == 2);
  CHECK(count(output, "ready\n") >= 2);
  CHECK(count(output, "outbox_relay_pending 0\n") == 2);
  CHECK(count(output, R"("name":"Ada")") == 2);
  CHECK(count(output, R"("name":"Grace")") == 2);
}
