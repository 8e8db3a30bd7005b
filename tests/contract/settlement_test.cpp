#include "tests/contract/every.hpp"
#include "tests/contract/outbox.hpp"

#include <algorithm>
#include <array>

using namespace contract;

// P6: a settlement never waits for the application. The application's transaction stays open all the time; a statement that waits
// for it ends with lock_timeout and fails the test.

namespace {

enum class Size : std::int64_t { small = 10, large = 20'000 };

/// Firebird takes minutes for as many, and no planner of its waits for them.
std::int64_t rows_of(Size size, const Database& database) {
  constexpr std::int64_t few = 2'000;
  return database.name == "firebird" ? std::min(few, static_cast<std::int64_t>(size)) : static_cast<std::int64_t>(size);
}

/// An outbox of which half is to be settled, with inserts that are still open beside, between and behind the rows.
struct Scene {
  Scene(const Database& database, Dispose dispose, Size size)
      : sandbox(database),
        outbox(sandbox, dispose),
        last(rows_of(size, database)),
        writer(sandbox.connect()),
        relay(sandbox.connect()) {
    auto rows = ids(1, last);
    const auto held_open = last / 2 + 1;
    std::erase(rows, held_open);
    outbox.insert(sandbox.session(), rows);
    writer->begin();
    run(*writer, "INSERT INTO " + outbox.table() + " (" + sandbox.dialect().identifier_part("low") + ")" +
                     values_of(database, std::array{std::to_string(held_open), std::to_string(last + 1)}));
    before = {{1, held_open - 1}};
    behind = {{held_open + 1, last}};
    all = rows;
  }

  Sandbox sandbox;
  Outbox outbox;
  std::int64_t last;
  Sessions writer;
  Sessions relay;
  Ranges before;  ///< up to the open insert
  Ranges behind;  ///< from there to the next
  Ids all;
};

}  // namespace

#define FOR_EVERY_SCENE                                              \
  FOR_EVERY_DATABASE(it.many_writers&& it.name != "odbc");           \
  const auto dispose = GENERATE(Dispose::delete_row, Dispose::mark); \
  const auto size = GENERATE(Size::small, Size::large);              \
  Scene scene(database, dispose, size);                              \
  CAPTURE(dispose, static_cast<int>(size))

TEST_CASE("a settlement by range never waits for an insert that is still open") {
  FOR_EVERY_SCENE;
  CHECK(scene.outbox.settle_ranges(*scene.relay, scene.before) == static_cast<std::uint64_t>(scene.last / 2));
  CHECK(scene.outbox.settle_ranges(*scene.relay, scene.behind) == static_cast<std::uint64_t>(scene.last - scene.last / 2 - 1));
  scene.writer->commit();
  CHECK(scene.outbox.unsent(*scene.relay) == Ids{scene.last / 2 + 1, scene.last + 1});
}

TEST_CASE("a settlement by list never waits for an insert that is still open, nor when it is repeated") {
  FOR_EVERY_SCENE;
  CHECK(scene.outbox.settle_list(*scene.relay, scene.all) == scene.all.size());
  CHECK(scene.outbox.settle_list(*scene.relay, scene.all) == 0);
  scene.writer->commit();
  CHECK(scene.outbox.unsent(*scene.relay) == Ids{scene.last / 2 + 1, scene.last + 1});
}

TEST_CASE("a settlement by list never waits for an insert that is still open, after another relay settled some of the rows") {
  FOR_EVERY_SCENE;
  const auto other = scene.sandbox.connect();
  Ids some;
  for (const auto id : scene.all) {
    if (id % 3 == 0) some.push_back(id);
  }
  CHECK(scene.outbox.settle_list(*other, some) == some.size());
  CHECK(scene.outbox.settle_list(*scene.relay, scene.all) == scene.all.size() - some.size());
  scene.writer->rollback();
  CHECK(scene.outbox.unsent(*scene.relay).empty());
}

TEST_CASE("a few rows beside an open insert are settled at once in a table that is large") {
  FOR_EVERY_SCENE;
  const auto held_open = scene.last / 2 + 1;
  CHECK(scene.outbox.settle_list(*scene.relay, Ids{held_open - 1, held_open + 1, scene.last}) == 3);
  CHECK(scene.outbox.settle_ranges(*scene.relay, {{held_open - 3, held_open - 2}, {held_open + 2, held_open + 3}}) == 4);
  scene.writer->rollback();
}

TEST_CASE(
    "a settlement that meets a locked row ends with the lock time-out and settles none of its rows; the others can be settled") {
  FOR_EVERY_SCENE;
  if (size == Size::large) return;
  scene.writer->rollback();
  scene.writer->begin();
  const auto locked = scene.last / 2;
  static_cast<void>(run(*scene.writer, "SELECT 1 FROM " + scene.outbox.table() + " WHERE " +
                                           scene.sandbox.dialect().identifier_part("low") + " = " + std::to_string(locked) +
                                           database.lock_rows));
  const auto error = error_of([&] { scene.outbox.settle_list(*scene.relay, Ids{locked - 1, locked, locked + 2}); });
  CHECK(error.failure() == db::Failure::lock_timeout);
  CHECK(scene.relay->usable());
  CHECK(scene.outbox.unsent(*scene.relay) == scene.all);
  CHECK(scene.outbox.settle_list(*scene.relay, Ids{locked - 1, locked + 2}) == 2);
  scene.writer->rollback();
  CHECK(scene.outbox.settle_list(*scene.relay, Ids{locked}) == 1);
}

TEST_CASE("claims never wait for an insert that is still open") {
  FOR_EVERY_SCENE;
  CHECK(scene.outbox.unsent(*scene.relay) == scene.all);
  CHECK(scene.outbox.gaps(*scene.relay, {{scene.last / 2 + 1, scene.last / 2 + 1}}, 10).empty());
  scene.writer->commit();
  CHECK(scene.outbox.gaps(*scene.relay, {{scene.last / 2 + 1, scene.last / 2 + 1}}, 10) == Ids{scene.last / 2 + 1});
}
