#pragma once

#include "tests/domain/model/books.hpp"
#include "tests/domain/model/world.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace model {

/// The first thing that went wrong in a schedule, if anything did.
struct Verdict {
  std::optional<Breach> breach;
  std::string how;
};

/// Interleaves application, relays, broker and faults at random; then the faults end and the outbox is drained.
[[nodiscard]] Verdict run_schedule(const World& world, Rule off, std::uint32_t seed);

}  // namespace model
