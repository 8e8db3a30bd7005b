#pragma once

#include "db_adapters/postgres/connection.hpp"
#include "db_adapters/postgres/wakeup.hpp"

namespace db::postgres {

class PostgresSession final : public Session {
 public:
  /// @throws DbError
  explicit PostgresSession(const Target& target);

  ResultSet run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) override;

  void begin_snapshot() override;
  void begin() override;
  void commit() override;
  void rollback() override;

  [[nodiscard]] bool usable() const noexcept override { return connection_.usable(); }
  [[nodiscard]] const ServerFacts& facts() const noexcept override { return facts_; }
  void cancel() noexcept override { connection_.cancel(); }
  [[nodiscard]] Wakeup* wakeup() noexcept override { return &wakeup_; }

 private:
  Connection connection_;
  PostgresWakeup wakeup_{connection_};
  ServerFacts facts_;
};

}  // namespace db::postgres
