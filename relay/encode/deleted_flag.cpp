#include "relay/encode/deleted_flag.hpp"

#include "relay/encode/declared_type.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace relay::encode {

namespace {

/// CHAR(n) ends in blanks, BINARY(n) in NUL octets.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view padding{" \t\r\n\0", 5};
  const auto first = text.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(padding) + 1 - first);
}

bool same_letters(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
}

/// `0`, `00`, `-0.00`, `0E-20`: whatever the exponent is, no digit before it counts.
bool is_zero(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const auto digits = text.substr(0, text.find_first_of("eE"));
  const auto exponent = text.substr(digits.size());
  return digits.find('0') != std::string_view::npos && digits.find_first_not_of("0.") == std::string_view::npos &&
         exponent.find_first_not_of("eE+-0123456789") == std::string_view::npos;
}

bool says_no(std::string_view text) {
  constexpr std::array<std::string_view, 4> words{"n", "f", "no", "false"};
  return std::ranges::any_of(words, [&](auto word) { return same_letters(text, word); });
}

}  // namespace

DeletedFlag::DeletedFlag(std::size_t index, const Column& column)
    : index_(index), is_bit_octets_(column.kind == ColumnKind::bytes && parse_declared_type(column.type).base == "bit") {}

bool DeletedFlag::is_set(const Row& row) const noexcept {
  const Cell& cell = row.cells[index_];
  if (cell.is_null()) return false;
  if (is_bit_octets_) return std::ranges::any_of(cell.bytes(), [](char octet) { return octet != '\0'; });
  const auto text = trimmed(cell.bytes());
  return !text.empty() && !is_zero(text) && !says_no(text) && !text.starts_with("0000-00-00");
}

}  // namespace relay::encode
