#include "db_adapters/soci/driver.hpp"

#include "db_adapters/soci/sqlite.hpp"
#include "sql/queries.hpp"

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
                                .queries = &sqlite_queries,
                                .outbox_delete_ddl = sqlite_outbox_delete_ddl,
                                .outbox_mark_ddl = sqlite_outbox_mark_ddl};
    return sqlite;
  }
};

}  // namespace

std::unique_ptr<Driver> sqlite_driver() {
  return std::make_unique<SqliteDriver>();
}

}  // namespace db::soci_adapter
