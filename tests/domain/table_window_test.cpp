#include "relay/domain/table_window.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>
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
  std::chrono::seconds look_back{20};
  bool sees_writers = true;
  std::size_t most_remembered = 1000;
};

/// One relay on one table, in steps drawn at random: writers, pages, acknowledgements, failures, crashes.
class World {
 public:
  World(Rules rules, unsigned seed)
      : rules_(rules), random_(seed), window_(TableKeys::time_and_id, rules.look_back, rules.most_remembered) {}

  /// @return rows whose last version is not the last that Kafka has
  std::size_t lost_after(int steps) {
    for (int i = 0; i < steps; ++i) step();
    while (!table_.open.empty()) table_.commit(0);
    for (int i = 0; i < 3; ++i) {
      read_to_the_end();
      table_.clock += 1000 * second;
    }
    return static_cast<std::size_t>(std::ranges::count_if(table_.rows, [this](const auto& entry) {
      const auto found = kafka_.find(entry.first);
      return found == kafka_.end() || found->second != entry.second.value;
    }));
  }
  [[nodiscard]] std::size_t messages() const { return messages_; }

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
    constexpr std::size_t limit = 7;
    const auto rows = table_.page(after, limit);
    window_.open_page();
    for (const auto& row : rows) {
      const SentVersion version{row_key(row.id), row.value, row.time};
      if (window_.is_new(version)) on_their_way_.push_back({row, window_.sent(version, 1)});
    }
    const auto last = rows.empty() ? after : TablePoint{TablePoint::Kind::row, rows.back().text(), rows.back().id};
    window_.close_page(last, rows.empty() ? 0 : rows.back().time, rows.size() == limit);
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
    window_ = TableWindow(TableKeys::time_and_id, rules_.look_back, rules_.most_remembered);
    window_.resume(saved_);
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
  std::map<std::string, std::uint64_t> kafka_;
  std::size_t messages_ = 0;
};

std::size_t lost_in_many_worlds(const Rules& rules) {
  std::size_t lost = 0;
  for (unsigned seed = 1; seed <= 300; ++seed) lost += World(rules, seed).lost_after(400);
  return lost;
}

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

TEST_CASE("a quiet table that was sent is not sent again") {
  World world({}, 1);
  CHECK(world.lost_after(400) == 0);
  const auto before = world.messages();
  CHECK(world.lost_after(0) == 0);
  CHECK(world.messages() == before);
}

TEST_CASE("a held row keeps the cursor below it, and nothing else") {
  TableWindow window(TableKeys::time_and_id, 0s, 100);
  window.saw_end(first_moment + 100 * second, {});
  window.begin_pass({.now = first_moment + 1000 * second});
  window.open_page();
  const auto good = window.sent({1, 1, first_moment}, 1);
  window.held();
  window.close_page({TablePoint::Kind::row, "2023-11-14 22:13:20", "2"}, first_moment, false);
  window.acknowledged(good);
  CHECK(window.advance());
  CHECK(window.has_held());
  CHECK_FALSE(window.caught_up());
  CHECK(window.cursor() == TablePoint{});
}
