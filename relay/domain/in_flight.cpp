#include "relay/domain/in_flight.hpp"

#include <algorithm>
#include <utility>

namespace relay {
namespace {

/// The flight with the lowest position among those that count; none: nullptr.
template <typename Flights, typename Counts>
const typename Flights::value_type* lowest_of(const Flights& flights, Counts counts) {
  const typename Flights::value_type* lowest = nullptr;
  for (const auto& flight : flights) {
    if (counts(flight) && (lowest == nullptr || flight.position < lowest->position)) lowest = &flight;
  }
  return lowest;
}

template <typename Flight>
std::optional<Position> position_of(const Flight* flight) {
  return flight == nullptr ? std::nullopt : std::optional(flight->position);
}

}  // namespace

Ticket InFlight::ticket_of(std::uint32_t slot) const noexcept {
  return Ticket{slots_[slot].life} << 32U | slot;
}

const InFlight::Flight* InFlight::find(Ticket ticket) const noexcept {
  const auto slot = ticket & 0xffff'ffffU;
  if (slot >= slots_.size()) return nullptr;
  const auto& flight = slots_[slot];
  return flight.life == ticket >> 32U && flight.state != State::free ? &flight : nullptr;
}

InFlight::Flight* InFlight::find(Ticket ticket) noexcept {
  return const_cast<Flight*>(std::as_const(*this).find(ticket));
}

void InFlight::forget(Ticket ticket) {
  auto* flight = find(ticket);
  if (flight == nullptr) return;
  const auto entry = by_position_.find(flight->position);
  if (entry != by_position_.end() && entry->second == ticket) by_position_.erase(entry);
  flight->state = State::free;
  ++flight->life;
  free_.push_back(static_cast<std::uint32_t>(ticket & 0xffff'ffffU));
}

bool InFlight::knows(Position position, Fingerprint fingerprint) const noexcept {
  const auto known = by_position_.find(position);
  if (known == by_position_.end()) return false;
  const auto* flight = find(known->second);
  return flight != nullptr && flight->fingerprint == fingerprint;
}

std::optional<Ticket> InFlight::admit(Position position, Fingerprint fingerprint, const Cargo& cargo) {
  if (knows(position, fingerprint)) return std::nullopt;
  if (const auto former = by_position_.find(position); former != by_position_.end()) release(former->second);
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const auto slot = free_.back();
  free_.pop_back();
  slots_[slot] = {position, fingerprint, cargo, slots_[slot].life, State::sent};
  const auto ticket = ticket_of(slot);
  by_position_.emplace(position, ticket);
  ++rows_;
  ++sent_;
  bytes_ += cargo.bytes;
  return ticket;
}

std::optional<Cargo> InFlight::acknowledge(Ticket ticket) {
  auto* flight = find(ticket);
  if (flight == nullptr || flight->state != State::sent) return std::nullopt;
  flight->state = State::acknowledged;
  --sent_;
  fresh_.push_back(ticket);
  return flight->cargo;
}

void InFlight::release(Ticket ticket) {
  const auto* flight = find(ticket);
  if (flight == nullptr) return;
  if (flight->state == State::sent) --sent_;
  if (flight->state != State::settled) {
    --rows_;
    bytes_ -= flight->cargo.bytes;
  }
  forget(ticket);
}

std::size_t InFlight::release_unacknowledged(Lane lane) {
  std::size_t released = 0;
  for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
    if (slots_[slot].state != State::sent || slots_[slot].cargo.lane != lane) continue;
    release(ticket_of(slot));
    ++released;
  }
  return released;
}

void InFlight::doubt() noexcept {
  for (auto& flight : slots_) flight.doubtful = true;
}

std::vector<Acknowledged> InFlight::take_acknowledged() {
  std::vector<Acknowledged> taken;
  taken.reserve(fresh_.size());
  for (const auto ticket : fresh_) {
    if (const auto* flight = find(ticket); flight != nullptr) {
      taken.push_back({ticket, flight->position, flight->fingerprint, flight->doubtful});
    }
  }
  fresh_.clear();
  std::ranges::sort(taken, {}, &Acknowledged::position);
  return taken;
}

void InFlight::settled(const std::vector<Acknowledged>& rows, bool claim_under_way) {
  for (const auto& row : rows) {
    auto* flight = find(row.ticket);
    if (flight == nullptr || flight->state == State::settled) continue;
    --rows_;
    bytes_ -= flight->cargo.bytes;
    flight->state = State::settled;
    if (claim_under_way) {
      settled_meanwhile_.push_back(row.ticket);
    } else {
      forget(row.ticket);
    }
  }
}

void InFlight::claims_taken_in() {
  for (const auto ticket : settled_meanwhile_) forget(ticket);
  settled_meanwhile_.clear();
}

std::optional<Position> InFlight::lowest_unacknowledged(Lane lane) const {
  return position_of(
      lowest_of(slots_, [&](const auto& flight) { return flight.state == State::sent && flight.cargo.lane == lane; }));
}

std::optional<Position> InFlight::lowest() const {
  return position_of(lowest_of(slots_, [](const auto& flight) { return flight.state != State::free; }));
}

std::optional<Position> InFlight::lowest_on_its_way(std::optional<std::uint32_t> topic) const {
  return position_of(lowest_of(slots_, [&](const auto& flight) {
    return flight.state == State::sent && flight.cargo.lane != Lane::probe &&
           flight.cargo.topic == topic.value_or(flight.cargo.topic);
  }));
}

std::optional<InFlight::Admitted> InFlight::lowest_unacknowledged() const {
  const auto* lowest = lowest_of(slots_, [](const auto& flight) { return flight.state == State::sent; });
  if (lowest == nullptr) return std::nullopt;
  return Admitted{lowest->position, lowest->fingerprint, lowest->cargo.topic, lowest->cargo.lane};
}

std::set<std::uint32_t> InFlight::topics(Lane lane) const {
  std::set<std::uint32_t> topics;
  for (const auto& flight : slots_) {
    if (flight.state == State::sent && flight.cargo.lane == lane) topics.insert(flight.cargo.topic);
  }
  return topics;
}

std::optional<InFlight::Admitted> InFlight::admitted(Ticket ticket) const noexcept {
  const auto* flight = find(ticket);
  if (flight == nullptr) return std::nullopt;
  return Admitted{flight->position, flight->fingerprint, flight->cargo.topic, flight->cargo.lane};
}

}  // namespace relay
