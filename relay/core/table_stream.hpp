#pragma once

#include "relay/core/observer.hpp"
#include "relay/core/pacing.hpp"
#include "relay/core/status.hpp"
#include "relay/core/table_reader.hpp"
#include "relay/domain/table_window.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace relay::core {

/// One polled table and the messages that its rows become.
struct PolledSettings {
  PolledShape table;
  encode::MessageShape message;
  std::string cursor;  ///< the name under which its cursor is saved
};

/// How often a table is looked at.
struct TablePace {
  std::chrono::milliseconds shortest{2};
  std::chrono::milliseconds longest{1000};
};

/// What the loop leaves a table to do in this turn.
struct TableTurn {
  Instant now;
  std::size_t rows = 0;   ///< that may be read at once; 0: none now
  bool draining = false;  ///< to its end once, and not again
};

/// A polled table's part of the loop: what is asked of the reader next, and when. Pure; the loop's thread.
class TableStream {
 public:
  /// @param index  the table's, in tasks   @param most_remembered  rows of its look-back window
  TableStream(std::size_t index, PolledSettings settings, TablePace pace, std::size_t most_remembered, Instant now);

  [[nodiscard]] const PolledSettings& settings() const noexcept { return settings_; }
  [[nodiscard]] TableWindow& window() noexcept { return window_; }
  [[nodiscard]] const TableWindow& window() const noexcept { return window_; }
  [[nodiscard]] bool saving() const noexcept { return saving_; }
  /// Nothing is asked, and nothing has to be any more. @param bounded  not because the end was reached
  [[nodiscard]] bool rests(bool bounded) const noexcept;

  /// The next thing to read, which then is under way; nothing: not now.
  [[nodiscard]] std::optional<TableTask> next_task(const TableTurn& turn);
  /// The page behind that one, asked for before that one is sent.
  [[nodiscard]] TableTask page_behind(const TablePoint& last, std::size_t rows);
  /// The progress, after the acknowledgements, and not for every page: what is not saved is sent again after a crash.
  /// @param at_once  not only when it is time   @return nothing: it is saved, or about to be
  [[nodiscard]] std::optional<TableTask> save_task(bool at_once, Instant now);
  /// When next_task or save_task would have something again; the end of time: not before something else happens.
  [[nodiscard]] Instant wake_at(const TableTurn& turn) const noexcept { return std::min(next_read(turn), next_save()); }

  /// @return false: it was asked before a rewind
  [[nodiscard]] bool answered(const TableAnswer& answer) noexcept;
  void start(const TableAnswer& answer, Instant now);
  void saved() noexcept { saving_ = false; }
  /// What limits the promise is said, once.
  void heed(const Horizon& horizon, Instant now, Observer& observer);
  void begin_pass(const Horizon& horizon, Instant now);
  /// A page was published. @param sent  rows of it   @param more  there is a page behind it
  void published(std::size_t sent, bool more, Instant now);
  /// See TableWindow. @return whether a pass came to its end
  bool advance(Instant now);
  void hurry(Instant now);
  void rewind(Instant now);
  /// Somebody else may move the cursor now: to be started again.
  void give_up() noexcept;

  void report(TableStatus& status) const;

 private:
  [[nodiscard]] Instant next_read(const TableTurn& turn) const noexcept;
  [[nodiscard]] Instant next_save() const noexcept;

  std::size_t index_;
  PolledSettings settings_;
  TablePace pace_;
  TableWindow window_;
  Pacing pacing_;  // between reads above the pass
  Instant next_pass_;
  Instant pass_began_;
  Instant next_save_;
  std::uint64_t life_ = 0;  // answers to what was asked before a rewind are not heeded
  bool started_ = false;
  bool asked_ = false;   // a start, a horizon or a page is on its way
  bool at_end_ = false;  // it begins at the table's end, and where that is has to be asked
  bool saving_ = false;
  bool dirty_ = false;  // sent since the last save
  std::size_t remembered_when_saved_ = 0;
  std::optional<bool> sees_writers_;
  bool told_full_ = false;
  bool worth_a_pass_ = false;  // although the window is full: it can forget something by now, or what was lost has to be read again
};

}  // namespace relay::core
