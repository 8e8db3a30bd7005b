#include "relay/cli/command.hpp"
#include "relay/cli/dead.hpp"

#include <charconv>
#include <optional>
#include <ostream>

#include <nlohmann/json.hpp>

namespace relay::cli {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Cell& cell, ColumnKind kind) {
  if (cell.is_null()) return nullptr;
  const auto text = cell.bytes();
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool fits = error == std::errc{} && end == text.data() + text.size();
  return kind == ColumnKind::integer && fits ? ordered_json(number) : ordered_json(text);
}

/// Ascending positions, each once: one may have several letters.
std::vector<Position> positions_of(const std::vector<core::DeadLetter>& letters) {
  std::vector<Position> positions;
  for (const auto& letter : letters) {
    if (positions.empty() || positions.back() != letter.position) positions.push_back(letter.position);
  }
  return positions;
}

void add_json(const db::ResultSet& rows, ordered_json& json) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto& row = json.emplace_back(ordered_json::object());
    for (std::size_t c = 0; c < rows.columns().size(); ++c) {
      row[rows.columns()[c].name] = json_of(rows[i][c], rows.columns()[c].kind);
    }
  }
}

void print_text(const db::ResultSet& rows, std::ostream& out) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < rows.columns().size(); ++c) {
      const auto& cell = rows[i][c];
      out << rows.columns()[c].name << ": " << (cell.is_null() ? "NULL" : cell.bytes()) << '\n';
    }
    out << '\n';
  }
}

}  // namespace

int dead_show(const config::Settings& settings, std::ostream& out) {
  const auto dead = open_dead_session(settings);
  ordered_json json{{"dead_letters", ordered_json::array()}};
  for (const auto position : positions_of(required_letters(dead, settings.selection, "dead show"))) {
    const auto rows = dead.letters.show(*dead.session, position);
    settings.json ? add_json(rows, json["dead_letters"]) : print_text(rows, out);
  }
  if (settings.json) out << json.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
  return ok;
}

}  // namespace relay::cli
