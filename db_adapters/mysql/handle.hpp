#pragma once

#include <memory>

#include <mysql.h>

/// The MySQL client API comes from two libraries: MariaDB's Connector/C (Debian 12 and 13) and Oracle's libmysqlclient.
/// What they share is used; where they differ, `MARIADB_PACKAGE_VERSION_ID` tells Connector/C.
namespace db::mysql {

struct CloseConnection {
  void operator()(MYSQL* connection) const noexcept { mysql_close(connection); }
};
using Handle = std::unique_ptr<MYSQL, CloseConnection>;

struct FreeResult {
  void operator()(MYSQL_RES* result) const noexcept { mysql_free_result(result); }
};
using Result = std::unique_ptr<MYSQL_RES, FreeResult>;

}  // namespace db::mysql
