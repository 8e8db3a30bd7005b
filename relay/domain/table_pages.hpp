#pragma once

#include "relay/domain/remembered_rows.hpp"
#include "relay/domain/table_point.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace relay {

/// The rows of one statement, on their way to Kafka.
struct TablePage {
  bool of_pass = false;             ///< false: it was read above the pass, for its rows' haste alone
  TablePoint end{};                 ///< behind its last row
  Micros end_time = 0;              ///< of that row
  bool taken = false;               ///< all its rows are sent, known or held
  bool held = false;                ///< a row of it cannot be sent: where it is of a pass, the cursor stays below
  std::size_t on_their_way = 0;     ///< rows without an outcome
  std::size_t bytes = 0;            ///< of these
  std::vector<SentVersion> sent{};  ///< by their numbers within the page; forgotten when all have an outcome
};

/// Pages in the order in which they were read: their acknowledged beginning is what the cursor may pass.
class TablePages {
 public:
  using Number = std::uint64_t;
  /// A page is found by its number's remainder as well: far fewer are under way at once.
  static constexpr Number numbers = Number{1} << 28U;

  /// The last one, whose rows are being taken. A reference until the next one opens.
  TablePage& open(bool of_pass);
  [[nodiscard]] TablePage* find(Number number) noexcept;
  [[nodiscard]] Number last_number() const noexcept { return first_ + pages_.size() - 1; }
  [[nodiscard]] bool empty() const noexcept { return pages_.empty(); }

  /// A row of it; of a page that is not there any more, nothing.
  void acknowledged(Number number);
  /// Takes the first page off if it is done: all its rows are acknowledged or were known.
  [[nodiscard]] std::optional<TablePage> take_done();

  /// Whether the pages up to this one have nothing on its way any more.
  [[nodiscard]] bool landed(Number through) const noexcept;
  [[nodiscard]] Number first_number() const noexcept { return first_; }
  /// Forgets the pages up to this one.
  void drop(Number through);
  [[nodiscard]] const std::deque<TablePage>& all() const noexcept { return pages_; }

  [[nodiscard]] std::size_t rows_on_their_way() const noexcept;
  [[nodiscard]] std::size_t bytes_on_their_way() const noexcept;

 private:
  std::deque<TablePage> pages_;
  Number first_ = 1;
};

}  // namespace relay
