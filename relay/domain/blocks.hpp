#pragma once

#include "relay/domain/backoff.hpp"
#include "relay/domain/fault.hpp"
#include "relay/domain/open_gaps.hpp"
#include "relay/domain/row.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace relay {

/// Who waits: a key of a topic, or the whole topic.
struct BlockedName {
  std::string topic;
  std::optional<std::string> key;

  friend auto operator<=>(const BlockedName&,
                          const BlockedName&) = default;  // NOLINT(modernize-use-nullptr): a false alarm of clang-tidy 14
};

/// Why and since when somebody waits.
struct Block {
  Position lowest = 0;  ///< the row in the way; everything above waits behind it
  std::string reason;
  Blame blame = Blame::nobody;
  std::uint32_t attempts = 0;  ///< how often the row failed by its own fault; outages and topics never count (P4)
  Instant next_probe;
  bool undecided = false;  ///< its batch was rejected: whether its own row is at fault, the next probe tells
  bool suspended = false;  ///< not probed: its row is being moved away
  Backoff backoff{std::chrono::seconds(1), std::chrono::minutes(1)};
  Backoff before_probe = backoff;  ///< what the back-off was when it was probed last
};

/// The keys and topics that wait because their lowest row cannot be sent (P5).
///
/// A blocked name is probed with its lowest row alone; only after success it is lifted, and the claim rewinds to that row.
class Blocks {
 public:
  /// @return whether nobody waited under that name before
  bool block(const BlockedName& name, Position position, const Fault& fault, Instant now, double random);

  /// Blocks a name on suspicion: it is probed at once, and no attempt counts.
  /// @return as of `block`
  bool accuse(const BlockedName& name, Position position, const std::string& reason, Instant now, double random);
  [[nodiscard]] bool undecided() const;
  /// Whether anybody waits for no fault of a row or a topic: an outage, perhaps.
  [[nodiscard]] bool any_blameless() const noexcept;

  /// Whether a row of this topic and key has to wait. Lower rows than the lowest known become the lowest.
  [[nodiscard]] bool waits(std::string_view topic, std::optional<std::string_view> key, Position position);

  using MayProbe = std::function<bool(const BlockedName&, Position lowest)>;
  /// Whether anybody at all waits below this row.
  [[nodiscard]] bool any_below(Position position) const noexcept;

  /// The lowest rows whose time to be probed has come, at most so many; each is then due again after its back-off.
  /// @param may_probe  false: not yet, its predecessors are still on their way; asked again soon
  [[nodiscard]] std::vector<Position> due(Instant now, double random, std::size_t most, const MayProbe& may_probe);
  [[nodiscard]] std::optional<Instant> next_due() const;
  /// Somebody asks: everybody's time has come at `when` at the latest.
  void hurry(Instant when);

  /// Not probed any more until it is blocked anew or postponed.
  void suspend(const BlockedName& name);

  /// The row that waits lowest under this name; none: nobody waits.
  [[nodiscard]] const Block* find(const BlockedName& name) const;

  /// Its turn has not come yet: it is due again then.
  void postpone(const BlockedName& name, Instant until);

  /// Its probe ended without saying anything of its row: it is due again then, as if it had not been probed.
  void give_back(const BlockedName& name, Instant when);

  /// Who waits behind this row, if anybody.
  [[nodiscard]] std::vector<BlockedName> behind(Position position) const;
  /// Its row is gone or was sent. @return false: meanwhile another row stands in the way, or none
  bool lift(const BlockedName& name, Position position);
  /// Nobody else waits any more: all rows are read again, and who has to wait is held again.
  void keep_only(const std::set<BlockedName>& names);

  [[nodiscard]] bool empty() const noexcept { return blocks_.empty(); }
  [[nodiscard]] const std::map<BlockedName, Block>& all() const noexcept { return blocks_; }

 private:
  std::map<BlockedName, Block> blocks_;
};

}  // namespace relay
