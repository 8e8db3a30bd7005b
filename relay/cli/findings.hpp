#pragma once

#include "db_adapters/port/error.hpp"
#include "relay/core/cure.hpp"

#include <ostream>
#include <string>
#include <string_view>

namespace relay::cli {

/// What the doctor says: a line for each item, as it is found: `warning  tls: not encrypted; set source.tls=verify-full`.
class Findings {
 public:
  explicit Findings(std::ostream& out) : out_(out) {}

  void fine(std::string_view item, const std::string& text) { line("ok     ", item, text); }
  void warn(std::string_view item, const std::string& text) { line("warning", item, text); }
  /// Configuration or schema have to change.
  void fail(std::string_view item, const std::string& text) {
    misconfigured_ = true;
    line("failed ", item, text);
  }
  /// Something is down and may come back by itself.
  void down(std::string_view item, const std::string& text) {
    down_ = true;
    line("failed ", item, text);
  }
  void take(std::string_view item, const db::DbError& error) {
    const auto text = error.what() + std::string(core::cure_of(error));
    error.needs_operator() ? fail(item, text) : down(item, text);
  }

  [[nodiscard]] bool misconfigured() const noexcept { return misconfigured_; }
  [[nodiscard]] bool something_down() const noexcept { return down_; }

 private:
  void line(std::string_view verdict, std::string_view item, const std::string& text) {
    out_ << verdict << "  " << item << ": " << text << std::endl;
  }

  std::ostream& out_;
  bool misconfigured_ = false;
  bool down_ = false;
};

}  // namespace relay::cli
