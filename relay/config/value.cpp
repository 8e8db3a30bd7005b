#include "relay/config/value.hpp"

#include "db_adapters/port/url.hpp"
#include "relay/domain/timestamp.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <utility>

namespace relay::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};
constexpr std::array<Unit, 5> time_units{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::array<Unit, 4> size_units{{{"", 1}, {"KiB", 1ULL << 10U}, {"MiB", 1ULL << 20U}, {"GiB", 1ULL << 30U}}};

template <std::size_t n>
std::optional<std::uint64_t> parse_with_unit(std::string_view text, const std::array<Unit, n>& units) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  for (const auto& unit : units) {
    if (text != unit.name) continue;
    constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (number > limit / unit.factor) return std::nullopt;
    return number * unit.factor;
  }
  return std::nullopt;
}

template <std::size_t n>
std::string with_largest_unit(std::uint64_t number, const std::array<Unit, n>& units) {
  const Unit* best = &units.front();
  for (const auto& unit : units) {
    if (number != 0 && number % unit.factor == 0) best = &unit;
  }
  return std::to_string(number / best->factor) + std::string(best->name);
}

template <typename Value>
bool within(const std::optional<Value>& value, Value least, Value most) {
  return value && *value >= least && *value <= most;
}

std::string joined(const std::vector<std::string_view>& words, std::string_view separator) {
  std::string text;
  for (const auto word : words) {
    if (!text.empty()) text += separator;
    text += word;
  }
  return text;
}

/// Says what is allowed; nothing when `text` is.
struct Complaint {
  std::string_view text;

  std::optional<std::string> operator()(const Text& type) const {
    if (type.may_be_empty || !text.empty()) return std::nullopt;
    return "it must not be empty";
  }
  std::optional<std::string> operator()(const Choice& type) const {
    for (const auto word : type.words) {
      if (word == text) return std::nullopt;
    }
    return "allowed: " + joined(type.words, ", ");
  }
  std::optional<std::string> operator()(const Duration& type) const {
    if (within(parse_duration(text), type.least, type.most)) return std::nullopt;
    return "allowed: a duration from " + to_text(type.least) + " to " + to_text(type.most) + ", written like 500ms, 2s, 5m, 1h, 1d";
  }
  std::optional<std::string> operator()(const Size& type) const {
    if (within(parse_size(text), type.least, type.most)) return std::nullopt;
    return "allowed: a size from " + size_to_text(type.least) + " to " + size_to_text(type.most) +
           ", written like 65536, 64KiB, 16MiB";
  }
  std::optional<std::string> operator()(const Count& type) const {
    if (within(parse_count(text), type.least, type.most)) return std::nullopt;
    return "allowed: a whole number from " + std::to_string(type.least) + " to " + std::to_string(type.most);
  }
  std::optional<std::string> operator()(const Limit& type) const {
    if (text == "off" || within(parse_count(text), type.least, type.most)) return std::nullopt;
    return "allowed: a whole number from " + std::to_string(type.least) + " to " + std::to_string(type.most) + ", or off";
  }
  std::optional<std::string> operator()(const Ids& /*type*/) const {
    if (parse_ids(text)) return std::nullopt;
    return "allowed: one id like 17, or a range like 17-42";
  }
  std::optional<std::string> operator()(const Time& /*type*/) const {
    if (parse_timestamp(text)) return std::nullopt;
    return "allowed: a time like 2026-01-02T03:04:05Z or 2026-01-02T03:04:05+01:00";
  }
  std::optional<std::string> operator()(const Flag& /*type*/) const {
    if (text == "true" || text == "false") return std::nullopt;
    return "allowed: true, false";
  }
  std::optional<std::string> operator()(const Listen& /*type*/) const {
    if (text.empty() || parse_address(text)) return std::nullopt;
    return "allowed: HOST:PORT like 127.0.0.1:9464 or [::1]:9464, or nothing to switch it off";
  }
  std::optional<std::string> operator()(const Brokers& /*type*/) const {
    auto brokers = parse_list(text);
    std::erase(brokers, "");                                                    // as a template may leave them
    const bool blank_before_comma = text.find(" ,") != std::string_view::npos;  // librdkafka would look up a host of that name
    if (!brokers.empty() && !blank_before_comma && std::all_of(brokers.begin(), brokers.end(), is_broker)) return std::nullopt;
    return "allowed: HOST:PORT, several separated by commas, like kafka-1:9092,kafka-2:9092";
  }
  std::optional<std::string> operator()(const List& /*type*/) const {
    if (text.empty()) return std::nullopt;
    for (const auto& item : parse_list(text)) {
      if (item.empty()) return "allowed: names separated by commas, like id,event_type";
    }
    return std::nullopt;
  }
  std::optional<std::string> operator()(const Placements& /*type*/) const {
    if (parse_placements(text)) return std::nullopt;
    return "allowed: column:header[:name], column:envelope[:name] or column:partition, separated by commas";
  }
  std::optional<std::string> operator()(const TableName& /*type*/) const {
    if (!text.empty() && text.front() != '.' && text.back() != '.' && text.find("..") == std::string_view::npos)
      return std::nullopt;
    return "allowed: TABLE or SCHEMA.TABLE";
  }
  std::optional<std::string> operator()(const DatabaseUrl& /*type*/) const {
    try {
      static_cast<void>(db::parse_url(text));
      return std::nullopt;
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
  }
};

struct Placeholder {
  std::string operator()(const Text& type) const { return std::string(type.placeholder); }
  std::string operator()(const Choice& type) const { return joined(type.words, "|"); }
  std::string operator()(const Duration& /*type*/) const { return "DURATION"; }
  std::string operator()(const Size& /*type*/) const { return "SIZE"; }
  std::string operator()(const Count& /*type*/) const { return "NUMBER"; }
  std::string operator()(const Limit& /*type*/) const { return "NUMBER|off"; }
  std::string operator()(const Ids& /*type*/) const { return "FIRST-LAST"; }
  std::string operator()(const Time& /*type*/) const { return "TIME"; }
  std::string operator()(const Flag& /*type*/) const { return ""; }
  std::string operator()(const Listen& /*type*/) const { return "HOST:PORT"; }
  std::string operator()(const Brokers& /*type*/) const { return "HOST:PORT,..."; }
  std::string operator()(const List& /*type*/) const { return "NAME,..."; }
  std::string operator()(const Placements& /*type*/) const { return "COLUMN:PLACE,..."; }
  std::string operator()(const TableName& /*type*/) const { return "TABLE"; }
  std::string operator()(const DatabaseUrl& /*type*/) const { return "URL"; }
};

}  // namespace

std::optional<std::string> complaint(const Type& type, std::string_view value) {
  return std::visit(Complaint{value}, type);
}

std::string placeholder(const Type& type) {
  return std::visit(Placeholder{}, type);
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) noexcept {
  const auto number = parse_with_unit(text, time_units);
  if (!number) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*number));
}

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  return parse_with_unit(text, size_units);
}

std::optional<std::uint64_t> parse_count(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Interval> parse_ids(std::string_view text) noexcept {
  Interval ids;
  const auto* const end = text.data() + text.size();
  const auto [first_end, first_error] = std::from_chars(text.data(), end, ids.low);
  if (first_error != std::errc{}) return std::nullopt;
  ids.high = ids.low;
  if (first_end == end) return ids;
  if (*first_end != '-') return std::nullopt;
  const auto [last_end, last_error] = std::from_chars(first_end + 1, end, ids.high);
  if (last_error != std::errc{} || last_end != end || ids.high < ids.low) return std::nullopt;
  return ids;
}

std::vector<std::string> parse_list(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const auto comma = text.find(',');
    auto item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    items.emplace_back(item);
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
    if (text.empty()) items.emplace_back();
  }
  return items;
}

std::string to_text(std::chrono::milliseconds duration) {
  return with_largest_unit(static_cast<std::uint64_t>(duration.count()), time_units);
}

std::string size_to_text(std::uint64_t bytes) {
  return with_largest_unit(bytes, size_units);
}

std::optional<Address> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = parse_count(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (!within(port, std::uint64_t{1}, std::uint64_t{65535}) || (!bracketed && host.find(':') != std::string_view::npos))
    return std::nullopt;
  return Address{std::string(host), static_cast<std::uint16_t>(*port)};
}

bool is_broker(std::string_view text) {
  constexpr std::string_view mark = "://";
  if (const auto at = text.find(mark); at != std::string_view::npos) {
    constexpr std::array<std::string_view, 4> protocols{"plaintext", "ssl", "sasl_plaintext", "sasl_ssl"};
    std::string protocol(text.substr(0, at));
    std::transform(protocol.begin(), protocol.end(), protocol.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (std::find(protocols.begin(), protocols.end(), protocol) == protocols.end()) return false;
    text.remove_prefix(at + mark.size());
  }
  if (text.empty() || text.find_first_of(" \t/") != std::string_view::npos) return false;
  const bool bracketed = text.starts_with('[');
  const auto colons = std::count(text.begin(), text.end(), ':');
  const bool without_port = bracketed ? text.ends_with(']') : colons != 1 && !text.ends_with(']');
  return without_port || parse_address(text).has_value();
}

}  // namespace relay::config
