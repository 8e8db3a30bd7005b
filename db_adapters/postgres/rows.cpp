#include "db_adapters/postgres/rows.hpp"

#include "db_adapters/postgres/types.hpp"

#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace db::postgres {
namespace {

std::string_view value(const PGresult& reply, int row, int column) {
  return {PQgetvalue(&reply, row, column), static_cast<std::size_t>(PQgetlength(&reply, row, column))};
}

constexpr unsigned char nibble(char digit) noexcept {
  return static_cast<unsigned char>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/// The octets of all binary columns of one reply, in one piece. PostgreSQL writes them as `\x` and two lower-case digits each.
class Octets {
 public:
  Octets(const PGresult& reply, const std::vector<int>& columns) {
    std::size_t digits = 0;
    for (const int column : columns) {
      for (int row = 0; row < PQntuples(&reply); ++row) digits += value(reply, row, column).size();
    }
    octets_.resize(digits / 2);
  }

  std::string_view decode(std::string_view hex) {
    const auto begin = used_;
    for (std::size_t i = 2; i + 1 < hex.size(); i += 2) {
      octets_[used_++] = static_cast<char>(nibble(hex[i]) << 4U | nibble(hex[i + 1]));
    }
    return {octets_.data() + begin, used_ - begin};
  }

 private:
  std::vector<char> octets_;
  std::size_t used_ = 0;
};

std::vector<relay::Column> columns_of(const PGresult& reply) {
  std::vector<relay::Column> columns;
  columns.reserve(static_cast<std::size_t>(PQnfields(&reply)));
  for (int column = 0; column < PQnfields(&reply); ++column) {
    columns.push_back({PQfname(&reply, column), types::kind_of(PQftype(&reply, column))});
  }
  return columns;
}

std::vector<relay::Cell> cells_of(const PGresult& reply) {
  const int rows = PQntuples(&reply);
  const int columns = PQnfields(&reply);
  std::vector<relay::Cell> cells;
  cells.reserve(static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const auto bytes = value(reply, row, column);
      const bool null = bytes.empty() && PQgetisnull(&reply, row, column) != 0;
      cells.push_back(null ? relay::Cell() : relay::Cell(bytes));
    }
  }
  return cells;
}

/// `t` and `f` as the port wants them.
void spell_out_booleans(std::vector<relay::Cell>& cells, std::size_t column, std::size_t columns) {
  for (auto at = column; at < cells.size(); at += columns) {
    if (!cells[at].is_null()) cells[at] = relay::Cell(cells[at].bytes() == "t" ? "true" : "false");
  }
}

}  // namespace

ResultSet result_set(Reply reply) {
  if (PQresultStatus(reply.get()) != PGRES_TUPLES_OK) {
    return ResultSet(std::strtoull(PQcmdTuples(const_cast<PGresult*>(reply.get())), nullptr, 10));  // NOLINT: libpq forgot const
  }
  auto columns = columns_of(*reply);
  auto cells = cells_of(*reply);
  std::vector<int> binary;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    if (columns[column].kind == relay::ColumnKind::boolean) spell_out_booleans(cells, column, columns.size());
    if (columns[column].kind == relay::ColumnKind::bytes) binary.push_back(static_cast<int>(column));
  }
  if (binary.empty()) return {std::move(columns), std::move(cells), std::move(reply)};

  struct Both {
    Reply reply;
    Octets octets;
  };
  auto owner = std::make_shared<Both>(Both{reply, Octets(*reply, binary)});
  for (const int column : binary) {
    for (auto at = static_cast<std::size_t>(column); at < cells.size(); at += columns.size()) {
      if (!cells[at].is_null()) cells[at] = relay::Cell(owner->octets.decode(cells[at].bytes()));
    }
  }
  return {std::move(columns), std::move(cells), std::move(owner)};
}

}  // namespace db::postgres
