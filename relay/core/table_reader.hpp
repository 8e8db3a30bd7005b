#pragma once

#include "relay/core/cursor_place.hpp"
#include "relay/core/cursor_table.hpp"
#include "relay/core/link.hpp"
#include "relay/core/mailbox.hpp"
#include "relay/core/observer.hpp"
#include "relay/core/polled_table.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

namespace relay::core {

/// What the reader is to do, for one of the tables.
struct TableTask {
  enum class Kind : std::uint8_t {
    start,    ///< the saved progress, and the end of the table
    horizon,  ///< the clock, and who may still write
    pass,     ///< the horizon, then the page behind `after`
    page,     ///< the page behind `after`
    save,     ///< `text` is the progress now
  } kind = Kind::start;
  std::size_t table = 0;
  std::uint64_t life = 0;  ///< given back: what was asked before a rewind is not heeded
  TablePoint after{};
  std::size_t limit = 0;  ///< rows of a page
  std::string text{};
};

/// What it found. The rows' cells live as long as the answer.
struct TableAnswer {
  TableTask::Kind kind = TableTask::Kind::start;
  std::size_t table = 0;
  std::uint64_t life = 0;
  std::shared_ptr<const PolledTable> opened;
  std::optional<std::string> saved;
  std::optional<TableEnd> end;
  std::optional<Horizon> horizon;
  db::ResultSet rows;
  std::vector<SentVersion> versions;  ///< of the rows that are to be taken: perhaps not all
  TablePoint last;                    ///< behind them
  Micros last_time = 0;
  bool more = false;
};

struct TableLink : LinkChange {};

/// Cursors are kept in Kafka, and it does not answer; told once per change.
struct PlaceOutage {
  std::string why;  ///< one line; empty: it answers again
};

using TableEvent = std::variant<TableAnswer, TableLink, PlaceOutage>;
using TableInbox = Mailbox<TableEvent>;

/// Which tables, and how much of them at once.
struct ReaderSettings {
  std::vector<PolledShape> tables;
  std::vector<std::string> cursor_names;  ///< one for each table
  std::shared_ptr<CursorPlace> place;     ///< none: the database's own table
  std::size_t batch_rows = 5000;
  std::size_t batch_bytes = 16 << 20;
};

/// The thread that reads polled tables, on its own connection, and saves their cursors.
class TableReader {
 public:
  TableReader(Database database, ReaderSettings settings, TableInbox& inbox, Observer& observer);

  ~TableReader();
  TableReader(const TableReader&) = delete;
  TableReader& operator=(const TableReader&) = delete;

  /// Tasks are done in their order; two for each table at most are under way.
  void order(TableTask task);
  void request_stop() { stop_.request_stop(); }

 private:
  void work(const std::stop_token& stop);
  void open(db::Session& session, const db::Dialect& dialect);
  [[nodiscard]] TableAnswer carry_out(db::Session& session, const TableTask& task);
  void start(db::Session& session, const TableTask& task, TableAnswer& answer);
  void read_page(db::Session& session, const TableTask& task, TableAnswer& answer);
  [[nodiscard]] db::ResultSet page_that_fits(db::Session& session, const PolledTable& table, const TablePoint& after,
                                             std::size_t& limit);
  void save(db::Session& session, const TableTask& task);
  void at_place(const std::function<void(CursorPlace&)>& work);
  void tell_place(const std::string& outage);

  ReaderSettings settings_;
  TableInbox& inbox_;
  Observer& observer_;
  Mailbox<TableTask> tasks_;
  std::vector<std::shared_ptr<const PolledTable>> tables_;
  std::optional<CursorTable> cursors_;
  std::size_t rows_that_fit_;
  std::string place_outage_;  // as it was told last
  std::stop_source stop_;
  Link link_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace relay::core
