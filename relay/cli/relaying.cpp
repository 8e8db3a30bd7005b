#include "relay/cli/relaying.hpp"

#include "relay/cli/adapters.hpp"
#include "relay/cli/command.hpp"
#include "relay/cli/signals.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/config/oauth_command.hpp"
#include "relay/encode/columns.hpp"
#include "relay/kafka/librdkafka_producer.hpp"
#include "relay/observe/watch.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <utility>

namespace relay::cli {
namespace {

/// After shutdown.flush and the second for the lease's release; 2 s in all, with some to spare (issue 4).
constexpr std::chrono::milliseconds patience_with_workers{800};

/// A worker that hangs in a driver's connect cannot be called back. Everything that was acknowledged is settled or will be sent
/// again, so ending the process under it is safe.
class EndInTime {
 public:
  explicit EndInTime(int code)
      : thread_([code](const std::stop_token& stop) {
          if (core::pause(patience_with_workers, stop)) std::_Exit(code);
        }) {}

 private:
  std::jthread thread_;
};

int exit_code(core::Ending::How how) {
  using How = core::Ending::How;
  switch (how) {
    case How::stopped:
    case How::drained:
      return ok;
    case How::rows_left:
    case How::database_outage:
    case How::kafka_outage:
    case How::standby:
      return try_again;
    case How::misconfigured:
      return bad_config;
  }
  return failed;
}

std::string told(const core::Ending& ending, const config::Settings& settings) {
  using How = core::Ending::How;
  if (ending.how == How::kafka_outage) return "Kafka: " + ending.why;
  if (ending.how != How::database_outage) return ending.why;
  return ending.why + at_source(settings.values.find("source.url")->origin);
}

/// Where rows or the lease could not be had, the next drain may do better, and a bound was perhaps meant to be reached.
core::Level level_of(core::Ending::How how) {
  using How = core::Ending::How;
  return how == How::rows_left || how == How::standby ? core::Level::warning : core::Level::error;
}

core::Level level_of(int syslog_level) {
  if (syslog_level <= 3) return core::Level::error;
  if (syslog_level == 4) return core::Level::warning;
  return syslog_level <= 6 ? core::Level::info : core::Level::debug;
}

observe::Watch::Settings watch_settings(const config::Settings& settings, bool until_empty) {
  observe::Watch::Settings watch;
  watch.log_format = settings.log_format == config::LogFormat::json ? observe::LogFormat::json : observe::LogFormat::text;
  watch.log_level = static_cast<core::Level>(settings.log_level);
  watch.listen = settings.http_listen;
  watch.goes_on_without_http = until_empty;  // it shares its file with a `run`, and its work matters more than its endpoints
  watch.version = version_number();
  return watch;
}

/// @throws config::ConfigError  http.listen is not an address of this machine
observe::Watch watch_over(const config::Settings& settings, bool until_empty, core::Doorbell& doorbell) {
  try {
    return {watch_settings(settings, until_empty), [&doorbell] { doorbell.poke(); }};
  } catch (const observe::CannotListen& error) {
    if (!error.foreign()) throw;
    const auto* listen = settings.values.find("http.listen");
    throw config::ConfigError(listen->origin.layer, error.what() + (" (from " + listen->origin.text() + ")"));
  }
}

}  // namespace

core::OutboxShape outbox_shape(const config::Settings& settings) {
  core::OutboxShape shape;
  const auto& outbox = settings.outbox;
  shape.table = outbox.table;
  shape.dispose = outbox.dispose == config::Dispose::mark ? core::Dispose::mark : core::Dispose::delete_row;
  shape.position = outbox.position;
  shape.sent_at = outbox.sent_at;
  shape.columns = outbox.columns;
  shape.more_columns = encode::columns_of(settings.message, outbox.columns);
  shape.key = shape.more_columns.front();
  shape.optional_columns = encode::optional_columns_of(settings.message, outbox.columns);
  shape.parks = outbox.on_bad_row == config::OnBadRow::park;
  if (outbox.scan == config::ScanChoice::gaps) shape.scan = Scan::gaps;
  if (outbox.scan == config::ScanChoice::head) shape.scan = Scan::head;
  return shape;
}

core::Database database(const config::Settings& settings) {
  return {.driver = driver_for(settings.source.scheme), .target = [source = settings.source] { return source.target_now(); }};
}

core::RelaySettings relay_settings(const config::Settings& settings) {
  core::RelaySettings relay;
  relay.outbox = outbox_shape(settings);
  relay.lease = {.enabled = settings.lease.enabled, .name = settings.lease.name, .ttl = settings.lease.ttl};
  relay.message = settings.message;
  if (settings.outbox.strict_order) relay.order = core::Order::strict;
  relay.bad_rows = {static_cast<core::OnBadRow>(settings.outbox.on_bad_row), settings.outbox.dead_topic};
  relay.claims.poll_interval = settings.poll.interval;
  relay.claims.min_interval = settings.poll.min_interval;
  relay.claims.batch_rows = settings.poll.batch_rows;
  relay.claims.batch_bytes = settings.poll.batch_bytes;
  relay.wake_channel = settings.poll.wake_channel;
  relay.claims.sweep_interval = settings.sweep_interval;
  relay.claims.max_rate = settings.max_rate;
  relay.shutdown_flush = settings.shutdown_flush;
  relay.drain.max_rows = settings.max_rows;
  relay.drain.max_time = settings.max_seconds;
  return relay;
}

core::MakeProducer producer_maker(const config::Settings& settings, core::Observer& observer) {
  return [settings, &observer](bool probing) {
    const auto properties = probing ? kafka::one_by_one(settings.kafka) : settings.kafka;
    const auto log = [&observer, probing](int level, std::string_view line) {
      // It warns of settings that the relay makes on purpose, and of refusals that a producer is there to find out.
      const bool chosen = line.starts_with("CONFWARN") || (probing && line.starts_with("FATAL"));
      observer.say(chosen ? core::Level::debug : level_of(level), line);
    };
    return kafka::make_producer(properties, log, config::tokens_printed_by(settings.oauth_command));
  };
}

int relay_until_done(const config::Settings& settings, bool until_empty) {
  core::Doorbell doorbell;
  Signals signals;
  core::Ending ending;
  std::optional<EndInTime> end_in_time;
  {
    auto watch = watch_over(settings, until_empty, doorbell);
    const auto relay_with = [&](auto& relay) {
      signals.start(doorbell);
      ending = relay.run(signals.stop_token());
      if (!ending.why.empty()) watch.say(level_of(ending.how), told(ending, settings));
      end_in_time.emplace(exit_code(ending.how));  // before the relay goes: it waits for its workers
    };
    if (settings.polling.mode == config::SourceMode::table) {
      auto relay_options = table_relay_settings(settings);
      relay_options.drain.until_empty = until_empty;
      core::TableRelay relay(std::move(relay_options), database(settings), producer_maker(settings, watch), watch, doorbell);
      relay_with(relay);
    } else {
      auto relay_options = relay_settings(settings);
      relay_options.drain.until_empty = until_empty;
      core::Relay relay(std::move(relay_options), database(settings), producer_maker(settings, watch), watch, doorbell);
      relay_with(relay);
    }
  }
  return exit_code(ending.how);
}

}  // namespace relay::cli
