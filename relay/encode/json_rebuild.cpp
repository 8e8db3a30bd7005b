#include "relay/encode/json_rebuild.hpp"

#include "relay/encode/java_number.hpp"
#include "relay/encode/json_scanner.hpp"

namespace relay::encode {

namespace {

void append_number(std::string& out, std::string_view token) {
  if (token.find_first_of(".eE") == std::string_view::npos) {
    out += token;
    return;
  }
  const double number = parse_double(token).value_or(0);
  const auto text = java_text(number);
  out += text.find('E') == std::string::npos ? text : exact_decimal(number);
}

}  // namespace

bool rebuild_json(std::string& out, std::string_view text) {
  if (!is_json(text)) return false;
  while (!text.empty()) {
    const char c = text[0];
    if (c == '"') {
      JsonScanner in{text};
      const auto inside = in.string();
      out += text.substr(0, inside->size() + 2);
      text.remove_prefix(inside->size() + 2);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
      const auto token = text.substr(0, text.find_first_not_of("0123456789+-.eE"));
      append_number(out, token);
      text.remove_prefix(token.size());
    } else {
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') out += c;
      text.remove_prefix(1);
    }
  }
  return true;
}

}  // namespace relay::encode
