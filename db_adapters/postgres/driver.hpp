#pragma once

#include "db_adapters/port/session.hpp"

namespace db::postgres {

/// PostgreSQL 12 and later, Aurora and what speaks its protocol, through libpq.
class PostgresDriver final : public Driver {
 public:
  [[nodiscard]] std::unique_ptr<Session> connect(const Target& target) const override;
  [[nodiscard]] const Dialect& dialect(const Session& session) const override;
};

}  // namespace db::postgres
