// PostgreSQL's own files: vacuum settings and the optional trigger.
#include "tests/sql/outbox_database.hpp"
#include "tests/support/catch.hpp"

#include <poll.h>

using namespace test;

namespace {

Server postgres() {
  return servers().front();
}

/// Whether a notification is there within the time; an absent one costs all of it.
bool notified(db::Wakeup& wakeup, int milliseconds) {
  pollfd waiting{.fd = wakeup.fd(), .events = POLLIN, .revents = 0};
  ::poll(&waiting, 1, milliseconds);
  return wakeup.take();
}

}  // namespace

TEST_CASE("PostgreSQL vacuums the outbox by its dead rows") {
  if (postgres().url.empty()) SKIP("OUTBOX_RELAY_TEST_POSTGRES is not set");
  OutboxDatabase outbox(postgres(), Variant::mark);
  run_script(outbox.owner(), file_text("postgres/autovacuum.sql"));
  const auto options = value(outbox.owner(), "SELECT array_to_string(reloptions, ' ') FROM pg_class WHERE relname = 'outbox'");
  CHECK(options.find("autovacuum_vacuum_scale_factor=0") != std::string::npos);
  CHECK(options.find("fillfactor=70") != std::string::npos);
}

TEST_CASE("PostgreSQL refuses an id that was drawn ahead of the insert, from the owner too") {
  if (postgres().url.empty()) SKIP("OUTBOX_RELAY_TEST_POSTGRES is not set");
  OutboxDatabase outbox(postgres(), Variant::delete_row);
  CHECK_THROWS_AS(
      run(outbox.owner(), "INSERT INTO outbox (id, aggregate_type, aggregate_id, event_type) VALUES (50, 'orders', 'o-1', 'e')"),
      db::DbError);
}

TEST_CASE("the trigger wakes the relay at the application's commit, and not at its rollback") {
  if (postgres().url.empty()) SKIP("OUTBOX_RELAY_TEST_POSTGRES is not set");
  OutboxDatabase outbox(postgres(), Variant::delete_row);
  for (int i = 0; i < 2; ++i) run_script(outbox.owner(), file_text("postgres/notify_trigger.sql"));
  const auto relay = outbox.relay();
  auto& wakeup = *relay->wakeup();
  wakeup.listen("outbox");
  const auto application = outbox.application();

  application->begin();
  insert_order(*application);
  application->rollback();
  CHECK_FALSE(notified(wakeup, 200));

  insert_order(*application);
  CHECK(notified(wakeup, 10000));
}
