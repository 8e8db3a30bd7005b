#include "tests/faults/words.hpp"

namespace faults {
namespace {

bool is_postgres(const e2e::Server& server) {
  return server.name == "postgres";
}

bool is_sqlite(const e2e::Server& server) {
  return server.name == "sqlite";
}

std::string rights(const e2e::Shop& shop) {
  return shop.mark() ? "SELECT, UPDATE (sent_at)" : "SELECT, DELETE";
}

void grant(e2e::Shop& shop, const std::string& who) {
  shop.execute("GRANT " + rights(shop) + " ON " + shop.table() + " TO " + who);
  shop.execute("GRANT SELECT, INSERT, UPDATE ON outbox_relay_lease TO " + who);
}

}  // namespace

Words words_of(const e2e::Server& server) {
  if (is_sqlite(server)) return {"", "SELECT 0", "TEXT", false, false};
  if (is_postgres(server)) return {" FOR UPDATE", "SELECT pg_backend_pid()", "TEXT", true, true};
  return {" FOR UPDATE", "SELECT connection_id()", "VARCHAR(40)", true, false};
}

void create_login(e2e::Shop& shop, const Login& login) {
  if (is_sqlite(shop.server())) return;
  if (is_postgres(shop.server())) {
    shop.execute("CREATE ROLE " + login.name + " LOGIN PASSWORD '" + login.password + "'");
    grant(shop, login.name);
    return;
  }
  const auto who = "'" + login.name + "'@'%'";
  shop.execute("CREATE USER " + who + " IDENTIFIED BY '" + login.password + "'");
  grant(shop, who);
  if (shop.server().name == "mysql") shop.execute("GRANT SELECT ON performance_schema.metadata_locks TO " + who);
}

void drop_login(e2e::Shop& shop, const Login& login) {
  if (is_sqlite(shop.server())) return;
  if (is_postgres(shop.server())) {
    shop.execute("DROP OWNED BY " + login.name);
    shop.execute("DROP ROLE " + login.name);
    return;
  }
  shop.execute("DROP USER '" + login.name + "'@'%'");
}

std::string url_for(const e2e::Shop& shop, const Login& login) {
  if (is_sqlite(shop.server())) return shop.url();
  const auto& url = shop.url();
  const auto scheme = url.find("://") + 3;
  return url.substr(0, scheme) + login.name + ":" + login.password + url.substr(url.find('@'));
}

std::vector<std::string> sessions_of(db::Session& admin, const e2e::Server& server, const std::string& login) {
  const auto query = is_postgres(server) ? "SELECT pid FROM pg_stat_activity WHERE usename = '" + login + "'"
                                         : "SELECT id FROM information_schema.processlist WHERE user = '" + login + "'";
  const auto rows = admin.run({"sessions", query}, {});
  std::vector<std::string> sessions;
  for (std::size_t i = 0; i < rows.size(); ++i) sessions.emplace_back(rows[i][0].bytes());
  return sessions;
}

void end_session(db::Session& admin, const e2e::Server& server, const std::string& session) {
  try {
    admin.run({"kill", is_postgres(server) ? "SELECT pg_terminate_backend(" + session + ")" : "KILL " + session}, {});
  } catch (const db::DbError&) {
    if (!admin.usable()) throw;
  }
}

}  // namespace faults
