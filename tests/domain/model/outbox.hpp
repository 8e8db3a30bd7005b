#pragma once

#include "relay/domain/claim_window.hpp"
#include "tests/domain/model/books.hpp"
#include "tests/domain/model/world.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

namespace model {

/// A database whose transactions take their key's lock, draw ids, insert, commit late or roll back: one step at a time.
class Outbox {
 public:
  Outbox(Random& random, const World& world, Books& books) : random_(random), world_(world), books_(books) {}

  /// One step of one transaction. @return false: all is written
  bool write();
  /// Sessions end, and with them every transaction that is not prepared.
  void restart();

  /// The moment at which a statement that starts now sees what is committed.
  [[nodiscard]] std::uint64_t now() const noexcept { return clock_; }
  /// The rows inside the intervals, as a statement that started at that moment and ends now sees them.
  std::vector<Event> read(std::uint64_t started, std::span<const relay::Interval> where, std::size_t limit);
  [[nodiscard]] std::set<relay::WriterToken> writers() const;
  /// A relay settles.
  void remove(std::span<const relay::Interval> where);

  [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
  [[nodiscard]] bool all_written() const noexcept { return begun_ == world_.transactions && open_.empty(); }

 private:
  struct Transaction {
    relay::WriterToken name;
    std::size_t key = 0;
    std::size_t to_draw = 1;
    std::vector<Event> rows;
    bool inserting = false;  // holds the lock that shows it as a writer
    bool prepared = false;
  };
  struct Row {
    Event event;
    std::uint64_t committed_at = 0;
  };

  void begin();
  void draw(Transaction& transaction);
  void end(Transaction& transaction);
  void lose_last_commits();

  Random& random_;
  const World& world_;
  Books& books_;
  std::vector<Transaction> open_;
  std::map<relay::Position, Row> rows_;  // committed
  std::uint64_t clock_ = 0;
  relay::Position drawn_ = 0;
  std::uint64_t numbers_ = 0;
  std::size_t begun_ = 0;
  std::size_t names_ = 0;
};

}  // namespace model
