#pragma once

#include "db_adapters/port/session.hpp"
#include "db_adapters/postgres/parameters.hpp"
#include "db_adapters/postgres/rows.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <libpq-fe.h>

namespace db::postgres {

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using OpenConnection = std::unique_ptr<PGconn, Finish>;

/// Connects with all session settings in force: UTC, READ COMMITTED, the target's time-outs. The connection does not block.
/// @throws DbError
[[nodiscard]] OpenConnection open_connection(const Target& target);

/// The same settings once more, as statements.
[[nodiscard]] std::string session_set_up(const Target& target);
/// SQL that says whether they are in force.
[[nodiscard]] std::string session_is_set_up(const Target& target);

/// One libpq connection on which no call waits longer than the target allows, also when the server has vanished.
/// The thread rule is Session's: one thread at a time, `cancel` from any.
class Connection {
 public:
  /// @throws DbError
  explicit Connection(const Target& target);

  /// Sends one statement (several without parameters, split by `;`) and waits for the end of the last reply.
  /// @param max_bytes  over that many bytes of reply, as they come from the network, the statement is cancelled: `too_large`
  /// @throws DbError
  Reply exchange(const Statement& statement, const Parameters& parameters, std::size_t max_bytes = Session::no_limit);

  /// Takes in what the server sent on its own accord, notifications above all. @throws DbError connection lost
  void take_news();

  [[nodiscard]] bool usable() const noexcept { return PQstatus(pg_.get()) == CONNECTION_OK; }
  [[nodiscard]] PGconn* pg() const noexcept { return pg_.get(); }

  void cancel() noexcept;

 private:
  struct Call;

  void send(Call& call, const Parameters& parameters);
  Reply receive(Call& call);
  [[nodiscard]] bool take_input(Call& call);
  void hold_to_limit(Call& call);
  void wait(const Call& call, short events);
  [[noreturn]] void lose(const Call& call, std::string_view why);

  struct FreeCancel {
    void operator()(PGcancel* cancel) const noexcept { PQfreeCancel(cancel); }
  };

  OpenConnection pg_;
  std::unique_ptr<PGcancel, FreeCancel> cancel_;
  std::chrono::milliseconds patience_;  ///< the longest that a reply may take: the server's own time-out and some grace
  bool encrypted_;
  std::atomic<bool> running_{false};
};

}  // namespace db::postgres
