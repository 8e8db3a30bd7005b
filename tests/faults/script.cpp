#include "tests/faults/script.hpp"

namespace faults {

std::string_view name_of(Wrong wrong) {
  switch (wrong) {
    case Wrong::connect_refused:
      return "connect refused";
    case Wrong::lost_before:
      return "connection lost before the statement";
    case Wrong::lost_after:
      return "connection lost after the statement";
    case Wrong::deadlock:
      return "deadlock";
    case Wrong::lock_timeout:
      return "lock time-out";
    case Wrong::timeout:
      return "statement time-out";
    case Wrong::queue_full:
      return "queue full";
    case Wrong::fatal_before:
      return "fatal error before the message";
    case Wrong::fatal_after:
      return "fatal error after the message";
    case Wrong::row_refused:
      return "row refused";
    case Wrong::topic_refused:
      return "topic refused";
    case Wrong::metadata_missing:
      return "metadata missing";
  }
  return "?";
}

const std::vector<Wrong>& everything_that_goes_wrong() {
  static const std::vector<Wrong> all{Wrong::connect_refused, Wrong::lost_before, Wrong::lost_after,    Wrong::deadlock,
                                      Wrong::lock_timeout,    Wrong::timeout,     Wrong::queue_full,    Wrong::fatal_before,
                                      Wrong::fatal_after,     Wrong::row_refused, Wrong::topic_refused, Wrong::metadata_missing};
  return all;
}

}  // namespace faults
