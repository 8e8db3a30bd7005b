#include "db_adapters/postgres/connection.hpp"

#include "db_adapters/postgres/errors.hpp"
#include "db_adapters/postgres/ready.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <poll.h>
#include <sys/ioctl.h>
#include <utility>

namespace db::postgres {
namespace {

using Clock = std::chrono::steady_clock;

/// How much later than the server's own time-out a reply may come before the server counts as gone.
constexpr std::chrono::seconds grace{2};

/// A server that goes on sending after it was asked to stop is left alone after that much.
constexpr std::size_t most_after_cancel = 64U << 20U;

bool begins_with(std::string_view sql, std::string_view word) {
  return sql.size() >= word.size() && std::equal(word.begin(), word.end(), sql.begin(),
                                                 [](char a, char b) { return a == std::toupper(static_cast<unsigned char>(b)); });
}

/// Whether rows may have changed for good although the reply was lost. Inside a transaction only COMMIT can do that.
bool may_commit(std::string_view sql, PGTransactionStatusType state) {
  if (state != PQTRANS_IDLE) return begins_with(sql, "COMMIT");
  static constexpr std::array harmless{"SELECT", "SHOW", "LISTEN", "BEGIN", "ROLLBACK", "SET", "EXPLAIN"};
  return std::none_of(harmless.begin(), harmless.end(), [&](const char* word) { return begins_with(sql, word); });
}

std::size_t waiting_bytes(int socket) {
  int count = 0;
  return ioctl(socket, FIONREAD, &count) == 0 ? static_cast<std::size_t>(count) : 0;
}

bool is_error(const Reply& reply) {
  const auto status = PQresultStatus(reply.get());
  return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY;
}

}  // namespace

/// What is known of the statement under way.
struct Connection::Call {
  const Statement& statement;
  std::size_t max_bytes;
  Clock::time_point deadline;
  bool may_commit;
  bool sent = false;
  std::size_t received = 0;
  bool too_large = false;
  bool look_again = false;  ///< the TLS layer may hold octets that the socket no longer shows
};

Connection::Connection(const Target& target)
    : pg_(open_connection(target)),
      cancel_(PQgetCancel(pg_.get())),
      patience_(target.statement_timeout + grace),
      encrypted_(PQsslInUse(pg_.get()) != 0) {}

Reply Connection::exchange(const Statement& statement, const Parameters& parameters, std::size_t max_bytes) {
  Call call{statement, max_bytes, Clock::now() + patience_, may_commit(statement.sql, PQtransactionStatus(pg()))};
  running_ = true;
  try {
    send(call, parameters);
    auto reply = receive(call);
    running_ = false;
    return reply;
  } catch (...) {
    running_ = false;
    throw;
  }
}

void Connection::take_news() {
  const Statement nothing{"waiting for notifications", {}};
  const Call call{nothing, Session::no_limit, {}, false};
  if (!usable() || PQconsumeInput(pg()) == 0) lose(call, PQerrorMessage(pg()));
}

void Connection::cancel() noexcept {
  std::array<char, 256> why{};
  if (running_) PQcancel(cancel_.get(), why.data(), static_cast<int>(why.size()));
}

void Connection::send(Call& call, const Parameters& parameters) {
  // A server that has ended the session said so before; read now, that leaves no doubt about this statement.
  if (!usable() || PQconsumeInput(pg()) == 0) lose(call, PQerrorMessage(pg()));

  const char* sql = call.statement.sql.c_str();
  const int accepted = parameters.count() == 0
                           ? PQsendQuery(pg(), sql)
                           : PQsendQueryParams(pg(), sql, parameters.count(), parameters.types(), parameters.values(),
                                               parameters.lengths(), parameters.formats(), 0);
  if (accepted == 0) lose(call, PQerrorMessage(pg()));
  while (true) {
    const int left = PQflush(pg());
    if (left == 0) break;
    if (left < 0) lose(call, PQerrorMessage(pg()));
    wait(call, POLLIN | POLLOUT);
    if (PQconsumeInput(pg()) == 0) lose(call, PQerrorMessage(pg()));
  }
  call.sent = true;
}

Reply Connection::receive(Call& call) {
  Reply last;
  bool alive = true;
  while (alive) {
    while (alive && PQisBusy(pg()) != 0) alive = take_input(call);
    if (!alive) break;
    Reply reply(PQgetResult(pg()), &PQclear);
    if (!reply) break;
    if (!last || !is_error(last)) last = std::move(reply);
  }
  const bool explained = last && PQresultErrorField(last.get(), PG_DIAG_SQLSTATE) != nullptr;
  if (!usable() && !explained) lose(call, PQerrorMessage(pg()));
  if (!usable()) pg_.reset();
  if (call.too_large) throw too_large_error(call.statement.name, call.max_bytes);
  if (is_error(last)) throw error_of(*last, call.statement.name, call.may_commit);
  return last;
}

/// False when the connection broke.
bool Connection::take_input(Call& call) {
  const int socket = PQsocket(pg());
  auto before = waiting_bytes(socket);
  if (before == 0 && !std::exchange(call.look_again, false)) {
    wait(call, POLLIN);
    before = waiting_bytes(socket);
  }
  call.look_again = encrypted_ && before > 0;
  if (PQconsumeInput(pg()) == 0) return false;
  // What was taken is what is gone, but more may have come meanwhile; libpq always has room for so much.
  constexpr std::size_t room = 8192;
  const auto after = waiting_bytes(socket);
  call.received += std::max(before > after ? before - after : 0, std::min(before, room));
  hold_to_limit(call);
  return true;
}

void Connection::hold_to_limit(Call& call) {
  if (call.received <= call.max_bytes) return;
  if (!std::exchange(call.too_large, true)) cancel();
  if (call.received - call.max_bytes > most_after_cancel) lose(call, "the result is too large, and the server does not stop");
}

void Connection::wait(const Call& call, short events) {
  if (!ready(PQsocket(pg()), events, call.deadline)) lose(call, "no answer within " + std::to_string(patience_.count()) + " ms");
}

void Connection::lose(const Call& call, std::string_view why) {
  const auto text = std::string(call.statement.name) + ": connection lost: " + one_line(why);
  pg_.reset();
  throw DbError(Failure::connection_lost, "", text, call.may_commit && call.sent);
}

}  // namespace db::postgres
