#include "relay/encode/postgres_array.hpp"

#include "relay/encode/connect_schema.hpp"
#include "relay/encode/json_scanner.hpp"

namespace relay::encode {

namespace {

/// Takes one element. @param escaped  it stood in quotes, so NULL is a word
std::string take_element(std::string_view& rest, bool& escaped) {
  std::string element;
  escaped = rest.starts_with('"');
  if (!escaped) {
    element = rest.substr(0, rest.find_first_of(",}"));
    rest.remove_prefix(element.size());
    return element;
  }
  rest.remove_prefix(1);
  while (!rest.empty() && rest[0] != '"') {
    if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
    element += rest[0];
    rest.remove_prefix(1);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return element;
}

}  // namespace

bool append_postgres_array(std::string& out, std::string_view text, bool quoted) {
  if (!text.starts_with('{')) return false;
  text.remove_prefix(1);
  out += '[';
  bool first = true;
  while (!text.empty() && text[0] != '}') {
    if (text[0] == '{') return false;
    if (!first) out += ',';
    first = false;
    bool escaped = false;
    const auto element = take_element(text, escaped);
    if (!escaped && element == "NULL") {
      out += "null";
    } else if (quoted) {
      if (!append_jackson_string(out, element)) return false;
    } else {
      if (!is_json_number(element)) return false;
      out += element;
    }
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  out += ']';
  return text == "}";
}

}  // namespace relay::encode
