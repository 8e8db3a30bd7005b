#include "relay/cli/status_tables.hpp"

#include "relay/cli/command.hpp"
#include "relay/cli/saved_cursors.hpp"
#include "relay/core/table_progress.hpp"

#include <optional>
#include <string>

namespace relay::cli {
namespace {

nlohmann::ordered_json json_of(const TablePoint& point) {
  nlohmann::ordered_json json{{"time", nullptr}, {"id", nullptr}};
  if (!point.time.empty()) json["time"] = point.time;
  if (!point.id.empty()) json["id"] = point.id;
  return json;
}

void print_json(SavedCursors& cursors, std::ostream& out) {
  nlohmann::ordered_json json{{"database", cursors.product()}, {"tables", nlohmann::ordered_json::array()}};
  for (const auto& polled : cursors.tables()) {
    nlohmann::ordered_json table{
        {"table", polled.table.table}, {"cursor", nullptr}, {"sent_behind_cursor", nullptr}, {"newest", nullptr}};
    if (const auto state = cursors.load(polled)) {
      const auto progress = core::progress_from(*state);
      table["cursor"] = json_of(progress.cursor);
      table["sent_behind_cursor"] = progress.sent_since.size();
    }
    if (const auto end = cursors.end_of(polled)) table["newest"] = json_of(end->point);
    json["tables"].push_back(std::move(table));
  }
  add_lease(cursors.lease(), json);
  out << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

void print_text(SavedCursors& cursors, std::ostream& out) {
  out << "database  " << cursors.product() << '\n';
  for (const auto& polled : cursors.tables()) {
    const auto end = cursors.end_of(polled);
    out << "table     " << polled.table.table << "\n  cursor  " << described(cursors.load(polled)) << "\n  newest  "
        << (end ? "row " + end->point.id + (end->point.time.empty() ? "" : " of " + end->point.time) : "none: it is empty") << '\n';
  }
  print_lease(cursors.lease(), out);
}

}  // namespace

int status_of_tables(const config::Settings& settings, std::ostream& out) {
  if (settings.polling.state.kind == config::StatePlace::Kind::topic && !settings.values.is_set("kafka.bootstrap.servers")) {
    throw config::ConfigError(settings.values.find("table.state")->origin.layer,
                              "table.state is a topic: to read the cursor there, kafka.bootstrap.servers is needed");
  }
  SavedCursors cursors(settings);
  settings.json ? print_json(cursors, out) : print_text(cursors, out);
  return ok;
}

}  // namespace relay::cli
