#include "relay/domain/table_window.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace relay;
using namespace std::chrono_literals;

namespace {

constexpr Micros second = 1'000'000;
constexpr Micros first_moment = 1'700'000'000 * second;

struct RowNow {
  std::string id;
  Micros time = 0;
  std::uint64_t value = 0;

  [[nodiscard]] bool is_behind(const TablePoint& point) const {
    const auto own = text();
    if (point.kind == TablePoint::Kind::time) return own >= point.time;
    return point.kind == TablePoint::Kind::beginning || own > point.time || (own == point.time && id > point.id);
  }
  [[nodiscard]] std::string text() const {
    auto iso = iso_timestamp(time).substr(0, 26);
    iso[10] = ' ';
    return iso;
  }
};

/// Rows get their time when their transaction begins, and appear when it commits.
struct Table {
  struct Transaction {
    Micros start = 0;
    std::vector<RowNow> writes;
  };
  Micros clock = first_moment;
  std::map<std::string, RowNow> rows;
  std::vector<Transaction> open;
  std::uint64_t values = 0;

  [[nodiscard]] bool is_locked(const std::string& id) const {
    return std::ranges::any_of(open, [&](const auto& transaction) {
      return std::ranges::any_of(transaction.writes, [&](const auto& row) { return row.id == id; });
    });
  }
  void commit(std::size_t which) {
    for (const auto& row : open[which].writes) rows[row.id] = row;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
  }
  [[nodiscard]] std::vector<RowNow> page(const TablePoint& after, std::size_t limit) const {
    std::vector<RowNow> found;
    for (const auto& [id, row] : rows) {
      if (row.is_behind(after)) found.push_back(row);
    }
    std::ranges::sort(found, [](const auto& a, const auto& b) { return std::pair(a.time, a.id) < std::pair(b.time, b.id); });
    if (found.size() > limit) found.resize(limit);
    return found;
  }
};

struct Rules {
  TableKeys keys = TableKeys::time_and_id;
  std::chrono::seconds look_back{20};
  bool sees_writers = true;
  std::size_t most_remembered = 1000;
  bool bad_rows = false;  ///< some cannot be sent, until they are mended or what is wrong with their topic is
};

/// One relay on one table, in steps drawn at random: writers, pages, acknowledgements, failures, crashes.
class World {
 public:
  World(Rules rules, unsigned seed) : rules_(rules), random_(seed), window_(rules.keys, rules.look_back, rules.most_remembered) {}

  /// @return rows whose last version is not the last that Kafka has
  std::size_t lost_after(int steps) {
    for (int i = 0; i < steps; ++i) step();
    while (!table_.open.empty()) table_.commit(0);
    settle();
    unsendable_.clear();
    settle();
    return static_cast<std::size_t>(std::ranges::count_if(table_.rows, [this](const auto& entry) {
      const auto found = kafka_.find(entry.first);
      return found == kafka_.end() || found->second != entry.second.value;
    }));
  }
  /// @return messages of a table in which nothing happens any more
  std::size_t sent_again_after(int steps) {
    for (int i = 0; i < steps; ++i) step();
    while (!table_.open.empty()) table_.commit(0);
    settle();
    const auto before = messages_;
    settle();
    return messages_ - before;
  }

 private:
  int draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  void step() {
    table_.clock += draw(2 * static_cast<int>(second));
    const auto what = draw(100);
    if (what < 25) begin();
    if (what >= 25 && what < 50 && !table_.open.empty()) end();
    if (what >= 50 && what < 75) read();
    if (what >= 75 && what < 95) deliver(static_cast<std::size_t>(draw(6)), true);
    if (what == 95) fail();
    if (what == 96) crash();
    if (rules_.bad_rows && draw(50) == 0) mend();
    if (what > 96) saved_ = window_.progress(3);
    window_.advance();
  }

  void begin() {
    Table::Transaction transaction{table_.clock, {}};
    for (int i = draw(3); i >= 0; --i) {
      const auto id = std::to_string(100 + draw(40));
      const bool again = std::ranges::any_of(transaction.writes, [&](const auto& row) { return row.id == id; });
      if (table_.is_locked(id) || again) continue;
      const bool client_sets = draw(3) == 0;
      const auto behind = client_sets ? draw(1 + static_cast<int>(rules_.look_back.count())) * second : 0;
      transaction.writes.push_back({id, table_.clock - behind, ++table_.values});
      if (rules_.bad_rows && draw(10) == 0) unsendable_.insert(table_.values);
    }
    table_.open.push_back(transaction);
  }

  void end() {
    const auto which = static_cast<std::size_t>(draw(static_cast<int>(table_.open.size())));
    if (draw(5) == 0) {
      table_.open.erase(table_.open.begin() + static_cast<std::ptrdiff_t>(which));
    } else {
      table_.commit(which);
    }
  }

  /// A row that was never sent: as it is, or by a change that leaves its time as it was.
  void mend() {
    const auto bad = std::ranges::find_if(table_.rows, [this](const auto& entry) { return is_bad(entry.second); });
    if (bad == table_.rows.end()) return;
    unsendable_.erase(bad->second.value);
    if (draw(2) == 0) bad->second.value = ++table_.values;
  }

  [[nodiscard]] bool is_bad(const RowNow& row) const { return unsendable_.contains(row.value); }

  void read() {
    if (window_.reading_pass()) return take(window_.pass_at());
    if (window_.pass_under_way()) return;
    if (window_.has_tip() && draw(2) == 0) return take(window_.tip());
    Horizon horizon{.now = table_.clock};
    for (const auto& transaction : table_.open) {
      if (rules_.sees_writers) horizon.oldest_start = std::min(horizon.oldest_start.value_or(transaction.start), transaction.start);
    }
    if (!window_.pass_makes_sense(horizon)) return;
    const auto after = window_.cursor();
    if (draw(3) == 0 && !table_.open.empty()) end();  // between the two statements
    window_.begin_pass(horizon);
    take(after);
  }

  void take(const TablePoint& after) {
    const auto page = rules_.keys == TableKeys::time ? page_of_whole_times(after) : page_of_rows(after);
    window_.open_page();
    for (const auto& row : page.rows) {
      const SentVersion version{rules_.keys == TableKeys::time ? row.value : row_key(row.id), row.value, row.time};
      if (!window_.is_new(version)) continue;
      if (is_bad(row)) {
        window_.held(version);
      } else {
        on_their_way_.push_back({row, window_.sent(version, 1)});
      }
    }
    window_.close_page(page.last, page.last_time, page.more);
  }

  struct Page {
    std::vector<RowNow> rows;
    TablePoint last;
    Micros last_time = 0;
    bool more = false;
  };

  [[nodiscard]] Page page_of_rows(const TablePoint& after) const {
    constexpr std::size_t limit = 7;
    Page page{table_.page(after, limit), after};
    page.more = page.rows.size() == limit;
    if (page.rows.empty()) return page;
    const auto& last = page.rows.back();
    page.last = {TablePoint::Kind::row, last.text(), last.id};
    page.last_time = last.time;
    return page;
  }

  /// It ends before the first time that it has no room for.
  [[nodiscard]] Page page_of_whole_times(const TablePoint& after) const {
    constexpr std::size_t limit = 7;
    Page page{table_.page(after, 1000), after};
    if (page.rows.empty()) return page;
    auto last = page.rows.back();
    if (page.rows.size() > limit) {
      const auto next = std::ranges::upper_bound(page.rows, page.rows[limit - 1].time, {}, &RowNow::time);
      page.more = next != page.rows.end();
      if (page.more) last = *next;
      page.rows.erase(next, page.rows.end());
    }
    page.last = {TablePoint::Kind::time, last.text(), {}};
    page.last_time = last.time;
    return page;
  }

  void deliver(std::size_t most, bool acknowledge) {
    for (; most > 0 && !on_their_way_.empty(); --most) {
      const auto& [row, ticket] = on_their_way_.front();
      kafka_[row.id] = row.value;
      ++messages_;
      if (acknowledge) window_.acknowledged(ticket);
      on_their_way_.pop_front();
    }
  }

  void fail() {
    deliver(static_cast<std::size_t>(draw(4)), false);
    on_their_way_.clear();
    window_.rewind();
  }

  void crash() {
    fail();
    window_ = TableWindow(rules_.keys, rules_.look_back, rules_.most_remembered);
    window_.resume(saved_);
  }

  void settle() {
    for (int i = 0; i < 3; ++i) {
      read_to_the_end();
      table_.clock += 1000 * second;
    }
  }

  void read_to_the_end() {
    deliver(on_their_way_.size(), true);
    window_.advance();
    while (window_.pass_under_way()) {
      if (window_.reading_pass()) take(window_.pass_at());
      deliver(on_their_way_.size(), true);
      window_.advance();
    }
    window_.begin_pass({.now = table_.clock});
    take(window_.cursor());
    while (window_.reading_pass()) take(window_.pass_at());
    deliver(on_their_way_.size(), true);
    window_.advance();
  }

  struct OnItsWay {
    RowNow row;
    TableWindow::Ticket ticket;
  };

  Rules rules_;
  std::minstd_rand random_;
  Table table_;
  TableWindow window_;
  TableProgress saved_;
  std::deque<OnItsWay> on_their_way_;
  std::set<std::uint64_t> unsendable_;  // versions
  std::map<std::string, std::uint64_t> kafka_;
  std::size_t messages_ = 0;
};

std::size_t lost_in_many_worlds(const Rules& rules) {
  std::size_t lost = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) lost += World(rules, seed).lost_after(400);
  return lost;
}

using Values = std::vector<std::uint64_t>;

#define ALL_KEYS() GENERATE(TableKeys::time_and_id, TableKeys::id, TableKeys::time)

/// A table whose rows are older than its look-back window; a pass reads it on one page.
struct OldTable {
  struct OldRow {
    RowKey id = 0;
    std::uint64_t value = 0;
    Micros second_of_it = 0;
  };
  static constexpr Micros beginning_of_time = -1;

  explicit OldTable(TableKeys how, std::size_t most_remembered = 1000) : keys(how), window(how, 0s, most_remembered) {
    window.saw_end(first_moment + 1000 * second, {});
  }

  [[nodiscard]] Micros time_of(const OldRow& row) const {
    if (keys == TableKeys::id) return 0;
    return row.second_of_it == beginning_of_time ? earliest_time : first_moment + row.second_of_it * second;
  }

  void begin_pass() { window.begin_pass({.now = now += 5 * second}); }

  /// @return the rows that it sent
  std::size_t take_page(bool more) {
    window.open_page();
    for (const auto& row : rows) {
      const SentVersion version{keys == TableKeys::time ? row.value : row.id, row.value, time_of(row)};
      if (!window.is_new(version)) continue;
      if (bad.contains(row.value)) {
        window.held(version);
      } else {
        on_their_way.emplace_back(row.value, window.sent(version, 1));
      }
    }
    window.close_page({TablePoint::Kind::row, "2023-11-14 23:13:20", "9"}, first_moment + 100 * second, more);
    return on_their_way.size();
  }

  Values acknowledge() {
    Values values;
    for (const auto& [value, ticket] : on_their_way) {
      window.acknowledged(ticket);
      values.push_back(value);
    }
    on_their_way.clear();
    return values;
  }

  /// @return what it sent
  Values pass() {
    begin_pass();
    take_page(false);
    auto values = acknowledge();
    REQUIRE(window.advance());
    return values;
  }

  /// The same, and Kafka takes nothing of it.
  Values lost_pass() {
    begin_pass();
    take_page(false);
    Values values;
    for (const auto& [value, ticket] : on_their_way) values.push_back(value);
    on_their_way.clear();
    window.rewind();
    return values;
  }

  TableKeys keys;
  TableWindow window;
  std::vector<OldRow> rows;
  std::set<std::uint64_t> bad;  // values that cannot be sent
  std::vector<std::pair<std::uint64_t, TableWindow::Ticket>> on_their_way;
  Micros now = first_moment + 1000 * second;
};

}  // namespace

TEST_CASE("the last version of every row reaches Kafka, under late commits, failures and crashes") {
  CHECK(lost_in_many_worlds({}) == 0);
}

TEST_CASE("nothing is lost where the window has no room to remember all its rows") {
  CHECK(lost_in_many_worlds({.most_remembered = 5}) == 0);
}

TEST_CASE("without the look-back and the oldest writer rows are lost, which the model sees") {
  CHECK(lost_in_many_worlds({.look_back = 0s, .sees_writers = false}) > 0);
}

TEST_CASE("nothing is lost around rows that cannot be sent, nor these once they are mended") {
  const auto keys = GENERATE(TableKeys::time_and_id, TableKeys::time);
  CHECK(lost_in_many_worlds({.keys = keys, .bad_rows = true}) == 0);
  CHECK(lost_in_many_worlds({.keys = keys, .most_remembered = 5, .bad_rows = true}) == 0);
}

TEST_CASE("a quiet table that was sent is not sent again, whether or not rows of it are held") {
  const auto keys = GENERATE(TableKeys::time_and_id, TableKeys::time);
  const bool bad_rows = GENERATE(false, true);
  std::size_t sent_again = 0;
  for (unsigned seed = 1; seed <= 100; ++seed)
    sent_again += World({.keys = keys, .bad_rows = bad_rows}, seed).sent_again_after(400);
  CHECK(sent_again == 0);
}

TEST_CASE("a held row keeps the cursor below it, and nothing else") {
  TableWindow window(TableKeys::time_and_id, 0s, 100);
  window.saw_end(first_moment + 100 * second, {});
  window.begin_pass({.now = first_moment + 1000 * second});
  window.open_page();
  const auto good = window.sent({1, 1, first_moment}, 1);
  window.held({2, 1, first_moment});
  window.close_page({TablePoint::Kind::row, "2023-11-14 22:13:20", "2"}, first_moment, false);
  window.acknowledged(good);
  CHECK(window.advance());
  CHECK(window.has_held());
  CHECK_FALSE(window.caught_up());
  CHECK(window.cursor() == TablePoint{});
}

TEST_CASE("what lies behind a held row is sent once, however long that is held") {
  OldTable table(ALL_KEYS());
  table.rows = {{1, 10, 0}, {2, 20, 0}, {3, 30, 1}};
  table.bad = {10};
  CHECK(table.pass() == Values{20, 30});
  CHECK(table.pass().empty());
  CHECK(table.pass().empty());
}

TEST_CASE("a held row is sent when it is mended, also where that leaves its time as it was") {
  OldTable table(ALL_KEYS());
  table.rows = {{1, 10, 0}, {2, 20, 0}, {3, 30, 1}};
  table.bad = {10};
  REQUIRE(table.pass() == Values{20, 30});
  SECTION("as it is") {
    table.bad.clear();
  }
  SECTION("by a change") {
    table.rows[0].value = 11;
  }
  SECTION("by a change that cannot be sent either, and another one") {
    table.rows[0].value = 11;
    table.bad = {11};
    REQUIRE(table.pass().empty());
    table.rows[0].value = 12;
  }
  CHECK(table.pass() == Values{table.rows[0].value});
  CHECK_FALSE(table.window.has_held());
}

TEST_CASE("what was lost on its way counts as unsent again, whatever is held") {
  OldTable table(ALL_KEYS());
  table.rows = {{1, 10, 0}, {2, 20, 0}, {3, 30, 1}};
  table.bad = {10};
  SECTION("behind the held row") {
    REQUIRE(table.lost_pass() == Values{20, 30});
    CHECK(table.pass() == Values{20, 30});
  }
  SECTION("the held row, once it is mended") {
    REQUIRE(table.pass() == Values{20, 30});
    table.bad.clear();
    REQUIRE(table.lost_pass() == Values{10});
    CHECK(table.pass() == Values{10});
  }
}

TEST_CASE("more held rows than there is room to note let the others pass, and are sent when they are mended") {
  OldTable table(TableKeys::time_and_id, 2);
  table.rows = {{1, 10, 0}, {2, 20, 1}, {3, 30, 2}, {4, 40, 3}};
  table.bad = {10, 20, 30};
  REQUIRE(table.pass() == Values{40});
  CHECK(table.pass().empty());
  table.bad.clear();
  CHECK(table.pass() == Values{10, 20, 30});
}

TEST_CASE("a held row costs no memory for what Kafka has behind it") {
  OldTable table(TableKeys::time_and_id);
  for (RowKey id = 1; id <= 100; ++id) table.rows.push_back({id, id, static_cast<Micros>(id)});
  table.bad = {1};
  table.begin_pass();
  REQUIRE(table.take_page(true) == 99);
  const auto rows_kept = [&] {
    std::size_t rows = 0;
    for (const auto& page : table.window.pages().all()) rows += page.sent.capacity();
    return rows;
  };
  REQUIRE(rows_kept() >= 99);
  table.acknowledge();
  CHECK_FALSE(table.window.advance());
  CHECK(rows_kept() == 0);
  CHECK(table.window.remembered().size() == 0);
}

TEST_CASE("a row of the beginning of time is sent once, however long another is held") {
  OldTable table(GENERATE(TableKeys::time_and_id, TableKeys::time));
  table.rows = {{1, 10, OldTable::beginning_of_time}, {2, 20, 0}};
  table.bad = {20};
  CHECK(table.pass() == Values{10});
  CHECK(table.pass().empty());
  CHECK(table.pass().empty());
}

TEST_CASE("rows of the newest time are sent once where there is no room to remember them, until a pass reads them again") {
  OldTable table(TableKeys::time, 8);
  for (RowKey id = 1; id <= 10; ++id) table.rows.push_back({id, id, 2000});
  REQUIRE(table.pass().size() == 10);
  REQUIRE(table.window.full());
  SECTION("nothing new") {
    table.take_page(false);
    CHECK(table.acknowledge().empty());
  }
  SECTION("another one of that time") {
    table.rows.push_back({11, 11, 2000});
    table.take_page(false);
    CHECK(table.acknowledge() == Values{11});
  }
  SECTION("for as long as they are of the window") {
    table.now += 2000 * second;
    table.pass();
    for (const RowKey id : {11U, 12U}) {
      table.rows.push_back({id, id, static_cast<Micros>(2000 + id)});
      table.pass();
      table.pass();
    }
    CHECK(table.window.remembered_bytes() == table.window.remembered().bytes());
  }
  SECTION("what is lost is sent again") {
    table.rows.push_back({11, 11, 2000});
    table.take_page(false);
    table.on_their_way.clear();
    table.window.rewind();
    const auto again = table.pass();
    CHECK(std::ranges::count(again, 11U) == 1);
  }
}

TEST_CASE("how many rows are held is known from what the last pass met, and forgets those that were deleted") {
  OldTable table(ALL_KEYS());
  table.rows = {{1, 10, 0}, {2, 20, 0}, {3, 30, 1}};
  table.bad = {10, 30};
  table.pass();
  CHECK(table.window.held_rows() == 2);
  table.rows.pop_back();
  table.begin_pass();
  CHECK(table.window.held_rows() == 2);
  table.take_page(false);
  REQUIRE(table.window.advance());
  CHECK(table.window.held_rows() == 1);
  table.rows.erase(table.rows.begin());
  table.pass();
  CHECK(table.window.held_rows() == 0);
}
