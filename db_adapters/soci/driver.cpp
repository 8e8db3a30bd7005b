#include "db_adapters/soci/driver.hpp"

#include "db_adapters/soci/firebird.hpp"
#include "db_adapters/soci/odbc.hpp"
#include "db_adapters/soci/sqlite.hpp"
#include "sql/queries.hpp"

#include <algorithm>

namespace db::soci_adapter {

namespace {

class SqliteDriver final : public Driver {
 public:
  [[nodiscard]] std::unique_ptr<Session> connect(const Target& target) const override {
    return std::make_unique<SqliteSession>(target);
  }

  [[nodiscard]] const Dialect& dialect(const Session& /*session*/) const override {
    static const Dialect sqlite{.name = "sqlite",
                                .list_form = ListForm::json_array,
                                .settles_many_ranges = false,
                                .gaps_inline = false,
                                .proves_gaps = true,
                                .polls_tables = true,
                                .queries = &sqlite_queries,
                                .outbox_delete_ddl = sqlite_outbox_delete_ddl,
                                .outbox_mark_ddl = sqlite_outbox_mark_ddl,
                                .lease_ddl = sqlite_lease_ddl,
                                .dead_ddl = sqlite_dead_ddl,
                                .cursor_ddl = sqlite_cursor_ddl};
    return sqlite;
  }
};

/// The databases that prove nothing and take no list as a parameter.
Dialect plain_dialect(std::string_view name, std::size_t inline_ids, const Queries& queries) {
  return {.name = name,
          .gaps_inline = true,
          .inline_ids = inline_ids,
          .proves_gaps = false,
          .queries = &queries,
          .outbox_delete_ddl = {},
          .outbox_mark_ddl = {},
          .lease_ddl = {}};
}

class SociDriver final : public Driver {
 public:
  [[nodiscard]] std::unique_ptr<Session> connect(const Target& target) const override {
    const auto colon = std::min(target.database.find(':'), target.database.size());
    const auto backend = target.database.substr(0, colon);
    const auto connect_string = target.database.substr(std::min(colon + 1, target.database.size()));
    if (backend == "odbc") return std::make_unique<OdbcSession>(connect_string, target);
    if (backend == "firebird") return std::make_unique<FirebirdSession>(connect_string, target);
    throw DbError(Failure::missing_object, "", "no SOCI backend " + backend + ": allowed are odbc and firebird");
  }

  /// Firebird through ODBC is Firebird.
  [[nodiscard]] const Dialect& dialect(const Session& session) const override {
    static const Dialect firebird = plain_dialect("firebird", firebird_longest_list, firebird_queries);
    static const Dialect odbc = plain_dialect("odbc", oracle_longest_list, odbc_queries);
    return session.facts().product.starts_with("Firebird") ? firebird : odbc;
  }

 private:
  static constexpr std::size_t firebird_longest_list = 1500;
  static constexpr std::size_t oracle_longest_list = 1000;  ///< the shortest of those behind ODBC
};

}  // namespace

std::unique_ptr<Driver> soci_driver() {
  return std::make_unique<SociDriver>();
}

std::unique_ptr<Driver> sqlite_driver() {
  return std::make_unique<SqliteDriver>();
}

}  // namespace db::soci_adapter
