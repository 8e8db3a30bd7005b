#pragma once

#include "relay/domain/interval.hpp"

#include <cstddef>
#include <map>
#include <span>

namespace relay {

/// Gaps that were proven dead, the latest ones: a row that arrives in one had its id drawn ahead of the INSERT, and so does not
/// keep to what the proofs rest on (guarantees.md, Late commits, 5).
class DeadGaps {
 public:
  static constexpr std::size_t most = 10'000;  ///< then the lowest are forgotten

  void add(Interval gap);
  /// Rows arrived. @param positions  ascending @return how many of them were in dead gaps
  [[nodiscard]] std::size_t arrived(std::span<const Position> positions) const;
  void clear() noexcept { gaps_.clear(); }

 private:
  std::map<Position, Position> gaps_;  // from the highest id of each to its lowest
};

}  // namespace relay
