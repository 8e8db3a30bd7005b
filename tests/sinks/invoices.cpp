#include "tests/sinks/invoices.hpp"

#include "tests/sinks/orders.hpp"

namespace sinks {

namespace {

/// Name, type and a value of a column that only this kind of database has.
struct Own {
  std::string name;
  std::string type;
  std::string value;
};

std::vector<Own> own_columns(const Database& database) {
  if (database.is_mysql()) {
    return {{"u1", "TINYINT UNSIGNED", "255"},
            {"i3", "MEDIUMINT", "-8388608"},
            {"u3", "MEDIUMINT UNSIGNED", "16777215"},
            {"u4", "INT UNSIGNED", "4294967295"},
            {"u8", "BIGINT UNSIGNED", "9223372036854775807"},
            {"ratio", "FLOAT", "1.5"},
            {"share", "DECIMAL(38,10)", "-1234567890123456789012345678.0123456789"},
            {"whole", "DECIMAL(10,0)", "1234567891"},
            {"kind", "ENUM('a','b')", "'b'"},
            {"tags", "SET('x','y')", "'x,y'"},
            {"code", "CHAR(5)", "'ab'"},
            {"bits", "VARBINARY(10)", "UNHEX('00FF')"},
            {"ms_at", "DATETIME(3)", "'2024-02-29 12:34:56.123'"},
            {"clock", "TIME(3)", "'12:34:56.789'"}};
  }
  return {{"small", "SMALLINT", "-32768"},
          {"ratio", "NUMERIC", "0.00000010"},
          {"share", "NUMERIC(38,10)", "-1234567890123456789012345678.0123456789"},
          {"tiny", "REAL", "16777216"},
          {"code", "CHAR(5)", "'ab'"},
          {"second_at", "TIMESTAMP(0)", "'1969-12-31 23:59:59'"},
          {"ms_at", "TIMESTAMPTZ(3)", "'2024-02-29 12:34:56.123+05:45'"},
          {"whole", "NUMERIC(10,0)", "1234567891"},
          {"mood", "mood", "'ok'"},
          {"page", "XML", "'<a>1</a>'"},
          {"raw", "JSON", "'{\"k\" :  1.50}'"},
          {"word", "NAME", "'n'"}};
}

std::string own_list(const Database& database, std::string Own::*part) {
  std::string list;
  for (const auto& column : own_columns(database)) list += ", " + column.*part;
  return list;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  return text;
}

std::vector<std::string> rows(Database& database, const std::string& table, const std::string& more) {
  return database.rows("SELECT id, " + moment_written(database, "update_ts") + ", " + order_columns_written(database) + more +
                       " FROM " + table + (database.is_mysql() ? " WHERE NOT deleted" : " WHERE deleted::int = 0") +
                       " ORDER BY id");
}

void make_table(Database& database, const std::string& table) {
  if (!database.is_mysql()) database.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')");
  std::string columns = "id BIGINT NOT NULL PRIMARY KEY, deleted BOOLEAN NOT NULL DEFAULT false";
  for (const auto& column : own_columns(database)) columns += ", " + column.name + " " + column.type + " NULL";
  database.execute("CREATE TABLE " + table + " (" + columns + ")");
  database.run(replaced(example(database.is_mysql() ? "outbox_mysql.sql" : "outbox_postgres.sql"), "outbox", table));
}

}  // namespace

void make_invoices(Database& shop, const std::string& table) {
  make_table(shop, table);
  shop.run(replaced(sql_file(shop.is_mysql() ? "mysql/update_ts.sql" : "postgres/update_ts.sql"), "customers", table));
  shop.execute(shop.is_mysql() ? "CREATE TABLE drafts LIKE outbox" : "CREATE TABLE drafts (LIKE outbox INCLUDING ALL)");
  write_orders(shop, table, "drafts");
  shop.execute("INSERT INTO " + table + " (id, " + order_columns + ") SELECT id, " + order_columns + " FROM drafts");
  shop.execute("INSERT INTO " + table + " (id" + own_list(shop, &Own::name) + ") SELECT 1000" + own_list(shop, &Own::value));
}

void make_copy_of_invoices(Database& warehouse, const std::string& table) {
  make_table(warehouse, table);
  warehouse.execute("ALTER TABLE " + table + " ADD COLUMN update_ts " +
                    (warehouse.is_mysql() ? "TIMESTAMP(6) NULL" : "TIMESTAMPTZ(6)"));
}

void change_invoices(Database& shop, const std::string& table) {
  shop.execute("UPDATE " + table + " SET quantity = 7, note = 'changed' WHERE id IN (2, 50, 1000)");
  shop.execute("UPDATE " + table + " SET deleted = true WHERE id = 3");
  shop.execute("INSERT INTO " + table + " (id, total) VALUES (2000, 0.10)");
}

std::vector<std::string> invoices(Database& database, const std::string& table) {
  return rows(database, table, "");
}

std::vector<std::string> invoices_with_own_types(Database& database, const std::string& table) {
  return rows(database, table, own_list(database, &Own::name));
}

}  // namespace sinks
