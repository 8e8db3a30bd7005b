#include "db_adapters/soci/errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ibase.h>
#include <sqlite3.h>

namespace db::soci_adapter {

namespace {

template <class Code>
struct Meaning {
  Code code;
  Failure failure;
};

/// Extended codes first; a code without a line of its own means what its low eight bits mean.
constexpr auto sqlite_meanings = std::to_array<Meaning<int>>({
    {SQLITE_BUSY_SNAPSHOT, Failure::deadlock},  // somebody wrote since this transaction began to read: only a new one helps
    {SQLITE_CONSTRAINT_PRIMARYKEY, Failure::duplicate_key},
    {SQLITE_CONSTRAINT_ROWID, Failure::duplicate_key},
    {SQLITE_CONSTRAINT_UNIQUE, Failure::duplicate_key},
    {SQLITE_CANTOPEN, Failure::unreachable},
    {SQLITE_NOTADB, Failure::missing_object},
    {SQLITE_BUSY, Failure::lock_timeout},
    {SQLITE_LOCKED, Failure::lock_timeout},
    {SQLITE_PROTOCOL, Failure::lock_timeout},
    {SQLITE_INTERRUPT, Failure::statement_timeout},
    {SQLITE_READONLY, Failure::read_only},
    {SQLITE_PERM, Failure::privilege},
    {SQLITE_AUTH, Failure::privilege},
    {SQLITE_CONSTRAINT, Failure::bad_value},
    {SQLITE_MISMATCH, Failure::bad_value},
    {SQLITE_TOOBIG, Failure::bad_value},
    {SQLITE_RANGE, Failure::bad_value},
    {SQLITE_IOERR, Failure::connection_lost},
    {SQLITE_FULL, Failure::connection_lost},  // an outage: it waits until there is room on the disk
});

constexpr auto sqlite_missing =
    std::to_array<std::string_view>({"no such table", "no such column", "no such view", "unknown database", "has no column named"});

/// Longer states first: a state without a line of its own means what its class means.
constexpr auto odbc_meanings = std::to_array<Meaning<std::string_view>>({
    {"08004", Failure::credentials},        // the server rejected the connection
    {"28000", Failure::credentials},        //
    {"28P01", Failure::credentials},        //
    {"3D000", Failure::missing_object},     // database
    {"IM002", Failure::missing_object},     // data source name
    {"IM003", Failure::missing_object},     // driver's library
    {"01000", Failure::missing_object},     // driver's library, as unixODBC says it
    {"25006", Failure::read_only},          //
    {"42501", Failure::privilege},          //
    {"42S02", Failure::missing_object},     // table
    {"42S12", Failure::missing_object},     // index
    {"42S22", Failure::missing_object},     // column
    {"42P01", Failure::missing_object},     // table
    {"42703", Failure::missing_object},     // column
    {"3F000", Failure::missing_object},     // schema
    {"23505", Failure::duplicate_key},      //
    {"40001", Failure::deadlock},           //
    {"40P01", Failure::deadlock},           //
    {"55P03", Failure::lock_timeout},       //
    {"57014", Failure::statement_timeout},  // cancelled, or its time was up
    {"HY008", Failure::statement_timeout},  // cancelled
    {"HYT00", Failure::statement_timeout},  //
    {"HYT01", Failure::connection_lost},    //
    {"57P01", Failure::connection_lost},    // ended by the administrator
    {"57P02", Failure::connection_lost},    // a crash
    {"57P03", Failure::unreachable},        // the server is starting
    {"53300", Failure::unreachable},        // too many connections
    {"08", Failure::connection_lost},
    {"0A", Failure::bad_statement},
    {"22", Failure::bad_value},
    {"23", Failure::bad_value},
    {"40", Failure::deadlock},
    {"42", Failure::bad_statement},
});

/// States that drivers use for many things; then the server's own number says more.
constexpr auto vague_states = std::to_array<std::string_view>({"23000", "42000", "HY000", "S1000", "08001"});

/// The servers' own numbers. SQL Server: 229, 1205 ..; Oracle: 1, 60, 942 ..; Db2: -803, -911 ..
constexpr auto native_meanings = std::to_array<Meaning<std::int64_t>>({
    {229, Failure::privilege},      {1031, Failure::privilege},     {1205, Failure::deadlock},      {60, Failure::deadlock},
    {-911, Failure::deadlock},      {1222, Failure::lock_timeout},  {54, Failure::lock_timeout},    {-913, Failure::lock_timeout},
    {2601, Failure::duplicate_key}, {2627, Failure::duplicate_key}, {-803, Failure::duplicate_key}, {3906, Failure::read_only},
    {16000, Failure::read_only},    {942, Failure::missing_object}, {904, Failure::missing_object}, {208, Failure::missing_object},
    {207, Failure::missing_object}, {18456, Failure::credentials},  {1017, Failure::credentials},
});

constexpr auto firebird_meanings = std::to_array<Meaning<std::int64_t>>({
    {isc_login, Failure::credentials},
    {isc_network_error, Failure::connection_lost},
    {isc_net_read_err, Failure::connection_lost},
    {isc_net_write_err, Failure::connection_lost},
    {isc_conn_lost, Failure::connection_lost},
    {isc_lost_db_connection, Failure::connection_lost},
    {isc_att_shutdown, Failure::connection_lost},
    {isc_shutdown, Failure::connection_lost},
    {isc_unavailable, Failure::unreachable},
    {isc_connect_reject, Failure::unreachable},
    {isc_no_priv, Failure::privilege},
    {isc_dsql_token_unk_err, Failure::bad_statement},
    {isc_dsql_relation_err, Failure::missing_object},
    {isc_dsql_field_err, Failure::missing_object},
    {isc_io_error, Failure::missing_object},  // the database's file
    {isc_read_only_database, Failure::read_only},
    {isc_read_only_trans, Failure::read_only},
    {isc_no_dup, Failure::duplicate_key},
    {isc_unique_key_violation, Failure::duplicate_key},
    {isc_lock_timeout, Failure::lock_timeout},
    {isc_lock_conflict, Failure::lock_timeout},
    {isc_update_conflict, Failure::lock_timeout},
    {isc_deadlock, Failure::deadlock},
    {isc_cancelled, Failure::statement_timeout},
    {isc_not_valid, Failure::bad_value},
    {isc_arith_except, Failure::bad_value},
    {isc_convert_error, Failure::bad_value},
    {isc_string_truncation, Failure::bad_value},
});

}  // namespace

Failure sqlite_failure(int code, std::string_view message) noexcept {
  for (const int wanted : {code, code & 0xFF}) {
    for (const auto& [known, failure] : sqlite_meanings) {
      if (known == wanted) return failure;
    }
  }
  const bool missing = std::ranges::any_of(sqlite_missing, [&](auto text) { return message.find(text) != std::string_view::npos; });
  if (missing) return Failure::missing_object;
  return code == SQLITE_ERROR ? Failure::bad_statement : Failure::other;
}

Failure odbc_failure(std::string_view state, std::int64_t native) noexcept {
  const auto known = std::ranges::find_if(odbc_meanings, [&](const auto& line) { return line.code == state; });
  if (known != odbc_meanings.end()) return known->failure;
  if (state == "23000" && native == 1) return Failure::duplicate_key;  // ORA-00001; psqlODBC says 1 of everything
  if (std::ranges::find(vague_states, state) != vague_states.end()) {
    const auto own = std::ranges::find(native_meanings, native, &Meaning<std::int64_t>::code);
    if (own != native_meanings.end()) return own->failure;
    if (state == "42000") return Failure::other;  // SQL Server says so of a database that is not available just now, too
  }
  const auto kind = std::ranges::find(odbc_meanings, state.substr(0, 2), &Meaning<std::string_view>::code);
  return kind != odbc_meanings.end() ? kind->failure : Failure::other;
}

Failure firebird_failure(std::int64_t code) noexcept {
  const auto known = std::ranges::find(firebird_meanings, code, &Meaning<std::int64_t>::code);
  return known != firebird_meanings.end() ? known->failure : Failure::other;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

bool only_reads(std::string_view sql) noexcept {
  constexpr std::string_view select = "SELECT";
  sql.remove_prefix(std::min(sql.find_first_not_of(" \t\r\n("), sql.size()));
  return std::ranges::equal(sql.substr(0, select.size()), select,
                            [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; });
}

}  // namespace db::soci_adapter
