#pragma once

#include "db_adapters/port/session.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace bench {

/// The floor that the relay is measured against: pages, produce, delete. It is fast because it keeps no promise: a row that commits
/// late is lost, a failed message ends the program, and nobody else may touch the table.

struct Row {
  std::string_view id;
  std::string_view type;
  std::string_view key;
  std::string_view event;
  std::string_view payload;
};

/// One page of rows, their bytes in the driver's buffer.
struct Page {
  std::vector<Row> rows;
  std::shared_ptr<const void> owner;
};

/// One connection to the outbox.
class Table {
 public:
  virtual ~Table() = default;
  /// At most `limit` rows above `after`, in order of their ids.
  virtual Page read(std::int64_t after, int limit) = 0;
  virtual void delete_range(std::int64_t low, std::int64_t high, std::size_t rows) = 0;
};

using OpenTable = std::function<std::unique_ptr<Table>(const db::Target&)>;

/// floor_DATABASE URL BROKERS TOPIC: moves all rows, then ends.
int run_floor(int argc, char** argv, const OpenTable& open);

}  // namespace bench
