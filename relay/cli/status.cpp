#include "relay/cli/command.hpp"
#include "relay/cli/dead_text.hpp"
#include "relay/cli/lease_seen.hpp"
#include "relay/cli/relaying.hpp"
#include "relay/cli/status_tables.hpp"
#include "relay/core/backlog.hpp"
#include "relay/core/wall_clock.hpp"

#include <algorithm>
#include <iomanip>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace relay::cli {
namespace {

constexpr std::uint64_t most_blocked = 100;

struct Seen {
  std::string database;
  std::string table;
  core::Backlog backlog;
  std::optional<double> oldest_age_seconds{};
  std::optional<core::LeaseRow> lease{};  ///< none: it is off, or nobody ever asked for it
  std::optional<core::DeadCounts> dead{};
  std::vector<core::DeadLetter> blocked{};  ///< the first hundred
  std::string dead_trouble{};               ///< why they are not known
};

double seconds_since(Micros instant) {
  return static_cast<double>(std::max<Micros>(0, core::wall_clock() - instant)) / 1e6;
}

/// Without its table, or a right on it, all else is worth to be seen.
void count_dead(db::Session& session, const core::OutboxTable& table, Seen& seen) {
  try {
    const auto letters = core::DeadLetters::open(session, table);
    if (!letters) {
      seen.dead_trouble = "there is no table " + core::DeadLetters::table_of(table.shape.table);
      return;
    }
    seen.dead = letters->counts(session);
    seen.blocked = letters->blocked(session, std::min(most_blocked, seen.dead->at("blocked")));
  } catch (const core::SchemaError& error) {
    seen.dead_trouble = error.what();
  } catch (const db::DbError& error) {
    if (error.failure() != db::Failure::privilege) throw;
    seen.dead_trouble = error.what();
  }
}

Seen look(const config::Settings& settings) {
  const auto [driver, target] = database(settings);
  const auto session = driver->connect(target());
  const auto table = core::open_outbox(*session, driver->dialect(*session), outbox_shape(settings));
  Seen seen{.database = session->facts().product, .table = settings.outbox.table, .backlog = core::read_backlog(*session, table)};
  if (seen.backlog.oldest_created_at) seen.oldest_age_seconds = seconds_since(*seen.backlog.oldest_created_at);
  count_dead(*session, table, seen);
  if (settings.lease.enabled) {
    seen.lease = core::open_lease(*session, driver->dialect(*session), settings.outbox.table, settings.lease.name).read(*session);
  }
  return seen;
}

void print_json(const Seen& seen, std::ostream& out) {
  nlohmann::ordered_json json{{"database", seen.database}, {"table", seen.table}, {"pending", seen.backlog.pending.value()}};
  json["oldest_created_at"] = nullptr;
  json["oldest_age_seconds"] = nullptr;
  if (seen.oldest_age_seconds) {
    json["oldest_created_at"] = iso_timestamp(*seen.backlog.oldest_created_at);
    json["oldest_age_seconds"] = *seen.oldest_age_seconds;
  }
  json["dead_letters"] = nullptr;
  if (seen.dead) json["dead_letters"] = *seen.dead;
  json["blocked"] = letters_json(seen.blocked);
  add_lease(seen.lease, json);
  out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void print_text(const Seen& seen, std::ostream& out) {
  out << "database  " << seen.database << "\ntable     " << seen.table << "\npending   " << seen.backlog.pending.value() << '\n';
  if (seen.oldest_age_seconds) {
    out << "oldest    " << iso_timestamp(*seen.backlog.oldest_created_at) << ", " << std::fixed << std::setprecision(1)
        << *seen.oldest_age_seconds << " s ago\n";
  }
  out << "dead      " << (seen.dead ? counts_text(*seen.dead) : "not known: " + seen.dead_trouble) << '\n';
  for (const auto& letter : seen.blocked) {
    out << "blocked   topic " << word_or_dash(letter.topic) << ", key " << word_or_dash(letter.key) << ": row " << letter.position
        << ", " << word_or_dash(letter.fault) << '\n';
  }
  print_lease(seen.lease, out);
}

}  // namespace

int status(const config::Settings& settings, std::ostream& out) {
  if (settings.polling.mode == config::SourceMode::table) return status_of_tables(settings, out);
  const auto seen = look(settings);
  settings.json ? print_json(seen, out) : print_text(seen, out);
  return ok;
}

}  // namespace relay::cli
