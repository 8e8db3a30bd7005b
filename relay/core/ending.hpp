#pragma once

#include <cstdint>
#include <string>

namespace relay::core {

/// How a relay ended.
struct Ending {
  enum class How : std::uint8_t {
    stopped,          ///< asked to: what was acknowledged is settled
    drained,          ///< nothing was left
    rows_left,        ///< drain: a bound was reached, or rows wait behind a fault
    database_outage,  ///< drain: it cannot be reached, or used
    kafka_outage,     ///< drain: the same of Kafka
    standby,          ///< drain: another relay holds the lease
    misconfigured,    ///< the schema, a right or the credentials have to be changed first
  } how = How::stopped;
  std::string why;  ///< one line; empty where nothing is to be said
};

}  // namespace relay::core
