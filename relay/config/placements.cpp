#include "relay/config/value.hpp"

#include <utility>

namespace relay::config {
namespace {

using encode::Placement;

std::optional<Placement> placement_of(std::string_view word) {
  if (word == "header") return Placement::header;
  if (word == "envelope") return Placement::envelope;
  if (word == "partition") return Placement::partition;
  return std::nullopt;
}

/// `total:header:amount`
std::optional<encode::ExtraColumn> parse_placement(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto column = text.substr(0, colon);
  text.remove_prefix(colon + 1);
  const auto end = text.find(':');
  const auto placement = placement_of(text.substr(0, end));
  const auto name = end == std::string_view::npos ? column : text.substr(end + 1);
  if (!placement || name.empty()) return std::nullopt;
  return encode::ExtraColumn{std::string(column), *placement, std::string(name)};
}

}  // namespace

std::optional<std::vector<encode::ExtraColumn>> parse_placements(std::string_view text) {
  std::vector<encode::ExtraColumn> columns;
  for (const auto& item : parse_list(text)) {
    auto column = parse_placement(item);
    if (!column) return std::nullopt;
    columns.push_back(std::move(*column));
  }
  return columns;
}

}  // namespace relay::config
