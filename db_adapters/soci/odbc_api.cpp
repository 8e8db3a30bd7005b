#include "db_adapters/soci/odbc_api.hpp"

#include "db_adapters/soci/errors.hpp"

#include <array>

namespace db::soci_adapter {

std::string without_brackets(std::string_view text) {
  while (text.starts_with('[') && text.find(']') != std::string_view::npos) text.remove_prefix(text.find(']') + 1);
  return one_line(text);
}

DbError OdbcApi::error_of(SQLSMALLINT kind, SQLHANDLE handle) const {
  std::array<SQLCHAR, SQL_SQLSTATE_SIZE + 1> state{};
  std::array<SQLCHAR, 4096> text{};
  SQLINTEGER native = 0;
  SQLSMALLINT length = 0;
  get_diag_rec(kind, handle, 1, state.data(), &native, text.data(), static_cast<SQLSMALLINT>(text.size()), &length);
  const std::string code(reinterpret_cast<const char*>(state.data()));
  return {odbc_failure(code, native), code, without_brackets(reinterpret_cast<const char*>(text.data()))};
}

}  // namespace db::soci_adapter
