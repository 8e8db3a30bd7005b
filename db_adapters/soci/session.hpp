#pragma once

#include "db_adapters/port/session.hpp"
#include "db_adapters/soci/cursor.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <soci/error.h>

namespace db::soci_adapter {

/// What the sessions of all SOCI backends have in common: rows come in up to a limit, errors get their statement's name,
/// and a session whose connection broke stays broken.
class SociSession : public Session {
 public:
  ResultSet run(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes) final;
  void begin_snapshot() final;
  void begin() final;
  void commit() final;
  void rollback() final;
  [[nodiscard]] bool usable() const noexcept final { return usable_; }
  [[nodiscard]] const ServerFacts& facts() const noexcept final { return facts_; }

 protected:
  /// Outside `begin` every statement commits by itself; a backend that has no such mode does it in `ended`.
  enum class Transaction : std::uint8_t { none, ordinary, snapshot };

  [[nodiscard]] Transaction transaction() const noexcept { return transaction_; }
  [[nodiscard]] ServerFacts& known() noexcept { return facts_; }

  /// Runs one statement of the adapter's own, inside one of the calls below or inside `guarded`.
  ResultSet execute(std::string_view sql);

  /// Makes every error of `call` a DbError that begins with `name`, and remembers when the connection broke.
  /// @param changes  when the connection breaks in it, rows may have been changed for good
  void guarded(std::string_view name, bool changes, const std::function<void()>& call);

  [[nodiscard]] virtual std::unique_ptr<Cursor> prepare(std::string_view sql) = 0;
  virtual void start(Transaction kind) = 0;
  virtual void end(Transaction kind, bool commit) = 0;
  /// A statement outside a transaction came to its end, well or not.
  virtual void ended(bool /*well*/) {}
  /// @param error  what SOCI threw out of one of the calls above
  [[nodiscard]] virtual DbError error_of(const soci::soci_error& error) = 0;

 private:
  ResultSet collect(const Statement& statement, std::span<const Parameter> parameters, std::size_t max_bytes);
  [[noreturn]] void fail(std::string_view name, bool changes, const DbError& error);

  ServerFacts facts_;
  Transaction transaction_ = Transaction::none;
  std::atomic<bool> usable_ = true;
};

}  // namespace db::soci_adapter
