#pragma once

#include "relay/core/observer.hpp"

namespace relay::core {

/// Keeps everything to itself; a base for whoever minds only a part.
class SilentObserver : public Observer {
 public:
  void say(Level /*level*/, std::string_view /*line*/) override {}
  void claimed(std::size_t /*rows*/, std::chrono::nanoseconds /*took*/) override {}
  void settled(std::size_t /*rows*/, std::chrono::nanoseconds /*took*/) override {}
  void published(std::string_view /*topic*/, std::size_t /*rows*/) override {}
  void end_to_end(std::span<const double> /*seconds*/) override {}
  void publish_error(std::string_view /*error_class*/, std::size_t /*rows*/) override {}
  void bad_rows(std::string_view /*policy*/, std::size_t /*rows*/) override {}
  void status(const Status& /*now*/) override {}
};

}  // namespace relay::core
