#pragma once

#include "relay/core/outbox_table.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace relay::core {

/// Why a row cannot be sent, as it is written down.
struct Verdict {
  Position position = 0;
  std::string topic;  ///< empty: the row has none
  std::string fault;
  std::uint32_t attempts = 0;
};

/// One dead letter, without the row itself. Times and numbers as the database prints them.
struct DeadLetter {
  Position position = 0;
  std::string state;  ///< `blocked`: the row still waits in the outbox; `parked`, `skipped`: it was moved here
  std::optional<std::string> topic;
  std::optional<std::string> key;
  std::string fault;
  std::uint32_t attempts = 0;
  std::string first_at;
  std::string last_at;
};

/// How many dead letters there are in each state.
using DeadCounts = std::map<std::string, std::uint64_t, std::less<>>;

/// The dead-letter table beside an outbox: its statements, ready to run. A row moves between the two in one transaction.
class DeadLetters {
 public:
  /// `shop.outbox` -> `shop.outbox_dead`
  [[nodiscard]] static std::string table_of(const std::string& outbox) { return outbox + "_dead"; }
  /// The cure where that table is missing, as the end of a sentence.
  [[nodiscard]] static std::string how_to_make(const OutboxTable& table);

  /// @return nothing: there is no such table
  /// @throws SchemaError  it lacks a column of the outbox: a row could not move there and back
  [[nodiscard]] static std::optional<DeadLetters> open(db::Session& session, const OutboxTable& table);

  /// Writes down that these rows are blocked; what was written of them before is brought up to date.
  void record(db::Session& session, std::span<const Verdict> blocked) const;
  /// They are blocked no more.
  void forget(db::Session& session, std::span<const Position> positions) const;
  /// Forgets blocked rows that are not in the outbox any more.
  void forget_gone(db::Session& session) const;

  /// Moves an unsent row here: copies it first, settles it after. @return false: it is not there any more
  /// @param first_at  when it first failed; empty: now
  [[nodiscard]] bool move(db::Session& session, const OutboxTable& table, std::string_view state, const Verdict& verdict,
                          std::string_view first_at = {}) const;
  /// Moves a row back, under its own id. @return false: there is none in that state
  [[nodiscard]] bool move_back(db::Session& session, const OutboxTable& table, Position position, std::string_view state) const;
  /// @return false: there is none in that state
  [[nodiscard]] bool change(db::Session& session, Position position, std::string_view from, std::string_view to) const;

  /// Those of these positions, ascending.
  [[nodiscard]] std::vector<DeadLetter> list(db::Session& session, Interval among) const;
  /// The lowest ones that wait in the outbox, ascending.
  [[nodiscard]] std::vector<DeadLetter> blocked(db::Session& session, std::size_t most) const;
  /// The whole rows under this position: the outbox's columns, then the dead letter's.
  [[nodiscard]] db::ResultSet show(db::Session& session, Position position) const;
  [[nodiscard]] DeadCounts counts(db::Session& session) const;

 private:
  /// One after the other, ascending, until `take` returns false.
  void each(db::Session& session, Position first, const std::function<bool(DeadLetter)>& take) const;
  std::uint64_t remove(db::Session& session, Position position, std::string_view state) const;

  db::Statement copy_;
  db::Statement touch_;
  db::Statement remove_;
  db::Statement back_;
  db::Statement change_;
  db::Statement list_;
  db::Statement show_;
  db::Statement stale_;
  db::Statement counts_;
  db::Statement unmark_;
};

/// Says at once what parking a row would find out too late.
/// @throws SchemaError  no such table, or it lacks a column   @throws db::DbError  a right is missing
void require_dead_letters(db::Session& session, const OutboxTable& table);

}  // namespace relay::core
