#include "relay/cli/dead.hpp"

#include "relay/cli/outbox_session.hpp"
#include "relay/cli/table_relaying.hpp"

#include <stdexcept>
#include <utility>

namespace relay::cli {
namespace {

template <typename Wanted, typename Is>
bool fits(const std::optional<Wanted>& wanted, const Is& is) {
  return !wanted || is == *wanted;
}

std::string in_words(const config::Selection& selection) {
  std::string words;
  if (selection.ids) {
    words += " with id " + std::to_string(selection.ids->low);
    if (selection.ids->high != selection.ids->low) words += " to " + std::to_string(selection.ids->high);
  }
  if (selection.key) words += " of key \"" + *selection.key + "\"";
  if (selection.topic) words += " of topic \"" + *selection.topic + "\"";
  return words;
}

}  // namespace

DeadSession open_dead_session(const config::Settings& settings) {
  require_outbox(settings, "dead");
  auto [session, table] = open_outbox_session(settings);
  auto letters = core::DeadLetters::open(*session, table);
  if (!letters) {
    throw core::SchemaError("table " + core::DeadLetters::table_of(table.shape.table) +
                            " not found, so nothing is written down of rows that cannot be sent; " +
                            core::DeadLetters::how_to_make(table) + ". Until then a relay's GET /status shows what waits.");
  }
  return {std::move(session), std::move(table), std::move(*letters)};
}

std::vector<core::DeadLetter> chosen_letters(const DeadSession& dead, const config::Selection& selection) {
  auto letters = dead.letters.list(*dead.session, selection.ids.value_or(Interval{lowest_position, highest_position}));
  std::erase_if(letters, [&](const core::DeadLetter& letter) {
    return !fits(selection.key, letter.key) || !fits(selection.topic, letter.topic);
  });
  return letters;
}

std::vector<core::DeadLetter> required_letters(const DeadSession& dead, const config::Selection& selection,
                                               std::string_view command) {
  if (!selection.ids && !selection.key && !selection.topic) {
    throw config::ConfigError(config::Layer::command_line,
                              std::string(command) + " needs to be told which rows: an ID, FIRST-LAST, --key or --topic");
  }
  auto letters = chosen_letters(dead, selection);
  if (letters.empty()) {
    throw std::runtime_error("there is no row" + in_words(selection) + " in table " + dead.dead_table() +
                             "; `outbox-relay dead list` shows what there is");
  }
  return letters;
}

std::string name_of(const core::DeadLetter& letter) {
  return "row " + std::to_string(letter.position) + " (" + letter.state + ")";
}

std::string_view when_noticed() {
  return "a running relay notices at its next probe (within a minute) or look from the head (sweep.interval), at once after POST "
         "/poke "
         "or SIGUSR1\n";
}

}  // namespace relay::cli
