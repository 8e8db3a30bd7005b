#pragma once

#include "db_adapters/port/error.hpp"
#include "db_adapters/soci/shared_library.hpp"

#include <cstdint>
#include <mutex>
#include <sql.h>
#include <sqlext.h>

namespace db::soci_adapter {

/// The functions of the ODBC driver manager that SOCI does not cover; its backend has loaded the library already.
class OdbcApi {
 public:
  [[nodiscard]] bool failed(SQLRETURN result) const noexcept {
    return result != SQL_SUCCESS && result != SQL_SUCCESS_WITH_INFO && result != SQL_NO_DATA;
  }

  /// What the last call that failed on this handle left behind.
  [[nodiscard]] DbError error_of(SQLSMALLINT kind, SQLHANDLE handle) const;

 private:
  SharedLibrary library_{"libodbc.so.2"};

  template <class Function>
  [[nodiscard]] Function load(const char* name) const {
    return library_.function<Function>(name);
  }

 public:
  decltype(&::SQLBindParameter) bind_parameter = load<decltype(&::SQLBindParameter)>("SQLBindParameter");
  decltype(&::SQLCancel) cancel = load<decltype(&::SQLCancel)>("SQLCancel");
  decltype(&::SQLColumns) columns = load<decltype(&::SQLColumns)>("SQLColumns");
  decltype(&::SQLDescribeCol) describe_col = load<decltype(&::SQLDescribeCol)>("SQLDescribeCol");
  decltype(&::SQLFetch) fetch = load<decltype(&::SQLFetch)>("SQLFetch");
  decltype(&::SQLGetConnectAttr) get_connect_attr = load<decltype(&::SQLGetConnectAttr)>("SQLGetConnectAttr");
  decltype(&::SQLGetData) get_data = load<decltype(&::SQLGetData)>("SQLGetData");
  decltype(&::SQLGetDiagRec) get_diag_rec = load<decltype(&::SQLGetDiagRec)>("SQLGetDiagRec");
  decltype(&::SQLGetInfo) get_info = load<decltype(&::SQLGetInfo)>("SQLGetInfo");
  decltype(&::SQLNumResultCols) num_result_cols = load<decltype(&::SQLNumResultCols)>("SQLNumResultCols");
  decltype(&::SQLPrepare) prepare = load<decltype(&::SQLPrepare)>("SQLPrepare");
  decltype(&::SQLSetConnectAttr) set_connect_attr = load<decltype(&::SQLSetConnectAttr)>("SQLSetConnectAttr");
  decltype(&::SQLSetStmtAttr) set_stmt_attr = load<decltype(&::SQLSetStmtAttr)>("SQLSetStmtAttr");
};

/// The statement that runs now, so that another thread can stop it.
class RunningStatement {
 public:
  void set(SQLHSTMT handle) {
    const std::lock_guard lock(guard_);
    handle_ = handle;
  }

  void cancel(const OdbcApi& api) {
    const std::lock_guard lock(guard_);  // held over the call: the statement is not freed meanwhile
    if (handle_ != SQL_NULL_HSTMT) api.cancel(handle_);
  }

 private:
  std::mutex guard_;
  SQLHSTMT handle_ = SQL_NULL_HSTMT;
};

/// ODBC takes numbers in place of pointers.
[[nodiscard]] inline SQLPOINTER attribute(std::uintptr_t number) {
  return reinterpret_cast<SQLPOINTER>(number);  // NOLINT(performance-no-int-to-ptr)
}

/// The driver manager and the driver put their names in brackets before the text.
[[nodiscard]] std::string without_brackets(std::string_view text);

}  // namespace db::soci_adapter
