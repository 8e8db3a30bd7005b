#pragma once

#include "relay/domain/row.hpp"
#include "relay/domain/timestamp.hpp"
#include "relay/kafka/producer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace relay::core {

/// A key or a topic that waits because its lowest row could not be sent.
struct Blocked {
  std::string topic;
  std::optional<std::string> key;  ///< none: the whole topic waits
  Position position = 0;           ///< the row that stands in the way
  std::string reason;
  std::uint32_t attempts = 0;
};

/// How far a polled table is relayed (source.mode = table).
struct TableStatus {
  std::string name;
  std::string time;                ///< of the cursor, as the table has it
  std::string id;                  ///< the same; empty: before every row with that time
  std::uint64_t window_rows = 0;   ///< remembered, so that they are not sent again
  std::uint64_t window_bytes = 0;  ///< that takes
  bool window_full = false;        ///< rows of the window are sent again, because there is no room to remember them
  bool sees_writers = false;       ///< the oldest open writer holds the window back; else the look-back alone counts
  std::uint64_t held_rows = 0;     ///< cannot be sent
};

/// What a running relay knows of itself without asking anybody. A value: copied out of the loop, read by whoever shows it.
struct Status {
  bool started = false;         ///< configuration valid, table seen: /readyz
  std::string database;         ///< product and version, empty before the first connection
  std::string database_outage;  ///< why the database cannot be used now; empty: it can
  std::string kafka_outage;     ///< the same for Kafka
  kafka::Traffic kafka_traffic;
  bool db_connected = false;
  std::uint64_t db_connects = 0;
  std::uint64_t in_flight_rows = 0;  ///< claimed and not settled
  std::uint64_t in_flight_bytes = 0;
  std::uint64_t locked_rows = 0;            ///< of these, Kafka has and cannot be settled: somebody else has locked some of them
  std::optional<std::uint64_t> pending;     ///< unsent rows when last counted
  std::optional<Micros> oldest_created_at;  ///< of the oldest unsent row when last counted
  std::optional<Micros> counted_at;         ///< when that was
  std::optional<Micros> last_success_at;    ///< the last settlement, or the last claim that found nothing left
  std::uint64_t open_gaps = 0;
  std::optional<Micros> oldest_gap_opened_at;
  std::uint64_t late_arrivals = 0;         ///< rows that came out of a gap
  std::uint64_t duplicates_possible = 0;   ///< rows that were sent again without knowing whether Kafka had them
  bool leader = false;                     ///< claims and produces: it holds the lease, or needs none
  std::string lease_holder;                ///< who has the lease, as last heard; empty: nobody, or none is needed
  std::int64_t lease_token = 0;            ///< grows whenever the lease is taken after it has expired
  std::optional<Micros> lease_expires_at;  ///< unless it is renewed
  std::string scan;                        ///< `gaps` or `head`
  std::string scan_reason;                 ///< why, as a part of a sentence
  std::uint64_t drawn_ahead = 0;           ///< rows that came where a gap had been proven dead
  Position last_position = 0;
  std::uint64_t blocked_keys = 0;
  std::uint64_t blocked_topics = 0;
  std::vector<Blocked> blocked;                                    ///< the first hundred
  std::map<std::string, std::uint64_t, std::less<>> dead_letters;  ///< by state, when last counted; empty: not known
  std::vector<TableStatus> tables;                                 ///< empty: it relays an outbox
};

}  // namespace relay::core
