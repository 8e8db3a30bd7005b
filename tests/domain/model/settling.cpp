#include "tests/domain/model/settling.hpp"

#include "relay/domain/settlement_plan.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace model {

using relay::Interval;
using relay::Position;

namespace {

bool believed_dead(Position low, Position high, const relay::OpenGaps& gaps) {
  return std::ranges::none_of(gaps.intervals(), [=](const Interval& gap) { return gap.low <= high && gap.high >= low; });
}

}  // namespace

Settling::Settling(std::vector<relay::Acknowledged> rows, const relay::OpenGaps& gaps, Rule off)
    : rows_(std::move(rows)), off_(off) {
  const bool doubtful = std::ranges::any_of(rows_, &relay::Acknowledged::doubtful);
  read_first_ = doubtful && off_ != Rule::new_connection_settles_by_read;
  plan(gaps);
}

void Settling::plan(const relay::OpenGaps& gaps) {
  std::vector<Position> positions;
  for (const auto& row : rows_) positions.push_back(row.position);
  auto [ranges, list] = relay::plan_settlement(positions, 2);
  if (off_ == Rule::exact_ranges) {
    ranges.clear();
    list.clear();
    for (const auto position : positions) {
      const bool joins = !ranges.empty() && believed_dead(ranges.back().high + 1, position - 1, gaps);
      if (joins) {
        ranges.back().high = position;
      } else {
        ranges.push_back({position, position});
      }
    }
  }
  for (const auto& range : ranges) statements_.push_back({range});
  Statement ids;
  for (const auto position : list) ids.push_back({position, position});
  if (!ids.empty()) statements_.push_back(std::move(ids));
}

bool Settling::advance(Outbox& outbox, Random& random, bool replies_get_lost) {
  if (std::exchange(read_first_, false)) {
    plan_what_is_there(outbox);
    return false;
  }
  if (next_ == statements_.size()) return true;
  const bool lost = replies_get_lost && random.one_in(4);
  if (!lost || random.one_in(2)) outbox.remove(statements_[next_]);
  if (lost) {
    in_doubt();
  } else {
    ++next_;
  }
  return false;
}

void Settling::plan_what_is_there(Outbox& outbox) {
  Statement asked;
  for (const auto& row : rows_) asked.push_back({row.position, row.position});
  Statement there;
  for (const auto& event : outbox.read(outbox.now(), asked, std::numeric_limits<std::size_t>::max())) {
    const auto row = std::ranges::find(rows_, event.id, &relay::Acknowledged::position);
    if (row->fingerprint == fingerprint(event, off_)) there.push_back({event.id, event.id});
  }
  next_ = 0;
  statements_.clear();
  if (!there.empty()) statements_.push_back(std::move(there));
}

}  // namespace model
