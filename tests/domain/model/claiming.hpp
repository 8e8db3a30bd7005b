#pragma once

#include "relay/domain/claim_window.hpp"
#include "relay/domain/gap_reading.hpp"
#include "tests/domain/model/outbox.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

namespace model {

/// A claim under way: what core/claim.cpp does, one step at a time. Each statement starts in one step and ends in another.
class Claiming {
 public:
  Claiming(relay::ClaimOrder order, Rule off) : order_(std::move(order)), off_(off) { begin_again(); }

  /// @return whether it is over
  bool advance(Outbox& outbox);
  /// The connection was lost: the claim is carried out again on a new one.
  void begin_again();

  [[nodiscard]] const relay::ClaimOrder& order() const noexcept { return order_; }
  [[nodiscard]] const std::vector<Event>& rows() const noexcept { return rows_; }
  /// Leaves out the rows above.
  void keep_through(relay::Position position);
  [[nodiscard]] relay::ClaimFindings findings(std::vector<relay::Position>& positions) const;

 private:
  enum class Step : std::uint8_t { writers, rows, gaps, late_writers, over };

  void read_rows(Outbox& outbox);
  void read_gaps(Outbox& outbox);
  void after_rows();
  void end_gaps();
  [[nodiscard]] bool reads_no_more(bool full, relay::Position read_through_before) const;
  void add(const std::vector<Event>& events);
  [[nodiscard]] std::vector<relay::Interval> gaps() const;
  [[nodiscard]] Step after_all() const { return off_ == Rule::writers_before_rows ? Step::late_writers : Step::over; }

  relay::ClaimOrder order_;
  Rule off_;
  Step step_ = Step::writers;
  std::optional<std::uint64_t> started_;  // the statement under way
  bool rows_read_ = false;
  bool more_ = false;
  std::vector<Event> rows_;  // ascending by id
  std::optional<relay::GapReading> reading_;
  relay::Position gaps_read_through_ = relay::highest_position;
  std::optional<std::set<relay::WriterToken>> writers_;
};

}  // namespace model
