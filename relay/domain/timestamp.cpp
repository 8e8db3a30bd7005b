#include "relay/domain/timestamp.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace relay {

namespace {

constexpr int nanosecond_digits = 9;
constexpr int microsecond_digits = 6;

/// Takes a timestamp apart from left to right; every step says whether it found what it asked for.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : rest_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  bool skip(char wanted) noexcept {
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// Exactly `count` digits.
  bool number(int count, int& value) noexcept {
    value = 0;
    for (int i = 0; i < count; ++i) {
      if (!digit_ahead()) return false;
      value = value * 10 + take_digit();
    }
    return true;
  }

  /// One to nine digits behind the point, cut to microseconds.
  bool fraction(int& micros) noexcept {
    micros = 0;
    int digits = 0;
    for (; digit_ahead(); ++digits) {
      const int digit = take_digit();
      if (digits < microsecond_digits) micros = micros * 10 + digit;
    }
    for (int i = digits; i < microsecond_digits; ++i) micros *= 10;
    return digits > 0 && digits <= nanosecond_digits;
  }

 private:
  [[nodiscard]] bool digit_ahead() const noexcept { return !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; }
  int take_digit() noexcept {
    const int digit = rest_.front() - '0';
    rest_.remove_prefix(1);
    return digit;
  }

  std::string_view rest_;
};

bool scan_date(Scanner& in, std::chrono::sys_days& date) noexcept {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!in.number(4, year) || !in.skip('-') || !in.number(2, month) || !in.skip('-') || !in.number(2, day)) return false;
  const auto parsed = std::chrono::year{year} / month / day;
  date = parsed;
  return parsed.ok();
}

bool scan_time(Scanner& in, std::chrono::microseconds& time) noexcept {
  int hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
  if (!in.number(2, hour) || !in.skip(':') || !in.number(2, minute) || !in.skip(':') || !in.number(2, second)) return false;
  if (in.skip('.') && !in.fraction(micros)) return false;
  time = std::chrono::hours{hour} + std::chrono::minutes{minute} + std::chrono::seconds{second} + std::chrono::microseconds{micros};
  return hour < 24 && minute < 60 && second < 60;
}

bool scan_offset(Scanner& in, std::chrono::minutes& offset) noexcept {
  offset = {};
  if (in.at_end() || in.skip('Z')) return true;
  const bool east = in.skip('+');
  if (!east && !in.skip('-')) return false;
  int hours = 0;
  int minutes = 0;
  if (!in.number(2, hours) || (in.skip(':') && !in.number(2, minutes))) return false;
  offset = std::chrono::hours{hours} + std::chrono::minutes{minutes};
  if (!east) offset = -offset;
  return hours < 24 && minutes < 60;
}

char* write_number(char* to, int value, int width) noexcept {
  for (int i = width; i-- > 0; value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + width;
}

}  // namespace

std::optional<Micros> parse_timestamp(std::string_view text) noexcept {
  Scanner in{text};
  std::chrono::sys_days date;
  std::chrono::microseconds time{};
  std::chrono::minutes offset{};
  if (!scan_date(in, date) || !(in.skip(' ') || in.skip('T')) || !scan_time(in, time)) return std::nullopt;
  if (!scan_offset(in, offset) || !in.at_end()) return std::nullopt;
  return (date.time_since_epoch() + time - offset) / std::chrono::microseconds{1};
}

std::string iso_timestamp(Micros micros) {
  const std::chrono::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds{micros}};
  const auto midnight = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{instant - midnight};

  std::array<char, 40> text{};
  char* end = text.data();
  const int year = static_cast<int>(date.year());
  if (year >= 0 && year <= 9999) {
    end = write_number(end, year, 4);
  } else {
    *end++ = year < 0 ? '-' : '+';  // ISO 8601's expanded form
    end = write_number(end, year < 0 ? -year : year, 6);
  }
  *end++ = '-';
  end = write_number(end, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  *end++ = '-';
  end = write_number(end, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  *end++ = 'T';
  end = write_number(end, static_cast<int>(time.hours().count()), 2);
  *end++ = ':';
  end = write_number(end, static_cast<int>(time.minutes().count()), 2);
  *end++ = ':';
  end = write_number(end, static_cast<int>(time.seconds().count()), 2);
  *end++ = '.';
  end = write_number(end, static_cast<int>(time.subseconds().count()), microsecond_digits);
  *end++ = 'Z';
  return {text.data(), end};
}

}  // namespace relay
