#pragma once

#include "relay/domain/fault.hpp"
#include "relay/encode/connect_column.hpp"
#include "relay/encode/message_shape.hpp"

#include <optional>
#include <string>
#include <utility>

namespace relay::encode {

/// One column through one of Connect's converters: a key, a header, or a value that stands alone.
class Converted {
 public:
  Converted(ConnectColumn column, Converter converter) : column_(std::move(column)), converter_(converter) {
    if (converter_ == Converter::json_schema) {
      before_ = R"({"schema":)";
      column_.schema().append(before_);
      before_ += R"(,"payload":)";
    }
  }

  [[nodiscard]] const ConnectColumn& column() const noexcept { return column_; }

  /// @param buffer  holds the bytes where they are not the row's own; cleared first. Nothing: the row's fault.
  [[nodiscard]] std::optional<Cell> convert(const Cell& cell, std::string& buffer) const {
    buffer.clear();
    if (converter_ != Converter::string) {
      buffer = before_;
      if (!column_.append_json(buffer, cell)) return std::nullopt;
      if (converter_ == Converter::json_schema) buffer += '}';
      return Cell{buffer};
    }
    bool is_null = false;
    if (!column_.append_text(buffer, cell, is_null)) return std::nullopt;
    return is_null ? Cell{} : Cell{buffer};
  }

  [[nodiscard]] Fault fault() const {
    return {Blame::row, column_.described() +
                            " holds a value that this type has no form for: correct the row, or leave the column "
                            "out of the message"};
  }

 private:
  ConnectColumn column_;
  Converter converter_;
  std::string before_;
};

}  // namespace relay::encode
