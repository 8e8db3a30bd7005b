#include "db_adapters/mysql/driver.hpp"
#include "tests/contract/database.hpp"

namespace contract {

namespace {

/// What MySQL and MariaDB share.
Database common() {
  using enum relay::ColumnKind;
  return {.driver = []() -> std::unique_ptr<db::Driver> { return std::make_unique<db::mysql::MysqlDriver>(); },
          .placeholder = [](int) { return std::string("?"); },
          .text_type = "longtext",
          .octets_type = "longblob",
          .time_type = "datetime(6)",
          .id_column = "bigint AUTO_INCREMENT PRIMARY KEY",
          .table_end = " ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
          .values = {{"CAST('-9223372036854775808' AS SIGNED)", integer, "-9223372036854775808"},
                     {"CAST('18446744073709551615' AS UNSIGNED)", integer, "18446744073709551615"},
                     {"CAST('12345678901234567890.12345678900' AS DECIMAL(40, 11))", decimal, "12345678901234567890.12345678900"},
                     {"5e-1", real, "0.5"},
                     {"CAST('2026-01-02 03:04:05.678901' AS DATETIME(6))", timestamp, "2026-01-02 03:04:05.678901"},
                     {"CAST('2026-01-02' AS DATE)", date, "2026-01-02"},
                     {"CAST('03:04:05.678901' AS TIME(6))", time, "03:04:05.678901"},
                     {"X'00FF5C78'", bytes, std::string("\0\xff\\x", 4)},
                     {"X''", bytes, ""},
                     {"'back\\slash'", text, "back\\slash"}},
          .slow = "SELECT 1 FROM DUAL WHERE SLEEP(300)",  // SELECT SLEEP(300) would answer 1 when it is interrupted
          .session_id = "SELECT CONNECTION_ID()",
          .kill = "KILL {}",
          .refuse_writes = "SET SESSION TRANSACTION READ ONLY",
          .read_only_on = "SET GLOBAL read_only = 1",
          .read_only_off = "SET GLOBAL read_only = 0",
          .outlives_large_results = false};
}

}  // namespace

Database mysql() {
  auto database = common();
  database.name = "mysql";
  database.variable = "OUTBOX_RELAY_TEST_MYSQL";
  database.product = "MySQL ";
  database.values.push_back({"CAST('{\"a\": 1}' AS JSON)", relay::ColumnKind::json, "{\"a\": 1}"});
  return database;
}

Database mariadb() {
  auto database = common();
  database.name = "mariadb";
  database.variable = "OUTBOX_RELAY_TEST_MARIADB";
  database.product = "MariaDB ";
  return database;
}

}  // namespace contract
