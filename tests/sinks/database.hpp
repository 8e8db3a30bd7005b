#pragma once

#include "db_adapters/port/session.hpp"

#include <memory>
#include <string>
#include <vector>

namespace sinks {

/// A database of a fixed name, made anew; the connectors' files know it by that name. Gone with the object.
class Database {
 public:
  /// @param server  an administrator's URL, postgresql:// or mysql://
  Database(const std::string& server, std::string name);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] bool is_mysql() const { return is_mysql_; }
  /// As `source.url` names it.
  [[nodiscard]] const std::string& url() const { return url_; }

  void execute(const std::string& sql);
  /// A script whose statements end with `;` at the end of a line, outside of $$.
  void run(const std::string& script);
  /// Each row in one line, cells apart by ` | `, NULL as `NULL`.
  [[nodiscard]] std::vector<std::string> rows(const std::string& sql);

 private:
  [[nodiscard]] std::unique_ptr<db::Session> connect(const std::string& database) const;

  bool is_mysql_;
  std::string name_;
  std::unique_ptr<db::Driver> driver_;
  db::Target target_;
  std::string url_;
  std::unique_ptr<db::Session> administrator_;
  std::unique_ptr<db::Session> session_;
};

/// A file of deploy/examples. @throws std::runtime_error  there is none
[[nodiscard]] std::string example(const std::string& name);
/// The same of sql/.
[[nodiscard]] std::string sql_file(const std::string& name);

}  // namespace sinks
