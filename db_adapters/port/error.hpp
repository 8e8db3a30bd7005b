#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace db {

/// What went wrong, as the relay has to tell it apart. Each adapter maps its codes to these in one table.
enum class Failure : std::uint8_t {
  unreachable,      ///< no connection could be made: refused, no route, DNS, time-out, server starting or full
  connection_lost,  ///< the connection broke, or the server ended it
  credentials,      ///< wrong user or password, no such database for this user
  trust,            ///< TLS: the server could not be verified, or one side insists on it and the other does not do it
  privilege,        ///< the role may not do this
  missing_object,   ///< no such table, column, schema or database
  read_only,        ///< the server does not take writes (a stand-by, a reader, a fail-over)
  duplicate_key,
  deadlock,           ///< also a serialization failure: the server rolled this transaction back
  lock_timeout,       ///< another transaction holds what this statement waits for
  statement_timeout,  ///< the statement took longer than allowed, or was cancelled
  too_large,          ///< the result is over the caller's byte limit
  bad_value,          ///< a value does not fit its column's type
  bad_statement,      ///< the server does not understand it: a condition in the options, or a server too old
  other,              ///< nobody knows: a setting, a mistake of the program, or an outage with a number of its own
};

/// A failed call to a database. `what()` is one line for a person; programs ask the questions below.
class DbError : public std::runtime_error {
 public:
  /// @param code  the database's own code (SQLSTATE, errno as text), for the log
  DbError(Failure failure, std::string code, const std::string& what, bool in_doubt = false)
      : std::runtime_error(what), failure_(failure), code_(std::move(code)), in_doubt_(in_doubt) {}

  [[nodiscard]] Failure failure() const noexcept { return failure_; }
  [[nodiscard]] std::string_view code() const noexcept { return code_; }

  /// The session cannot be used any more; connect anew.
  [[nodiscard]] bool connection_lost() const noexcept;

  /// A statement or COMMIT that changes rows may have happened although its reply did not come.
  /// Never repeat it blindly: read, then decide (guarantees.md, Settling).
  [[nodiscard]] bool in_doubt() const noexcept { return in_doubt_; }

  /// Waiting and trying again can help without anybody's doing.
  [[nodiscard]] bool transient() const noexcept;

  /// Somebody has to change a setting, a grant or the schema.
  [[nodiscard]] bool needs_operator() const noexcept { return !transient() && failure_ != Failure::other; }

 private:
  Failure failure_;
  std::string code_;
  bool in_doubt_;
};

}  // namespace db
