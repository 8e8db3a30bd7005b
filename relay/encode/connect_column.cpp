#include "relay/encode/connect_column.hpp"

#include "relay/encode/base64.hpp"
#include "relay/encode/connect_time.hpp"
#include "relay/encode/java_number.hpp"
#include "relay/encode/json_rebuild.hpp"
#include "relay/encode/json_scanner.hpp"
#include "relay/encode/postgres_array.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace relay::encode {

namespace {

constexpr std::int64_t micros_a_day = 86'400'000'000;

/// A flag of one bit: `1`, or the octet itself.
bool is_one(std::string_view bytes) {
  return bytes == "1" || (bytes.size() == 1 && bytes[0] == '\1');
}

/// Big-endian. Nothing beyond 127: a sink would read another number.
std::optional<std::int64_t> int8_of_octets(std::string_view octets) {
  octets.remove_prefix(std::min(octets.find_first_not_of('\0'), octets.size()));
  if (octets.empty()) return 0;
  const auto number = static_cast<unsigned char>(octets[0]);
  if (octets.size() > 1 || number > INT8_MAX) return std::nullopt;
  return number;
}

/// `101` -> 05, the lowest octet first, as Debezium's Bits.
std::string octets_of_bits(std::string_view bits) {
  std::string octets((bits.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[bits.size() - 1 - i] != '1') continue;
    auto& octet = octets[i / 8];
    octet = static_cast<char>(static_cast<unsigned char>(octet) | (1U << (i % 8)));
  }
  return octets;
}

/// `-$1,234.56` -> `-1234.56`, as the JDBC driver takes it apart; empty where the server's lc_monetary writes it in another way.
std::string digits_of_money(std::string_view text) {
  std::string digits;
  if (text.starts_with('-')) digits += '-';
  text.remove_prefix(digits.size());
  if (text.starts_with('$')) text.remove_prefix(1);
  const auto point = std::min(text.find('.'), text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool groups = text[i] == ',' && i + 4 <= point && (point - i) % 4 == 0;
    if (!groups) digits += text[i];
  }
  return digits;
}

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Shape put(std::string& out, const std::optional<std::string>& text, Shape shape) {
  if (!text) return Shape::bad;
  out += *text;
  return shape;
}

Shape put_number(std::string& out, const std::optional<std::int64_t>& number) {
  return number ? put(out, std::to_string(*number), Shape::literal) : Shape::bad;
}

}  // namespace

std::string ConnectColumn::described() const {
  return "column \"" + name_ + "\"" + (declared_.empty() ? "" : " (" + declared_ + ")");
}

ConnectSchema ConnectColumn::schema_of(const Cell& cell) const {
  auto schema = schema_;
  if (!own_scale_ || cell.is_null()) return schema;
  if (const auto decimal = parse_decimal(cell.bytes())) schema.parameters = decimal_parameters(decimal->scale, precision_);
  return schema;
}

bool ConnectColumn::append_json(std::string& out, const Cell& cell) const {
  if (cell.is_null()) {
    out += "null";
    return true;
  }
  if (form_ == Form::text) return append_jackson_string(out, cell.bytes());
  if (form_ == Form::digits) {
    out += cell.bytes();
    return is_whole(cell.bytes());
  }
  scratch_.clear();
  switch (convert(scratch_, cell.bytes())) {
    case Shape::bad:
      return false;
    case Shape::null:
      out += "null";
      return true;
    case Shape::string:
      return append_jackson_string(out, scratch_);
    case Shape::literal:
      if (is_json_number(scratch_) || scratch_ == "true" || scratch_ == "false") break;
      if (for_debezium_sink_) return false;
      return append_jackson_string(out, scratch_);  // NaN and the infinities
    case Shape::structure:
      break;
  }
  out += scratch_;
  return true;
}

bool ConnectColumn::append_text(std::string& out, const Cell& cell, bool& is_null) const {
  is_null = cell.is_null();
  if (is_null) return true;
  if (form_ == Form::text) {
    out += cell.bytes();
    return true;
  }
  if (form_ == Form::decimal) {
    auto decimal = parse_decimal(cell.bytes());
    is_null = cell.bytes() == "NaN";
    if (!is_null && !decimal) return false;
    if (!is_null) out += cell.bytes();
    return true;
  }
  const auto shape = convert(out, cell.bytes());
  is_null = shape == Shape::null;
  return shape != Shape::bad;
}

Shape ConnectColumn::convert(std::string& out, std::string_view bytes) const {
  switch (form_) {
    case Form::text:
      out += bytes;
      return Shape::string;
    case Form::json_tree:
      return rebuild_json(out, bytes) ? Shape::string : Shape::bad;
    case Form::truth:
      out += bytes;
      return bytes == "true" || bytes == "false" ? Shape::literal : Shape::bad;
    case Form::bit_truth:
      out += is_one(bytes) ? "true" : "false";
      return Shape::literal;
    case Form::octets:
      append_base64(out, bytes);
      return Shape::string;
    case Form::bit_text:
      append_base64(out, octets_of_bits(bytes));
      return Shape::string;
    case Form::bit_octets:
      if (schema_.type == "int8") return put_number(out, int8_of_octets(bytes));
      append_base64(out, std::string{bytes.rbegin(), bytes.rend()});
      return Shape::string;
    case Form::integer_array:
    case Form::text_array:
      return append_postgres_array(out, bytes, form_ == Form::text_array) ? Shape::structure : Shape::bad;
    case Form::digits:
    case Form::wrapping:
    case Form::signed64:
    case Form::bit_digits:
    case Form::single_real:
    case Form::double_real:
    case Form::money:
    case Form::whole:
    case Form::decimal_double:
      return convert_number(out, bytes);
    case Form::decimal:
    case Form::variable_decimal:
      return convert_decimal(out, bytes);
    case Form::days:
    case Form::year_days:
    case Form::micros_of_day:
    case Form::millis_of_day:
    case Form::zone_millis_of_day:
    case Form::micros:
    case Form::millis:
    case Form::zoned_instant:
    case Form::zoned_time:
    case Form::interval_micros:
      break;
  }
  return convert_time(out, bytes);
}

Shape ConnectColumn::convert_number(std::string& out, std::string_view bytes) const {
  if (form_ == Form::single_real) {
    const auto number = parse_float(bytes);
    return number ? put(out, java_text(*number), Shape::literal) : Shape::bad;
  }
  if (form_ == Form::double_real || form_ == Form::decimal_double) {
    const auto number = parse_double(bytes);
    return number ? put(out, java_text(*number), Shape::literal) : Shape::bad;
  }
  if (form_ == Form::money) {
    const auto number = parse_double(digits_of_money(bytes));
    return number ? put(out, java_text(*number), Shape::literal) : Shape::bad;
  }
  if (form_ == Form::wrapping) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
    if (error != std::errc{} || end != bytes.data() + bytes.size()) return Shape::bad;
    return put_number(out, static_cast<std::int64_t>(number));
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), number);
  if (error != std::errc{} || end != bytes.data() + bytes.size()) return Shape::bad;
  if (form_ == Form::bit_digits && number > INT8_MAX) return Shape::bad;
  return put_number(out, number);
}

Shape ConnectColumn::convert_decimal(std::string& out, std::string_view bytes) const {
  auto decimal = parse_decimal(bytes);
  if (!decimal) return bytes == "NaN" && schema_.optional ? Shape::null : Shape::bad;
  if (form_ == Form::variable_decimal) {
    while (decimal->scale > 0 && decimal->digits.back() == '0') static_cast<void>(rescale(*decimal, decimal->scale - 1));
    out += R"({"scale":)" + std::to_string(decimal->scale) + R"(,"value":")";
    append_base64(out, unscaled_octets(*decimal));
    out += R"("})";
    return Shape::structure;
  }
  if (!own_scale_ && !rescale(*decimal, scale_)) return Shape::bad;
  append_base64(out, unscaled_octets(*decimal));
  return Shape::string;
}

Shape ConnectColumn::convert_time(std::string& out, std::string_view bytes) const {
  if (connect_times_ && bytes == "infinity") return Shape::bad;
  switch (form_) {
    case Form::days:
      return put_number(out, days_of(bytes));
    case Form::year_days:
      return put_number(out, days_of(std::string{bytes} + "-01-01"));
    case Form::micros_of_day:
      return put_number(out, micros_of_day(bytes));
    case Form::millis_of_day: {
      const auto micros = micros_of_day(bytes);
      if (connect_times_ && micros && (*micros < 0 || *micros > micros_a_day)) return Shape::bad;
      return put_number(out, micros ? std::optional{*micros / 1000} : std::nullopt);
    }
    case Form::zone_millis_of_day: {
      const auto micros = micros_of_zoned_day(bytes);
      return put_number(out, micros ? std::optional{*micros / 1000} : std::nullopt);
    }
    case Form::micros:
      return put_number(out, instant_micros(bytes));
    case Form::millis:
      return put_number(out, instant_millis(bytes));
    case Form::zoned_instant:
      return put(out, zoned_instant(bytes, fraction_digits_), Shape::string);
    case Form::zoned_time:
      return put(out, zoned_time(bytes), Shape::string);
    default:
      return put_number(out, interval_micros(bytes));
  }
}

}  // namespace relay::encode
