#include "relay/encode/connect_time.hpp"

#include "relay/domain/timestamp.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace relay::encode {

namespace {

constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t day = 86'400 * second;

std::int64_t floor_divided(std::int64_t number, std::int64_t by) {
  return number / by - (number % by < 0 ? 1 : 0);
}

std::optional<std::int64_t> take_number(std::string_view& rest) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}

std::optional<std::int64_t> take_number_up_to(std::int64_t most, std::string_view& rest) {
  const auto number = take_number(rest);
  return number && *number >= 0 && *number <= most ? number : std::nullopt;
}

bool take(std::string_view& rest, char wanted) {
  if (!rest.starts_with(wanted)) return false;
  rest.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> take_fraction(std::string_view& rest) {
  constexpr std::size_t most_digits = 6;
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  std::string six{rest.substr(0, std::min(digits, most_digits))};
  if (six.empty()) return std::nullopt;
  six.resize(most_digits, '0');
  rest.remove_prefix(digits);
  std::string_view view{six};
  return take_number(view);
}

/// `[-]H..H:MM[:SS[.ffffff]]`
std::optional<std::int64_t> take_clock(std::string_view& rest) {
  const bool negative = take(rest, '-');
  const auto hours = take_number_up_to(1'000'000, rest);
  if (!hours || !take(rest, ':')) return std::nullopt;
  const auto minutes = take_number_up_to(59, rest);
  if (!minutes) return std::nullopt;
  std::int64_t micros = (*hours * 60 + *minutes) * 60 * second;
  if (take(rest, ':')) {
    const auto seconds = take_number_up_to(60, rest);  // a leap second
    if (!seconds) return std::nullopt;
    micros += *seconds * second;
    if (take(rest, '.')) {
      const auto fraction = take_fraction(rest);
      if (!fraction) return std::nullopt;
      micros += *fraction;
    }
  }
  return negative ? -micros : micros;
}

/// `+02`, `-03:30`, in microseconds east of Greenwich.
std::optional<std::int64_t> take_offset(std::string_view& rest) {
  if (rest.empty() || take(rest, 'Z')) return 0;
  const bool west = rest.starts_with('-');
  if (!west && !rest.starts_with('+')) return std::nullopt;
  rest.remove_prefix(1);
  const auto hours = take_number_up_to(99, rest);
  if (!hours) return std::nullopt;
  std::int64_t seconds = *hours * 3600;
  for (const std::int64_t unit : {60, 1}) {
    if (!take(rest, ':')) break;
    const auto part = take_number_up_to(59, rest);
    if (!part) return std::nullopt;
    seconds += *part * unit;
  }
  return (west ? -seconds : seconds) * second;
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

}  // namespace

std::optional<std::int64_t> days_of(std::string_view date) {
  constexpr std::int64_t infinity = 2'146'033'979;
  if (date == "infinity") return infinity;
  const auto midnight = parse_timestamp(std::string{date} + " 00:00:00");
  return midnight ? std::optional{floor_divided(*midnight, day)} : std::nullopt;
}

std::optional<std::int64_t> micros_of_day(std::string_view time) {
  const auto micros = take_clock(time);
  return time.empty() ? micros : std::nullopt;
}

std::optional<std::int64_t> micros_of_zoned_day(std::string_view time) {
  const auto local = take_clock(time);
  const auto offset = take_offset(time);
  if (!local || !offset || !time.empty()) return std::nullopt;
  return ((*local - *offset) % day + day) % day;
}

std::optional<std::int64_t> instant_micros(std::string_view timestamp) {
  if (timestamp == "infinity") return std::numeric_limits<std::int64_t>::max();
  return parse_timestamp(timestamp);
}

std::optional<std::int64_t> instant_millis(std::string_view timestamp) {
  const auto micros = instant_micros(timestamp);
  if (!micros || *micros == std::numeric_limits<std::int64_t>::max()) return micros;
  return floor_divided(*micros, 1000);
}

std::optional<std::string> zoned_instant(std::string_view timestamp, int digits) {
  if (timestamp == "infinity" || timestamp == "-infinity") return std::string{timestamp};
  const auto micros = parse_timestamp(timestamp);
  if (!micros) return std::nullopt;
  auto text = iso_timestamp(*micros);
  text.resize(text.size() - 1 - static_cast<std::size_t>(6 - digits));
  if (text.ends_with('.')) text.pop_back();
  return text + 'Z';
}

std::optional<std::string> zoned_time(std::string_view time) {
  const auto micros = micros_of_zoned_day(time);
  if (!micros) return std::nullopt;
  const auto seconds = *micros / second;
  auto text = two_digits(seconds / 3600) + ':' + two_digits(seconds / 60 % 60) + ':' + two_digits(seconds % 60);
  if (const auto fraction = *micros % second; fraction != 0) {
    auto digits = std::to_string(second + fraction).substr(1);
    digits.resize(digits.find_last_not_of('0') + 1);
    text += '.' + digits;
  }
  return text + 'Z';
}

std::optional<std::int64_t> interval_micros(std::string_view interval) {
  constexpr std::int64_t month = 30 * day + day * 4375 / 10'000;
  std::int64_t total = 0;
  while (!interval.empty()) {
    if (take(interval, ' ')) continue;
    (void)take(interval, '+');
    const auto word = interval.substr(0, interval.find(' '));
    if (word.find(':') != std::string_view::npos) {
      auto clock = word;
      const auto micros = take_clock(clock);
      if (!micros || !clock.empty() || __builtin_add_overflow(total, *micros, &total)) return std::nullopt;
      interval.remove_prefix(word.size());
      continue;
    }
    const auto number = take_number(interval);
    if (!number || !take(interval, ' ')) return std::nullopt;
    const auto unit = interval.substr(0, interval.find(' '));
    interval.remove_prefix(unit.size());
    const auto size = unit.starts_with("year") ? 12 * month : unit.starts_with("mon") ? month : unit.starts_with("day") ? day : 0;
    if (size == 0 || *number > 1'000'000'000 || *number < -1'000'000'000) return std::nullopt;
    std::int64_t part = 0;
    if (__builtin_mul_overflow(*number, size, &part) || __builtin_add_overflow(total, part, &total)) return std::nullopt;
  }
  return total;
}

}  // namespace relay::encode
