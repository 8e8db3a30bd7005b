#include "db_adapters/port/url.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace db {
namespace {

constexpr std::string_view forms =
    "allowed are postgresql://user@host:5432/database, mysql://user@host:3306/database, sqlite:/path/file.db and "
    "soci:BACKEND:CONNECT STRING";

[[noreturn]] void refuse(std::string_view why) {
  throw std::invalid_argument(std::string(why));
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::string decoded(std::string_view text, std::string_view part) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    const auto high = i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
    if (!low) refuse("the " + std::string(part) + " has a % without two hexadecimal digits behind it; a % itself is written %25");
    plain += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  if (plain.find('\0') != std::string::npos) refuse("the " + std::string(part) + " contains a NUL octet");
  return plain;
}

/// Never quotes the text: with an unescaped / in a password, what looks like the port is the password's beginning.
std::uint16_t port_number(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || port > 65535) {
    refuse("the port is no number from 1 to 65535 (in a user or password, : / ? # @ % are written %3A %2F %3F %23 %40 %25)");
  }
  return static_cast<std::uint16_t>(port);
}

/// Takes the front of `text` up to `mark` and steps over it; all of `text` where there is none.
std::string_view take_until(std::string_view& text, char mark) {
  const auto at = text.find(mark);
  const auto front = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return front;
}

void read_user(std::string_view text, Target& target) {
  target.user = decoded(take_until(text, ':'), "user");
  target.password = decoded(text, "password");
}

void read_host(std::string_view text, Target& target) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) refuse("the address in [ ] has no end");
    target.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (text.empty()) return;
    if (text.front() != ':') refuse("after the address in [ ] only a port may stand");
    target.port = port_number(text.substr(1));
    return;
  }
  const auto colon = text.find(':');
  target.host = decoded(text.substr(0, colon), "host");
  if (colon != std::string_view::npos) target.port = port_number(text.substr(colon + 1));
}

void read_query(std::string_view query, Target& target) {
  while (!query.empty()) {
    auto value = take_until(query, '&');
    const auto name = take_until(value, '=');
    if (name != "host") refuse("after ? only host=/socket is allowed; everything else has an option of its own");
    target.host = decoded(value, "host");
  }
}

Target server(std::string_view text) {
  Target target;
  auto rest = text.substr(0, text.find('?'));
  const auto query = rest.size() < text.size() ? text.substr(rest.size() + 1) : std::string_view{};
  auto authority = take_until(rest, '/');
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    read_user(authority.substr(0, at), target);
    authority.remove_prefix(at + 1);
  }
  read_host(authority, target);
  read_query(query, target);
  target.database = decoded(rest, "database");
  if (target.database.empty()) refuse("no database is named; " + std::string(forms));
  return target;
}

/// `sqlite:/path`, `sqlite://path` and `sqlite:path` name a file.
Target file(std::string_view path) {
  if (path.starts_with("//")) path.remove_prefix(2);
  Target target;
  target.database = path;
  if (target.database.empty()) refuse("no file is named; " + std::string(forms));
  return target;
}

Target soci(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon == std::string_view::npos || colon + 1 == text.size()) {
    refuse("soci: wants a back end and its connect string, like soci:odbc:DSN=shop; " + std::string(forms));
  }
  Target target;
  target.database = text;
  return target;
}

constexpr std::string_view blanks = " \t";

/// What ends a value that stands in no quotes. In ODBC's connect strings a blank or an ampersand belongs to the value.
std::string_view separators_of(std::string_view url) {
  if (url.starts_with("soci:odbc:")) return ";";
  return url.starts_with("soci:") ? blanks : " ;&";
}

/// Where the value begins whose name ends at `at`; nothing where no = follows.
std::optional<std::size_t> value_begin(std::string_view text, std::size_t at) {
  at = text.find_first_not_of(blanks, at);
  if (at == std::string_view::npos || text[at] != '=') return std::nullopt;
  return std::min(text.find_first_not_of(blanks, at + 1), text.size());
}

/// In braces or quotes a closer that stands there twice is a character of the value. What follows the closer goes with the value.
std::size_t value_end(std::string_view text, std::size_t begin, std::string_view separators) {
  auto end = begin;
  if (begin < text.size() && (text[begin] == '{' || text[begin] == '\'' || text[begin] == '"')) {
    const char closer = text[begin] == '{' ? '}' : text[begin];
    end = text.find(closer, begin + 1);
    while (end != std::string_view::npos && text.substr(end + 1).starts_with(closer)) end = text.find(closer, end + 2);
  }
  return std::min(text.find_first_of(separators, end), text.size());
}

/// Masks the value of every `word = value`; case does not count.
void mask_after(std::string& text, std::string_view word, std::string_view separators) {
  constexpr std::string_view mask = "***";
  std::string lower = text;
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (auto at = lower.find(word); at != std::string::npos; at = lower.find(word, at)) {
    at += word.size();
    const auto begin = value_begin(text, at);
    if (!begin) continue;
    const auto length = value_end(text, *begin, separators) - *begin;
    text.replace(*begin, length, mask);
    lower.replace(*begin, length, mask);
    at = *begin + mask.size();
  }
}

}  // namespace

Url parse_url(std::string_view text) {
  auto rest = text;
  const auto scheme = take_until(rest, ':');
  if (scheme == "sqlite") return {"sqlite", file(rest)};
  if (scheme == "soci") return {"soci", soci(rest)};
  const bool postgres = scheme == "postgresql" || scheme == "postgres";
  if (!postgres && scheme != "mysql" && scheme != "mariadb")
    refuse("it does not begin with a known database; " + std::string(forms));
  if (!rest.starts_with("//")) refuse("after " + std::string(scheme) + ": // is missing; " + std::string(forms));
  return {postgres ? "postgresql" : "mysql", server(rest.substr(2))};
}

std::string redact_url(std::string_view text) {
  std::string redacted(text);
  if (const auto begin = redacted.find("://"); begin != std::string::npos) {
    const auto at = redacted.rfind('@');  // the last one: an unescaped / or @ in a password must not save its rest
    const auto colon = redacted.find(':', begin + 3);
    if (at != std::string::npos && colon < at) redacted.replace(colon + 1, at - colon - 1, "***");
  }
  for (const char* word : {"password", "pwd", "pass"}) mask_after(redacted, word, separators_of(text));
  return redacted;
}

bool is_local(const Target& target) {
  const auto& host = target.host;
  const bool loopback = host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
  return host.empty() || host.front() == '/' || host == "localhost" || host == "::1" || loopback;
}

}  // namespace db
