#include "db_adapters/soci/firebird_cursor.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <type_traits>
#include <variant>

#include <soci/firebird/soci-firebird.h>

namespace db::soci_adapter {

using relay::ColumnKind;

namespace {

constexpr short octets_set = 1;  ///< Firebird's number of the character set OCTETS
constexpr short utf8_set = 4;
constexpr short longest_character = 4;  ///< in UTF-8
constexpr short longest_text = 32765;
constexpr short longest_converted = 128;  ///< no number or boolean is longer as text
constexpr short text_blob = 1;            ///< BLOB SUB_TYPE TEXT

short type_of(const XSQLVAR& variable) {
  return static_cast<short>(variable.sqltype & ~1);
}

/// The low byte of a text's subtype is its character set.
bool is_utf8(const XSQLVAR& variable) {
  return (variable.sqlsubtype & 0xFF) == utf8_set;
}

void retype(XSQLVAR& variable, int type, short length, short character_set) {
  variable.sqltype = static_cast<short>(type | 1);  // the low bit: it may be NULL
  variable.sqllen = length;
  variable.sqlscale = 0;
  variable.sqlsubtype = character_set;
}

ColumnKind kind_of(const XSQLVAR& variable) {
  switch (type_of(variable)) {
    case SQL_SHORT:
    case SQL_LONG:
    case SQL_INT64:
      return variable.sqlscale < 0 ? ColumnKind::decimal : ColumnKind::integer;
    case SQL_FLOAT:
    case SQL_DOUBLE:
    case SQL_D_FLOAT:
      return ColumnKind::real;
    case SQL_TIMESTAMP:
      return ColumnKind::timestamp;
    case SQL_TYPE_DATE:
      return ColumnKind::date;
    case SQL_TYPE_TIME:
      return ColumnKind::time;
    case SQL_BOOLEAN:
      return ColumnKind::boolean;
    case SQL_BLOB:
      return variable.sqlsubtype == text_blob ? ColumnKind::text : ColumnKind::bytes;
    case SQL_TEXT:
    case SQL_VARYING:
      return variable.sqlsubtype == octets_set ? ColumnKind::bytes : ColumnKind::text;
    default:
      return ColumnKind::other;
  }
}

template <class Value>
Value raw(const XSQLVAR& variable) {
  Value value{};
  std::memcpy(&value, variable.sqldata, sizeof value);
  return value;
}

template <class Number>
std::string shortest(Number number) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.begin(), digits.end(), number).ptr};
}

template <class... Parts>
std::string formatted(const char* format, Parts... parts) {
  std::array<char, 64> text{};
  static_cast<void>(std::snprintf(text.data(), text.size(), format, parts...));
  return text.data();
}

/// A CHAR is filled up with blanks to the bytes that its longest value could have, not to its characters.
std::string characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80;
    if (begins && count-- == 0) break;
  }
  return std::string(text.substr(0, end));
}

/// Firebird counts days from the Modified Julian Day's beginning.
std::string date_text(ISC_DATE days) {
  using namespace std::chrono;
  const year_month_day day(sys_days(year(1858) / November / 17) + std::chrono::days(days));
  return formatted("%04d-%02u-%02u", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                   static_cast<unsigned>(day.day()));
}

std::string time_text(ISC_TIME time) {
  constexpr unsigned second = ISC_TIME_SECONDS_PRECISION;
  const auto seconds = time / second;
  return formatted("%02u:%02u:%02u.%04u", seconds / 3600, seconds / 60 % 60, seconds % 60, time % second);
}

}  // namespace

FirebirdCursor::FirebirdCursor(soci::session& session, std::string_view sql) : text_(positional(sql)), statement_(session) {
  statement_.alloc();
  statement_.prepare(text_.sql);
}

FirebirdCursor::~FirebirdCursor() {
  // SOCI's own destructor throws where the server cannot free the statement any more: the connection broke.
  auto* const backend = static_cast<soci::firebird_statement_backend*>(statement_.get_backend());
  try {
    statement_.clean_up();
  } catch (const soci::soci_error&) {
    backend->stmtp_ = 0;
  }
}

bool FirebirdCursor::execute(std::span<const Parameter> parameters) {
  if (parameters.size() != text_.parameters) {
    throw DbError(Failure::bad_statement, "",
                  std::to_string(parameters.size()) + " parameters for " + std::to_string(text_.parameters) + " placeholders");
  }
  auto* const backend = static_cast<soci::firebird_statement_backend*>(statement_.get_backend());
  uses_.resize(text_.order.size());
  for (std::size_t i = 0; i < uses_.size(); ++i) use(backend->sqlda2p_->sqlvar[i], parameters[text_.order[i]], uses_[i]);
  output_ = backend->sqldap_;
  intos_.resize(static_cast<std::size_t>(backend->sqldap_->sqld));
  for (std::size_t i = 0; i < intos_.size(); ++i) define(backend->sqldap_->sqlvar[i], intos_[i]);
  statement_.define_and_bind();
  return statement_.execute(true) && !columns_.empty();
}

bool FirebirdCursor::next() {
  return statement_.fetch();
}

void FirebirdCursor::use(XSQLVAR& variable, const Parameter& parameter, Exchange& exchange) {
  std::visit(
      [&](const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        if constexpr (std::is_same_v<Value, Null>) {
          variable.sqltype = static_cast<short>(variable.sqltype | 1);
          exchange.indicator = soci::i_null;
          statement_.exchange(soci::use(exchange.text, exchange.indicator));
        } else if constexpr (std::is_same_v<Value, std::int64_t>) {
          retype(variable, SQL_INT64, sizeof(std::int64_t), 0);
          exchange.number = value;
          statement_.exchange(soci::use(exchange.number, exchange.indicator));
        } else if constexpr (std::is_same_v<Value, std::string_view>) {
          use_octets(variable, value, utf8_set, exchange);
        } else {
          use_octets(variable, value.octets, octets_set, exchange);
        }
      },
      parameter);
}

void FirebirdCursor::use_octets(XSQLVAR& variable, std::string_view octets, short character_set, Exchange& exchange) {
  if (type_of(variable) == SQL_BLOB) {
    exchange.blob.value = octets;
    statement_.exchange(soci::use(exchange.blob, exchange.indicator));
    return;
  }
  if (octets.size() > static_cast<std::size_t>(longest_text))
    throw DbError(Failure::bad_value, "", std::to_string(octets.size()) + " bytes for a value that is no BLOB");
  retype(variable, SQL_TEXT, static_cast<short>(octets.size()), character_set);
  exchange.text = octets;
  statement_.exchange(soci::use(exchange.text, exchange.indicator));
}

void FirebirdCursor::define(XSQLVAR& variable, Exchange& exchange) {
  columns_.push_back({std::string(variable.aliasname, static_cast<std::size_t>(variable.aliasname_length)), kind_of(variable)});
  exchange.type = type_of(variable);
  switch (exchange.type) {
    case SQL_BLOB:
      return statement_.exchange(soci::into(exchange.blob, exchange.indicator));
    case SQL_FLOAT:
    case SQL_DOUBLE:
    case SQL_D_FLOAT:
      return statement_.exchange(soci::into(exchange.real, exchange.indicator));
    case SQL_TIMESTAMP:
    case SQL_TYPE_DATE:
    case SQL_TYPE_TIME:
      return statement_.exchange(soci::into(exchange.time, exchange.indicator));
    case SQL_TEXT:
    case SQL_VARYING:
    case SQL_SHORT:
    case SQL_LONG:
    case SQL_INT64:
      break;
    default:
      retype(variable, SQL_VARYING, longest_converted, 0);
  }
  statement_.exchange(soci::into(exchange.text, exchange.indicator));
}

void FirebirdCursor::read(Rows& rows) {
  for (std::size_t i = 0; i < intos_.size(); ++i) {
    if (intos_[i].indicator == soci::i_null)
      rows.add_null();
    else if (intos_[i].type == SQL_BLOB)
      rows.add(intos_[i].blob.value);
    else
      rows.add(text_of(i));
  }
}

std::string FirebirdCursor::text_of(std::size_t column) const {
  const auto& cell = intos_[column];
  const auto& variable = output_->sqlvar[column];
  switch (cell.type) {
    case SQL_FLOAT:
      return shortest(static_cast<float>(cell.real));
    case SQL_DOUBLE:
    case SQL_D_FLOAT:
      return shortest(cell.real);
    case SQL_TYPE_DATE:
      return date_text(raw<ISC_DATE>(variable));
    case SQL_TYPE_TIME:
      return time_text(raw<ISC_TIME>(variable));
    case SQL_TIMESTAMP: {
      const auto stamp = raw<ISC_TIMESTAMP>(variable);
      return date_text(stamp.timestamp_date) + " " + time_text(stamp.timestamp_time);
    }
    case SQL_BOOLEAN:
      return cell.text == "TRUE" ? "true" : "false";
    case SQL_TEXT:
      return is_utf8(variable) ? characters(cell.text, static_cast<std::size_t>(variable.sqllen / longest_character)) : cell.text;
    default:
      return cell.text;
  }
}

std::uint64_t FirebirdCursor::affected() {
  try {
    return static_cast<std::uint64_t>(std::max<long long>(0, statement_.get_affected_rows()));
  } catch (const soci::soci_error&) {  // DDL has no count, which SOCI takes for an error
    return 0;
  }
}

}  // namespace db::soci_adapter
