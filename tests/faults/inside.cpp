#include "tests/faults/inside.hpp"

#include "db_adapters/mysql/driver.hpp"
#include "db_adapters/port/url.hpp"
#include "db_adapters/postgres/driver.hpp"
#include "db_adapters/soci/driver.hpp"

namespace faults {

void Listener::say(relay::core::Level /*level*/, std::string_view line) {
  const std::lock_guard lock(mutex_);
  text_.append(line).append("\n");
}

void Listener::status(const relay::core::Status& now) {
  const std::lock_guard lock(mutex_);
  status_ = now;
}

void Listener::publish_error(std::string_view error_class, std::size_t rows) {
  if (error_class == "outage") outages_ += rows;
}

std::string Listener::text() {
  const std::lock_guard lock(mutex_);
  return text_;
}

relay::core::Status Listener::status() {
  const std::lock_guard lock(mutex_);
  return status_;
}

relay::core::Database database_of(const e2e::Shop& shop) {
  const auto url = db::parse_url(shop.url());
  auto target = url.target;
  target.tls = db::TlsMode::disable;
  std::shared_ptr<const db::Driver> driver;
  if (url.scheme == "postgresql") {
    driver = std::make_shared<db::postgres::PostgresDriver>();
  } else if (url.scheme == "mysql") {
    driver = std::make_shared<db::mysql::MysqlDriver>();
  } else {
    driver = db::soci_adapter::sqlite_driver();
  }
  return {.driver = std::move(driver), .target = [target] { return target; }};
}

relay::core::RelaySettings settings_for(const e2e::Shop& shop) {
  relay::core::RelaySettings settings;
  settings.outbox.table = shop.table();
  settings.outbox.dispose = shop.mark() ? relay::core::Dispose::mark : relay::core::Dispose::delete_row;
  return settings;
}

relay::core::TableRelaySettings settings_for(const e2e::PolledTable& table) {
  relay::core::TableRelaySettings settings;
  settings.tables.push_back({{.table = table.name()}, {.topic = table.topic(), .key = "id"}, table.name() + "/" + table.name()});
  settings.tables.front().message.format = relay::encode::Format::row;
  settings.tables.front().message.headers.clear();
  settings.poll_interval = std::chrono::milliseconds(20);
  settings.lease = {.enabled = true, .name = table.name(), .ttl = std::chrono::seconds(1)};
  return settings;
}

}  // namespace faults
