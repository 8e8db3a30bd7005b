#include "relay/core/prober.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace relay::core {
namespace {

/// Lower rows of the topic are on their way when a row is accused; their acknowledgements come within a round trip.
constexpr std::chrono::milliseconds turn_wait{50};

/// Whether it is still theirs: a row that is mended where it stands may have moved to a key that others wait for.
bool stands_for(const std::vector<BlockedName>& names, const Message& message, Position position) {
  return std::ranges::any_of(names, [&](const auto& name) {
    return name == name_of(message, position, Blame::row) || name == name_of(message, position, Blame::topic);
  });
}

}  // namespace

Prober::Prober(std::string dead_topic, bool strict, const MakeProducer& make_producer, Bell& bell, Dispatch& dispatch, Holds& holds,
               Observer& observer)
    : dead_topic_(std::move(dead_topic)),
      strict_(strict),
      producer_(make_producer, true, bell),
      dispatch_(dispatch),
      holds_(holds),
      observer_(observer) {}

void Prober::use_layout(const Layout& layout) {
  dead_letter_maker_.emplace(dead_topic_, dispatch_.shape(), dispatch_.roles(), layout);
}

std::vector<Position> Prober::due(Instant now, std::size_t most, const std::function<bool(Position)>& has_read_below) {
  std::map<std::string, std::optional<Position>, std::less<>> lowest;  // of each topic: asked for once
  auto rows = holds_.blocks().due(now, holds_.random(), most, [&](const BlockedName& name, Position position) {
    const auto [ahead, fresh] = lowest.try_emplace(name.topic);
    if (fresh) ahead->second = lowest_ahead(name.topic);
    return has_read_below(position) && !overtakes(position, ahead->second);
  });
  std::erase_if(rows, [this](Position position) { return another_is_on_its_way(position); });  // whose outcome makes it due
  return rows;
}

bool Prober::another_is_on_its_way(Position position) const {
  if (probes_.empty()) return false;
  const auto names = holds_.blocks().behind(position);
  return std::ranges::any_of(probes_, [&](const auto& entry) {
    const auto& probe = entry.second;
    return probe.position != position && std::ranges::find_first_of(names, probe.names) != names.end();
  });
}

void Prober::probe(const Row& row, Instant now) {
  auto names = holds_.blocks().behind(row.position);
  const auto print = fingerprint(row.cells);
  if (names.empty() || holds_.bad_rows().parking(row.position) || dispatch_.in_flight().knows(row.position, print)) return;
  if (overtakes(row.position, lowest_ahead(names.front().topic))) {  // what was sent, or held, since it was due
    for (const auto& name : names) holds_.blocks().postpone(name, now + turn_wait);
    return;
  }
  const auto encoded = dispatch_.encode(row);
  const auto* message = std::get_if<Message>(&encoded);
  if (message != nullptr && !stands_for(names, *message, row.position)) {
    return holds_.lift(names, row.position, "row " + std::to_string(row.position) + " has another topic or key now");
  }
  auto fault = holds_.bad_rows().take_conviction(row);
  if (!fault) fault = message != nullptr ? send(row, *message, {names, row.position, print, {}}) : std::get<Fault>(encoded);
  if (fault && fault->blame == Blame::row) {
    if (holds_.lift_topics(names, row.position)) holds_.bad_rows().convict(row.position, print, *fault);
    fault = names.empty() ? std::nullopt : condemn(row, message, names, *fault);
  }
  if (!fault) return;
  for (const auto& name : names) holds_.hold(name, row.position, *fault, now);
}

/// The lowest row that a probe of this topic must not overtake.
std::optional<Position> Prober::lowest_ahead(std::string_view topic) {
  if (strict_) return dispatch_.in_flight().lowest_on_its_way(std::nullopt);
  return dispatch_.in_flight().lowest_on_its_way(dispatch_.topics().number_of(topic));
}

/// In strict order also who waits.
bool Prober::overtakes(Position position, std::optional<Position> lowest) const {
  return (lowest && *lowest < position) || (strict_ && holds_.blocks().any_below(position));
}

/// @return nothing: its outcome will come
std::optional<Fault> Prober::send(const Row& row, const Message& message, Probe probe) {
  auto& producer = producer_.get();
  const auto topic = dispatch_.topics().number_of(message.topic);
  dispatch_.topics().doubt(topic);
  if (auto fault = dispatch_.topics().fault(producer, topic)) return fault;
  if (auto fault = dispatch_.fault(producer, message, topic)) return fault;
  const auto ticket = dispatch_.hand_over(producer, row, message, topic, Lane::probe);
  if (!ticket) return Fault{Blame::nobody, "librdkafka's queue is full (kafka.queue.buffering.max.*)"};
  probes_.emplace(*ticket, std::move(probe));
  return std::nullopt;
}

/// The row failed alone by its own fault. @return nothing: it is on its way elsewhere
std::optional<Fault> Prober::condemn(const Row& row, const Message* message, std::vector<BlockedName> names, const Fault& fault) {
  if (holds_.bad_rows().policy() == OnBadRow::block) return fault;
  if (holds_.bad_rows().policy() == OnBadRow::park) {
    holds_.park(std::move(names), row, fault);
    return std::nullopt;
  }
  const auto letter = dead_letter_maker_->make(row, message, fault.reason);
  auto trouble = std::holds_alternative<Fault>(letter)
                     ? std::optional(std::get<Fault>(letter))
                     : send(row, std::get<Message>(letter), {std::move(names), row.position, fingerprint(row.cells), fault.reason});
  if (!trouble) return std::nullopt;
  return Fault{trouble->blame == Blame::nobody ? Blame::nobody : Blame::row,
               fault.reason + "; nor can it go to the dead-letter topic: " + trouble->reason};
}

bool Prober::acknowledged(Ticket ticket) {
  const auto probe = probes_.extract(ticket);
  if (!probe.empty()) arrived(probe.mapped());
  return !probe.empty();
}

bool Prober::failed(Ticket ticket, const Fault& fault, Instant now) {
  if (!probes_.contains(ticket)) return false;
  if (fault.blame == Blame::nobody && producer_.get().fatal()) return true;  // given up with its producer
  failed(probes_.extract(ticket).mapped(), fault, now);
  return true;
}

void Prober::arrived(const Probe& probe) {
  lost_.arrived();
  const auto row = "row " + std::to_string(probe.position);
  if (!probe.reason.empty()) {
    observer_.bad_rows(word_of(OnBadRow::topic), 1);
    observer_.say(Level::warning, row + " went to the dead-letter topic: " + probe.reason);
  }
  holds_.lift(probe.names, probe.position, probe.reason.empty() ? row + " was sent" : row + " went to the dead-letter topic");
}

void Prober::failed(const Probe& probe, const Fault& fault, Instant now) {
  if (fault.blame != Blame::nobody) lost_.arrived();
  const bool first = probe.reason.empty();
  if (first && fault.blame == Blame::row) {
    auto names = probe.names;
    const bool lifted = holds_.lift_topics(names, probe.position);
    if (lifted || holds_.bad_rows().policy() != OnBadRow::block)
      holds_.bad_rows().convict(probe.position, probe.fingerprint, fault);
    for (const auto& name : names) holds_.hold_bad(name, probe.position, fault, now);
    return;
  }
  const auto reason = first ? fault.reason : probe.reason + "; nor can it go to the dead-letter topic: " + fault.reason;
  const auto blame = first || fault.blame == Blame::nobody ? fault.blame : Blame::row;
  for (const auto& name : probe.names) holds_.hold(name, probe.position, {blame, reason}, now);
}

/// It ended with its producer, and nothing is known of it. What was on its way to the dead-letter topic goes there again.
void Prober::give_back(const Probe& probe, Instant when) {
  if (!probe.reason.empty()) holds_.bad_rows().convict(probe.position, probe.fingerprint, {Blame::row, probe.reason});
  for (const auto& name : probe.names) holds_.blocks().give_back(name, when);
}

void Prober::give_up(Instant now, const std::optional<std::string>& why) {
  const bool for_nothing = why && !probes_.empty();
  const auto when = for_nothing ? lost_.lost(*why, holds_.random(), now) : now;
  lost_.replaced();
  for (const auto& [ticket, probe] : probes_) give_back(probe, when);
  probes_.clear();
  producer_.drop();
}

void Prober::rest() {
  if (!holds_.blocks().empty() || !probes_.empty()) return;
  producer_.drop();
  lost_.arrived();
}

std::set<BlockedName> Prober::names() const {
  std::set<BlockedName> all;
  for (const auto& [ticket, probe] : probes_) all.insert(probe.names.begin(), probe.names.end());
  return all;
}

}  // namespace relay::core
