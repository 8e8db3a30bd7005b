#include "db_adapters/postgres/errors.hpp"

#include <array>
#include <utility>

namespace db::postgres {
namespace {

struct Meaning {
  std::string_view prefix;  ///< of the SQLSTATE: five characters, or a class of two
  Failure failure;
};

/// The first prefix that fits counts.
constexpr std::array meanings{
    Meaning{"08001", Failure::unreachable},     Meaning{"08004", Failure::unreachable},
    Meaning{"08", Failure::connection_lost},    Meaning{"22", Failure::bad_value},
    Meaning{"23502", Failure::bad_value},       Meaning{"23505", Failure::duplicate_key},
    Meaning{"23514", Failure::bad_value},       Meaning{"25006", Failure::read_only},
    Meaning{"25P03", Failure::connection_lost}, Meaning{"28", Failure::credentials},
    Meaning{"3D000", Failure::missing_object},  Meaning{"3F000", Failure::missing_object},
    Meaning{"40", Failure::deadlock},           Meaning{"42501", Failure::privilege},
    Meaning{"42703", Failure::missing_object},  Meaning{"42804", Failure::bad_value},
    Meaning{"42P01", Failure::missing_object},  Meaning{"42", Failure::bad_statement},
    Meaning{"0A", Failure::bad_statement},      Meaning{"53", Failure::unreachable},
    Meaning{"55P03", Failure::lock_timeout},    Meaning{"57014", Failure::statement_timeout},
    Meaning{"57P03", Failure::unreachable},     Meaning{"57P04", Failure::missing_object},
    Meaning{"57P", Failure::connection_lost},
};

std::string_view field(const PGresult& reply, char code) {
  const char* text = PQresultErrorField(&reply, code);
  return text == nullptr ? std::string_view{} : text;
}

/// With PQERRORS_VERBOSE libpq writes `FATAL:  28P01: text`; it has no other way to hand out the SQLSTATE of a refused connection.
std::string_view sqlstate_in(std::string_view message) {
  const auto found = message.find(":  ");
  if (found == std::string_view::npos || message.size() < found + 9 || message[found + 8] != ':') return {};
  return message.substr(found + 3, 5);
}

std::string without_details(std::string_view message, std::string_view sqlstate) {
  std::string text(message.substr(0, message.find("\nLOCATION:")));
  if (const auto at = text.find(std::string(sqlstate) + ": "); !sqlstate.empty() && at != std::string::npos) text.erase(at, 7);
  return one_line(text);
}

/// Of a TLS handshake that failed libpq has only a text. Where the network broke in its midst it is an outage, like any other.
bool speaks_of_trust(std::string_view message) {
  const auto contains = [&](std::string_view part) { return message.find(part) != std::string_view::npos; };
  return contains("certificate") || contains("does not support SSL") || (contains("SSL error:") && !contains("unexpected eof"));
}

}  // namespace

Failure failure_of(std::string_view sqlstate) noexcept {
  for (const auto& [prefix, failure] : meanings) {
    if (sqlstate.starts_with(prefix)) return failure;
  }
  return Failure::other;
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (!blank) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

DbError error_of(const PGresult& reply, std::string_view what_ran, bool changes) {
  const auto sqlstate = field(reply, PG_DIAG_SQLSTATE);
  const auto severity = field(reply, PG_DIAG_SEVERITY_NONLOCALIZED);
  auto failure = failure_of(sqlstate);
  if (severity == "FATAL" || severity == "PANIC") failure = Failure::connection_lost;

  std::string text(what_ran);
  text += ": ";
  text += field(reply, PG_DIAG_MESSAGE_PRIMARY);
  for (const char more : {PG_DIAG_MESSAGE_DETAIL, PG_DIAG_MESSAGE_HINT}) {
    if (const auto part = field(reply, more); !part.empty()) text.append("; ").append(part);
  }
  // A server that ends the session may have committed before: it says so when it waited for a synchronous stand-by.
  const bool in_doubt = changes && (failure == Failure::connection_lost || sqlstate == "40003");
  return {failure, std::string(sqlstate), one_line(text), in_doubt};
}

DbError too_large_error(std::string_view what_ran, std::size_t max_bytes) {
  return {Failure::too_large, "", std::string(what_ran) + ": the result is over " + std::to_string(max_bytes) + " bytes"};
}

DbError connect_error(const PGconn& connection, bool in_tls_handshake) {
  const std::string_view message = PQerrorMessage(&connection);
  const auto sqlstate = sqlstate_in(message);
  auto failure = Failure::unreachable;
  if (!sqlstate.empty()) {
    failure = failure_of(sqlstate);
    if (failure == Failure::connection_lost) failure = Failure::unreachable;
  } else if (in_tls_handshake && speaks_of_trust(message)) {
    failure = Failure::trust;
  } else if (PQconnectionNeedsPassword(&connection) != 0) {
    failure = Failure::credentials;
  }
  return {failure, std::string(sqlstate), without_details(message, sqlstate)};
}

}  // namespace db::postgres
