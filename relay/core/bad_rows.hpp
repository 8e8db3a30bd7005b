#pragma once

#include "relay/core/dead_letters.hpp"
#include "relay/domain/blocks.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace relay::core {

/// What happens to a row that cannot be sent.
enum class OnBadRow : std::uint8_t {
  block,  ///< its key waits
  park,   ///< it moves to the dead-letter table, and its key goes on
  topic,  ///< it goes to the dead-letter topic, and its key goes on
};

[[nodiscard]] std::string_view word_of(OnBadRow policy) noexcept;

/// A row that is to move to the dead-letter table, if it is still the one that was read.
struct Parking {
  Fingerprint fingerprint = 0;
  Verdict verdict;
};

/// What is to be written among the dead letters, a small part at a time: settlements must not wait long for it.
struct DeadWork {
  std::vector<Parking> park;
  std::vector<Verdict> record;
  std::vector<Position> forget;
};

/// What became of a row that was to be parked.
struct Parked {
  Position position = 0;
  std::string trouble;  ///< empty: it has moved, or is gone
};

/// What is known of bad rows and not written down yet. The loop's thread only.
class BadRows {
 public:
  explicit BadRows(OnBadRow policy) : policy_(policy) {}

  [[nodiscard]] OnBadRow policy() const noexcept { return policy_; }

  /// The record of a block: to be written, or brought up to date. @return whether there was none of that row under that name
  bool blocked(const BlockedName& name, Verdict verdict);
  /// It is taken back.
  void lifted(const BlockedName& name);

  /// The row has failed alone: when it is read again, its policy applies.
  void convict(Position position, Fingerprint fingerprint, Fault fault);
  /// @return nothing: it has not, or is another row by now
  [[nodiscard]] std::optional<Fault> take_conviction(const Row& row);

  /// These names wait until `parked` says what became of the row.
  void park(std::vector<BlockedName> names, Parking parking);
  [[nodiscard]] bool parking(Position position) const { return parking_.contains(position); }
  [[nodiscard]] bool parking() const noexcept { return !parking_.empty(); }
  [[nodiscard]] std::set<BlockedName> names_parking() const;
  struct Waiting {
    std::vector<BlockedName> names;
    Verdict verdict;
  };
  /// @return nobody: it was not to be parked, or `forget` came between
  [[nodiscard]] Waiting parked(Position position);

  /// What was found out of rows counts no more, and none that is still here is parked: another relay may be sending them.
  void forget();

  /// @return nothing: all is written
  [[nodiscard]] std::optional<DeadWork> take_work();

 private:
  OnBadRow policy_;
  std::map<BlockedName, Position> recorded_;
  std::map<Position, Verdict> to_record_;
  std::set<Position> to_forget_;
  std::vector<Parking> to_park_;
  std::unordered_map<Position, Waiting> parking_;
  std::unordered_map<Position, std::pair<Fingerprint, Fault>> convicted_;
};

}  // namespace relay::core
