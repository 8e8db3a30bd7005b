#include "relay/domain/claim_window.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace relay;

namespace {

const Instant now{};

ClaimFindings found(const ClaimOrder& order, std::span<const Position> positions,
                    std::optional<std::set<WriterToken>> writers = {}) {
  return {.number = order.number, .kind = order.kind, .positions = positions, .writers = std::move(writers)};
}

std::vector<Interval> open(const ClaimWindow& window) {
  return window.gaps().intervals();
}

}  // namespace

TEST_CASE("ids that were jumped over, and those below the first row, stay open") {
  ClaimWindow window;
  const std::vector<Position> rows{5, 6, 9};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  CHECK(window.last() == 9);
  CHECK(open(window) == std::vector<Interval>{{lowest_position + 1, 4}, {7, 8}});
}

TEST_CASE("a row that arrives splits its gap, and what is left stays open") {
  ClaimWindow window;
  const std::vector<Position> first{1, 9};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), first), now));
  const std::vector<Position> late{4};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), late), now));
  CHECK(window.late_arrivals() == 1);
  CHECK(open(window) == std::vector<Interval>{{lowest_position + 1, 0}, {2, 3}, {5, 8}});
}

TEST_CASE("a gap is dead only when nobody is left who could fill it and a later claim still finds nothing") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), rows, std::set<WriterToken>{}), now));
  REQUIRE(window.gaps().size() == 2);

  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"a"}), now));
  CHECK(window.gaps().size() == 2);
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"a", "later"}), now));
  CHECK(window.gaps().size() == 2);
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{"later"}), now));
  CHECK(window.gaps().empty());
}

TEST_CASE("a gap read that was cut by a limit proves nothing above the cut") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 10, 20};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, true), rows, std::set<WriterToken>{}), now));
  auto findings = found(window.order(Scan::gaps, 10, true), {}, std::set<WriterToken>{});
  findings.gaps_read_through = 5;
  REQUIRE(window.take(findings, now));
  CHECK(open(window) == std::vector<Interval>{{6, 9}, {11, 19}});
}

TEST_CASE("a claim that began before a rewind is thrown away") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  const auto order = window.order(Scan::gaps, 10, false);
  window.rewind(2);
  const std::vector<Position> more{4};
  CHECK_FALSE(window.take(found(order, more), now));
  CHECK(window.last() == 1);
  CHECK(window.order(Scan::gaps, 10, false).after == 1);
}

TEST_CASE("a sweep does not move the window") {
  ClaimWindow window;
  const std::vector<Position> rows{1, 2, 3};
  REQUIRE(window.take(found(window.order(Scan::gaps, 10, false), rows), now));
  const std::vector<Position> swept{1, 2, 3, 4};
  REQUIRE(window.take(found(window.order_sweep(10), swept), now));
  CHECK(window.last() == 3);
}

namespace {

/// A database in which transactions draw ids, insert, commit late or roll back, in any interleaving.
class Model {
 public:
  explicit Model(std::uint32_t seed) : random_(seed) {}

  void step() {
    if (finished_) return;
    const auto dice = draw(10);
    if (dice < 5 || open_.empty()) {
      open_.push_back({"t" + std::to_string(++transactions_), ++drawn_});
    } else {
      const auto chosen = open_.begin() + static_cast<std::ptrdiff_t>(draw(open_.size()));
      if (draw(5) > 0) {
        visible_.insert(chosen->id);
        committed_.insert(chosen->id);
      }
      open_.erase(chosen);
    }
  }
  void finish() {
    for (const auto& transaction : open_) {
      visible_.insert(transaction.id);
      committed_.insert(transaction.id);
    }
    open_.clear();
    finished_ = true;
  }

  [[nodiscard]] std::set<WriterToken> writers() const {
    std::set<WriterToken> tokens;
    for (const auto& transaction : open_) tokens.insert(transaction.token);
    return tokens;
  }

  /// What core/claim.cpp does: forward, then the gaps, new ones included; in between others commit.
  std::vector<Position> read(const ClaimOrder& order) {
    std::vector<Position> forward;
    for (auto it = visible_.upper_bound(order.after); it != visible_.end() && forward.size() < order.row_limit; ++it)
      forward.push_back(*it);
    for (auto turns = draw(4); turns > 0; --turns) step();
    auto gaps = order.gaps;
    for (const auto& hole : holes(order.after, forward)) gaps.push_back(hole);
    for (const auto& gap : gaps) {
      for (auto it = visible_.lower_bound(gap.low); it != visible_.end() && *it <= gap.high; ++it) forward.push_back(*it);
    }
    std::ranges::sort(forward);
    return forward;
  }

  void settle(Position position) { visible_.erase(position); }
  [[nodiscard]] const std::set<Position>& committed() const { return committed_; }
  [[nodiscard]] std::size_t draw(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

 private:
  struct Transaction {
    WriterToken token;
    Position id;
  };
  std::mt19937 random_;
  std::vector<Transaction> open_;
  std::set<Position> visible_;
  std::set<Position> committed_;
  Position drawn_ = 0;
  int transactions_ = 0;
  bool finished_ = false;
};

}  // namespace

TEST_CASE("every committed row is found once, however its commit interleaves with claims, and every gap closes in the end") {
  for (std::uint32_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    Model model(seed);
    ClaimWindow window;
    std::multiset<Position> published;
    const auto claim = [&] {
      const auto order = window.order(Scan::gaps, 1 + model.draw(8), true);
      const auto writers = model.writers();
      const auto positions = model.read(order);
      REQUIRE(window.take(found(order, positions, writers), now));
      for (const auto position : positions) {
        published.insert(position);
        model.settle(position);
      }
    };
    for (int turn = 0; turn < 100; ++turn) {
      for (auto steps = model.draw(5); steps > 0; --steps) model.step();
      claim();
    }
    model.finish();
    for (int turn = 0; turn < 100; ++turn) claim();
    CHECK(std::multiset<Position>(model.committed().begin(), model.committed().end()) == published);
    CHECK(window.gaps().empty());
  }
}
