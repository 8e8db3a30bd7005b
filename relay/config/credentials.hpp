#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace relay::config {

/// How the database password is obtained. It is read anew for every connection: secrets are rotated, IAM tokens live 15 minutes.
struct Credentials {
  enum class From : std::uint8_t { nowhere, literal, file, command } from = From::nowhere;
  std::string what{};                      ///< the password, the file's path or the command
  std::chrono::milliseconds limit{10000};  ///< for the command

  /// Trailing line ends are cut. Safe from any thread; a command inherits standard error, so its complaints are seen.
  /// @throws db::DbError  `credentials`: the file cannot be read, the command does not exist or prints nothing;
  ///                      `unreachable`: the command failed or took too long, and may work the next time. The secret is never in
  ///                      the text.
  [[nodiscard]] std::string password() const;
};

/// The content of a file with a secret, trailing line ends cut; at most 64 KiB.
/// @throws std::runtime_error  one line that names the path
[[nodiscard]] std::string read_secret_file(const std::string& path);

}  // namespace relay::config
