#include "relay/cli/check.hpp"
#include "relay/cli/check_server.hpp"
#include "relay/cli/relaying.hpp"
#include "relay/cli/table_relaying.hpp"
#include "relay/core/columns_left_out.hpp"
#include "relay/core/cursor_table.hpp"
#include "relay/core/lease_table.hpp"
#include "relay/core/polled_table.hpp"
#include "relay/core/table_publisher.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace relay::cli {
namespace {

constexpr Micros minute = 60'000'000;

/// How many digits of a second a declared type keeps: `timestamp(3)`, MySQL's bare `datetime`.
int digits_of(const std::string& type) {
  const auto open = type.find('(');
  if (open != std::string::npos && open + 1 < type.size()) return type[open + 1] - '0';
  return type == "datetime" || type == "timestamp" ? 0 : 6;
}

/// The doctor's way through polled tables: every method is one item.
class TablesCheck {
 public:
  TablesCheck(const config::Settings& settings, Findings& findings) : settings_(settings), findings_(findings) {}

  std::set<std::string> run() {
    session_ = check_server(settings_, findings_);
    if (!session_) return {};
    dialect_ = &database(settings_).driver->dialect(*session_);
    for (const auto& polled : polled_tables(settings_)) check(polled);
    cursor();
    lease();
    return topics_;
  }

 private:
  void check(const core::PolledSettings& polled) {
    const auto item = [&](std::string_view what) { return std::string(what) + " of " + polled.table.table; };
    try {
      const auto table = core::open_polled_table(*session_, *dialect_, polled.table);
      findings_.fine(item("columns"),
                     "a row is read again when " + (table.shape.time.empty() ? "its id" : table.shape.time) + " grows");
      index(table, item("index"));
      if (table.time_index) time(table, item("time"));
      writers(table, item("writers"));
      sample(polled, table, item("rows"));
    } catch (const db::DbError& error) {
      if (!session_->usable()) session_ = check_server(settings_, findings_);
      findings_.take(item("table"), error);
    } catch (const std::exception& error) {
      findings_.fail(item("table"), error.what());
    }
  }

  void index(const core::PolledTable& table, const std::string& item) {
    if (table.shape.time.empty()) return;
    if (!table.index.empty()) return findings_.fine(item, table.index + " serves the pages");
    findings_.warn(item, "no index over (" + table.shape.time + (table.shape.id.empty() ? "" : ", " + table.shape.id) +
                             "): every page reads and sorts the whole table; sql/" + std::string(dialect_->name) +
                             "/update_ts.sql makes one");
  }

  void time(const core::PolledTable& table, const std::string& item) {
    const auto& column = table.layout.columns()[*table.time_index];
    if (column.nullable) findings_.warn(item, column.name + " may be NULL, and such rows are never sent; make it NOT NULL");
    if (const auto digits = digits_of(column.type); digits < 6) {
      findings_.warn(item, column.name + " is " + column.type + " and keeps " + std::to_string(digits) +
                               " digits of a second; six tell apart more changes of a row");
    }
    const auto end = core::read_end(*session_, table);
    const auto horizon = core::read_horizon(*session_, table);
    if (end && end->time && *end->time > horizon.now + minute) {
      return findings_.warn(item, "the newest " + column.name + " is " + end->point.time + ", but here it is " +
                                      iso_timestamp(horizon.now) + ": times have to be UTC, or the window is too large");
    }
    if (!table.knows_zone) {
      return findings_.warn(
          item, column.name + " is " + column.type + " and knows no time zone: whoever writes it has to write UTC, always");
    }
    findings_.fine(item, column.name + " is " + column.type);
  }

  void writers(const core::PolledTable& table, const std::string& item) {
    const auto horizon = core::read_horizon(*session_, table);
    if (horizon.held) {
      findings_.warn(item, "a prepared transaction is open, and while there is one the cursor cannot go on; end it");
    }
    if (horizon.sees_writers) return findings_.fine(item, "the oldest one that is open holds the window back");
    findings_.warn(item,
                   "this role cannot see who still writes, so a transaction that stays open for longer than table.look-back may be "
                   "missed; grant pg_read_all_stats (PostgreSQL) or PROCESS (MySQL, MariaDB), or raise table.look-back");
  }

  void sample(const core::PolledSettings& polled, const core::PolledTable& table, const std::string& item) {
    const auto shape = table.message_shape(polled.message);
    const auto encoder = encode::make_encoder(shape, core::no_roles(), table.layout);
    const auto complaint = core::complaint_of(encode::columns_left_out(shape, core::no_roles(), table.layout));
    if (!complaint.empty()) findings_.warn(item, complaint);
    const auto rows = session_->run(table.page(TablePoint::Kind::beginning, sample_rows), {});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (const auto fault = table.time_fault(rows[i])) return findings_.warn(item, fault->reason);
      const auto encoded = encoder->encode({0, rows[i]});
      if (const auto* message = std::get_if<Message>(&encoded)) {
        topics_.emplace(message->topic);
      } else {
        return findings_.warn(item, std::get<Fault>(encoded).reason);
      }
    }
    if (polled.message.topic.find('{') == std::string::npos) topics_.insert(polled.message.topic);
    findings_.fine(item, rows.empty() ? "may be read; there are none" : "may be read; the first ones can be sent");
  }

  void cursor() {
    if (!settings_.polling.state.in_database()) {
      return findings_.fine("cursor", "kept in " + settings_.values.text("table.state") + ": run one relay at a time");
    }
    try {
      static_cast<void>(core::open_cursor_table(*session_, *dialect_, settings_.polling.tables.front()));
      findings_.fine("cursor", "may be saved");
    } catch (const db::DbError& error) {
      findings_.take("cursor", error);
    } catch (const core::SchemaError& error) {
      findings_.fail("cursor", error.what());
    }
  }

  void lease() {
    if (!settings_.lease.enabled) return findings_.fine("lease", "off: run one relay at a time");
    try {
      const auto lease = core::open_lease(*session_, *dialect_, settings_.polling.tables.front(), settings_.lease.name);
      const auto row = lease.read(*session_);
      const bool held = row && row->left.count() > 0;
      findings_.fine("lease", held ? "held by " + row->holder : "may be taken; nobody holds it");
    } catch (const db::DbError& error) {
      findings_.take("lease", error);
    } catch (const core::SchemaError& error) {
      findings_.fail("lease", error.what());
    }
  }

  const config::Settings& settings_;
  Findings& findings_;
  std::unique_ptr<db::Session> session_;
  const db::Dialect* dialect_ = nullptr;
  std::set<std::string> topics_;
};

}  // namespace

std::set<std::string> check_tables(const config::Settings& settings, Findings& findings) {
  return TablesCheck(settings, findings).run();
}

}  // namespace relay::cli
