#include "relay/cli/command.hpp"
#include "relay/cli/dead.hpp"
#include "relay/cli/dead_counts.hpp"

#include <algorithm>
#include <array>
#include <ostream>

#include <nlohmann/json.hpp>

namespace relay::cli {
namespace {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::optional<std::string>& text) {
  return text ? ordered_json(*text) : ordered_json(nullptr);
}

void print_json(const std::vector<core::DeadLetter>& letters, const core::DeadCounts& counts, std::ostream& out) {
  ordered_json json{{"counts", counts}, {"dead_letters", ordered_json::array()}};
  for (const auto& letter : letters) {
    json["dead_letters"].push_back({{"id", letter.position},
                                    {"state", letter.state},
                                    {"topic", text_or_null(letter.topic)},
                                    {"key", text_or_null(letter.key)},
                                    {"fault", letter.fault},
                                    {"attempts", letter.attempts},
                                    {"first_at", time_text(letter.first_at)},
                                    {"last_at", time_text(letter.last_at)}});
  }
  out << json.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
}

constexpr std::size_t cells = 8;
using Line = std::array<std::string, cells>;

/// A key or topic may hold anything, and must not break the line.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return text;
}

std::vector<Line> lines_of(const std::vector<core::DeadLetter>& letters) {
  std::vector<Line> lines{{"id", "state", "topic", "key", "attempts", "first", "last", "fault"}};
  for (const auto& letter : letters) {
    lines.push_back({std::to_string(letter.position), letter.state, on_one_line(letter.topic.value_or("-")),
                     on_one_line(letter.key.value_or("-")), std::to_string(letter.attempts), time_text(letter.first_at),
                     time_text(letter.last_at), on_one_line(letter.fault)});
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
