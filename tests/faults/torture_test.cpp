#include "tests/faults/torture.hpp"

#include <cstdlib>
#include <future>
#include <iostream>

using namespace std::chrono_literals;
using faults::Broken;

namespace {

constexpr std::size_t enough_lost = 10;

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

/// How much is lost in a time depends on the machine.
faults::Verdict until_lost(faults::TortureSettings settings) {
  auto verdict = faults::torture(settings);
  for (; verdict.audit.lost.size() <= enough_lost && settings.time < 80s; verdict = faults::torture(settings)) settings.time *= 4;
  return verdict;
}

/// All at once.
std::vector<faults::Verdict> run(const std::vector<faults::TortureSettings>& all) {
  std::vector<std::future<faults::Verdict>> running;
  running.reserve(all.size());
  for (const auto& settings : all) {
    running.push_back(std::async(std::launch::async, [settings] {
      return settings.broken == Broken::no ? faults::torture(settings) : until_lost(settings);
    }));
  }
  std::vector<faults::Verdict> verdicts;
  verdicts.reserve(all.size());
  for (auto& verdict : running) verdicts.push_back(verdict.get());
  return verdicts;
}

}  // namespace

TEST_CASE("nothing is lost, invented, reordered or stuck while relays, sessions and the broker are killed") {
  std::vector<faults::TortureSettings> settings;
  for (const auto& server : e2e::servers()) {
    settings.push_back(settings_on(server));
    settings.back().mark = settings.size() % 2 == 0;
    if (settings.size() > 1)
      std::erase(settings.back().faults, faults::Fault::broker);  // they share it: it would hardly ever be up
  }
  for (const auto& verdict : run(settings)) check(verdict);
}

TEST_CASE("the books show what a cursor over ids loses, and what this relay would lose without its gaps") {
  std::vector<faults::TortureSettings> settings;
  for (const auto& server : e2e::servers()) {
    if (server.name == "sqlite") continue;  // one writer: ids appear in order, and nobody can lose a late one
    for (const auto how : {Broken::last_id, Broken::no_gaps}) {
      settings.push_back(settings_on(server));
      settings.back().time = 5s;
      settings.back().broken = how;
    }
  }
  for (const auto& verdict : run(settings)) {
    INFO(verdict.figures);
    CHECK(verdict.audit.messages > 10);
    CHECK(verdict.audit.lost.size() > enough_lost);
    CHECK(verdict.left == verdict.audit.lost.size());
    CHECK(verdict.audit.invented.empty());
  }
}
