#include "relay/core/table_progress.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace relay::core {
namespace {

using nlohmann::ordered_json;
using Kind = TablePoint::Kind;

constexpr std::array<std::string_view, 3> kinds{"beginning", "time", "row"};
constexpr std::size_t digits = 16;
constexpr std::size_t digits_a_row = 3 * digits;

void append_hex(std::string& text, std::uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(number >> static_cast<unsigned>(shift)) & 15U];
}

std::uint64_t hex(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::invalid_argument("no hexadecimal number");
  return number;
}

std::vector<SentVersion> sent_from(std::string_view text) {
  std::vector<SentVersion> sent;
  for (; text.size() >= digits_a_row; text.remove_prefix(digits_a_row)) {
    sent.push_back(
        {hex(text.substr(0, digits)), hex(text.substr(digits, digits)), static_cast<Micros>(hex(text.substr(2 * digits, digits)))});
  }
  return sent;
}

Micros time_from(const ordered_json& json, const char* name) {
  const auto time = parse_timestamp(json.at(name).get<std::string>());
  if (!time) throw std::invalid_argument(std::string(name) + " is no time");
  return *time;
}

}  // namespace

std::string to_text(const TableProgress& progress) {
  ordered_json json{{"behind", kinds.at(static_cast<std::size_t>(progress.cursor.kind))},
                    {"time", progress.cursor.time},
                    {"id", progress.cursor.id}};
  if (progress.low != earliest_time) json["final_before"] = iso_timestamp(progress.low);
  if (progress.newest) {
    json["newest"] = iso_timestamp(progress.newest->time);
    json["newest_at"] = iso_timestamp(progress.newest->at);
  }
  std::string sent;
  for (const auto& version : progress.sent_since) {
    append_hex(sent, version.key);
    append_hex(sent, version.fingerprint);
    append_hex(sent, static_cast<std::uint64_t>(version.time));
  }
  json["sent"] = sent;
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

TableProgress progress_from(std::string_view text) {
  try {
    const auto json = ordered_json::parse(text);
    TableProgress progress;
    const auto kind = json.at("behind").get<std::string>();
    while (kinds.at(static_cast<std::size_t>(progress.cursor.kind)) != kind) {
      progress.cursor.kind = static_cast<Kind>(static_cast<int>(progress.cursor.kind) + 1);
    }
    progress.cursor.time = json.at("time").get<std::string>();
    progress.cursor.id = json.at("id").get<std::string>();
    if (json.contains("final_before")) progress.low = time_from(json, "final_before");
    if (json.contains("newest")) progress.newest = {time_from(json, "newest"), time_from(json, "newest_at")};
    progress.sent_since = sent_from(json.at("sent").get<std::string>());
    return progress;
  } catch (const std::exception& error) {
    throw std::invalid_argument("the saved cursor cannot be read: " + std::string(error.what()) +
                                ". `outbox-relay cursor reset` forgets it.");
  }
}

void require_fit(const TableProgress& progress, TableKeys keys) {
  const auto& point = progress.cursor;
  const bool by_row = point.kind == Kind::row;
  const bool fits = point.kind == Kind::beginning || (keys == TableKeys::id     ? by_row && point.time.empty()
                                                      : keys == TableKeys::time ? !by_row
                                                                                : !by_row || !point.time.empty());
  if (fits) return;
  throw std::invalid_argument(
      "the saved cursor was made with another table.timestamp-column or table.id-column, and in the order of these it has no "
      "place. "
      "Set them as they were, or forget it with `outbox-relay cursor reset`.");
}

}  // namespace relay::core
