#include "relay/cli/check.hpp"
#include "relay/cli/check_server.hpp"
#include "relay/cli/relaying.hpp"
#include "relay/core/claim.hpp"
#include "relay/core/columns_left_out.hpp"
#include "relay/core/dead_letters.hpp"
#include "relay/core/lease_table.hpp"
#include "relay/core/scan_choice.hpp"
#include "sql/queries.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <variant>

namespace relay::cli {
namespace {

/// The doctor's way through one outbox: every method is one item.
class DatabaseCheck {
 public:
  DatabaseCheck(const config::Settings& settings, Findings& findings) : settings_(settings), findings_(findings) {}

  std::set<std::string> run() {
    if (!connect()) return {};
    if (!table()) return {};
    columns();
    index("index", position_index());
    if (shape_.dispose == core::Dispose::mark) index("unsent index", unsent_index());
    claiming();
    settling();
    dead_letters();
    lease();
    scan();
    gap_proof();
    wake_up();
    return topics_;
  }

 private:
  bool connect() {
    session_ = check_server(settings_, findings_);
    if (session_) dialect_ = &database(settings_).driver->dialect(*session_);
    return session_ != nullptr;
  }

  bool table() {
    try {
      shape_ = outbox_shape(settings_);
      declared_ = core::declared_columns(*session_, *dialect_, shape_.table);
      table_ = std::make_shared<core::OutboxTable>(core::open_outbox(*session_, *dialect_, shape_));
      encoder_ = encode::make_encoder(settings_.message, shape_.columns, table_->layout);
    } catch (const db::DbError& error) {
      findings_.take("table", error);
      return false;
    } catch (const std::runtime_error& error) {
      findings_.fail("table", error.what());
      return false;
    } catch (const std::invalid_argument& error) {
      findings_.fail("message", error.what());
      return false;
    }
    findings_.fine("table", shape_.table + ", " + settings_.values.text("outbox.dispose") + " variant, ordered by " +
                                shape_.position_column());
    return true;
  }

  void columns() {
    std::string notes;
    const auto note = [&](const std::string& column, std::string_view text) {
      const auto found = std::ranges::find(declared_, column, &core::DeclaredColumn::name);
      notes += (notes.empty() ? "" : "; ") + column + " is " + (found == declared_.end() ? "" : found->type) + std::string(text);
    };
    const auto kind = [&](const std::string& column) {
      const auto at = table_->layout.index_of(column);
      return at ? table_->layout.columns()[*at].kind : ColumnKind::other;
    };
    const auto& roles = shape_.columns;
    if (kind(roles.payload) == ColumnKind::json) note(roles.payload, ": the database may rewrite it; text keeps every byte");
    const auto time = kind(roles.created_at);
    if (time != ColumnKind::timestamp && time != ColumnKind::text) note(roles.created_at, ": no time can be read from it");
    for (const auto& column : declared_) {
      if (column.nullable && column.name == roles.aggregate_id)
        note(column.name, " and may be NULL: such rows have no key and no order");
      if (column.nullable && column.name == roles.aggregate_type) note(column.name, " and may be NULL: such rows cannot be sent");
    }
    if (const auto complaint = core::complaint_of(encode::columns_left_out(settings_.message, roles, table_->layout));
        !complaint.empty()) {
      notes += (notes.empty() ? "" : "; ") + complaint;
    }
    notes.empty() ? findings_.fine("columns", "types fit") : findings_.warn("columns", notes);
  }

  struct NeededIndex {
    std::string_view query_name;
    std::string_view query;
    std::string column;  ///< that it begins with
    std::string without;
  };

  [[nodiscard]] NeededIndex position_index() const {
    const auto& column = shape_.position_column();
    return {.query_name = "position_index",
            .query = dialect_->queries->position_index,
            .column = column,
            .without = "no unique index begins with " + column + ": a claim reads the whole table; make it the primary key"};
  }

  [[nodiscard]] NeededIndex unsent_index() const {
    return {.query_name = "unsent_index",
            .query = dialect_->queries->unsent_index,
            .column = shape_.sent_at,
            .without = "none of the unsent rows: a claim reads over all that was sent; make outbox_unsent as sql/" +
                       std::string(dialect_->name) + "/outbox_mark.sql does"};
  }

  void index(std::string_view item, const NeededIndex& needed) {
    const auto [schema, name] = table_->own_name();
    const std::array<db::Parameter, 3> parameters{schema, name, std::string_view(needed.column)};
    try {
      const auto rows = session_->run(db::render(needed.query_name, needed.query, {}), parameters);
      if (rows.empty()) return findings_.warn(item, needed.without);
      if (!rows[0][0].is_null()) return findings_.fine(item, std::string(rows[0][0].bytes()) + " serves the claim");
    } catch (const db::DbError& error) {
      if (!session_->usable()) return findings_.take(item, error);
    }
    findings_.warn(item, "it cannot be seen here whether an index begins with " + needed.column + "; a claim needs one");
  }

  void claiming() {
    try {
      ClaimOrder order;
      order.row_limit = std::min(sample_rows, settings_.poll.batch_rows);
      const auto claim = core::claim(*session_, table_, order, settings_.poll.batch_bytes);
      for (const auto& row : claim.rows) sample(row);
      findings_.fine("claim",
                     claim.rows.empty() ? "may read; the outbox is empty" : "may read; the oldest unsent rows can be sent");
    } catch (const db::DbError& error) {
      findings_.take("claim", error);
    }
  }

  void sample(const Row& row) {
    const auto encoded = encoder_->encode(row);
    if (const auto* message = std::get_if<Message>(&encoded)) {
      topics_.emplace(message->topic);
    } else {
      findings_.warn("row", std::get<Fault>(encoded).reason);
    }
  }

  /// Runs the relay's own statement for an id that no row has, and takes even that back.
  void settling() {
    const auto what = settings_.outbox.dispose == config::Dispose::mark ? "mark" : "delete";
    try {
      session_->begin();
      static_cast<void>(table_->run_for_ids(*session_, table_->settle_list, std::array{lowest_position}));
      session_->rollback();
      findings_.fine("settle", std::string("may ") + what);
    } catch (const db::DbError& error) {
      if (session_->usable()) session_->rollback();
      findings_.take("settle", error);
    }
  }

  /// Tries what parking or recording a row takes, with a row that is not there.
  void dead_letters() {
    const auto name = core::DeadLetters::table_of(shape_.table);
    const auto complain = [&](const std::string& text) {
      shape_.parks ? findings_.fail("dead letters", text)
                   : findings_.warn("dead letters", "`dead list` cannot show what is blocked: " + text);
    };
    try {
      if (shape_.parks) core::require_dead_letters(*session_, *table_);
      const auto letters = core::DeadLetters::open(*session_, *table_);
      if (!letters) return complain("table " + name + " not found; " + core::DeadLetters::how_to_make(*table_));
      letters->record(*session_, std::array{core::Verdict{.position = lowest_position, .topic = {}, .fault = {}, .attempts = 0}});
      findings_.fine("dead letters", name + " takes what cannot be sent");
    } catch (const core::SchemaError& error) {
      complain(error.what());
    } catch (const db::DbError& error) {
      if (error.transient()) return findings_.take("dead letters", error);
      complain(error.what() + std::string(core::cure_of(error)));
    }
  }

  /// Makes a row that no relay asks for, and takes it back.
  void lease() {
    if (!settings_.lease.enabled) return findings_.fine("lease", "off: run one relay at a time");
    try {
      const auto lease = core::open_lease(*session_, *dialect_, shape_.table, settings_.lease.name);
      const auto row = lease.read(*session_);
      drawn_ahead_ = lease.knows_drawn_ahead(*session_);
      session_->begin();
      static_cast<void>(core::open_lease(*session_, *dialect_, shape_.table, "check of " + settings_.lease.name)
                            .ask(*session_, "check", settings_.lease.ttl));
      session_->rollback();
      const bool held = row && row->left.count() > 0;
      findings_.fine("lease",
                     held ? "held by " + row->holder + ", token " + std::to_string(row->token) : "may be taken; nobody holds it");
    } catch (const db::DbError& error) {
      if (session_->usable()) session_->rollback();
      findings_.take("lease", error);
    } catch (const core::SchemaError& error) {
      findings_.fail("lease", error.what());
    }
  }

  void scan() {
    core::ScanChoice choice(shape_.scan, settings_.outbox.strict_order);
    choice.learn(*table_);
    if (drawn_ahead_) choice.learn_drawn_ahead();
    watches_gaps_ = choice.scan() == Scan::gaps;
    if (const auto complaint = choice.against_strict(); !complaint.empty()) return findings_.fail("scan", complaint);
    const auto text = std::string(core::word_of(choice.scan())) + ": " + choice.why();
    const bool speaks_against = !table_->source.dense() || drawn_ahead_;
    if (watches_gaps_ && speaks_against) {
      return findings_.warn("scan", text + ", but ids are not dense or are drawn ahead: rows may come late; set outbox.scan=auto");
    }
    findings_.fine("scan", text);
  }

  void gap_proof() {
    const std::string grants = "sql/" + std::string(dialect_->name) + "/grants.sql";
    if (!watches_gaps_) return findings_.fine("gap proof", "not needed: gaps are not watched");
    const bool strict = settings_.outbox.strict_order;
    if (!dialect_->proves_gaps) {
      return findings_.fine("gap proof", strict ? "this database has none" : "this database has none: rows are read from the head");
    }
    try {
      const auto writers = core::read_writers(*session_, *table_);
      if (!writers && strict) {
        return findings_.fail(
            "gap proof",
            "outbox.order = strict has to see who may still insert, and this role cannot; grant it as " + grants + " does");
      }
      if (!writers) {
        return findings_.warn(
            "gap proof",
            "this role cannot see who may still fill a gap in the ids, so a gap is watched for ten minutes and more; grant it as " +
                grants + " does");
      }
      if (writers->contains("no AUTOINCREMENT")) {
        return findings_.warn("gap proof",
                              "the table has no AUTOINCREMENT, so ids come back; make it as sql/sqlite/outbox_delete.sql does");
      }
      findings_.fine("gap proof", "available");
    } catch (const db::DbError& error) {
      findings_.take("gap proof", error);
    }
  }

  void wake_up() {
    const auto& channel = settings_.poll.wake_channel;
    auto* wakeup = session_->wakeup();
    if (channel.empty() || wakeup == nullptr) {
      return findings_.fine("wake-up", "none: new rows are found by polling");
    }
    try {
      wakeup->listen(channel);
      findings_.fine("wake-up", "LISTEN " + channel + "; who notifies it is the trigger of sql/postgres/notify_trigger.sql");
    } catch (const db::DbError& error) {
      findings_.take("wake-up", error);
    }
  }

  const config::Settings& settings_;
  Findings& findings_;
  core::OutboxShape shape_;
  std::unique_ptr<db::Session> session_;
  const db::Dialect* dialect_ = nullptr;
  std::vector<core::DeclaredColumn> declared_;
  std::shared_ptr<core::OutboxTable> table_;
  std::unique_ptr<encode::Encoder> encoder_;
  std::set<std::string> topics_;
  bool drawn_ahead_ = false;
  bool watches_gaps_ = true;
};

}  // namespace

std::set<std::string> check_database(const config::Settings& settings, Findings& findings) {
  auto topics = DatabaseCheck(settings, findings).run();
  const bool constant = settings.message.topic.find_first_of("{}") == std::string::npos;
  if (constant) topics.insert(settings.message.topic);
  return topics;
}

}  // namespace relay::cli
