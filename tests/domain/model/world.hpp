#pragma once

#include "relay/domain/claim_window.hpp"

#include <cstddef>
#include <cstdint>
#include <random>

namespace model {

/// The rules of guarantees.md that the tests switch off one at a time, to see that each is needed. They are bypassed from the
/// outside: the shipped classes know no switch.
enum class Rule : std::uint8_t {
  none,
  forward_before_gaps,               ///< the gaps are read in a later statement than the rows ahead
  new_gaps_included,                 ///< also those that the forward statement has just opened
  gap_below_first_row,               ///< ids below the first visible row are a gap
  gaps_read_again,                   ///< as long as that brings rows
  cut_gaps_read_again,               ///< also below the row where a limit cut the reading
  cut_proves_nothing_above,          ///< a gap above the cut stays open
  head_reads_below,                  ///< a head scan reads all that is not known below, in a later statement
  drawn_ahead_ends_gaps,             ///< a row in a dead gap shows that gaps cannot be trusted: head scans from then on
  known_rows_were_read,              ///< a head scan leaves out no id that it has not read
  sweep_reads_below,                 ///< a sweep's page is no exception: what lies below is read after it
  proof_by_a_later_claim,            ///< a claim that was under way when the last writer left proves nothing
  writers_before_rows,               ///< a claim reads the writers before the rows
  never_by_age,                      ///< a gap whose writers can be read does not expire
  new_connection_from_the_head,      ///< after a restart writers may have other names, and ids may have gone back
  stale_claims_thrown_away,          ///< a claim that began before a rewind is not taken in
  rows_known_by_fingerprint,         ///< not by id alone
  settled_rows_remembered,           ///< until claims under way were taken in
  exact_ranges,                      ///< settled by range only where every id was acknowledged
  in_doubt_is_read,                  ///< a settlement without an answer is not repeated blindly
  new_connection_settles_by_read,    ///< rows that were read before a reconnect are read again before they are settled
  probe_waits_for_acknowledgements,  ///< a probe is not sent while lower rows of its topic are under way
  probe_waits_for_rewind,            ///< nor before the rows below were read again
  new_connection_blocks_nobody,      ///< a row may have come under the id of a blocked one
};

/// What happens in a schedule.
struct World {
  std::size_t keys = 3;
  std::size_t partitions = 2;
  std::size_t relays = 1;
  std::size_t transactions = 25;
  relay::Scan scan = relay::Scan::gaps;
  bool torn_reads = true;        ///< MariaDB: a statement shows any part of what commits while it runs
  bool sweeps = true;            ///< head scans now and then
  bool rewinds = true;           ///< for no reason
  bool kills = false;            ///< of relays
  bool frozen = false;           ///< a relay stands still for a while, with all it holds
  bool producers_fail = false;   ///< what is inside arrived or not
  bool bad_rows = false;         ///< keys that are blocked for a while
  bool lost_replies = false;     ///< of settlements
  bool restarts = false;         ///< of the database: sessions and open transactions end, prepared ones get other names
  bool ids_come_back = false;    ///< after a restart the counter goes on above the highest row that is there
  bool fail_overs = false;       ///< instead of a restart: the last commits are lost, too
  bool ids_drawn_ahead = false;  ///< of the INSERT: the premise of P3 is broken, only P1 is promised
};

/// The schedule's dice.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(engine_); }
  bool one_in(std::size_t times) { return below(times) == 0; }

 private:
  std::mt19937 engine_;
};

}  // namespace model
