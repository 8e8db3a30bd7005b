#pragma once

#include "relay/core/claim.hpp"
#include "relay/core/events.hpp"
#include "relay/encode/encoder.hpp"

#include <array>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace model {

/// Messages with nothing but topic, key and value.
[[nodiscard]] relay::encode::MessageShape shape();
[[nodiscard]] relay::encode::ColumnRoles roles();

/// An outbox whose rows are all committed.
class Outbox {
 public:
  struct Entry {
    std::string topic;
    std::string key;
  };
  explicit Outbox(const std::map<relay::Position, Entry>& rows);

  /// The next rows above a position.
  [[nodiscard]] relay::core::Claim above(relay::Position position, std::size_t most) const;
  /// Exactly these, as far as they are there.
  [[nodiscard]] relay::core::Claim rows(const std::vector<relay::Position>& positions) const;

  void commit(relay::Position position, const Entry& entry);
  void remove(relay::Position position) { rows_.erase(position); }
  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] std::vector<relay::Position> positions() const;

 private:
  struct Stored {
    std::array<std::string, 5> texts;  // as the layout's columns
    std::array<relay::Cell, 5> cells;
  };

  std::shared_ptr<const relay::core::OutboxTable> table_;
  std::map<relay::Position, std::unique_ptr<const Stored>> rows_;
};

}  // namespace model
