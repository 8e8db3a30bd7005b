#include "db_adapters/soci/sqlite_cursor.hpp"

#include "db_adapters/soci/errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <type_traits>
#include <variant>

namespace db::soci_adapter {

using namespace ::sqlite_api;  // NOLINT(google-build-using-namespace): the C functions stand there, not in the global one
using relay::ColumnKind;

namespace {

struct TypeWord {
  std::string_view word;
  ColumnKind kind;
};

/// Words of a declared type; the first one found counts. POINT and the like hold INT as well, as in SQLite's own rules.
constexpr auto type_words = std::to_array<TypeWord>({
    {"INT", ColumnKind::integer},
    {"BOOL", ColumnKind::boolean},
    {"TIMESTAMP", ColumnKind::timestamp},
    {"DATETIME", ColumnKind::timestamp},
    {"DATE", ColumnKind::date},
    {"TIME", ColumnKind::time},
    {"JSON", ColumnKind::json},
    {"UUID", ColumnKind::uuid},
    {"CHAR", ColumnKind::text},
    {"CLOB", ColumnKind::text},
    {"TEXT", ColumnKind::text},
    {"BLOB", ColumnKind::bytes},
    {"REAL", ColumnKind::real},
    {"FLOA", ColumnKind::real},
    {"DOUB", ColumnKind::real},
    {"DEC", ColumnKind::decimal},
    {"NUM", ColumnKind::decimal},
});

ColumnKind kind_of_declaration(std::string_view declared) {
  std::string upper(declared);
  std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const auto known =
      std::ranges::find_if(type_words, [&](const TypeWord& type) { return upper.find(type.word) != std::string::npos; });
  return known != type_words.end() ? known->kind : ColumnKind::other;
}

ColumnKind kind_of_value(int type) {
  switch (type) {
    case SQLITE_INTEGER:
      return ColumnKind::integer;
    case SQLITE_FLOAT:
      return ColumnKind::real;
    case SQLITE_BLOB:
      return ColumnKind::bytes;
    default:
      return ColumnKind::text;
  }
}

}  // namespace

sqlite3* sqlite_handle(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

DbError sqlite_error(sqlite3* connection) {
  const int code = sqlite3_extended_errcode(connection);
  const std::string message = one_line(sqlite3_errmsg(connection));
  return {sqlite_failure(code, message), std::to_string(code), message};
}

SqliteCursor::SqliteCursor(soci::session& session, std::string_view sql)
    : statement_(session), connection_(sqlite_handle(session)) {
  statement_.alloc();
  statement_.prepare(std::string(sql));
  handle_ = static_cast<soci::sqlite3_statement_backend*>(statement_.get_backend())->stmt_;
  if (handle_ == nullptr) throw DbError(Failure::bad_statement, "", "the statement is empty");
  const std::string_view taken(sqlite3_sql(handle_));
  if (sql.substr(taken.size()).find_first_not_of(" \t\r\n;") != std::string_view::npos)
    throw DbError(Failure::bad_statement, "", "more than one statement at a time");
}

bool SqliteCursor::execute(std::span<const Parameter> parameters) {
  if (std::cmp_not_equal(parameters.size(), sqlite3_bind_parameter_count(handle_))) {
    throw DbError(Failure::bad_statement, "",
                  std::to_string(parameters.size()) + " parameters for " + std::to_string(sqlite3_bind_parameter_count(handle_)) +
                      " placeholders");
  }
  int index = 0;
  for (const auto& parameter : parameters) bind(++index, parameter);
  changes_before_ = sqlite3_total_changes(connection_);
  return statement_.execute(true);
}

void SqliteCursor::bind(int index, const Parameter& parameter) {
  constexpr sqlite3_destructor_type outlives = nullptr;  // the caller keeps parameters alive for the call
  const int result = std::visit(
      [&](const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, Null>)
          return sqlite3_bind_null(handle_, index);
        else if constexpr (std::is_same_v<Value, std::int64_t>)
          return sqlite3_bind_int64(handle_, index, value);
        else if constexpr (std::is_same_v<Value, std::string_view>)
          return sqlite3_bind_text64(handle_, index, value.empty() ? "" : value.data(), value.size(), outlives, SQLITE_UTF8);
        else if (value.octets.empty())
          return sqlite3_bind_zeroblob(handle_, index, 0);
        else
          return sqlite3_bind_blob64(handle_, index, value.octets.data(), value.octets.size(), outlives);
      },
      parameter);
  if (result != SQLITE_OK) throw sqlite_error(connection_);
}

bool SqliteCursor::next() {
  return statement_.get_backend()->fetch(1) == soci::details::statement_backend::ef_success;
}

std::vector<relay::Column> SqliteCursor::columns() {
  std::vector<relay::Column> columns;
  const bool on_row = sqlite3_data_count(handle_) > 0;
  for (int i = 0; i < sqlite3_column_count(handle_); ++i) {
    const char* declared = sqlite3_column_decltype(handle_, i);
    const auto of_value = on_row ? kind_of_value(sqlite3_column_type(handle_, i)) : ColumnKind::text;
    const auto kind = declared != nullptr ? kind_of_declaration(declared) : of_value;
    columns.push_back({sqlite3_column_name(handle_, i), kind});
    boolean_.push_back(kind == ColumnKind::boolean);
  }
  return columns;
}

void SqliteCursor::read(Rows& rows) {
  const int count = sqlite3_data_count(handle_);
  for (int i = 0; i < count; ++i) read_cell(i, rows);
}

void SqliteCursor::read_cell(int column, Rows& rows) {
  const int type = sqlite3_column_type(handle_, column);
  if (type == SQLITE_NULL) return rows.add_null();
  if (type == SQLITE_INTEGER && boolean_[static_cast<std::size_t>(column)])
    return rows.add(sqlite3_column_int64(handle_, column) != 0 ? "true" : "false");
  if (type == SQLITE_FLOAT) {  // SQLite's own text has 15 digits, too few to come back as the same number
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.begin(), digits.end(), sqlite3_column_double(handle_, column)).ptr;
    return rows.add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  const void* bytes = type == SQLITE_BLOB ? sqlite3_column_blob(handle_, column) : sqlite3_column_text(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (bytes == nullptr && size > 0) throw sqlite_error(connection_);
  rows.add({static_cast<const char*>(bytes), size});
}

std::uint64_t SqliteCursor::affected() {
  // sqlite3_changes() keeps the number of the last statement that changed rows, whatever ran since.
  if (sqlite3_total_changes(connection_) == changes_before_) return 0;
  return static_cast<std::uint64_t>(statement_.get_affected_rows());
}

}  // namespace db::soci_adapter
