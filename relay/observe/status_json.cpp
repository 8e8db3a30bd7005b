#include "relay/observe/status_json.hpp"

#include "relay/domain/interval.hpp"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace relay::observe {
namespace {

using nlohmann::ordered_json;

template <typename T>
ordered_json value_or_null(const std::optional<T>& value) {
  return value ? ordered_json(*value) : ordered_json(nullptr);
}

ordered_json instant(const std::optional<Micros>& at) {
  return at ? ordered_json(iso_timestamp(*at)) : ordered_json(nullptr);
}

ordered_json age_seconds(const std::optional<Micros>& since, Micros now) {
  return since ? ordered_json(static_cast<double>(std::max<Micros>(now - *since, 0)) / 1e6) : ordered_json(nullptr);
}

ordered_json last_position(const core::Status& status) {
  const bool any_row_was_read = status.started && status.last_position != lowest_position;
  return any_row_was_read ? ordered_json(status.last_position) : ordered_json(nullptr);
}

ordered_json blocked_json(const core::Blocked& blocked) {
  return {{"topic", blocked.topic},
          {"key", value_or_null(blocked.key)},
          {"position", blocked.position},
          {"reason", blocked.reason},
          {"attempts", blocked.attempts}};
}

ordered_json table_json(const core::TableStatus& table) {
  return {{"name", table.name},
          {"cursor_time", table.time},
          {"cursor_id", table.id},
          {"window_rows", table.window_rows},
          {"window_bytes", table.window_bytes},
          {"window_full", table.window_full},
          {"sees_writers", table.sees_writers},
          {"held_rows", table.held_rows}};
}

}  // namespace

std::string status_json(const core::Status& status, Micros now) {
  ordered_json json{{"started", status.started},
                    {"database", status.database},
                    {"database_outage", status.database_outage},
                    {"kafka_outage", status.kafka_outage},
                    {"db_connected", status.db_connected},
                    {"db_connects", status.db_connects},
                    {"leader", status.leader},
                    {"lease_holder", status.lease_holder},
                    {"lease_token", status.lease_token},
                    {"lease_expires_at", instant(status.lease_expires_at)},
                    {"in_flight_rows", status.in_flight_rows},
                    {"in_flight_bytes", status.in_flight_bytes},
                    {"locked_rows", status.locked_rows},
                    {"pending", value_or_null(status.pending)},
                    {"oldest_created_at", instant(status.oldest_created_at)},
                    {"oldest_age_seconds", age_seconds(status.oldest_created_at, now)},
                    {"counted_at", instant(status.counted_at)},
                    {"last_success_at", instant(status.last_success_at)},
                    {"scan", status.scan},
                    {"scan_reason", status.scan_reason},
                    {"last_position", last_position(status)},
                    {"open_gaps", status.open_gaps},
                    {"oldest_gap_opened_at", instant(status.oldest_gap_opened_at)},
                    {"oldest_gap_age_seconds", age_seconds(status.oldest_gap_opened_at, now)},
                    {"late_arrivals", status.late_arrivals},
                    {"duplicates_possible", status.duplicates_possible},
                    {"blocked_keys", status.blocked_keys},
                    {"blocked_topics", status.blocked_topics},
                    {"blocked", ordered_json::array()},
                    {"dead_letters", status.dead_letters.empty() ? ordered_json(nullptr) : ordered_json(status.dead_letters)}};
  for (const auto& blocked : status.blocked) json["blocked"].push_back(blocked_json(blocked));
  for (const auto& table : status.tables) json["tables"].push_back(table_json(table));
  return json.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace relay::observe
