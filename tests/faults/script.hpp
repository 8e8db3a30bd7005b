#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace faults {

/// What goes wrong at the Nth operation of its kind.
enum class Wrong : std::uint8_t {
  connect_refused,   ///< the Nth connect to the database
  lost_before,       ///< the connection breaks before the Nth statement
  lost_after,        ///< ... after it: it has happened, and nobody knows
  deadlock,          ///< the Nth statement is rolled back
  lock_timeout,      ///< it waited too long for a lock
  timeout,           ///< it took too long
  queue_full,        ///< the producer does not take the Nth message now
  fatal_before,      ///< the producer dies of the Nth message
  fatal_after,       ///< ... after Kafka has it: the Nth acknowledgement and all later ones are lost
  row_refused,       ///< the broker refuses the Nth message, and with gapless idempotence the producer dies of it
  topic_refused,     ///< the Nth message fails for its topic, and so do those after it, until the topic is asked for again
  metadata_missing,  ///< the Nth question for a topic's metadata gets no answer
};

[[nodiscard]] std::string_view name_of(Wrong wrong);
[[nodiscard]] const std::vector<Wrong>& everything_that_goes_wrong();

/// Counts operations and says which one fails: the Nth, once. Any thread.
class Script {
 public:
  Script(Wrong wrong, std::size_t nth) : wrong_(wrong), nth_(nth) {}

  /// @return whether this operation, if it is of that kind, is the one that fails
  [[nodiscard]] bool fails(Wrong wrong) { return wrong == wrong_ && ++count_ == nth_; }
  [[nodiscard]] Wrong wrong() const { return wrong_; }
  [[nodiscard]] bool has_failed() const { return count_ >= nth_; }

 private:
  Wrong wrong_;
  std::size_t nth_;
  std::atomic<std::size_t> count_{0};
};

}  // namespace faults
