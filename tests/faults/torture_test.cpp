#include "tests/faults/torture.hpp"

#include <cstdlib>
#include <future>
#include <iostream>

using namespace std::chrono_literals;
using faults::Broken;

namespace {

std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<std::uint32_t>(std::stoul(value));
}

faults::TortureSettings settings_on(const e2e::Server& server) {
  faults::TortureSettings settings;
  settings.server = server;
  settings.time = std::chrono::seconds(from_environment("OUTBOX_RELAY_TORTURE_SECONDS", 60));
  settings.seed = from_environment("OUTBOX_RELAY_TORTURE_SEED", 42);
  settings.faults = faults::usual_faults(server);
  return settings;
}

void check(const faults::Verdict& verdict) {
  std::cout << verdict.figures << std::endl;
  INFO(verdict.figures);
  INFO(verdict.logs);
  for (const auto& complaint : verdict.complaints) FAIL_CHECK(complaint);
  CHECK(verdict.audit.messages > 100);
}

}  // namespace

TEST_CASE("nothing is lost, invented, reordered or stuck while relays, sessions and the broker are killed") {
  const auto servers = e2e::servers();
  for (std::size_t i = 0; i < servers.size(); i += 2) {  // two at a time
    std::vector<std::future<faults::Verdict>> running;
    for (std::size_t j = i; j < std::min(i + 2, servers.size()); ++j) {
      running.push_back(std::async(std::launch::async, [settings = settings_on(servers[j])] { return faults::torture(settings); }));
    }
    for (auto& verdict : running) check(verdict.get());
  }
}

TEST_CASE("the books show what a cursor over ids loses, and what this relay would lose without its gaps") {
  ON_EVERY_SERVER();
  if (server.name == "sqlite") return;  // one writer: ids appear in order, and nobody can lose a late one
  const auto how = GENERATE(Broken::last_id, Broken::no_gaps);
  auto settings = settings_on(server);
  settings.time = 5s;
  settings.broken = how;
  const auto verdict = faults::torture(settings);
  INFO(verdict.figures);
  CHECK(verdict.audit.messages > 10);
  CHECK(verdict.audit.lost.size() > 10);
  CHECK(verdict.left == verdict.audit.lost.size());
  CHECK(verdict.audit.invented.empty());
}
