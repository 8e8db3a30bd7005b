#pragma once

#include "relay/domain/look_back.hpp"
#include "relay/domain/remembered_rows.hpp"
#include "relay/domain/table_pages.hpp"
#include "relay/domain/table_point.hpp"
#include "relay/domain/unsent_rows.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace relay {

/// What orders a polled table.
enum class TableKeys : std::uint8_t {
  time_and_id,
  id,    ///< rows are inserted only; the id is drawn by the INSERT and grows
  time,  ///< rows have no id: a row is what its columns hold
};

/// What is saved of a table: enough to go on after a restart. A value.
struct TableProgress {
  TablePoint cursor;                      ///< everything before it is in Kafka, and nothing can appear there
  Micros low = earliest_time;             ///< the same as a time
  std::optional<NewestSeen> newest{};     ///< see LookBack
  std::vector<SentVersion> sent_since{};  ///< what is in Kafka behind the cursor; empty: not known, it is sent again

  friend bool operator==(const TableProgress&, const TableProgress&) = default;
};

/// Where a polled table stands: what to read, which rows are new, and how far the cursor may go.
///
/// It reads in passes: from the cursor to the table's end, where it sends what is new and remembers every row that lies in the
/// look-back window, the part in which rows may still appear. Between passes only what lies above is read, for haste. When
/// everything up to a pass's end is acknowledged, the cursor goes to the window's low end, as it was read BEFORE the pass. A row
/// that cannot be sent keeps the cursor below it: what lies between counts as sent up to the low end then, all but such rows.
/// Pure; one thread. After a failure `rewind`: everything behind the cursor that Kafka has not acknowledged is read again.
class TableWindow {
 public:
  struct Ticket {
    TablePages::Number page = 0;
    std::uint32_t row = 0;
  };

  /// @param most_rows  that are remembered; as many may be held until rows behind them need to be remembered as well
  TableWindow(TableKeys keys, std::chrono::microseconds look_back, std::size_t most_rows);

  /// Goes on from there; what was under way is forgotten.
  void resume(const TableProgress& progress);
  /// The newest time and the last row of the table, before anything else is read.
  void saw_end(std::optional<Micros> time, const TablePoint& last);

  /// Begins at the table's end, as `saw_end` told it: what the next pass finds counts as sent, from where others may still appear.
  void adopt_from(const Horizon& horizon);
  [[nodiscard]] bool adopting() const noexcept { return adopting_; }

  [[nodiscard]] bool pass_under_way() const noexcept { return pass_ != Pass::none; }
  [[nodiscard]] bool reading_pass() const noexcept { return pass_ == Pass::reading; }
  /// Rows of the window had no room to be remembered, in the last pass or since: they are sent again when it is read again.
  [[nodiscard]] bool full() const noexcept { return was_full_ || remembered_.full(); }
  /// Whether another pass may begin: one that could forget nothing would send again what had no room.
  [[nodiscard]] bool pass_makes_sense(const Horizon& horizon) const;
  [[nodiscard]] const TablePoint& pass_at() const noexcept { return at_; }  ///< read on from there
  [[nodiscard]] const TablePoint& tip() const noexcept { return tip_; }     ///< between passes, from there
  /// The tip is known: the table was read to its end.
  [[nodiscard]] bool has_tip() const noexcept { return has_tip_ && pass_ != Pass::reading; }

  /// A pass begins with this page, read after the horizon.
  void begin_pass(const Horizon& horizon);
  void open_page();
  /// Whether this version of a row has still to be sent.
  [[nodiscard]] bool is_new(const SentVersion& row) const noexcept;
  /// @return it counts as sent, see `adopt_from`
  [[nodiscard]] bool adopts(const SentVersion& row);
  /// It is handed to Kafka. @return names it
  Ticket sent(const SentVersion& row, std::size_t bytes);
  /// It cannot be sent now: the cursor stays below.
  void held(const SentVersion& row);
  /// Every row of the page is taken. @param last  behind its last row  @param more  the page was cut by its limit
  void close_page(const TablePoint& last, Micros last_time, bool more);

  void acknowledged(const Ticket& ticket);
  /// The row that has this ticket; none: it is forgotten.
  [[nodiscard]] const SentVersion* row_of(const Ticket& ticket);
  /// Moves the cursor over what is acknowledged. @return whether a pass came to its end
  bool advance();
  /// What is on its way is lost, or nobody knows.
  void rewind();

  /// @param most  rows of `sent_since`; where there are more, none
  [[nodiscard]] TableProgress progress(std::size_t most) const;
  [[nodiscard]] const TablePoint& cursor() const noexcept { return cursor_; }
  /// A pass has ended since `resume`, and nothing was held.
  [[nodiscard]] bool caught_up() const noexcept { return caught_up_; }
  /// The last pass met rows that cannot be sent.
  [[nodiscard]] bool has_held() const noexcept { return has_held_; }
  /// How many of them, as far as is known before the next one ends.
  [[nodiscard]] std::size_t held_rows() const noexcept { return std::max(was_held_.size(), held_.size()); }
  [[nodiscard]] const RememberedRows& remembered() const noexcept { return remembered_; }
  [[nodiscard]] std::size_t remembered_bytes() const noexcept { return remembered_.bytes() + newest_.bytes(); }
  [[nodiscard]] const LookBack& look_back() const noexcept { return look_back_; }
  [[nodiscard]] const TablePages& pages() const noexcept { return pages_; }

 private:
  enum class Pass : std::uint8_t { none, reading, landing };

  [[nodiscard]] bool is_final(Micros time) const noexcept { return keys_ != TableKeys::id && time < low_; }
  void remember(const SentVersion& version);
  void forget_what_is_final();
  void pass_by_what_is_held();
  void forget_old_tips();
  void forget_before(Micros time);

  TableKeys keys_;
  LookBack look_back_;
  RememberedRows remembered_;
  RememberedRows newest_;  // TableKeys::time: rows of one time, the newest, that had no room
  Micros newest_time_ = earliest_time;
  TablePages pages_;
  TablePoint cursor_;  // a pass begins here
  Micros cursor_low_ = earliest_time;
  TablePoint at_;   // the pass has read so far
  TablePoint tip_;  // the highest row read
  Pass pass_ = Pass::none;
  TablePages::Number pass_end_ = 0;
  Micros low_ = earliest_time;                      // of this pass, and of what is read above it
  Micros now_ = 0;                                  // the database's, when the pass began
  std::string form_;                                // a time as the table writes it
  std::deque<std::pair<Micros, TablePoint>> tips_;  // TableKeys::id: the highest row that had been read by then
  UnsentRows held_;                                 // since the last pass began
  UnsentRows was_held_;                             // in the pass before
  Micros sent_below_ = earliest_time;               // what is earlier is in Kafka, all but was_held_
  bool adopting_ = false;
  bool has_tip_ = false;
  bool caught_up_ = false;
  bool has_held_ = false;
  bool was_full_ = false;  // when the last pass ended, before it made room
};

/// A whole second in the form in which the table writes its times: `2026-01-02 03:04:05`, with `T` where that has one.
[[nodiscard]] std::string time_text(Micros time, std::string_view form);

}  // namespace relay
