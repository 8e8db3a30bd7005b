#pragma once

#include "relay/domain/timestamp.hpp"

#include <chrono>
#include <limits>
#include <optional>

namespace relay {

constexpr Micros earliest_time = std::numeric_limits<Micros>::min();  ///< `-infinity`, and what lies before year 1
constexpr Micros latest_time = std::numeric_limits<Micros>::max();    ///< `infinity`, and what lies behind year 9999

/// What the database says of its clock and of who may still write; read BEFORE the rows that it is meant for.
struct Horizon {
  Micros now = 0;                        ///< by the database's clock
  std::optional<Micros> oldest_start{};  ///< since when the oldest open transaction or statement runs; none: nobody writes
  bool held = false;                     ///< somebody may write of whom it is not known since when (a prepared transaction)
  bool sees_writers = false;             ///< false: this role does not see them all, `oldest_start` is not the whole truth
};

/// The newest time seen in the table, and what the database's clock said then at the latest.
struct NewestSeen {
  Micros time = 0;
  Micros at = 0;

  friend bool operator==(const NewestSeen&, const NewestSeen&) = default;
};

/// Below which time no row can appear any more (guarantees.md, Table polling).
///
/// A row gets its time when its transaction or its statement begins, and appears when it commits. So below
/// `now - look-back - age of the oldest open writer` everything has appeared, to whoever reads after that was asked.
/// The clock that counts is the table's own: where its times lag behind the database's clock (a local time in a column without a
/// zone, an application's slow clock), they go on from the newest one that was seen.
/// Pure: the times come in as values.
class LookBack {
 public:
  explicit LookBack(std::chrono::microseconds length) : length_(length) {}

  /// What was known when the state was saved. @param low  everything below had appeared
  void resume(Micros low, std::optional<NewestSeen> newest) noexcept;

  /// A row has this time; the two ends of time say nothing of a clock.
  void saw(Micros time) noexcept;

  /// @return the time below which every row has appeared that ever will, for those who read from now on; never goes back
  [[nodiscard]] Micros take(const Horizon& horizon) noexcept;
  /// The same for who begins at the table's end: where it is not known since when somebody may write, the length alone counts.
  [[nodiscard]] Micros take_at_end(const Horizon& horizon) noexcept;

  [[nodiscard]] std::chrono::microseconds length() const noexcept { return length_; }
  [[nodiscard]] Micros low() const noexcept { return low_; }
  [[nodiscard]] const std::optional<NewestSeen>& newest() const noexcept { return newest_; }

 private:
  std::chrono::microseconds length_;
  Micros low_ = earliest_time;
  std::optional<NewestSeen> newest_;
  bool grew_ = false;  // since the last horizon
};

}  // namespace relay
