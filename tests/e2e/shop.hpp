#pragma once

#include "db_adapters/port/session.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace e2e {

/// A database that the end-to-end tests run on.
struct Server {
  std::string name;
  std::string url;  ///< with an administrator's rights
};

/// Those that are given (OUTBOX_RELAY_TEST_*), and SQLite. @throws std::runtime_error  with CI=true one is missing
[[nodiscard]] std::vector<Server> servers();

/// `host:port` of the test's Kafka.
[[nodiscard]] std::string kafka();

/// An outbox with a name of its own and an application's session on it; the table is gone with it.
class Shop {
 public:
  Shop(Server server, bool mark);
  ~Shop();
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  [[nodiscard]] const Server& server() const { return server_; }
  [[nodiscard]] const std::string& url() const { return server_.url; }
  [[nodiscard]] const std::string& table() const { return table_; }
  [[nodiscard]] bool mark() const { return mark_; }
  [[nodiscard]] std::unique_ptr<db::Session> connect() const;

  /// As an application does: four columns, in whatever transaction the session is.
  void insert(db::Session& session, const std::string& topic, const std::string& key, const std::string& payload) const;

  [[nodiscard]] std::string dead_table() const { return table_ + "_dead"; }
  /// This column of the dead letters that meet the condition, in order of their ids: `3,7`.
  [[nodiscard]] std::string dead(const std::string& column, const std::string& where = "1 = 1");
  [[nodiscard]] std::uint64_t unsent();
  [[nodiscard]] std::uint64_t rows();
  void execute(const std::string& sql) { session_->run({"test", sql}, {}); }

 private:
  [[nodiscard]] std::uint64_t count(const std::string& where);
  void create_lease_table(const std::string& ddl);

  std::filesystem::path folder_;
  Server server_;
  bool mark_;
  std::string table_;
  std::unique_ptr<db::Driver> driver_;
  db::Target target_;
  std::unique_ptr<db::Session> session_;
};

}  // namespace e2e

/// The test case runs once for each database.
#define ON_EVERY_SERVER()                                      \
  const auto every_server = e2e::servers();                    \
  const auto server = GENERATE_COPY(from_range(every_server)); \
  INFO("database: " << server.name)
