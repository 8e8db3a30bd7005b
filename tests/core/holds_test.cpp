#include "relay/core/holds.hpp"

#include "relay/core/silent_observer.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <string>
#include <vector>

using namespace relay;

namespace {

class Listener final : public core::SilentObserver {
 public:
  void say(core::Level /*level*/, std::string_view line) override { said.emplace_back(line); }

  std::vector<std::string> said;
};

const Instant start{};
const BlockedName key{"orders", "k"};
const Fault too_large{Blame::row, "too large"};

}  // namespace

TEST_CASE("who waits for one row is said once, and again when it is another row, also after everything was read anew") {
  Listener listener;
  core::Holds holds(core::OnBadRow::block, listener);
  holds.hold(key, 5, too_large, start);
  holds.hold(key, 5, too_large, start);
  CHECK(listener.said.size() == 1);
  holds.read_anew({});
  holds.hold(key, 5, too_large, start);
  CHECK(listener.said.size() == 1);
  holds.read_anew({});
  holds.hold(key, 8, too_large, start);
  REQUIRE(listener.said.size() == 2);
  CHECK(listener.said.back() == "key \"k\" of topic \"orders\" waits: row 8: too large");
  holds.forget();
  holds.hold(key, 9, too_large, start);
  CHECK(listener.said.size() == 3);
}

TEST_CASE("an example of who waits names it once") {
  Listener listener;
  core::Holds holds(core::OnBadRow::block, listener);
  CHECK(holds.example().empty());
  holds.hold(key, 5, too_large, start);
  CHECK(holds.example() == "key \"k\" of topic \"orders\": too large");
  holds.hold({"events", {}}, 4, Fault{Blame::topic, "topic \"events\": not there"}, start);
  CHECK(holds.example() == "topic \"events\": not there");
}

TEST_CASE("whoever gave up its rows parks none of them any more") {
  Listener listener;
  core::Holds holds(core::OnBadRow::park, listener);
  const std::array cells{Cell("5")};
  holds.accuse(key, 5, too_large, start);
  holds.park({key}, Row{5, cells}, too_large);
  holds.forget();
  CHECK_FALSE(holds.bad_rows().take_work());
  holds.take({{{5, {}}}}, start);  // one that was under way
  CHECK_FALSE(holds.take_rewind());
}
