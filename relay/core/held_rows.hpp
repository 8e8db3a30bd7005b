#pragma once

#include "relay/core/claim.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <span>

namespace relay::core {

/// Claimed rows that wait until no lower id can appear any more (outbox.order = strict). One thread.
class HeldRows {
 public:
  using Publish = std::function<void(const std::shared_ptr<const OutboxTable>& table, std::span<const Row> rows)>;

  /// Leaves out what is held already: a sweep reads it again.
  void add(Claim claim);

  /// Hands over the rows below `limit` in the order of their positions, whichever claim brought them, and forgets them.
  void release_below(Position limit, const Publish& publish);

  /// From here on rows are read again: a rewind.
  void drop_from(Position position);

  [[nodiscard]] bool empty() const noexcept { return claims_.empty(); }
  [[nodiscard]] std::size_t rows() const noexcept;
  [[nodiscard]] std::size_t bytes() const noexcept;

 private:
  [[nodiscard]] bool holds(Position position) const;

  std::list<Claim> claims_;
};

}  // namespace relay::core
