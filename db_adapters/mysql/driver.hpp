#pragma once

#include "db_adapters/port/session.hpp"

namespace db::mysql {

/// MySQL 8.0 and later, MariaDB 10.6 and later, Aurora and what speaks their protocol, through the MySQL client API.
class MysqlDriver final : public Driver {
 public:
  [[nodiscard]] std::unique_ptr<Session> connect(const Target& target) const override;
  [[nodiscard]] const Dialect& dialect(const Session& session) const override;
};

}  // namespace db::mysql
