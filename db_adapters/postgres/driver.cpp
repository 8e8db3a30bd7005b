#include "db_adapters/postgres/driver.hpp"

#include "db_adapters/postgres/session.hpp"
#include "sql/queries.hpp"

namespace db::postgres {

std::unique_ptr<Session> PostgresDriver::connect(const Target& target) const {
  return std::make_unique<PostgresSession>(target);
}

const Dialect& PostgresDriver::dialect(const Session& /*session*/) const {
  static const Dialect postgres{.name = "postgres",
                                .quote = '"',
                                .list_form = ListForm::postgres_array,
                                .settles_many_ranges = true,
                                .gaps_inline = false,
                                .proves_gaps = true,
                                .polls_tables = true,
                                .queries = &postgres_queries,
                                .outbox_delete_ddl = postgres_outbox_delete_ddl,
                                .outbox_mark_ddl = postgres_outbox_mark_ddl,
                                .lease_ddl = postgres_lease_ddl,
                                .dead_ddl = postgres_dead_ddl,
                                .cursor_ddl = postgres_cursor_ddl};
  return postgres;
}

}  // namespace db::postgres
