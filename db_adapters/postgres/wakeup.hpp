#pragma once

#include "db_adapters/postgres/connection.hpp"

namespace db::postgres {

/// LISTEN on a session's own connection: a notification may also come in with the reply to one of its statements.
class PostgresWakeup final : public Wakeup {
 public:
  explicit PostgresWakeup(Connection& connection) : connection_(connection) {}

  void listen(std::string_view channel) override;
  [[nodiscard]] int fd() const noexcept override { return PQsocket(connection_.pg()); }
  [[nodiscard]] bool take() override;

 private:
  Connection& connection_;
};

}  // namespace db::postgres
