#include "relay/cli/outbox_session.hpp"

#include "relay/cli/relaying.hpp"

#include <chrono>
#include <utility>

namespace relay::cli {

OutboxSession open_outbox_session(const config::Settings& settings) {
  const auto [driver, target] = database(settings);
  auto at = target();
  at.statement_timeout = std::chrono::minutes(10);
  auto session = driver->connect(at);
  if (session->facts().read_only)
    throw db::DbError(db::Failure::read_only, "", "the server is read-only; name the writer's endpoint");
  auto table = core::open_outbox(*session, driver->dialect(*session), outbox_shape(settings));
  return {std::move(session), std::move(table)};
}

void require_mark(const config::Settings& settings, std::string_view command) {
  if (settings.outbox.dispose == config::Dispose::mark) return;
  const auto& dispose = *settings.values.find("outbox.dispose");
  throw config::ConfigError(dispose.origin.layer, std::string(command) + " needs outbox.dispose = mark; with " +
                                                      config::name_and_origin("outbox.dispose", dispose.origin) +
                                                      " = delete no row stays that was sent");
}

std::string rows_text(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

}  // namespace relay::cli
