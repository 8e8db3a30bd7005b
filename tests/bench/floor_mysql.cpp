#include "tests/bench/floor.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

#include <mysql.h>

namespace {

class MysqlTable final : public bench::Table {
 public:
  MysqlTable(const db::Target& target, bench::Order order)
      : connection_(mysql_init(nullptr), &mysql_close), by_time_(order == bench::Order::time_and_id) {
    if (mysql_real_connect(connection_.get(), target.host.c_str(), target.user.c_str(), target.password.c_str(),
                           target.database.c_str(), target.port, nullptr, 0) == nullptr) {
      throw std::runtime_error(mysql_error(connection_.get()));
    }
    query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }

  bench::Page read(const bench::Row* last, int limit) override {
    std::string behind;
    if (last != nullptr) {
      const std::string id(last->id);
      const std::string time(last->time);
      behind =
          by_time_ ? " WHERE (update_ts = '" + time + "' AND id > " + id + ") OR update_ts > '" + time + "'" : " WHERE id > " + id;
    }
    query("SELECT id, aggregate_type, aggregate_id, event_type, payload" + std::string(by_time_ ? ", update_ts" : "") +
          " FROM outbox" + (by_time_ ? " FORCE INDEX (outbox_update_ts)" : "") + behind + " ORDER BY " +
          (by_time_ ? "update_ts, id" : "id") + " LIMIT " + std::to_string(limit));
    const std::shared_ptr<MYSQL_RES> result(mysql_store_result(connection_.get()), &mysql_free_result);
    if (result == nullptr) throw std::runtime_error(mysql_error(connection_.get()));
    bench::Page page{.rows = {}, .owner = result};
    page.rows.reserve(mysql_num_rows(result.get()));
    while (auto* const row = mysql_fetch_row(result.get())) {
      const auto* const lengths = mysql_fetch_lengths(result.get());
      const auto cell = [&](std::size_t column) { return std::string_view(row[column], lengths[column]); };
      page.rows.push_back({cell(0), cell(1), cell(2), cell(3), cell(4), by_time_ ? cell(5) : std::string_view()});
    }
    return page;
  }

  /// The exact count ends the scan before it looks behind the last row.
  void delete_range(std::int64_t low, std::int64_t high, std::size_t rows) override {
    query("DELETE FROM outbox WHERE id BETWEEN " + std::to_string(low) + " AND " + std::to_string(high) + " ORDER BY id LIMIT " +
          std::to_string(rows));
  }

 private:
  void query(const std::string& sql) {
    if (mysql_real_query(connection_.get(), sql.data(), sql.size()) != 0) throw std::runtime_error(mysql_error(connection_.get()));
  }

  std::unique_ptr<MYSQL, decltype(&mysql_close)> connection_;
  bool by_time_;
};

}  // namespace

int main(int argc, char** argv) try {
  return bench::run_floor(argc, argv,
                          [](const db::Target& target, bench::Order order) { return std::make_unique<MysqlTable>(target, order); });
} catch (const std::exception& error) {
  std::fprintf(stderr, "floor_mysql: %s\n", error.what());
  return 1;
}
