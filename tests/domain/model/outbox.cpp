#include "tests/domain/model/outbox.hpp"

#include <algorithm>
#include <string>

namespace model {

bool Outbox::write() {
  const bool more = begun_ < world_.transactions;
  if (!more && open_.empty()) return false;
  const auto chosen = random_.below(open_.size() + (more ? 2 : 0));
  if (chosen >= open_.size()) {
    begin();
    return true;
  }
  auto& transaction = open_[chosen];
  if (world_.ids_drawn_ahead && !transaction.inserting && !random_.one_in(8)) return true;  // it takes its time with its ids
  if (transaction.to_draw > 0) {
    draw(transaction);
  } else if (!transaction.inserting) {
    transaction.inserting = true;
  } else if (world_.restarts && !transaction.prepared && random_.one_in(3)) {
    transaction.prepared = true;
  } else if (!transaction.prepared || random_.one_in(8)) {  // a prepared one waits for its coordinator
    end(transaction);
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  return true;
}

void Outbox::begin() {
  const auto key = random_.below(world_.keys);
  if (std::ranges::any_of(open_, [key](const auto& other) { return other.key == key; })) return;  // waits for its lock
  ++begun_;
  open_.push_back({.name = "t" + std::to_string(++names_), .key = key, .to_draw = 1 + random_.below(3), .rows = {}});
  if (!world_.ids_drawn_ahead) return;
  for (auto& drawn = open_.back(); drawn.to_draw > 0 && random_.one_in(2);) {
    drawn.rows.push_back({++drawn_, ++numbers_, key});
    --drawn.to_draw;
  }
}

void Outbox::draw(Transaction& transaction) {
  transaction.inserting = true;
  transaction.rows.push_back({++drawn_, ++numbers_, transaction.key});
  --transaction.to_draw;
}

void Outbox::end(Transaction& transaction) {
  if (random_.one_in(5)) return;  // rolled back
  ++clock_;
  for (const auto& event : transaction.rows) {
    rows_[event.id] = {event, clock_};
    books_.committed(event.number);
  }
}

void Outbox::restart() {
  std::erase_if(open_, [](const Transaction& transaction) { return !transaction.prepared; });
  for (auto& transaction : open_) transaction.name = "t" + std::to_string(++names_);
  if (world_.fail_overs && random_.one_in(2)) lose_last_commits();
  if (!world_.ids_come_back) return;
  drawn_ = rows_.empty() ? 0 : rows_.rbegin()->first;
  for (const auto& transaction : open_) {
    for (const auto& event : transaction.rows) drawn_ = std::max(drawn_, event.id);
  }
}

void Outbox::lose_last_commits() {
  const auto kept = clock_ - std::min<std::uint64_t>(clock_, random_.below(4));
  std::erase_if(rows_, [&](const auto& row) {
    if (row.second.committed_at <= kept) return false;
    books_.vanished(row.second.event.number);
    return true;
  });
}

std::vector<Event> Outbox::read(std::uint64_t started, std::span<const relay::Interval> where, std::size_t limit) {
  std::vector<Event> found;
  const bool late_snapshot = random_.one_in(2);
  for (const auto& interval : where) {
    for (auto row = rows_.lower_bound(interval.low); row != rows_.end() && row->first <= interval.high; ++row) {
      const bool old = row->second.committed_at <= started;
      const bool shown = old || (world_.torn_reads ? random_.one_in(2) : late_snapshot);
      if (shown && found.size() < limit) found.push_back(row->second.event);
    }
  }
  return found;
}

std::set<relay::WriterToken> Outbox::writers() const {
  std::set<relay::WriterToken> names;
  for (const auto& transaction : open_) {
    if (transaction.inserting) names.insert(transaction.name);
  }
  return names;
}

void Outbox::remove(std::span<const relay::Interval> where) {
  for (const auto& interval : where) {
    for (auto row = rows_.lower_bound(interval.low); row != rows_.end() && row->first <= interval.high; row = rows_.erase(row)) {
      books_.deleted(row->second.event);
    }
  }
}

}  // namespace model
