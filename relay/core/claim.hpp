#pragma once

#include "relay/core/outbox_table.hpp"
#include "relay/domain/claim_window.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace relay::core {

/// Rows that one claim brought, ascending by position, and what owns their bytes. Nothing is locked by it.
struct Claim {
  ClaimOrder::Kind kind = ClaimOrder::Kind::forward;
  std::uint64_t number = 0;
  std::shared_ptr<const OutboxTable> table;
  std::vector<Row> rows;
  std::vector<Position> positions;  ///< of `rows`
  Position gaps_read_through = highest_position;
  std::optional<std::set<WriterToken>> writers;  ///< who could still fill a gap, read before the rows
  bool twins = false;                            ///< two rows have one position: none of these may be settled
  bool more = false;                             ///< cut by a limit: ask again at once
  std::size_t bytes = 0;
  std::vector<db::ResultSet> owners;

  /// Leaves out the rows above.
  void keep_through(Position position);

  [[nodiscard]] ClaimFindings findings() const {
    return {.number = number,
            .kind = kind,
            .positions = positions,
            .gaps_read_through = gaps_read_through,
            .more = more,
            .writers = writers};
  }
};

/// Reads forward, and THEN, in a later statement, the open gaps, the new ones included, and again while that brings rows.
///
/// Why this order: a predecessor that committed before its successor began is visible to every statement that starts after the
/// successor was seen. It does not rest on snapshots: MariaDB was seen to show a row without its committed predecessor in one
/// statement (guarantees.md, Late commits, 1). Where a limit cuts the gap read, higher rows are left out: they come with the
/// next claim, in order.
///
/// @param byte_limit  of cells, for each statement; over it the claim fails with `too_large` and is to be asked with fewer rows
/// @throws db::DbError  also `read_only`, when the server that answered is a reader: a stale one is a duplicate storm
[[nodiscard]] Claim claim(db::Session& session, std::shared_ptr<const OutboxTable> table, const ClaimOrder& order,
                          std::size_t byte_limit);

/// Who could still fill a gap now. @return nothing: this role or server cannot tell
[[nodiscard]] std::optional<std::set<WriterToken>> read_writers(db::Session& session, const OutboxTable& table);

}  // namespace relay::core
