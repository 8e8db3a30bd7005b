#pragma once

#include "db_adapters/port/session.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay::core {

/// The lease that this relay wants, as the user configured it.
struct LeaseShape {
  bool enabled = false;  ///< off: it relays without asking anybody
  std::string name = "outbox-relay";
  std::chrono::milliseconds ttl{15000};
};

/// What stands in the lease's row.
struct LeaseRow {
  std::string holder;
  std::int64_t token = 0;
  std::chrono::milliseconds left{};  ///< by the database's clock; nothing left: anybody may take it

  [[nodiscard]] bool is_of(std::string_view who) const { return holder == who && left.count() > 0; }
};

/// One lease in one database, ready to be asked for; a value that every session of that database can use.
struct LeaseTable {
  std::string table;
  std::string name;
  db::Statement take_statement;
  db::Statement first_statement;
  db::Statement release_statement;
  db::Statement read_statement;

  /// Takes the lease where it may be had, or renews it. @return who has it then; none: the row was deleted under our hands
  [[nodiscard]] std::optional<LeaseRow> ask(db::Session& session, std::string_view holder, std::chrono::milliseconds ttl) const;

  /// @return none: nobody ever asked for it
  [[nodiscard]] std::optional<LeaseRow> read(db::Session& session) const;

  /// Gives it back: it has expired from then on. Nothing happens where it is somebody else's by now.
  void release(db::Session& session, std::string_view holder, std::int64_t token) const;

  /// What the relays of this lease remember for good, in a row beside the lease's: no other right, no other table is needed.
  [[nodiscard]] bool knows_drawn_ahead(db::Session& session) const;
  void remember_drawn_ahead(db::Session& session) const;

 private:
  void make(db::Session& session, std::string_view row, std::string_view holder, std::chrono::milliseconds ttl) const;
};

/// The row's name under which the relays of a lease remember that ids are drawn ahead of their inserts.
[[nodiscard]] std::string drawn_ahead_name(const std::string& lease);

/// The table of the leases lies beside the outbox: `shop.outbox` -> `shop.outbox_relay_lease`.
[[nodiscard]] std::string lease_table_beside(std::string_view outbox);

/// Prepares the statements, and sees that they may be run.
/// @throws SchemaError  no such table
/// @throws db::DbError
[[nodiscard]] LeaseTable open_lease(db::Session& session, const db::Dialect& dialect, std::string_view outbox,
                                    const std::string& name);

}  // namespace relay::core
