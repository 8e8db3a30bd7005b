#pragma once

#include "relay/domain/row.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace relay {

/// How the rows of a topic go to Kafka after the broker refused a batch of them: it does not say which row it minds.
///
/// From the lowest to the highest row of such a batch they go one by one, in order, through a producer of their own, so that a
/// refusal accuses that row alone. What lies above waits until these are acknowledged, and goes together again: through another
/// producer it would overtake them.
class Suspicion {
 public:
  enum class Way : std::uint8_t { together, alone, later };

  /// The broker refused it with its batch. Rows from the batch's lowest one on are read again.
  void accuse(Position position) noexcept { through_ = std::max(through_.value_or(position), position); }

  /// How a row goes; rows are asked for in order of their positions. `later`: not now, `done` says when.
  [[nodiscard]] Way way_of(Position position) noexcept {
    if (!through_) return Way::together;
    if (position <= *through_) return Way::alone;
    if (on_their_way_ > 0) {
      later_from_ = std::min(later_from_.value_or(position), position);
      return Way::later;
    }
    through_.reset();
    return Way::together;
  }

  void sent_alone() noexcept { ++on_their_way_; }

  /// One of these is acknowledged, or came back. @return from where to read again: nothing is in the way any more of rows that
  /// were told to go later
  [[nodiscard]] std::optional<Position> done() noexcept {
    if (on_their_way_ == 0 || --on_their_way_ > 0) return std::nullopt;
    const auto from = later_from_;
    later_from_.reset();
    return from;
  }

  /// Their producer is gone. All that was on its way alone is read again, and with it all that lies above.
  void lost() noexcept {
    on_their_way_ = 0;
    later_from_.reset();
  }

 private:
  std::optional<Position> through_;
  std::optional<Position> later_from_;
  std::size_t on_their_way_ = 0;
};

}  // namespace relay
