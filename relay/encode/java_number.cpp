#include "relay/encode/java_number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

namespace relay::encode {

namespace {

constexpr int most_plain_exponent = 7;
constexpr int least_plain_exponent = -3;
constexpr std::size_t longest_number = 64;

/// From `1.2345e+08` to Java's form.
std::string java_form(std::string_view scientific) {
  std::string text;
  if (scientific.starts_with('-')) {
    text = "-";
    scientific.remove_prefix(1);
  }
  const auto e = scientific.find('e');
  std::string digits{scientific.substr(0, e)};
  std::erase(digits, '.');
  if (digits.size() == 2 && digits[1] == '0') digits.pop_back();
  auto power = scientific.substr(e + 1);
  if (power.starts_with('+')) power.remove_prefix(1);
  int exponent = 0;
  std::from_chars(power.data(), power.data() + power.size(), exponent);
  if (exponent >= least_plain_exponent && exponent < most_plain_exponent) {
    if (exponent < 0) return text + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    const auto whole = static_cast<std::size_t>(exponent) + 1;
    if (digits.size() <= whole) return text + digits + std::string(whole - digits.size(), '0') + ".0";
    return text + digits.substr(0, whole) + "." + digits.substr(whole);
  }
  return text + digits[0] + "." + (digits.size() > 1 ? digits.substr(1) : "0") + "E" + std::to_string(exponent);
}

template <typename Real>
std::string java_text_of(Real number) {
  if (std::isnan(number)) return "NaN";
  if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
  if (number == 0) return std::signbit(number) ? "-0.0" : "0.0";
  std::array<char, longest_number> text{};
  auto* end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific).ptr;
  const bool one_digit =
      std::string_view(text.data(), static_cast<std::size_t>(end - text.data())).find('.') == std::string_view::npos;
  // Where one digit would do, Java takes the nearest number of two: 4.9E-324, not 5.0E-324.
  if (one_digit) end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific, 1).ptr;
  return java_form({text.data(), static_cast<std::size_t>(end - text.data())});
}

template <typename Real>
std::optional<Real> parse_real(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Real number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc{}) return number;
  if (error != std::errc::result_out_of_range) return std::nullopt;
  return static_cast<Real>(std::strtod(std::string{text}.c_str(), nullptr));  // infinity, or zero
}

constexpr std::uint32_t limb_digits = 9;

/// The magnitude as octets, big-endian, without leading zeros; `digits` is taken by nine into a base of 2^32.
std::string magnitude_octets(std::string_view digits) {
  std::vector<std::uint32_t> words;  // little-endian
  while (!digits.empty()) {
    const auto taken = digits.size() % limb_digits == 0 ? limb_digits : digits.size() % limb_digits;
    std::uint64_t carry = 0;
    std::uint64_t factor = 1;
    for (const char c : digits.substr(0, taken)) {
      carry = carry * 10 + static_cast<std::uint64_t>(c - '0');
      factor *= 10;
    }
    digits.remove_prefix(taken);
    for (auto& word : words) {
      carry += word * factor;
      word = static_cast<std::uint32_t>(carry);
      carry >>= 32U;
    }
    if (carry != 0) words.push_back(static_cast<std::uint32_t>(carry));
  }
  std::string octets;
  std::for_each(words.rbegin(), words.rend(), [&](std::uint32_t word) {
    for (int shift = 24; shift >= 0; shift -= 8) octets += static_cast<char>((word >> static_cast<unsigned>(shift)) & 0xFFU);
  });
  octets.erase(0, std::min(octets.find_first_not_of('\0'), octets.size()));
  return octets;
}

}  // namespace

std::string java_text(double number) {
  return java_text_of(number);
}
std::string java_text(float number) {
  return java_text_of(number);
}
std::optional<double> parse_double(std::string_view text) {
  return parse_real<double>(text);
}
std::optional<float> parse_float(std::string_view text) {
  return parse_real<float>(text);
}

std::string exact_decimal(double number) {
  constexpr int most_fraction_digits = 1074;
  std::string text(1500, '\0');
  const int length = std::snprintf(text.data(), text.size(), "%.*f", most_fraction_digits, number);
  text.resize(static_cast<std::size_t>(length));
  text.resize(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.starts_with('-');
  if (decimal.negative) text.remove_prefix(1);
  const auto point = text.find('.');
  decimal.digits = text.substr(0, point);
  if (point != std::string_view::npos) {
    decimal.digits += text.substr(point + 1);
    decimal.scale = static_cast<int>(text.size() - point - 1);
  }
  const bool is_number =
      !decimal.digits.empty() && std::ranges::all_of(decimal.digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  return decimal;
}

bool rescale(Decimal& decimal, int scale) {
  for (; decimal.scale < scale; ++decimal.scale) decimal.digits += '0';
  for (; decimal.scale > scale; --decimal.scale) {
    if (!decimal.digits.empty() && decimal.digits.back() != '0') return false;
    if (!decimal.digits.empty()) decimal.digits.pop_back();
  }
  return true;
}

std::string unscaled_octets(const Decimal& decimal) {
  auto octets = magnitude_octets(decimal.digits);
  if (octets.empty()) return {'\0'};
  const auto top = [&] { return static_cast<unsigned char>(octets.front()); };
  if (!decimal.negative) {
    if (top() >= 0x80U) octets.insert(octets.begin(), '\0');
    return octets;
  }
  unsigned carry = 1;
  std::for_each(octets.rbegin(), octets.rend(), [&](char& octet) {
    const unsigned sum = (~static_cast<unsigned>(static_cast<unsigned char>(octet)) & 0xFFU) + carry;
    octet = static_cast<char>(sum & 0xFFU);
    carry = sum >> 8U;
  });
  if (top() < 0x80U) octets.insert(octets.begin(), '\xFF');
  return octets;
}

}  // namespace relay::encode
