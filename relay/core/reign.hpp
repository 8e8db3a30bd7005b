#pragma once

#include "relay/core/events.hpp"
#include "relay/core/lease_worker.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace relay::core {

/// Whether this relay may relay: what was last heard of the lease, and the clock. Without a lease it always may. The loop's thread.
class Reign {
 public:
  Reign(LeaseShape lease, const Database& database, const std::string& outbox, Inbox& inbox);

  enum class Change : std::uint8_t { none, begun, ended };
  /// Asked before a claim is ordered and before rows go to Kafka: a process can be stopped anywhere, for any time, and not know it.
  /// A reign that follows another one without a break both ends and begins: it is to be asked until nothing changes.
  [[nodiscard]] Change look();

  void take(const LeaseSeen& seen) { heard_ = seen; }
  void take(const LeaseLink& link);
  /// It was given back.
  void end();
  /// Does not wait: LeaseReleased comes when somebody else may have it.
  void release();
  /// How long to wait for that: what is in its way (a lock) ends, and who stands by would wait for the whole of its term. Also
  /// where nothing is heard of it yet: this relay may be taking it just now.
  /// @param flushed_by  when the rows under way are given up   @return nothing: no longer
  [[nodiscard]] std::optional<Instant> releasing_until(Instant flushed_by) const;
  /// For good, for all relays of the lease.
  void remember_drawn_ahead();

  [[nodiscard]] bool leads() const noexcept { return token_.has_value(); }
  [[nodiscard]] std::int64_t token() const noexcept { return token_.value_or(0); }
  [[nodiscard]] const std::string& holder() const noexcept { return heard_.holder; }  ///< as last heard; empty: nobody
  /// Who has it, or why that is not known: for people.
  [[nodiscard]] std::string whereabouts() const { return trouble_.empty() ? heard_.holder + " holds it" : trouble_; }
  [[nodiscard]] const std::string& name() const noexcept { return lease_.name; }

 private:
  [[nodiscard]] Instant patience_ends(Instant flushed_by) const;

  LeaseShape lease_;
  LeaseSeen heard_;
  std::string trouble_;  // why nothing is heard of it
  bool connected_ = false;
  Instant asked_to_release_;
  bool released_ = false;
  std::optional<std::int64_t> token_;  // under which this relay leads; none: it stands by
  std::optional<LeaseWorker> worker_;
};

}  // namespace relay::core
