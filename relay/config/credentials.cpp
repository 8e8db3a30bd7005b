#include "relay/config/credentials.hpp"

#include "db_adapters/port/error.hpp"
#include "relay/config/child_process.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace relay::config {
namespace {

constexpr std::size_t longest_secret = 65536;

std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string from_file(const std::string& path) {
  try {
    return read_secret_file(path);
  } catch (const std::runtime_error& error) {
    throw db::DbError(db::Failure::credentials, "", std::string("source.password-file: ") + error.what());
  }
}

std::string from_command(const std::string& command, std::chrono::milliseconds limit) {
  try {
    return secret_printed_by(command, limit);
  } catch (const NoSecret& none) {
    throw db::DbError(none.transient ? db::Failure::unreachable : db::Failure::credentials, "",
                      std::string("source.password-command ") + none.what() + "; its own messages are on standard error");
  }
}

}  // namespace

std::string Credentials::password() const {
  switch (from) {
    case From::nowhere:
      return {};
    case From::literal:
      return what;
    case From::file:
      return from_file(what);
    case From::command:
      return from_command(what, limit);
  }
  return {};
}

std::string read_secret_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string content(longest_secret, '\0');
  file.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (!file.is_open() || file.bad())
    throw std::runtime_error("cannot read " + path + ": " + std::generic_category().message(errno));
  content.resize(static_cast<std::size_t>(file.gcount()));
  return without_line_end(std::move(content));
}

}  // namespace relay::config
