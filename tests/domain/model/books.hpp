#pragma once

#include "relay/domain/row.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace model {

/// A row of the outbox.
struct Event {
  relay::Position id = 0;
  std::uint64_t number = 0;  ///< no other row ever has it, also where ids come back; grows within a key
  std::size_t key = 0;
};

/// What broke a promise, first of all things in a schedule.
enum class Breach : std::uint8_t { lost, disorder, twice, phantom, stuck };

/// What the topic holds, and whether that keeps the promises.
class Books {
 public:
  /// The broker has it.
  void append(const Event& event);
  /// It may arrive a second time: whoever sent it does not know that it arrived.
  void excuse(std::uint64_t number) { excused_.insert(number); }
  void committed(std::uint64_t number) { committed_.insert(number); }
  /// The database lost it after the commit: it may be published or not.
  void vanished(std::uint64_t number) { vanished_.insert(number); }
  /// A relay deleted it.
  void deleted(const Event& event);
  void breach(Breach what, std::string how);

  [[nodiscard]] bool complete() const;
  [[nodiscard]] const std::optional<Breach>& broken() const { return broken_; }
  [[nodiscard]] const std::string& how() const { return how_; }

 private:
  std::set<std::uint64_t> committed_;
  std::set<std::uint64_t> vanished_;
  std::set<std::uint64_t> arrived_;
  std::set<std::uint64_t> excused_;
  std::map<std::size_t, std::uint64_t> last_;  // first occurrences, by key
  std::optional<Breach> broken_;
  std::string how_;
};

}  // namespace model
