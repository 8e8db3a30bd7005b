#include "db_adapters/postgres/wakeup.hpp"

#include "db_adapters/postgres/driver.hpp"

#include <memory>

namespace db::postgres {

void PostgresWakeup::listen(std::string_view channel) {
  const Dialect quoting;
  connection_.exchange({"listen", "LISTEN " + quoting.identifier_part(channel)}, Parameters({}));
}

bool PostgresWakeup::take() {
  connection_.take_news();
  bool any = false;
  while (const std::unique_ptr<PGnotify, decltype(&PQfreemem)> notification{PQnotifies(connection_.pg()), &PQfreemem}) any = true;
  return any;
}

}  // namespace db::postgres
