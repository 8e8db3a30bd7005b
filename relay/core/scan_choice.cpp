#include "relay/core/scan_choice.hpp"

namespace relay::core {

std::string_view word_of(Scan scan) noexcept {
  return scan == Scan::gaps ? "gaps" : "head";
}

Scan ScanChoice::scan() const noexcept {
  const bool gaps = proves_gaps_ && source_.dense() && !sparse_ && !drawn_ahead_;
  return wanted_.value_or(gaps ? Scan::gaps : Scan::head);
}

std::string ScanChoice::why() const {
  if (strict_) return "outbox.order = strict";
  if (wanted_) return "outbox.scan = " + std::string(word_of(*wanted_));
  if (auto reason = against_gaps(); !reason.empty()) return reason;
  return sparse_ ? "ids are not dense" : "ids are dense";
}

std::string ScanChoice::against_gaps() const {
  if (!proves_gaps_) return "this database cannot tell who may still fill a gap in the ids";
  if (source_.increment != 1) return "ids grow by " + std::to_string(source_.increment);
  if (source_.ahead != 1) return "each session takes " + std::to_string(source_.ahead) + " ids ahead (CACHE)";
  if (drawn_ahead_) return "ids are drawn ahead of their INSERT";
  return "";
}

std::string ScanChoice::against_strict() const {
  const auto reason = strict_ ? against_gaps() : "";
  if (reason.empty()) return "";
  return "outbox.order = strict cannot be kept: " + reason +
         ". Let the INSERT draw the ids, one by one, on a database that shows who still inserts (sql/README.md), "
         "or set outbox.order = relaxed.";
}

}  // namespace relay::core
