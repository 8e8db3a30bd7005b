#pragma once

#include "db_adapters/mysql/handle.hpp"
#include "db_adapters/port/result_set.hpp"

#include <cstddef>
#include <optional>

namespace db::mysql {

[[nodiscard]] relay::ColumnKind kind_of(const MYSQL_FIELD& field) noexcept;

/// What became of a running query's rows.
struct Reading {
  std::optional<ResultSet> rows;  ///< nothing: they were over the limit
  bool drained = true;            ///< the server has nothing more to send; false: only closing the connection ends it
};

/// Takes the rows of a running query (`mysql_use_result`) as they come in, each copied once; never holds more than `max_bytes` of
/// cells. What is over the limit is read and dropped where that is cheaper than a new connection. An error that ended the rows
/// early stands in the connection's `mysql_errno`.
[[nodiscard]] Reading read_rows(MYSQL_RES& result, std::size_t max_bytes);

}  // namespace db::mysql
