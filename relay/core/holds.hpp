#pragma once

#include "relay/core/bad_rows.hpp"
#include "relay/core/events.hpp"
#include "relay/core/observer.hpp"
#include "relay/domain/blocks.hpp"
#include "relay/domain/message.hpp"

#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relay::core {

/// Counted so in outbox_relay_publish_errors_total.
[[nodiscard]] std::string_view class_of(Blame blame) noexcept;

/// Who would wait if this message could not be sent: its key, for a fault of the row's own; else its whole topic.
[[nodiscard]] BlockedName name_of(const Message& message, Position position, Blame blame);

/// Who waits because a row cannot be sent, with all that is said, counted and written down of it (P5). The loop's thread only.
class Holds {
 public:
  Holds(OnBadRow policy, Observer& observer) : observer_(observer), bad_rows_(policy) {}

  /// The row was tried and failed: its name waits and is probed after a back-off.
  void hold(const BlockedName& name, Position position, const Fault& fault, Instant now);
  /// Its name waits, and the row is read again alone at once; only then it counts as failed.
  void accuse(const BlockedName& name, Position position, const Fault& fault, Instant now);
  /// `hold`, unless the policy moves such a row away: that needs it at hand, alone.
  void hold_bad(const BlockedName& name, Position position, const Fault& fault, Instant now);

  /// These go on, and rows are read again from there. A lower row may have come meanwhile: then that one is probed at once.
  void lift(const std::vector<BlockedName>& names, Position position, const std::string& why);
  /// A row's own fault blocks no topic: these are lifted and taken out of the names. @return whether there were any
  bool lift_topics(std::vector<BlockedName>& names, Position position);
  /// From where rows have to be read again since the last call.
  [[nodiscard]] std::optional<Position> take_rewind() { return std::exchange(rewind_, std::nullopt); }

  /// These names wait until `take` says what became of the row.
  void park(std::vector<BlockedName> names, const Row& row, const Fault& fault);
  void take(const DeadDone& done, Instant now);

  /// All rows will be read again. Who is probed or being parked goes on waiting: through another producer, or before it has moved,
  /// its rows would overtake.
  void read_anew(std::set<BlockedName> probed);
  /// Nobody waits and no row is parked, as at the start.
  void forget();

  /// Of one who waits: who, and why. Empty: nobody does.
  [[nodiscard]] std::string example() const;

  [[nodiscard]] Blocks& blocks() noexcept { return blocks_; }
  [[nodiscard]] const Blocks& blocks() const noexcept { return blocks_; }
  [[nodiscard]] BadRows& bad_rows() noexcept { return bad_rows_; }
  [[nodiscard]] const BadRows& bad_rows() const noexcept { return bad_rows_; }
  /// Evenly in [0, 1), for back-offs.
  [[nodiscard]] double random() { return std::uniform_real_distribution<double>{}(random_); }

 private:
  void say_waits(const BlockedName& name, Position position, const Fault& fault);

  Observer& observer_;
  Blocks blocks_;
  BadRows bad_rows_;
  std::optional<Position> rewind_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace relay::core
