#pragma once

#include "relay/domain/in_flight.hpp"
#include "relay/domain/open_gaps.hpp"
#include "tests/domain/model/outbox.hpp"

#include <cstddef>
#include <vector>

namespace model {

/// A settlement under way: what core/settle.cpp and its worker do, one statement at a time.
class Settling {
 public:
  Settling(std::vector<relay::Acknowledged> rows, const relay::OpenGaps& gaps, Rule off);

  /// One statement, or its loss. @return whether it is over
  bool advance(Outbox& outbox, Random& random, bool replies_get_lost);
  /// The connection was lost: what became of the last statement is not known.
  void in_doubt() noexcept { read_first_ = off_ != Rule::in_doubt_is_read; }

  [[nodiscard]] const std::vector<relay::Acknowledged>& rows() const noexcept { return rows_; }

 private:
  using Statement = std::vector<relay::Interval>;

  void plan(const relay::OpenGaps& gaps);
  void plan_what_is_there(Outbox& outbox);

  std::vector<relay::Acknowledged> rows_;
  Rule off_;
  std::vector<Statement> statements_;
  std::size_t next_ = 0;
  bool read_first_ = false;
};

/// What the model takes for a hash of the row.
[[nodiscard]] inline relay::Fingerprint fingerprint(const Event& event, Rule off) noexcept {
  return off == Rule::rows_known_by_fingerprint ? 0 : event.number;
}

}  // namespace model
