#pragma once

#include "tests/sinks/database.hpp"

#include <string>

namespace sinks {

/// Shops on PostgreSQL and MySQL, the relay, Kafka, Kafka Connect with the connectors of deploy/examples, and the databases behind
/// them.
class Pipeline {
 public:
  /// Which server's variable is not set, where the tests may be skipped for that (not with CI=true); empty: all are there.
  [[nodiscard]] static std::string missing();

  /// Made once a run: the worker takes ten seconds to start. @throws std::runtime_error  a server is missing
  static Pipeline& instance();

  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  [[nodiscard]] Database& shop_on_postgres() { return shop_on_postgres_; }
  [[nodiscard]] Database& shop_on_mysql() { return shop_on_mysql_; }
  [[nodiscard]] Database& postgres() { return postgres_; }
  [[nodiscard]] Database& mysql() { return mysql_; }

  /// Relays what is in the shop's outbox with the options of relay.ini and nothing else but addresses, and keeps a copy in table
  /// `sent`.
  void relay(Database& shop);

  /// Sends what changed in the table, with the options of table.ini and nothing else but addresses and the table's name.
  static void poll(const Database& shop, const std::string& table);

  /// Connect's word on its connectors when a task has failed, else empty.
  [[nodiscard]] static std::string failure();

 private:
  Pipeline();
  ~Pipeline();
  void open_shop(Database& shop, const std::string& columns);
  static void add_connector(const std::string& worker, const std::string& file);

  Database shop_on_postgres_;
  Database shop_on_mysql_;
  Database postgres_;
  Database mysql_;
};

/// @throws std::runtime_error  it is not set
[[nodiscard]] std::string environment(const char* name);

}  // namespace sinks
