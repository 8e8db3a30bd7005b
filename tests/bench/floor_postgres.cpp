#include "tests/bench/floor.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

#include <libpq-fe.h>

namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresTable final : public bench::Table {
 public:
  PostgresTable(const db::Target& target, bench::Order order)
      : connection_(PQsetdbLogin(target.host.c_str(), std::to_string(target.port).c_str(), nullptr, nullptr,
                                 target.database.c_str(), target.user.c_str(), target.password.c_str()),
                    &PQfinish),
        by_time_(order == bench::Order::time_and_id) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

  bench::Page read(const bench::Row* last, int limit) override {
    std::string behind;
    if (last != nullptr) {
      const std::string id(last->id);
      behind = by_time_ ? " WHERE (update_ts, id) > ('" + std::string(last->time) + "', " + id + ")" : " WHERE id > " + id;
    }
    const std::shared_ptr<PGresult> result =
        run("SELECT id, aggregate_type, aggregate_id, event_type, payload" + std::string(by_time_ ? ", update_ts" : "") +
            " FROM outbox" + behind + " ORDER BY " + (by_time_ ? "update_ts, id" : "id") + " LIMIT " + std::to_string(limit));
    bench::Page page{.rows = {}, .owner = result};
    const int rows = PQntuples(result.get());
    page.rows.reserve(static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
      const auto cell = [&](int column) {
        return std::string_view(PQgetvalue(result.get(), row, column),
                                static_cast<std::size_t>(PQgetlength(result.get(), row, column)));
      };
      page.rows.push_back({cell(0), cell(1), cell(2), cell(3), cell(4), by_time_ ? cell(5) : std::string_view()});
    }
    return page;
  }

  void delete_range(std::int64_t low, std::int64_t high, std::size_t /*rows*/) override {
    run("DELETE FROM outbox WHERE id BETWEEN " + std::to_string(low) + " AND " + std::to_string(high));
  }

 private:
  Result run(const std::string& sql) {
    Result result(PQexec(connection_.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
    return result;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
  bool by_time_;
};

}  // namespace

int main(int argc, char** argv) try {
  return bench::run_floor(
      argc, argv, [](const db::Target& target, bench::Order order) { return std::make_unique<PostgresTable>(target, order); });
} catch (const std::exception& error) {
  std::fprintf(stderr, "floor_postgres: %s\n", error.what());
  return 1;
}
