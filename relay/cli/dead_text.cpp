#include "relay/cli/dead_text.hpp"

#include "relay/domain/timestamp.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace relay::cli {
namespace {

nlohmann::ordered_json text_or_null(const std::optional<std::string>& text) {
  return text ? nlohmann::ordered_json(*text) : nlohmann::ordered_json(nullptr);
}

}  // namespace

std::string counts_text(const core::DeadCounts& counts) {
  std::string text;
  for (const auto& [state, count] : counts) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + state;
  return text;
}

nlohmann::ordered_json letters_json(std::span<const core::DeadLetter> letters) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& letter : letters) {
    json.push_back({{"id", letter.position},
                    {"state", letter.state},
                    {"topic", text_or_null(letter.topic)},
                    {"key", text_or_null(letter.key)},
                    {"fault", letter.fault},
                    {"attempts", letter.attempts},
                    {"first_at", letter_time(letter.first_at)},
                    {"last_at", letter_time(letter.last_at)}});
  }
  return json;
}

std::string letter_time(const std::string& as_the_database_prints_it) {
  const auto at = parse_timestamp(as_the_database_prints_it);
  return at ? iso_timestamp(*at) : as_the_database_prints_it;
}

std::string word_or_dash(const std::optional<std::string>& text) {
  auto word = text.value_or("-");
  std::ranges::replace_if(
      word, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return word;
}

}  // namespace relay::cli
