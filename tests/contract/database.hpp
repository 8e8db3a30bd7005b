#pragma once

#include "db_adapters/port/session.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace contract {

/// An expression, and what a session must make of it.
struct Value {
  std::string sql{};
  relay::ColumnKind kind;
  std::string text{};
};

/// What the suite has to know of a kind of database beyond its dialect; one small file each says it.
/// An empty text: this database has no such thing, and what is promised of it is not tried there.
struct Database {
  std::string name{};      ///< its folder in sql/
  std::string variable{};  ///< holds an administrator's URL; empty: it needs no server
  bool needed = true;      ///< with CI=true it must be there
  std::unique_ptr<db::Driver> (*driver)() = nullptr;
  std::string product{};  ///< how facts().product begins

  std::string (*placeholder)(int number) = nullptr;  ///< from 1 on
  std::string text_type{};                           ///< holds 10 MB of UTF-8
  std::string octets_type{};                         ///< holds 10 MB of anything
  std::string time_type{};                           ///< microseconds
  std::string id_column{};                ///< type and constraints of a key that the database draws when the INSERT leaves it out
  std::string table_end{};                ///< behind the closing bracket of CREATE TABLE
  std::string from_nothing{};             ///< behind a SELECT that reads no table; where it is needed, VALUES takes one row only
  std::string lock_rows = " FOR UPDATE";  ///< behind a SELECT
  bool names_in_capitals = false;         ///< how it spells a name that was not quoted
  std::vector<Value> values{};

  std::string slow{};           ///< a SELECT that takes minutes
  std::string session_id{};     ///< a SELECT
  std::string kill{};           ///< ends the session whose id is put in place of {}
  std::string refuse_writes{};  ///< the session is read-only from then on
  std::string read_only_on{};   ///< sessions that connect from then on are read-only
  std::string read_only_off{};
  bool outlives_large_results = true;  ///< `too_large` leaves the session usable, however much was to come
  bool many_writers = true;            ///< rows are locked one by one, not the whole database
};

[[nodiscard]] Database postgres();
[[nodiscard]] Database mysql();
[[nodiscard]] Database mariadb();
[[nodiscard]] Database sqlite();
[[nodiscard]] Database odbc();
[[nodiscard]] Database firebird();

[[nodiscard]] const std::vector<Database>& databases();

/// Its URL; empty: not given.
[[nodiscard]] std::string url_of(const Database& database);

using Condition = bool (*)(const Database& database);

/// Those that are given and have what the test needs.
[[nodiscard]] std::vector<const Database*> given(Condition condition = [](const Database&) { return true; });

}  // namespace contract
