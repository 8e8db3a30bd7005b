#pragma once

#include "tests/contract/sandbox.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace contract {

using Ids = std::vector<std::int64_t>;
using Ranges = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// The ids from first to last.
[[nodiscard]] Ids ids(std::int64_t first, std::int64_t last, std::int64_t step = 1);

enum class Dispose : bool { delete_row, mark };

/// An outbox whose column names nobody would choose, and the named queries on it.
class Outbox {
 public:
  Outbox(Sandbox& sandbox, Dispose dispose);

  [[nodiscard]] const std::string& table() const { return table_; }

  /// Rows with these ids, in one transaction.
  void insert(db::Session& session, std::span<const std::int64_t> positions) const;
  /// One row whose id the database draws, and nothing else.
  void draw(db::Session& session) const;

  /// claim_forward as it comes.
  [[nodiscard]] db::ResultSet claim(db::Session& session, std::int64_t after, std::int64_t limit) const;

  [[nodiscard]] Ids head(db::Session& session, std::int64_t limit) const;
  [[nodiscard]] Ids forward(db::Session& session, std::int64_t after, std::int64_t limit) const;
  [[nodiscard]] Ids gaps(db::Session& session, const Ranges& ranges, std::int64_t limit) const;
  [[nodiscard]] Ids some(db::Session& session, std::span<const std::int64_t> positions) const;

  /// How many rows were settled.
  std::uint64_t settle_ranges(db::Session& session, const Ranges& ranges) const;
  std::uint64_t settle_list(db::Session& session, std::span<const std::int64_t> positions) const;

  /// Positions of sent rows, of these queries of the mark variant.
  [[nodiscard]] Ids sent_by_ids(db::Session& session, std::int64_t after, std::int64_t high, std::int64_t limit) const;
  [[nodiscard]] Ids sent_by_time(db::Session& session, std::int64_t after, std::string_view since, std::string_view until,
                                 std::int64_t limit) const;
  [[nodiscard]] Ids sent_by_key(db::Session& session, std::int64_t after, std::string_view key, std::int64_t limit) const;
  std::uint64_t delete_sent(db::Session& session, std::span<const std::int64_t> positions) const;
  std::uint64_t unmark(db::Session& session, std::span<const std::int64_t> positions) const;

  [[nodiscard]] std::vector<std::string> writers(db::Session& session) const;
  [[nodiscard]] db::ResultSet backlog(db::Session& session) const;
  [[nodiscard]] db::ResultSet columns(db::Session& session, std::string_view name) const;

  [[nodiscard]] std::string not_a_table(db::Session& session, std::string_view name) const;

  /// `none`, `nobody can tell`, or that there is one.
  [[nodiscard]] std::string unsent_index(db::Session& session, std::string_view name) const;

  /// All ids that are there and unsent.
  [[nodiscard]] Ids unsent(db::Session& session) const { return head(session, 1'000'000); }

 private:
  [[nodiscard]] db::Statement query(std::string_view name, std::string_view text) const;
  [[nodiscard]] db::ResultSet run_for(db::Session& session, std::string_view name, std::string_view text,
                                      std::span<const std::int64_t> positions) const;

  const Database& database_;
  const db::Dialect& dialect_;
  Dispose dispose_;
  std::string table_;
  std::map<std::string, std::string, std::less<>> fragments_;
};

}  // namespace contract
