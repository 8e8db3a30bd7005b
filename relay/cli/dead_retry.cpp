#include "relay/cli/command.hpp"
#include "relay/cli/dead.hpp"
#include "relay/cli/outbox_session.hpp"

#include <array>
#include <ostream>
#include <stdexcept>

namespace relay::cli {
namespace {

/// @return false: meanwhile it is not there in this state any more
bool bring_back(const DeadSession& dead, const core::DeadLetter& letter) {
  try {
    return dead.letters.move_back(*dead.session, dead.table, letter.position, letter.state);
  } catch (const db::DbError& error) {
    const auto& outbox = dead.table.shape.table;
    if (error.failure() == db::Failure::privilege) {
      throw db::DbError(error.failure(), std::string(error.code()),
                        error.what() + std::string("; dead retry of a ") + letter.state + " row needs INSERT on table " + outbox +
                            ", which the relay's own role should not have: run it as the owner of the table (--source.user)");
    }
    if (error.failure() == db::Failure::duplicate_key) {
      throw std::runtime_error(name_of(letter) + " stays where it is: table " + outbox + " has another row with this id, unsent");
    }
    throw;
  }
}

/// A blocked row stands in the outbox all the time; its record comes back if it fails again.
bool try_anew(const DeadSession& dead, const core::DeadLetter& letter) {
  if (letter.state != "blocked") return bring_back(dead, letter);
  dead.letters.forget(*dead.session, std::array{letter.position});
  return true;
}

}  // namespace

int dead_retry(const config::Settings& settings, std::ostream& out) {
  const auto dead = open_dead_session(settings);
  std::uint64_t retried = 0;
  for (const auto& letter : required_letters(dead, settings.selection, "dead retry")) {
    out << name_of(letter);
    if (letter.state == "skipped" && !settings.selection.ids) {
      out << " is left: somebody skipped it; name it by its id\n";
    } else if (settings.dry_run) {
      out << " would be tried again\n";
    } else if (try_anew(dead, letter)) {
      ++retried;
      out << (letter.state == "blocked" ? " will be tried again" : " is back in the outbox") << std::endl;
    } else {
      out << " is not there any more\n";
    }
  }
  if (retried > 0) out << when_noticed();
  return ok;
}

}  // namespace relay::cli
