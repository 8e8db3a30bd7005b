#pragma once

#include "db_adapters/mysql/handle.hpp"
#include "db_adapters/port/result_set.hpp"

#include <cstddef>
#include <optional>

namespace db::mysql {

[[nodiscard]] relay::ColumnKind kind_of(const MYSQL_FIELD& field) noexcept;

/// Takes the rows of a running query (`mysql_use_result`) as they come in.
/// @return nothing when they have more than `max_bytes` of cells: no more were kept than that, and the rest is still to come
///         unless it was short enough to be read and dropped, see `drained`
struct Reading {
  std::optional<ResultSet> rows;
  bool drained = true;  ///< the server has nothing more to send; false: only closing the connection ends it
};

/// An error that ended the rows early stands in the connection's `mysql_errno`.
[[nodiscard]] Reading read_rows(MYSQL_RES& result, std::size_t max_bytes);

}  // namespace db::mysql
