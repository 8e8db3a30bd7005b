#include "db_adapters/port/error.hpp"

namespace db {

bool DbError::connection_lost() const noexcept {
  return failure_ == Failure::unreachable || failure_ == Failure::connection_lost || failure_ == Failure::credentials ||
         failure_ == Failure::trust;
}

bool DbError::transient() const noexcept {
  switch (failure_) {
    case Failure::unreachable:
    case Failure::connection_lost:
    case Failure::read_only:
    case Failure::deadlock:
    case Failure::lock_timeout:
    case Failure::statement_timeout:
    case Failure::too_large:
      return true;
    case Failure::credentials:
    case Failure::trust:
    case Failure::privilege:
    case Failure::missing_object:
    case Failure::duplicate_key:
    case Failure::bad_value:
    case Failure::bad_statement:
    case Failure::other:
      return false;
  }
  return false;
}

}  // namespace db
