#include "relay/cli/debezium.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace relay::cli {
namespace {

/// `{"name":...,"config":{...}}`, or the inner object alone; null: not set.
Properties from_json(const std::string& text) {
  auto json = nlohmann::json::parse(text);
  if (json.contains("config") && json["config"].is_object()) json = json["config"];
  Properties properties;
  for (const auto& [name, value] : json.items()) {
    if (!value.is_null()) properties[name] = value.is_string() ? value.get<std::string>() : value.dump();
  }
  return properties;
}

bool begins_like_json(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string::npos && text[first] == '{';
}

}  // namespace

Properties read_properties(const std::string& path, const config::Origin& named_by) {
  std::ifstream file(path);
  std::ostringstream all;
  if (file.peek() != std::ifstream::traits_type::eof()) all << file.rdbuf();
  const auto refuse = [&](const std::string& why) {
    return config::ConfigError(named_by.layer, config::name_and_origin("from-debezium", named_by) + ": " + path + " " + why);
  };
  if (!file.is_open() || file.bad()) throw refuse("cannot be read");
  try {
    return begins_like_json(all.str()) ? from_json(all.str()) : read_java_properties(all.str());
  } catch (const nlohmann::json::exception&) {
    throw refuse("begins like JSON and is none");
  } catch (const std::invalid_argument& error) {
    throw refuse(error.what());
  }
}

}  // namespace relay::cli
