#include "tests/faults/fleet.hpp"

#include <csignal>

namespace faults {
namespace {

using namespace std::chrono_literals;

/// shutdown.flush + 2 s are promised; the rest is for a machine with two processors and more than two things to do.
constexpr auto longest_end = 8s + 2s + 5s;

std::string tail(const std::string& text, std::size_t lines) {
  auto at = text.size();
  while (at > 0 && lines > 0) {
    at = text.rfind('\n', at - 1);
    if (at == std::string::npos) return text;
    --lines;
  }
  return text.substr(at);
}

}  // namespace

void Fleet::start(Relay& relay) {
  relay = {.process = std::make_unique<e2e::RelayProcess>(words_), .wakes_at = std::nullopt, .starts_at = std::nullopt};
}

void Fleet::grow(std::size_t relays) {
  while (relays_.size() < relays) start(relays_.emplace_back());
}

void Fleet::kill(std::size_t relay, std::chrono::milliseconds pause) {
  auto& victim = relays_[relay];
  if (victim.starts_at) return;
  victim.process->signal(SIGKILL);
  if (victim.process->wait(10s) != 128 + SIGKILL) complain(victim, "was killed and ended otherwise");
  victim.wakes_at.reset();
  victim.starts_at = Clock::now() + pause;
}

void Fleet::freeze(std::size_t relay, std::chrono::milliseconds time) {
  auto& victim = relays_[relay];
  if (victim.starts_at) return;
  victim.process->signal(SIGSTOP);
  victim.wakes_at = Clock::now() + time;
}

void Fleet::wake(Relay& relay) {
  relay.process->signal(SIGCONT);
  relay.wakes_at.reset();
}

void Fleet::terminate(std::size_t relay) {
  auto& victim = relays_[relay];
  if (victim.starts_at) return;
  end_in_order(victim);
  start(victim);
}

void Fleet::end_in_order(Relay& relay) {
  if (relay.wakes_at) wake(relay);
  relay.process->signal(SIGTERM);
  const auto code = relay.process->wait(longest_end);
  if (!code) complain(relay, "did not end in time after SIGTERM");
  const bool had_not_begun = code == 128 + SIGTERM && relay.process->output().empty();  // the loader was still at work
  if (code && *code != 0 && !had_not_begun) complain(relay, "ended with " + std::to_string(*code) + " after SIGTERM");
}

void Fleet::tend() {
  for (auto& relay : relays_) {
    if (relay.wakes_at && Clock::now() >= *relay.wakes_at) wake(relay);
    if (relay.starts_at) {
      if (Clock::now() >= *relay.starts_at) start(relay);
      continue;
    }
    if (const auto code = relay.process->wait(0ms)) {
      complain(relay, "ended by itself with " + std::to_string(*code));
      start(relay);
    }
  }
}

void Fleet::settle_down() {
  for (auto& relay : relays_) {
    if (relay.wakes_at) wake(relay);
    if (relay.starts_at) start(relay);
  }
}

void Fleet::dismiss() {
  settle_down();
  for (auto& relay : relays_) end_in_order(relay);
  relays_.clear();
}

void Fleet::complain(const Relay& relay, const std::string& what) {
  complaints_.push_back("a relay " + what + "; its last lines:\n" + tail(relay.process->output(), 15));
}

std::string Fleet::logs() const {
  std::string all;
  for (const auto& relay : relays_) all += "--- relay ---\n" + tail(relay.process->output(), 25) + "\n";
  return all;
}

}  // namespace faults
