#include "tests/domain/model/schedule.hpp"

#include "tests/domain/model/outbox.hpp"
#include "tests/domain/model/relay.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

namespace model {
namespace {

constexpr int steps_with_faults = 600;
constexpr int steps_to_drain = 60'000;
constexpr std::size_t steps_between_faults = 40;

class Schedule {
 public:
  Schedule(const World& world, Rule off, std::uint32_t seed) : world_(world), off_(off), random_(seed) {
    for (std::size_t i = 0; i < world.relays; ++i) relays_.push_back(make_relay());
  }

  Verdict run() {
    for (int i = 0; i < steps_with_faults && !books_.broken(); ++i) {
      if (random_.one_in(steps_between_faults)) fail();
      if (random_.one_in(3)) outbox_.write();
      step();
    }
    for (const auto& relay : relays_) relay->heal();
    frozen_ = nullptr;
    for (int i = 0; i < steps_to_drain && !books_.broken() && !drained(); ++i) {
      outbox_.write();
      now_ += std::chrono::milliseconds(500);
      step();
    }
    if (!drained()) books_.breach(Breach::stuck, "rows or gaps are left");
    if (!books_.complete()) books_.breach(Breach::lost, "a committed row was not published");
    return {books_.broken(), books_.how()};
  }

 private:
  std::unique_ptr<Relay> make_relay() { return std::make_unique<Relay>(outbox_, books_, random_, world_, off_); }

  void step() {
    now_ += std::chrono::milliseconds(50);
    auto& relay = relays_[random_.below(relays_.size())];
    if (relay.get() != frozen_) relay->step(now_);
  }

  void fail() {
    auto& relay = relays_[random_.below(relays_.size())];
    switch (random_.below(5)) {
      case 0:
        if (!world_.kills) return;
        relay->end();
        if (relay.get() == frozen_) frozen_ = nullptr;
        relay = make_relay();
        return;
      case 1:
        if (world_.producers_fail) relay->replace_producer();
        return;
      case 2:
        if (world_.rewinds) relay->rewind();
        return;
      case 3:
        if (!world_.restarts) return;
        outbox_.restart();
        for (const auto& each : relays_) each->lose_connections();
        return;
      default:
        if (world_.frozen) frozen_ = frozen_ == nullptr ? relay.get() : nullptr;
    }
  }

  bool drained() {
    return outbox_.all_written() && outbox_.empty() &&
           std::ranges::all_of(relays_, [](const auto& relay) { return relay->at_rest(); });
  }

  World world_;
  Rule off_;
  Random random_;
  Books books_;
  Outbox outbox_{random_, world_, books_};
  std::vector<std::unique_ptr<Relay>> relays_;
  const Relay* frozen_ = nullptr;
  relay::Instant now_;
};

}  // namespace

Verdict run_schedule(const World& world, Rule off, std::uint32_t seed) {
  return Schedule(world, off, seed).run();
}

}  // namespace model
