#include "tests/bench/floor.hpp"

#include <cstdio>
#include <stdexcept>
#include <string>

#include <libpq-fe.h>

namespace {

using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

class PostgresTable final : public bench::Table {
 public:
  explicit PostgresTable(const db::Target& target)
      : connection_(PQsetdbLogin(target.host.c_str(), std::to_string(target.port).c_str(), nullptr, nullptr,
                                 target.database.c_str(), target.user.c_str(), target.password.c_str()),
                    &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

  bench::Page read(std::int64_t after, int limit) override {
    const std::shared_ptr<PGresult> result =
        run("SELECT id, aggregate_type, aggregate_id, event_type, payload FROM outbox WHERE id > " + std::to_string(after) +
            " ORDER BY id LIMIT " + std::to_string(limit));
    bench::Page page{.rows = {}, .owner = result};
    const int rows = PQntuples(result.get());
    page.rows.reserve(static_cast<std::size_t>(rows));
    for (int row = 0; row < rows; ++row) {
      const auto cell = [&](int column) {
        return std::string_view(PQgetvalue(result.get(), row, column),
                                static_cast<std::size_t>(PQgetlength(result.get(), row, column)));
      };
      page.rows.push_back({cell(0), cell(1), cell(2), cell(3), cell(4)});
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
};

}  // namespace

int main(int argc, char** argv) try {
  return bench::run_floor(argc, argv, [](const db::Target& target) { return std::make_unique<PostgresTable>(target); });
} catch (const std::exception& error) {
  std::fprintf(stderr, "floor_postgres: %s\n", error.what());
  return 1;
}
