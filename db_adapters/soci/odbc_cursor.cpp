#include "db_adapters/soci/odbc_cursor.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include <soci/odbc/soci-odbc.h>

namespace db::soci_adapter {

using relay::ColumnKind;

namespace {

constexpr std::size_t piece_bytes = std::size_t{64} << 10U;
/// Above this a driver may want the long types; SOCI's own limit too.
constexpr std::size_t short_bytes = 8000;

// SQL Server's own types, from msodbcsql.h.
constexpr SQLSMALLINT ss_time = -154;
constexpr SQLSMALLINT ss_timestamp_offset = -155;

/// @param digits  behind the point: Oracle has no integers but NUMBER(19)
ColumnKind kind_of(SQLSMALLINT type, SQLSMALLINT digits) {
  switch (type) {
    case SQL_BIT:
      return ColumnKind::boolean;
    case SQL_TINYINT:
    case SQL_SMALLINT:
    case SQL_INTEGER:
    case SQL_BIGINT:
      return ColumnKind::integer;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
      return digits == 0 ? ColumnKind::integer : ColumnKind::decimal;
    case SQL_REAL:
    case SQL_FLOAT:
    case SQL_DOUBLE:
      return ColumnKind::real;
    case SQL_BINARY:
    case SQL_VARBINARY:
    case SQL_LONGVARBINARY:
      return ColumnKind::bytes;
    case SQL_TYPE_DATE:
      return ColumnKind::date;
    case SQL_TYPE_TIME:
    case ss_time:
      return ColumnKind::time;
    case SQL_TYPE_TIMESTAMP:
    case ss_timestamp_offset:
      return ColumnKind::timestamp;
    case SQL_GUID:
      return ColumnKind::uuid;
    default:
      return ColumnKind::text;
  }
}

}  // namespace

OdbcRows::OdbcRows(const OdbcContext& context) : context_(context), statement_(context.session) {
  statement_.alloc();
  handle_ = static_cast<soci::odbc_statement_backend*>(statement_.get_backend())->hstmt_;
  const auto seconds = static_cast<std::uintptr_t>(std::max<std::int64_t>(1, context.statement_timeout.count()));
  // A driver without time-outs refuses; its statements are stopped by cancel() alone.
  context.api.set_stmt_attr(handle_, SQL_ATTR_QUERY_TIMEOUT, attribute(seconds), 0);
  context_.running.set(handle_);
}

DbError OdbcRows::error() const {
  auto error = context_.api.error_of(SQL_HANDLE_STMT, handle_);
  if (error.failure() != Failure::other) return error;
  // Drivers say HY000 also of a connection that broke.
  SQLHDBC connection = static_cast<soci::odbc_session_backend*>(context_.session.get_backend())->hdbc_;
  SQLUINTEGER dead = SQL_CD_FALSE;
  context_.api.get_connect_attr(connection, SQL_ATTR_CONNECTION_DEAD, &dead, sizeof dead, nullptr);
  if (dead == SQL_CD_TRUE) return {Failure::connection_lost, std::string(error.code()), error.what()};
  return error;
}

void OdbcRows::check(SQLRETURN result) const {
  if (context_.api.failed(result)) throw error();
}

bool OdbcRows::fetch() {
  const auto result = context_.api.fetch(handle_);
  check(result);
  return result != SQL_NO_DATA;
}

std::optional<std::string_view> OdbcRows::cell(SQLUSMALLINT column, bool binary, std::size_t most) {
  const std::size_t ending = binary ? 0 : 1;  // text comes with a NUL behind it
  cell_.clear();
  for (std::size_t piece = std::min(piece_bytes, std::max<std::size_t>(cell_.capacity(), 1024));;) {
    const auto begin = cell_.size();
    cell_.resize(begin + piece);
    SQLLEN left = 0;
    const auto result = context_.api.get_data(handle_, column, binary ? SQL_C_BINARY : SQL_C_CHAR, cell_.data() + begin,
                                              static_cast<SQLLEN>(piece), &left);
    check(result);
    if (left == SQL_NULL_DATA) return std::nullopt;
    const bool more = result == SQL_SUCCESS_WITH_INFO && (left == SQL_NO_TOTAL || std::cmp_greater(left, piece - ending));
    if (result == SQL_NO_DATA)
      cell_.resize(begin);
    else
      cell_.resize(begin + (more ? piece - ending : static_cast<std::size_t>(left)));
    if (!more || cell_.size() > most) return cell_;
    piece = left == SQL_NO_TOTAL ? piece_bytes : std::min(static_cast<std::size_t>(left), std::max(most, piece_bytes)) + ending;
  }
}

OdbcCursor::OdbcCursor(const OdbcContext& context, std::string_view sql) : rows_(context), text_(positional(sql)) {
  rows_.check(
      context.api.prepare(rows_.handle(), reinterpret_cast<SQLCHAR*>(text_.sql.data()), static_cast<SQLINTEGER>(text_.sql.size())));
}

bool OdbcCursor::execute(std::span<const Parameter> parameters) {
  if (parameters.size() != text_.parameters) {
    throw DbError(Failure::bad_statement, "",
                  std::to_string(parameters.size()) + " parameters for " + std::to_string(text_.parameters) + " placeholders");
  }
  bound_.resize(text_.order.size());
  for (std::size_t i = 0; i < bound_.size(); ++i) bind(static_cast<SQLUSMALLINT>(i + 1), parameters[text_.order[i]], bound_[i]);
  try {
    rows_.statement().execute(false);
  } catch (const soci::soci_error&) {
    throw rows_.error();
  }
  describe();
  return !columns_.empty() && rows_.fetch();
}

void OdbcCursor::bind(SQLUSMALLINT index, const Parameter& parameter, Bound& bound) {
  std::visit(
      [&](const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, Null>) {
          bind_octets(index, {}, false, bound);
          bound.length = SQL_NULL_DATA;
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          bound.number = value;
          bound.text = std::to_string(value);
          if (rows_.context().numbers_as_text) return bind_octets(index, bound.text, false, bound);
          rows_.check(rows_.context().api.bind_parameter(rows_.handle(), index, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0, 0,
                                                         &bound.number, sizeof bound.number, &bound.length));
        } else if constexpr (std::is_same_v<Value, std::string_view>) {
          bind_octets(index, value, false, bound);
        } else {
          bind_octets(index, value.octets, true, bound);
        }
      },
      parameter);
}

void OdbcCursor::bind_octets(SQLUSMALLINT index, std::string_view octets, bool binary, Bound& bound) {
  const bool is_long = octets.size() > short_bytes;
  const auto text_type = is_long ? SQL_LONGVARCHAR : SQL_VARCHAR;
  const auto binary_type = is_long ? SQL_LONGVARBINARY : SQL_VARBINARY;
  bound.length = static_cast<SQLLEN>(octets.size());
  rows_.check(rows_.context().api.bind_parameter(
      rows_.handle(), index, SQL_PARAM_INPUT, static_cast<SQLSMALLINT>(binary ? SQL_C_BINARY : SQL_C_CHAR),
      static_cast<SQLSMALLINT>(binary ? binary_type : text_type), std::max<SQLULEN>(1, octets.size()), 0,
      const_cast<char*>(octets.empty() ? "" : octets.data()), bound.length, &bound.length));
}

void OdbcCursor::describe() {
  SQLSMALLINT count = 0;
  rows_.check(rows_.context().api.num_result_cols(rows_.handle(), &count));
  for (SQLSMALLINT i = 1; i <= count; ++i) {
    std::array<SQLCHAR, 1024> name{};
    SQLSMALLINT length = 0;
    SQLSMALLINT type = 0;
    SQLULEN size = 0;
    SQLSMALLINT digits = 0;
    SQLSMALLINT nullable = 0;
    rows_.check(rows_.context().api.describe_col(rows_.handle(), static_cast<SQLUSMALLINT>(i), name.data(),
                                                 static_cast<SQLSMALLINT>(name.size()), &length, &type, &size, &digits, &nullable));
    columns_.push_back({reinterpret_cast<const char*>(name.data()), kind_of(type, digits)});
  }
}

std::vector<relay::Column> OdbcCursor::columns() {
  return columns_;
}

void OdbcCursor::read(Rows& rows) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto kind = columns_[i].kind;
    const auto cell = rows_.cell(static_cast<SQLUSMALLINT>(i + 1), kind == ColumnKind::bytes, rows.room());
    if (!cell)
      rows.add_null();
    else if (kind == ColumnKind::boolean)
      rows.add(*cell == "0" ? "false" : "true");
    else
      rows.add(*cell);
  }
}

std::uint64_t OdbcCursor::affected() {
  return static_cast<std::uint64_t>(std::max<long long>(0, rows_.statement().get_affected_rows()));
}

bool OdbcTableColumns::execute(std::span<const Parameter> parameters) {
  const auto* const schema = parameters.empty() ? nullptr : std::get_if<std::string_view>(&parameters.front());
  const auto* const table = parameters.size() == 2 ? std::get_if<std::string_view>(&parameters.back()) : nullptr;
  if (table == nullptr) throw DbError(Failure::bad_statement, "", "SQLColumns wants a schema or NULL and a name");
  table_ = *table;
  if (schema != nullptr) schema_ = std::string(*schema);
  rows_.check(
      rows_.context().api.columns(rows_.handle(), nullptr, 0, schema_ ? reinterpret_cast<SQLCHAR*>(schema_->data()) : nullptr,
                                  schema_ ? static_cast<SQLSMALLINT>(schema_->size()) : SQLSMALLINT{0},
                                  reinterpret_cast<SQLCHAR*>(table_.data()), static_cast<SQLSMALLINT>(table_.size()), nullptr, 0));
  return next();
}

bool OdbcTableColumns::next() {
  constexpr SQLUSMALLINT table_schema = 2;
  constexpr SQLUSMALLINT table_name = 3;
  // Names are patterns to ODBC: outbox_dead would find outboxXdead too. Without a schema, the first one that has the table counts.
  while (rows_.fetch()) {
    const std::string schema(rows_.cell(table_schema, false, piece_bytes).value_or(""));
    if (rows_.cell(table_name, false, piece_bytes) != table_) continue;
    if (!schema_) schema_ = schema;
    if (*schema_ == schema) return true;
  }
  return false;
}

std::vector<relay::Column> OdbcTableColumns::columns() {
  return {{"name", ColumnKind::text}, {"type", ColumnKind::text}, {"nullable", ColumnKind::integer}};
}

void OdbcTableColumns::read(Rows& rows) {
  constexpr SQLUSMALLINT column_name = 4;
  constexpr SQLUSMALLINT type_name = 6;
  constexpr SQLUSMALLINT nullable = 11;
  rows.add(rows_.cell(column_name, false, rows.room()).value_or(""));
  rows.add(rows_.cell(type_name, false, rows.room()).value_or(""));
  rows.add(rows_.cell(nullable, false, rows.room()) == "0" ? "0" : "1");
}

}  // namespace db::soci_adapter
