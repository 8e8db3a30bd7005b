#include "tests/goldens/golden.hpp"

#include "tests/support/paths.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace goldens {
namespace {

using nlohmann::json;

const std::string folder = std::string(test::source_folder) + "/tests/goldens/";

std::string octets_of_base64(const std::string& text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string octets;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6U | static_cast<unsigned>(letters.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    octets += static_cast<char>((bits >> static_cast<unsigned>(count)) & 0xFFU);
  }
  return octets;
}

std::optional<std::string> octets_of(const json& value) {
  if (value.is_null()) return std::nullopt;
  if (value.contains("utf8")) return value["utf8"].get<std::string>();
  return octets_of_base64(value["b64"].get<std::string>());
}

Record record_of(const json& line) {
  Record record;
  record.label = line.value("row", "");
  record.message.topic = line["topic"];
  record.message.partition = line["partition"];
  record.message.key = octets_of(line["key"]);
  record.message.value = octets_of(line["value"]);
  for (const auto& header : line["headers"]) record.message.headers.emplace_back(header[0], octets_of(header[1]));
  return record;
}

std::string shown(const std::optional<std::string>& bytes) {
  return bytes ? "<" + *bytes + ">" : "null";
}

}  // namespace

/// A topic without a name was legal in the captures, where every topic had a prefix.
void Golden::take(Record record) {
  if (record.message.topic.empty()) {
    rows_without_record.insert(record.label);
  } else {
    records.push_back(std::move(record));
  }
}

std::string Golden::table() const {
  constexpr std::string_view words = "CREATE TABLE ";
  const auto& create = *std::ranges::find_if(ddl, [&](const auto& sql) { return sql.starts_with(words); });
  return create.substr(words.size(), create.find(' ', words.size()) - words.size());
}

std::set<std::string> Golden::topics() const {
  std::set<std::string> all{"outbox.event.order"};
  for (const auto& record : records) all.insert(record.message.topic);
  return all;
}

std::vector<std::filesystem::path> golden_files(const std::string& connector) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder + connector)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

Golden read_golden(const std::filesystem::path& file) {
  Golden golden;
  golden.name = file.stem().string();
  std::ifstream lines(file);
  for (std::string text; std::getline(lines, text);) {
    const auto line = json::parse(text);
    const std::string kind = line["kind"];
    if (kind == "config") {
      golden.properties = line["config"].dump();
      golden.placements = line["config"].value("transforms.outbox.table.fields.additional.placement", "");
    }
    if (kind == "ddl") golden.ddl.push_back(line["sql"]);
    if (kind == "stmt") golden.inserts.push_back({line["label"], line["sql"], line.contains("db_error")});
    if (kind == "record") golden.take(record_of(line));
    if (kind == "result" && line.contains("rows_without_record")) {
      for (const auto& label : line["rows_without_record"]) golden.rows_without_record.insert(label);
    }
  }
  if (golden.inserts.empty()) throw std::runtime_error(file.string() + " has no rows");
  return golden;
}

std::string server_of(const Golden& golden) {
  const char* url = std::getenv(golden.is_mysql() ? "OUTBOX_RELAY_TEST_MYSQL" : "OUTBOX_RELAY_TEST_POSTGRES");
  const char* ci = std::getenv("CI");
  if (url == nullptr && ci != nullptr && std::string_view(ci) == "true") throw std::runtime_error("no database for " + golden.name);
  return url == nullptr ? "" : url;
}

std::string line_of(const relay::kafka::ConsumedMessage& message, bool with_partition) {
  auto line = message.topic + (with_partition ? " partition " + std::to_string(message.partition) : "") + " key " +
              shown(message.key) + " value " + shown(message.value) + " headers";
  for (const auto& [name, value] : message.headers) line += " " + name + "=" + shown(value);
  return line;
}

std::set<std::string> known_differences() {
  std::ifstream file(folder + "differences");
  std::set<std::string> all;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') all.insert(line);
  }
  return all;
}

}  // namespace goldens
