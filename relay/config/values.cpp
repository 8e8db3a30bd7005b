#include "relay/config/values.hpp"

#include <set>

namespace relay::config {
namespace {

ConfigError unknown_option(std::string_view name, const Origin& origin) {
  auto text = name.empty() ? "an option without a name (" + origin.text() + ")" : "unknown option " + name_and_origin(name, origin);
  if (const auto near = nearest_name(name); !near.empty()) {
    const bool variable = origin.layer == Layer::environment;
    text += "; did you mean " + (variable ? environment_name(near) : std::string(near)) + "?";
  } else {
    text += "; `outbox-relay help run` lists them";
  }
  return {origin.layer, text};
}

void check(const Assignment& assignment) {
  const auto& [name, value] = assignment;
  const auto* option = find_option(name);
  if (option == nullptr) throw unknown_option(name, value.origin);
  const auto wrong = complaint(option->type, value.text);
  if (!wrong) return;
  const bool tellable = !std::holds_alternative<DatabaseUrl>(option->type) && !value.text.empty();
  throw ConfigError(value.origin.layer, name_and_origin(name, value.origin) + ": " +
                                            (tellable ? "\"" + shown(name, value.text) + "\" is not allowed; " : "") + *wrong);
}

}  // namespace

std::string Origin::text() const {
  switch (layer) {
    case Layer::fallback:
      return "default";
    case Layer::file:
      return "file " + where;
    case Layer::environment:
      return "environment " + where;
    case Layer::command_line:
      return "command line";
  }
  return {};
}

std::string name_and_origin(std::string_view name, const Origin& origin) {
  return std::string(name) + " (" + origin.text() + ")";
}

Values::Values() {
  for (const auto& option : options()) {
    if (option.fallback_note.empty() && !option.fallback.empty())
      values_[std::string(option.name)] = {std::string(option.fallback), {}};
  }
}

void Values::take(const std::vector<Assignment>& layer) {
  std::set<std::string_view> seen;
  for (const auto& assignment : layer) {
    check(assignment);
    const auto& origin = assignment.value.origin;
    if (!seen.insert(assignment.name).second) {
      throw ConfigError(origin.layer, name_and_origin(assignment.name, origin) + " is set twice there; set it once");
    }
    values_[assignment.name] = assignment.value;
  }
}

void Values::set_default(std::string_view name, std::string text, const Origin& origin) {
  if (!is_set(name)) values_[std::string(name)] = {std::move(text), origin};
}

const Value* Values::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

bool Values::is_set(std::string_view name) const {
  const auto* value = find(name);
  return value != nullptr && value->origin.layer != Layer::fallback;
}

const std::string& Values::text(std::string_view name) const {
  static const std::string nothing;
  const auto* value = find(name);
  return value == nullptr ? nothing : value->text;
}

std::vector<std::pair<std::string_view, const Value*>> Values::with_prefix(std::string_view prefix) const {
  std::vector<std::pair<std::string_view, const Value*>> found;
  for (auto at = values_.lower_bound(prefix); at != values_.end() && at->first.starts_with(prefix); ++at) {
    found.emplace_back(at->first, &at->second);
  }
  return found;
}

}  // namespace relay::config
