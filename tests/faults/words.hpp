#pragma once

#include "tests/e2e/shop.hpp"

#include <string>
#include <vector>

namespace faults {

/// A login with the rights of sql/<dialect>/grants.sql and no other, so that its sessions can be told from the application's.
struct Login {
  std::string name;
  std::string password;
};

/// What the torture says to each database in that database's words.
struct Words {
  std::string lock_row;     ///< at the end of a SELECT: the row stays locked until the transaction ends
  std::string own_session;  ///< a query for the number of the session that asks
  std::string string_type;  ///< of a key that is searched for
  bool kills_sessions = false;
  bool prepares = false;  ///< has two-phase commit: PREPARE TRANSACTION
};

[[nodiscard]] Words words_of(const e2e::Server& server);

/// Makes the login. SQLite has none: nothing happens.
void create_login(e2e::Shop& shop, const Login& login);
void drop_login(e2e::Shop& shop, const Login& login);

/// The shop's URL with that login in it.
[[nodiscard]] std::string url_for(const e2e::Shop& shop, const Login& login);

/// The sessions of a login. @throws db::DbError
[[nodiscard]] std::vector<std::string> sessions_of(db::Session& admin, const e2e::Server& server, const std::string& login);

/// Ends a session as a database's operator does. One that is gone already is fine.
void end_session(db::Session& admin, const e2e::Server& server, const std::string& session);

}  // namespace faults
