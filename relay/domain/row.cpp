#include "relay/domain/row.hpp"

#include <algorithm>
#include <cstring>

namespace relay {

namespace {

constexpr std::uint64_t odd_factor = 0x9E3779B97F4A7C15U;  // 2^64 / golden ratio
constexpr std::uint64_t null_mark = ~std::uint64_t{0};     // no cell is that long

constexpr std::uint64_t mix(std::uint64_t hash, std::uint64_t word) noexcept {
  hash = (hash ^ word) * odd_factor;
  return hash ^ (hash >> 32U);
}

std::uint64_t word_at(const char* bytes, std::size_t size) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return word;
}

std::uint64_t mix_bytes(std::uint64_t hash, std::string_view bytes) noexcept {
  constexpr std::size_t word_size = sizeof(std::uint64_t);
  const char* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= word_size; at += word_size, left -= word_size) hash = mix(hash, word_at(at, word_size));
  return left == 0 ? hash : mix(hash, word_at(at, left));
}

}  // namespace

std::optional<std::size_t> Layout::index_of(std::string_view name) const noexcept {
  const auto found = std::ranges::find(columns_, name, &Column::name);
  if (found == columns_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - columns_.begin());
}

// The length goes in before the bytes: cells that run together ("ab","c" and "a","bc") differ, and so do NULL and "".
Fingerprint fingerprint(std::span<const Cell> cells) noexcept {
  std::uint64_t hash = odd_factor;
  for (const Cell& cell : cells) {
    hash = mix(hash, cell.is_null() ? null_mark : cell.bytes().size());
    hash = mix_bytes(hash, cell.bytes());
  }
  return mix(hash, cells.size());
}

}  // namespace relay
