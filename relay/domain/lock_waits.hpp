#pragma once

#include "relay/domain/in_flight.hpp"
#include "relay/domain/open_gaps.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

namespace relay {

/// Rows that Kafka has and that cannot be settled yet, because somebody else has locked some of them: which to try next.
/// Pure: told the time.
///
/// One locked row fails the statement for all. So they are tried again in parts, one part at a time and in turn with all else,
/// until each locked row is alone; that one is asked for now and then.
class LockWaits {
 public:
  /// A settlement of these waited in vain. @param rows  ascending
  void add(std::vector<Acknowledged> rows, Instant now);

  /// Takes out the rows to be tried now; they count until `tried`. @return empty: none are
  [[nodiscard]] std::vector<Acknowledged> next(Instant now);
  /// What was taken out is settled, or will be added again.
  void tried() noexcept;

  /// When there are rows to be tried. @return nothing: none wait
  [[nodiscard]] std::optional<Instant> due() const;
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

 private:
  struct Part {
    std::vector<Acknowledged> rows;
    Instant due;
  };

  std::deque<Part> parts_;
  std::size_t rows_ = 0;
  std::size_t under_way_ = 0;  // of these
};

}  // namespace relay
