#pragma once

#include "db_adapters/mysql/connection.hpp"
#include "db_adapters/port/session.hpp"

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace db::mysql {

/// A session on MySQL or MariaDB, in the text protocol.
///
/// `cancel` ends the connection: a KILL QUERY would need a second one, which can hang, may be refused (an IAM token has expired)
/// and behind a proxy or a balancer may reach another server's session of the same number.
class MysqlSession final : public Session {
 public:
  /// Connects and sets the session up. @throws DbError
  explicit MysqlSession(const Target& target);

  ResultSet run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) override;
  void begin_snapshot() override;
  void begin() override;
  void commit() override;
  void rollback() override;
  [[nodiscard]] bool usable() const noexcept override { return usable_; }
  [[nodiscard]] const ServerFacts& facts() const noexcept override { return facts_; }
  void cancel() noexcept override;

 private:
  enum class Transaction : std::uint8_t { none, snapshot, ordinary };

  ResultSet execute(std::string_view name, std::string_view sql, bool changes, std::size_t max_bytes = no_limit);
  ResultSet take_result(std::string_view name, bool changes, std::size_t max_bytes);
  void set_up(const Target& target);
  void read_facts();
  [[nodiscard]] DbError failed(std::string_view name, bool changes);

  Handle connection_;
  Socket socket_;
  ServerFacts facts_;
  Transaction transaction_ = Transaction::none;
  bool usable_ = true;
  std::atomic<bool> running_{false};
  std::atomic<bool> cancelled_{false};
};

}  // namespace db::mysql
