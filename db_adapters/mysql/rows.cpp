#include "db_adapters/mysql/rows.hpp"

#include <algorithm>
#include <cstring>
#include <memory_resource>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

namespace db::mysql {

namespace {

constexpr std::size_t first_block = 16384;
constexpr std::size_t worth_draining = std::size_t{16} << 20;
constexpr unsigned int binary_charset = 63;  ///< character set number of what has no character set

#ifdef MARIADB_PACKAGE_VERSION_ID
/// MariaDB's own types travel as strings; Connector/C passes on what the server says of them beside that.
bool says(const MYSQL_FIELD& field, mariadb_field_attr_t attribute, std::string_view expected) noexcept {
  MARIADB_CONST_STRING value{};
  return mariadb_field_attr(&value, &field, attribute) == 0 && std::string_view(value.str, value.length) == expected;
}
#endif

relay::ColumnKind string_kind(const MYSQL_FIELD& field) noexcept {
#ifdef MARIADB_PACKAGE_VERSION_ID
  if (says(field, MARIADB_FIELD_ATTR_FORMAT_NAME, "json")) return relay::ColumnKind::json;
  if (says(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME, "uuid")) return relay::ColumnKind::uuid;
#endif
  return field.charsetnr == binary_charset ? relay::ColumnKind::bytes : relay::ColumnKind::text;
}

bool is_number(relay::ColumnKind kind) noexcept {
  using enum relay::ColumnKind;
  return kind == integer || kind == decimal || kind == real;
}

std::vector<relay::Column> columns_of(MYSQL_RES& result) {
  const std::span fields(mysql_fetch_fields(&result), mysql_num_fields(&result));
  std::vector<relay::Column> columns;
  columns.reserve(fields.size());
  for (const auto& field : fields) columns.push_back({std::string(field.name, field.name_length), kind_of(field)});
  return columns;
}

/// Which columns the server fills up with zeros from the left: ZEROFILL, and YEAR.
std::vector<bool> padded_columns(MYSQL_RES& result) {
  const std::span fields(mysql_fetch_fields(&result), mysql_num_fields(&result));
  std::vector<bool> padded;
  padded.reserve(fields.size());
  for (const auto& field : fields) padded.push_back((field.flags & ZEROFILL_FLAG) != 0 && is_number(kind_of(field)));
  return padded;
}

/// `00042` -> `42`, `000.50` -> `0.50`
std::string_view without_padding(std::string_view number) noexcept {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (number.size() > 1 && number[0] == '0' && is_digit(number[1])) number.remove_prefix(1);
  return number;
}

/// Cells and the bytes they point into, filled row by row.
class Rows {
 public:
  explicit Rows(std::vector<bool> padded) : padded_(std::move(padded)) {}

  void add(std::span<char* const> row, std::span<const unsigned long> lengths, std::size_t bytes) {
    auto* to = static_cast<char*>(arena_->allocate(bytes, 1));
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i] == nullptr) {
        cells_.emplace_back();
      } else {
        std::string_view text(row[i], lengths[i]);
        if (padded_[i]) text = without_padding(text);
        std::memcpy(to, text.data(), text.size());
        cells_.emplace_back(std::string_view(to, text.size()));
        to += text.size();
      }
    }
  }

  ResultSet finish(std::vector<relay::Column> columns) { return {std::move(columns), std::move(cells_), std::move(arena_)}; }

 private:
  std::shared_ptr<std::pmr::monotonic_buffer_resource> arena_ = std::make_shared<std::pmr::monotonic_buffer_resource>(first_block);
  std::vector<relay::Cell> cells_;
  std::vector<bool> padded_;
};

/// Reading a little more is cheaper than a new connection; reading all the rest could take for ever.
bool drain(MYSQL_RES& result, std::size_t budget) {
  const auto columns = mysql_num_fields(&result);
  while (mysql_fetch_row(&result) != nullptr) {
    const std::span lengths(mysql_fetch_lengths(&result), columns);
    const auto bytes = std::accumulate(lengths.begin(), lengths.end(), std::size_t{1});
    if (bytes > budget) return false;
    budget -= bytes;
  }
  return true;
}

}  // namespace

relay::ColumnKind kind_of(const MYSQL_FIELD& field) noexcept {
  using enum relay::ColumnKind;
  switch (static_cast<int>(field.type)) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_YEAR:
      return integer;
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
      return decimal;
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
      return real;
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_DATETIME:
      return timestamp;
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return date;
    case MYSQL_TYPE_TIME:
      return time;
    case MYSQL_TYPE_JSON:
      return json;
    case MYSQL_TYPE_NULL:
      return other;
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_GEOMETRY:
      return bytes;
    default:  // CHAR, VARCHAR, TEXT, BLOB, ENUM and all that a later server adds
      return string_kind(field);
  }
}

Reading read_rows(MYSQL_RES& result, std::size_t max_bytes) {
  const auto columns = mysql_num_fields(&result);
  Rows rows(padded_columns(result));
  std::size_t total = 0;
  while (MYSQL_ROW row = mysql_fetch_row(&result)) {
    const std::span lengths(mysql_fetch_lengths(&result), columns);
    const auto bytes = std::accumulate(lengths.begin(), lengths.end(), std::size_t{0});
    if (bytes > max_bytes - total) return {std::nullopt, drain(result, std::max(max_bytes, worth_draining))};
    total += bytes;
    rows.add(std::span(row, columns), lengths, bytes);
  }
  return {rows.finish(columns_of(result)), true};
}

}  // namespace db::mysql
