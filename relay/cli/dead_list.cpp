#include "relay/cli/command.hpp"
#include "relay/cli/dead.hpp"
#include "relay/cli/dead_text.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include <nlohmann/json.hpp>

namespace relay::cli {
namespace {

using nlohmann::ordered_json;

void print_json(const std::vector<core::DeadLetter>& letters, const core::DeadCounts& counts, std::ostream& out) {
  const ordered_json json{{"counts", counts}, {"dead_letters", letters_json(letters)}};
  out << json.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

constexpr std::size_t cells = 8;
using Line = std::array<std::string, cells>;

std::vector<Line> lines_of(const std::vector<core::DeadLetter>& letters) {
  std::vector<Line> lines{{"id", "state", "topic", "key", "attempts", "first", "last", "fault"}};
  for (const auto& letter : letters) {
    lines.push_back({std::to_string(letter.position), letter.state, word_or_dash(letter.topic), word_or_dash(letter.key),
                     std::to_string(letter.attempts), letter_time(letter.first_at), letter_time(letter.last_at),
                     word_or_dash(letter.fault)});
  }
  return lines;
}

void print_text(const std::vector<core::DeadLetter>& letters, const core::DeadCounts& counts, std::ostream& out) {
  const auto lines = lines_of(letters);
  std::array<std::size_t, cells> widths{};
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < cells; ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  for (const auto& line : lines) {
    for (std::size_t i = 0; i + 1 < cells; ++i) out << line[i] << std::string(widths[i] - line[i].size() + 2, ' ');
    out << line.back() << '\n';
  }
  out << counts_text(counts) << '\n';
}

}  // namespace

int dead_list(const config::Settings& settings, std::ostream& out) {
  const auto dead = open_dead_session(settings);
  const auto letters = chosen_letters(dead, settings.selection);
  core::DeadCounts counts{{"blocked", 0}, {"parked", 0}, {"skipped", 0}};
  for (const auto& letter : letters) ++counts[letter.state];
  settings.json ? print_json(letters, counts, out) : print_text(letters, counts, out);
  return ok;
}

}  // namespace relay::cli
