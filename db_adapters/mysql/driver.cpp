#include "db_adapters/mysql/driver.hpp"

#include "db_adapters/mysql/session.hpp"
#include "sql/queries.hpp"

namespace db::mysql {

namespace {

Dialect dialect_of(std::string_view name, const Queries& queries, std::string_view delete_ddl, std::string_view mark_ddl,
                   std::string_view lease_ddl, std::string_view dead_ddl, std::string_view cursor_ddl, bool json_trees) {
  return {.name = name,
          .quote = '`',
          .list_form = ListForm::json_array,
          .settles_many_ranges = false,
          .gaps_inline = true,
          .proves_gaps = true,
          .keeps_json_trees = json_trees,
          .polls_tables = true,
          .queries = &queries,
          .outbox_delete_ddl = delete_ddl,
          .outbox_mark_ddl = mark_ddl,
          .lease_ddl = lease_ddl,
          .dead_ddl = dead_ddl,
          .cursor_ddl = cursor_ddl};
}

}  // namespace

std::unique_ptr<Session> MysqlDriver::connect(const Target& target) const {
  return std::make_unique<MysqlSession>(target);
}

const Dialect& MysqlDriver::dialect(const Session& session) const {
  static const Dialect mysql = dialect_of("mysql", mysql_queries, mysql_outbox_delete_ddl, mysql_outbox_mark_ddl, mysql_lease_ddl,
                                          mysql_dead_ddl, mysql_cursor_ddl, true);
  static const Dialect mariadb = dialect_of("mariadb", mariadb_queries, mariadb_outbox_delete_ddl, mariadb_outbox_mark_ddl,
                                            mariadb_lease_ddl, mariadb_dead_ddl, mariadb_cursor_ddl, false);
  return session.facts().product.starts_with("MariaDB") ? mariadb : mysql;
}

}  // namespace db::mysql
