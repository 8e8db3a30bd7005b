#pragma once

#include "relay/config/settings.hpp"
#include "relay/core/connection.hpp"
#include "relay/core/publisher.hpp"
#include "relay/core/relay.hpp"

namespace relay::cli {

/// The parts of a relay, made from the configuration; `demo`, `run`, `drain`, `check` and `status` share them.
[[nodiscard]] core::OutboxShape outbox_shape(const config::Settings& settings);
[[nodiscard]] core::Database database(const config::Settings& settings);
[[nodiscard]] core::RelaySettings relay_settings(const config::Settings& settings);

/// @param observer  gets librdkafka's log lines; outlives the producers
[[nodiscard]] core::MakeProducer producer_maker(const config::Settings& settings, core::Observer& observer);

/// Relays until a signal, or until the outbox is empty. SIGTERM and SIGINT stop (a second one at once), SIGUSR1 pokes.
/// @return the exit code; everything else is said in the log
int relay_until_done(const config::Settings& settings, bool until_empty);

}  // namespace relay::cli
