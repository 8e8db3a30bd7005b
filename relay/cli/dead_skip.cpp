#include "relay/cli/command.hpp"
#include "relay/cli/dead.hpp"

#include <array>
#include <ostream>

namespace relay::cli {
namespace {

constexpr std::string_view skipped = "skipped";

struct Outcome {
  bool changed;
  std::string_view words;
};

/// What stands in the outbox moves among the dead letters.
Outcome skip(const DeadSession& dead, const core::DeadLetter& letter) {
  if (letter.state != "blocked") {
    const bool there = dead.letters.change(*dead.session, letter.position, letter.state, skipped);
    return {there, there ? " is skipped" : " is not there any more"};
  }
  const core::Verdict verdict{letter.position, letter.topic.value_or(""), letter.fault, letter.attempts};
  if (dead.letters.move(*dead.session, dead.table, skipped, verdict, letter.first_at))
    return {true, " is skipped: its key goes on without it"};
  dead.letters.forget(*dead.session, std::array{letter.position});
  return {false, " does not wait in the outbox any more, so there is nothing to skip"};
}

}  // namespace

int dead_skip(const config::Settings& settings, std::ostream& out) {
  const auto dead = open_dead_session(settings);
  bool changed = false;
  for (const auto& letter : required_letters(dead, settings.selection, "dead skip")) {
    out << name_of(letter);
    if (letter.state == skipped) {
      out << " was skipped before\n";
    } else if (settings.dry_run) {
      out << " would be skipped\n";
    } else {
      const auto outcome = skip(dead, letter);
      out << outcome.words << std::endl;
      changed = changed || outcome.changed;
    }
  }
  if (changed) out << when_noticed();
  return ok;
}

}  // namespace relay::cli
