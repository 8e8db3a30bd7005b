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
  std::string_view time;  ///< of its last change, where rows are read in that order
};

/// One page of rows, their bytes in the driver's buffer.
struct Page {
  std::vector<Row> rows;
  std::shared_ptr<const void> owner;
};

/// Which rows come next.
enum class Order : std::uint8_t {
  id,
  time_and_id,  ///< by the index over both that a polled table has
};

/// One connection to the outbox.
class Table {
 public:
  virtual ~Table() = default;
  /// At most `limit` rows behind that one. @param last  none: from the beginning
  virtual Page read(const Row* last, int limit) = 0;
  virtual void delete_range(std::int64_t low, std::int64_t high, std::size_t rows) = 0;
};

using OpenTable = std::function<std::unique_ptr<Table>(const db::Target&, Order)>;

/// floor_DATABASE URL BROKERS TOPIC [keep|keep-by-time]: moves all rows, then ends.
int run_floor(int argc, char** argv, const OpenTable& open);

}  // namespace bench
