#pragma once

#include "db_adapters/port/result_set.hpp"

#include <memory>

#include <libpq-fe.h>

namespace db::postgres {

using Reply = std::shared_ptr<const PGresult>;

/// The reply as the port's cells: they point into the reply, which the result set owns; binary columns into a copy without hex.
[[nodiscard]] ResultSet result_set(Reply reply);

}  // namespace db::postgres
