#pragma once

#include "relay/domain/dead_gaps.hpp"
#include "relay/domain/density.hpp"
#include "relay/domain/interval.hpp"
#include "relay/domain/known_rows.hpp"
#include "relay/domain/open_gaps.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace relay {

/// How unsent rows are found (guarantees.md, Late commits).
enum class Scan : std::uint8_t {
  gaps,  ///< forward from the last id, then the open gaps
  head,  ///< forward, then everything below but the rows that are known: ids that are not dense, or no proof that a gap is dead
};

/// What to read next.
struct ClaimOrder {
  enum class Kind : std::uint8_t {
    forward,  ///< above `after`, then the gaps
    head,     ///< the same, where all that is not known is a gap
    sweep,    ///< the same for one page of rows that were read before: for what the others missed
    ids,      ///< only `ids`: the lowest rows of blocked keys and topics
  };
  Kind kind = Kind::forward;
  std::uint64_t number = 0;
  Position after = lowest_position;
  std::vector<Interval> gaps{};  ///< to be read after the rows above: open when the order was made
  std::vector<Position> ids{};
  std::size_t row_limit = 0;
  bool read_writers = false;  ///< before the rows, read who could still fill a gap
};

/// What a claim brought, as positions; see core/claim.hpp for the rows.
struct ClaimFindings {
  std::uint64_t number = 0;
  ClaimOrder::Kind kind = ClaimOrder::Kind::forward;
  std::span<const Position> positions;            ///< ascending
  Position gaps_read_through = highest_position;  ///< the gap read was cut there: gaps above say nothing
  bool more = false;                              ///< a limit cut the claim: above its last row it says nothing
  std::optional<std::set<WriterToken>> writers;   ///< read before the rows; none: not asked, or not allowed
};

/// Which ids have been read, and which lower ones may still appear.
///
/// Ids are drawn before commit, so a lower id can become visible after a higher one was published. The window remembers these
/// gaps until their row arrives or is proven to be impossible. Holds no rows and knows no clock. One claim is under way at a time.
class ClaimWindow {
 public:
  /// The next claim. `take` or `abandon` it before asking for another. Before the scan changes, rewind to the very lowest.
  [[nodiscard]] ClaimOrder order(Scan scan, std::size_t row_limit, bool read_writers);
  /// The next page of a sweep: a look at everything from the head, without moving `last`. Other claims may come between its pages.
  [[nodiscard]] ClaimOrder order_sweep(std::size_t row_limit);
  [[nodiscard]] ClaimOrder order_ids(std::vector<Position> ids);
  /// Only the gaps: there is no room for more rows, but those that wait for the gaps have to go on (outbox.order = strict).
  [[nodiscard]] ClaimOrder order_gaps(std::size_t row_limit, bool read_writers);

  /// Takes a claim in. @return false: it began before a rewind and must be thrown away
  [[nodiscard]] bool take(const ClaimFindings& findings, Instant now);
  void abandon() noexcept { under_way_ = false; }

  /// What became of the rows that were taken: a head scan leaves out those that wait or are in flight.
  /// @param waiting           of the claim just taken, ascending
  /// @param lowest_in_flight  of all that were claimed and are not settled; `highest_position`: none is
  void handed_on(std::span<const Position> waiting, Position lowest_in_flight);

  /// The next claim reads from this row on again. A claim under way is thrown away.
  /// Over a new connection to the database from the very lowest: after a restart or a fail-over ids may have gone back, and the
  /// writers that were known may have other names (a prepared transaction).
  void rewind(Position position);

  /// Other relays may settle rows, too: a gap may have been a row that another one sent, and that comes back (`replay`). No row
  /// counts as drawn ahead then.
  void share() noexcept { shared_ = true; }

  /// Gaps opened before are given up, if the last claim asked for the writers, could not read them, and read every gap.
  /// By age alone, where writers can be read, the row of a long transaction would be lost.
  std::size_t expire_gaps(Instant before) { return writers_unknown_ ? gaps_.close_older(before, last_) : 0; }

  /// Whether reading the writers would bring anything.
  [[nodiscard]] bool has_gaps() const noexcept { return !gaps_.empty(); }
  /// The last claim asked who could still fill a gap, and was not told.
  [[nodiscard]] bool writers_unknown() const noexcept { return writers_unknown_; }
  /// Whether every row below, as far as it can be seen, was read since the last rewind: what is not in flight is settled or waits.
  /// Otherwise a predecessor may be neither.
  [[nodiscard]] bool has_read_below(Position position) const noexcept { return position <= read_again_from_; }
  /// A sweep has begun, and its last page was not taken yet.
  [[nodiscard]] bool sweep_unfinished() const noexcept { return sweep_after_ != lowest_position; }
  [[nodiscard]] bool claim_under_way() const noexcept { return under_way_; }
  [[nodiscard]] Position last() const noexcept { return last_; }
  [[nodiscard]] const OpenGaps& gaps() const noexcept { return gaps_; }
  [[nodiscard]] const KnownRows& known() const noexcept { return known_; }
  [[nodiscard]] std::uint64_t late_arrivals() const noexcept { return late_arrivals_; }
  /// Rows that came where none could come any more: their ids were drawn ahead of the INSERT.
  [[nodiscard]] std::uint64_t drawn_ahead() const noexcept { return drawn_ahead_; }
  /// Ids are not dense, as far as they were read: a head scan costs less than their gaps.
  [[nodiscard]] bool sparse() const noexcept { return density_.sparse(); }

 private:
  ClaimOrder start(ClaimOrder::Kind kind, std::size_t row_limit);
  [[nodiscard]] std::vector<Interval> below(Position through) const;
  void take_forward(const ClaimFindings& findings, std::size_t behind, Instant now);
  void note_dead();
  void take_head(std::span<const Position> positions, std::size_t behind);
  void take_sweep(const ClaimFindings& findings, std::size_t behind);
  void note_read(const ClaimFindings& findings) noexcept;

  Position last_ = lowest_position;
  Scan scan_ = Scan::gaps;  // of the last order
  OpenGaps gaps_;           // where gaps are watched
  KnownRows known_;         // where they are not
  Position sweep_after_ = lowest_position;
  std::uint64_t number_ = 0;
  std::uint64_t stale_through_ = 0;    // claims up to this number began before a rewind
  std::uint64_t opened_at_order_ = 0;  // gaps opened when the claim under way began
  std::uint64_t late_arrivals_ = 0;
  std::uint64_t drawn_ahead_ = 0;
  DeadGaps dead_;
  Density density_;
  bool caught_up_ = false;                      // all was read once, since the start or a rewind to the very lowest
  bool watches_ = false;                        // and then a row came: gaps above it open under our eyes
  Position old_through_ = lowest_position;      // rows were here before: below that first one, or read, and read again
  Position read_again_from_ = lowest_position;  // not read since the last rewind: rows from here on
  bool shared_ = false;
  bool under_way_ = false;
  bool writers_asked_ = false;    // by the claim under way
  bool writers_unknown_ = false;  // the last claim asked, was not told, and was not cut
};

}  // namespace relay
