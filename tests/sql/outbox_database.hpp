#pragma once

#include "db_adapters/port/session.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace test {

enum class Variant : std::uint8_t { delete_row, mark };

/// One kind of database, as its folder in sql/ is named.
struct Server {
  std::string dialect;
  std::string url;  ///< empty: its environment variable is not set, the test has to be skipped
};

[[nodiscard]] std::vector<Server> servers();

/// A file of sql/, by its path there.
[[nodiscard]] std::string file_text(const std::filesystem::path& file);

/// The statements of a script: each ends with `;` at the end of a line, outside of $$.
[[nodiscard]] std::vector<std::string> statements(std::string_view script);

void run_script(db::Session& session, std::string_view script);

/// A database of its own with the outbox and the grants of sql/, as an administrator who reads these files would make them:
/// names of roles put in, and the mark variant's right instead of the delete variant's. Gone with the object.
class OutboxDatabase {
 public:
  OutboxDatabase(const Server& server, Variant variant);
  ~OutboxDatabase();
  OutboxDatabase(const OutboxDatabase&) = delete;
  OutboxDatabase& operator=(const OutboxDatabase&) = delete;

  [[nodiscard]] db::Session& owner() { return *owner_; }
  [[nodiscard]] std::unique_ptr<db::Session> application() const;
  [[nodiscard]] std::unique_ptr<db::Session> relay() const;
  /// As `source.url` names it to the relay, with its role and password.
  [[nodiscard]] std::string relay_url() const;
  [[nodiscard]] std::string owner_url() const;

  /// SQLite has no roles: there everybody is the owner.
  [[nodiscard]] bool has_roles() const { return server_.dialect != "sqlite"; }
  [[nodiscard]] const db::Dialect& dialect() const { return driver_->dialect(*owner_); }
  [[nodiscard]] std::string_view ddl() const;

  /// A named query of this variant, its words filled in as the relay does.
  [[nodiscard]] db::Statement query(std::string_view name, std::string_view text) const;

 private:
  [[nodiscard]] std::string url_of(const std::string& user, const std::string& password) const;
  [[nodiscard]] std::unique_ptr<db::Session> connect_as(const std::string& user) const;
  void grant();

  Server server_;
  Variant variant_;
  std::string name_;
  std::unique_ptr<db::Driver> driver_;
  db::Target target_;
  std::unique_ptr<db::Session> administrator_;
  std::unique_ptr<db::Session> owner_;
};

/// Runs a statement without parameters.
db::ResultSet run(db::Session& session, const std::string& sql);

/// The first cell of the first row.
[[nodiscard]] std::string value(db::Session& session, const std::string& sql);

/// What an application does, with the four columns that it must give.
void insert_order(db::Session& session, const std::string& aggregate_id = "o-1");

/// Doubles the rows of the outbox, `times` times; all at once in a few statements.
void multiply_rows(db::Session& session, int times);

}  // namespace test
