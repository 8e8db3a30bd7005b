#pragma once

#include <cstdint>
#include <string>

namespace relay {

/// Whose fault it is that a row could not be sent.
enum class Blame : std::uint8_t {
  row,     ///< this row alone: too large, not encodable. Its key waits, all else goes on (P5).
  topic,   ///< this topic: unknown, not authorised. The topic waits, all else goes on (P5).
  nobody,  ///< an outage: wait and go on; no attempt is spent (P4).
};

/// Why a row could not be sent; `reason` is one line for a person and names the thing and the cure.
struct Fault {
  Blame blame = Blame::nobody;
  std::string reason;
};

}  // namespace relay
