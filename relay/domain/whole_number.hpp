#pragma once

#include "relay/domain/cell.hpp"

#include <charconv>
#include <concepts>

namespace relay {

/// What a cell with a whole number holds, as every database prints it.
/// @param otherwise  for NULL, and for what is no number
template <std::integral Number>
[[nodiscard]] Number whole_number(const Cell& cell, Number otherwise = 0) noexcept {
  const auto text = cell.bytes();
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

}  // namespace relay
