#include "tests/sinks/orders.hpp"

namespace sinks {

const std::string order_columns =
    "quantity, total, weight, paid, due_on, due_at, placed_at, shipped_at, customer, attributes, document, note";

std::string moment_written(const Database& database, const std::string& column) {
  return database.is_mysql() ? "DATE_FORMAT(" + column + ", '%Y-%m-%d %H:%i:%s.%f')"
                             : "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')";
}

std::string order_columns_written(const Database& database) {
  const auto shipped_at = moment_written(database, "shipped_at");
  if (database.is_mysql()) {
    return "quantity, total, weight, paid + 0, due_on, TIME_FORMAT(due_at, '%H:%i:%s.%f'), " +
           moment_written(database, "placed_at") + ", " + shipped_at + ", customer, attributes, LOWER(HEX(document)), note";
  }
  return "quantity, total, weight, paid::int, due_on, to_char(due_at::interval, 'HH24:MI:SS.US'), "
         "to_char(placed_at, 'YYYY-MM-DD HH24:MI:SS.US'), " +
         shipped_at + ", customer, attributes, encode(document, 'hex'), note";
}

namespace {

/// Only what the two databases write differently is made equal; every digit stays.
std::string columns(const Database& database) {
  return "id, aggregate_id, aggregate_type, event_type, " + moment_written(database, "created_at") + ", " +
         order_columns_written(database) + ", payload";
}

std::string octets(const Database& database, const std::string& hexadecimal) {
  return database.is_mysql() ? "UNHEX('" + hexadecimal + "')" : "decode('" + hexadecimal + "', 'hex')";
}

std::string padded(int number, std::size_t width) {
  auto text = std::to_string(number);
  return std::string(width - text.size(), '0') + text;
}

/// A day of ordinary orders, each a second and some microseconds after the one before.
std::string ordinary(const std::string& kind, int number) {
  const auto clock = padded(number / 60, 2) + ":" + padded(number % 60, 2) + "." + padded(number * 3331, 6);
  const auto day = "'2024-03-31 01:" + clock + "'";
  return ", ('" + kind + "', 'n-" + std::to_string(number) + "', 'Placed', '{\"n\":" + std::to_string(number) + "}', " +
         std::to_string(number) + ", " + std::to_string(number) + ".10, 0." + std::to_string(number) + ", " +
         (number % 2 == 0 ? "true" : "false") + ", '2024-03-31', '01:" + clock + "', " + day + ", " + day +
         ", NULL, NULL, NULL, 'ordinary')";
}

}  // namespace

void write_orders(Database& shop, const std::string& kind, const std::string& events) {
  const auto event = [&](const std::string& id, const std::string& rest) { return "('" + kind + "', '" + id + "', " + rest + ")"; };
  const std::string nothing = ", NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL";
  const std::string customer = "'11111111-2222-3333-4444-555555555555'";
  auto sql =
      "INSERT INTO " + events + " (aggregate_type, aggregate_id, event_type, payload, " + order_columns + ") VALUES " +
      event(
          "o-1",
          "'Placed', '{\"n\":0}', 1, 1, 1, false, '2020-01-01', '00:00:00', '2020-01-01 00:00:00', NULL, NULL, '{}', NULL, 'old'") +
      ", " +
      event("o-1",
            "'Changed', '{\"total\":1.50}', 2147483647, 9999999999.99, 0.30000000000000004, true, '2024-02-29', "
            "'12:34:56.123456', '2024-02-29 12:34:56.123456', '2024-02-29 12:34:56.123456', " +
                customer + ", '{\"k\": [1, 2]}', " + octets(shop, "0001FF") + ", 'héllo 😀 \"x\"\n\\'") +
      ", " + event("o-2", "'Placed', '{}'" + nothing) + ", " + event("o-3", "'Placed', '{}'" + nothing) + ", " +
      event("o-3", "'Gone', NULL" + nothing) + ", " +
      event("o-4",
            "'Placed', '[]', -2147483648, -0.01, -1234567.891, false, '1000-01-01', '23:59:59.999999', "
            "'1969-12-31 23:59:59.999999', '1970-01-01 00:00:01.000001', " +
                customer + ", '[]', " + octets(shop, "") + ", ''") +
      ", " +
      event("o-5",
            "'Placed', '{}', 0, 0, 0, true, '9999-12-31', '00:00:00.000001', '9999-12-31 23:59:59.499999', "
            "'2038-01-19 03:14:07.999999', " +
                customer + ", 'null', " + octets(shop, "00") + ", ' '");
  for (int number = 100; number < 300; ++number) sql += ordinary(kind, number);
  shop.execute(sql);
}

std::vector<std::string> last_states(Database& shop, const std::string& events, const std::string& kind) {
  return shop.rows("SELECT " + columns(shop) + " FROM " + events + " WHERE payload IS NOT NULL AND id IN (SELECT max(id) FROM " +
                   events + " WHERE aggregate_type = '" + kind + "' GROUP BY aggregate_id) ORDER BY id");
}

std::vector<std::string> stored(Database& warehouse, const std::string& table) {
  return warehouse.rows("SELECT " + columns(warehouse) + " FROM " + table + " ORDER BY id");
}

}  // namespace sinks
