#include "relay/core/table_stream.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

using namespace relay;
using namespace std::chrono_literals;
using Kind = core::TableTask::Kind;

namespace {

constexpr Micros second = 1'000'000;
constexpr Micros first_moment = 1'700'000'000 * second;

class Warnings final : public core::SilentObserver {
 public:
  void say(core::Level level, std::string_view /*line*/) override { told += level == core::Level::warning ? 1 : 0; }
  int told = 0;
};

core::PolledSettings settings(core::TableStart::From from) {
  core::PolledSettings settings;
  settings.table.table = "orders";
  settings.table.start.from = from;
  return settings;
}

/// A stream, and the table that its tasks are carried out on. A task takes a tenth of a millisecond.
struct Polling {
  explicit Polling(std::size_t most_remembered = 1000, core::TableStart::From from = core::TableStart::From::earliest)
      : stream(0, settings(from), {}, most_remembered, Instant{}) {}

  [[nodiscard]] Micros clock() const {
    return first_moment + std::chrono::duration_cast<std::chrono::microseconds>(now - Instant{}).count();
  }
  [[nodiscard]] core::TableTurn turn() const { return {now, room ? rows_a_page : 0, draining}; }

  void insert(int many) {
    for (int i = 0; i < many; ++i) rows.push_back({rows.size() + 1, 1, clock()});
  }

  void carry_out(const core::TableTask& task) {
    core::TableAnswer answer;
    answer.kind = task.kind;
    answer.life = task.life;
    if (task.kind == Kind::save) return stream.saved();
    if (!stream.answered(answer)) return;
    if (task.kind == Kind::start) {
      if (!rows.empty()) answer.end = {point_of(rows.back()), rows.back().time};
      return stream.start(answer, now);
    }
    const Horizon horizon{.now = clock(), .oldest_start = oldest_start, .held = false, .sees_writers = true};
    if (task.kind != Kind::page) stream.heed(horizon, now, warnings);
    if (task.kind == Kind::horizon) return;
    if (task.kind == Kind::pass) stream.begin_pass(horizon, now);
    take_page(task.after, task.limit);
  }

  void take_page(const TablePoint& after, std::size_t limit) {
    auto& window = stream.window();
    window.open_page();
    std::size_t taken = 0;
    std::size_t new_ones = 0;
    auto last = after;
    Micros last_time = 0;
    for (const auto& row : rows) {
      if (!is_behind(row, after)) continue;
      if (taken++ == limit) break;
      last = point_of(row);
      last_time = row.time;
      if (window.adopts(row) || !window.is_new(row)) continue;
      on_their_way.push_back(window.sent(row, 1));
      ++new_ones;
    }
    sent += new_ones;
    window.close_page(last, last_time, taken > limit);
    stream.published(new_ones, taken > limit, now);
  }

  static std::string text(Micros time) { return iso_timestamp(time).substr(0, 26).replace(10, 1, " "); }
  static TablePoint point_of(const SentVersion& row) { return {TablePoint::Kind::row, text(row.time), std::to_string(row.key)}; }
  static bool is_behind(const SentVersion& row, const TablePoint& point) {
    if (point.kind == TablePoint::Kind::time) return text(row.time) >= point.time;
    return point.kind == TablePoint::Kind::beginning || row.key > std::stoull(point.id);
  }

  void acknowledge() {
    for (const auto& ticket : on_their_way) stream.window().acknowledged(ticket);
    on_their_way.clear();
    stream.advance(now);
  }

  /// @return how often each kind of task was asked for; all were answered, and Kafka acknowledged
  std::map<Kind, int> tasks_in(std::chrono::seconds time) {
    std::map<Kind, int> tasks;
    for (const auto end = now + time; now < end;) {
      auto task = stream.next_task(turn());
      if (!task) task = stream.save_task(false, now);
      if (task) {
        ++tasks[task->kind];
        carry_out(*task);
        acknowledge();
      }
      now = task ? now + 100us : std::max(now + 100us, std::min(end, stream.wake_at(turn())));
    }
    return tasks;
  }

  core::TableStream stream;
  Warnings warnings;
  Instant now{};
  std::vector<SentVersion> rows;
  std::optional<Micros> oldest_start;
  bool room = true;
  std::size_t rows_a_page = 5000;
  bool draining = false;
  std::vector<TableWindow::Ticket> on_their_way;
  std::size_t sent = 0;
};

/// More rows than are remembered, and a writer that keeps the window open.
struct FullWindow : Polling {
  FullWindow() : Polling(3) {
    oldest_start = clock();
    insert(4);
    tasks_in(10s);
    REQUIRE(stream.window().full());
  }
};

}  // namespace

TEST_CASE("a full window asks once a second whether a pass makes sense, and says once that it is full") {
  FullWindow polling;
  auto tasks = polling.tasks_in(60s);
  CHECK(tasks[Kind::pass] == 0);
  CHECK(tasks[Kind::horizon] >= 30);
  CHECK(tasks[Kind::horizon] <= 60);
  CHECK(polling.warnings.told == 1);
}

TEST_CASE("new rows are sent while a full window waits for a pass that makes sense") {
  FullWindow polling;
  const auto before = polling.sent;
  polling.insert(1);
  CHECK(polling.tasks_in(3s)[Kind::page] > 0);
  CHECK(polling.sent == before + 1);
}

TEST_CASE("a full window goes on with the first pass that makes sense") {
  FullWindow polling;
  polling.tasks_in(100s);
  polling.oldest_start.reset();
  CHECK(polling.tasks_in(3s)[Kind::pass] > 0);
  CHECK(polling.tasks_in(200s)[Kind::horizon] <= 200);
  CHECK_FALSE(polling.stream.window().full());
}

TEST_CASE("what there is no room to remember is sent again once in a look-back, not with every pass") {
  Polling polling(10);
  for (int i = 0; i < 600; ++i) {
    polling.insert(1);
    polling.tasks_in(1s);
  }
  CHECK(polling.sent <= 3 * polling.rows.size());
  CHECK(polling.warnings.told == 1);
}

TEST_CASE("what was lost on its way is read again at once, though the window is full") {
  FullWindow polling;
  const auto before = polling.sent;
  polling.stream.rewind(polling.now);
  CHECK(polling.tasks_in(1s)[Kind::pass] == 1);
  CHECK(polling.sent > before);
}

TEST_CASE("a table that begins at its end gets there, though others are read again meanwhile, and sends what comes then") {
  Polling polling(1000, core::TableStart::From::latest);
  polling.rows_a_page = 2;
  polling.insert(3);
  for (int i = 0; i < 10; ++i) {
    if (const auto task = polling.stream.next_task(polling.turn())) polling.carry_out(*task);
    polling.acknowledge();
    polling.insert(1);
    polling.stream.rewind(polling.now);
    polling.now += 200ms;
  }
  polling.tasks_in(5s);
  CHECK(polling.sent >= 5);
}

TEST_CASE("what was asked for a table that begins at its end is not heeded after its lease was lost") {
  Polling polling(1000, core::TableStart::From::latest);
  polling.rows_a_page = 2;
  polling.insert(5);
  for (int i = 0; i < 3; ++i) polling.carry_out(*polling.stream.next_task(polling.turn()));
  REQUIRE(polling.stream.window().adopting());
  const auto asked = *polling.stream.next_task(polling.turn());
  polling.stream.rewind(polling.now);
  polling.stream.give_up();
  core::TableAnswer answer;
  answer.life = asked.life;
  CHECK_FALSE(polling.stream.answered(answer));
}

TEST_CASE("a table rests at its end, not where it has to be read again before it got there") {
  Polling polling;
  polling.draining = true;
  polling.rows_a_page = 2;
  polling.insert(3);
  for (int i = 0; i < 2; ++i) polling.carry_out(*polling.stream.next_task(polling.turn()));
  REQUIRE(polling.stream.window().reading_pass());
  polling.on_their_way.clear();
  polling.stream.rewind(polling.now);
  CHECK_FALSE(polling.stream.rests(false));
  polling.tasks_in(5s);
  CHECK(polling.stream.rests(false));
}

TEST_CASE("nothing is asked while a pass waits for its acknowledgements and there is no room for more") {
  Polling polling;
  polling.insert(1);
  polling.carry_out(*polling.stream.next_task(polling.turn()));
  polling.carry_out(*polling.stream.next_task(polling.turn()));
  polling.carry_out(*polling.stream.save_task(false, polling.now));
  polling.room = false;
  CHECK(polling.stream.wake_at(polling.turn()) > polling.now);
  polling.room = true;
  polling.now += 500ms;
  polling.carry_out(*polling.stream.next_task(polling.turn()));  // what lies above
  CHECK(polling.stream.wake_at(polling.turn()) > polling.now);
}

TEST_CASE("the loop is woken when there is something to do, and only then") {
  std::minstd_rand random(GENERATE(1U, 2U, 3U, 4U, 5U, 6U));
  const auto draw = [&](int below) { return std::uniform_int_distribution<int>(0, below - 1)(random); };
  Polling polling(20);
  polling.draining = draw(3) == 0;
  std::optional<core::TableTask> asked;
  const auto has_something_at = [&](Instant now) {
    auto copy = polling.stream;
    auto turn = polling.turn();
    turn.now = now;
    return copy.next_task(turn) || copy.save_task(false, now);
  };
  for (int i = 0; i < 5000; ++i) {
    const auto what = draw(10);
    if (what == 0) polling.insert(draw(5));
    if (what == 1) polling.room = draw(3) > 0;
    if (what == 2) polling.oldest_start = draw(2) == 0 ? std::optional(polling.clock()) : std::nullopt;
    if (what == 3 && draw(10) == 0) polling.stream.rewind(polling.now);
    if (what == 3 && draw(10) == 0) polling.stream.give_up();
    if (what == 4 && draw(10) == 0) polling.stream.hurry(polling.now);
    if (what == 5) polling.acknowledge();
    if (what == 6) polling.now += draw(2000) * 1ms;
    if (what > 6 && asked) polling.carry_out(*std::exchange(asked, {}));
    if (what > 6 && !asked) asked = polling.stream.next_task(polling.turn());
    if (what > 6 && draw(2) == 0) {
      if (auto save = polling.stream.save_task(false, polling.now)) polling.carry_out(*save);
    }
    const auto wake = polling.stream.wake_at(polling.turn());
    REQUIRE(has_something_at(polling.now) == (wake <= polling.now));
    if (wake == Instant::max() || wake <= polling.now) continue;
    REQUIRE(has_something_at(wake));
    REQUIRE_FALSE(has_something_at(wake - 1ns));
  }
}
