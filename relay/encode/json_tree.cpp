#include "relay/encode/json_tree.hpp"

#include "relay/encode/json_scanner.hpp"
#include "relay/encode/json_text.hpp"

#include <unordered_map>

namespace relay::encode {

namespace {

/// Takes a value apart from left to right; every step says whether it found what it asked for.
class TreeReader {
 public:
  explicit TreeReader(std::string_view text) noexcept : rest_(text) {}

  bool value(JsonTree& into, std::size_t depth) {
    blanks();
    if (depth > deepest_json || rest_.empty()) return false;
    switch (rest_[0]) {
      case '{':
        into.kind = JsonTree::Kind::object;
        return object(into, depth);
      case '[':
        into.kind = JsonTree::Kind::array;
        return array(into, depth);
      case '"':
        into.kind = JsonTree::Kind::string;
        return string(into.text);
      case 't':
        return word(into, JsonTree::Kind::boolean, "true");
      case 'f':
        return word(into, JsonTree::Kind::boolean, "false");
      case 'n':
        return word(into, JsonTree::Kind::null, "null");
      default:
        return number(into);
    }
  }

 private:
  void blanks() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\r\t"), rest_.size())); }

  bool take(char wanted) noexcept {
    blanks();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool word(JsonTree& into, JsonTree::Kind kind, std::string_view wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(wanted.size());
    into.kind = kind;
    into.text = wanted;
    return true;
  }

  bool number(JsonTree& into) {
    const auto token = rest_.substr(0, rest_.find_first_not_of("0123456789+-.eE"));
    if (token.size() > longest_json_number || !is_json_number(token)) return false;
    rest_.remove_prefix(token.size());
    into.kind = JsonTree::Kind::number;
    into.text = token;
    return true;
  }

  bool object(JsonTree& into, std::size_t depth) {
    rest_.remove_prefix(1);
    if (take('}')) return true;
    std::unordered_map<std::string, std::size_t> places;
    do {
      blanks();
      std::string name;
      if (!string(name) || !take(':')) return false;
      const auto [place, fresh] = places.try_emplace(name, into.values.size());
      if (fresh) {
        into.names.push_back(name);
        into.values.emplace_back();
      }
      auto& member = into.values[place->second];
      member = {};
      if (!value(member, depth + 1)) return false;
    } while (take(','));
    return take('}');
  }

  bool array(JsonTree& into, std::size_t depth) {
    rest_.remove_prefix(1);
    if (take(']')) return true;
    do {
      if (!value(into.values.emplace_back(), depth + 1)) return false;
    } while (take(','));
    return take(']');
  }

  bool string(std::string& into) {
    if (!rest_.starts_with('"')) return false;
    rest_.remove_prefix(1);
    while (true) {
      const auto plain = plain_run(rest_);
      into += rest_.substr(0, plain);
      rest_.remove_prefix(plain);
      if (rest_.empty()) return false;
      if (rest_[0] == '"') break;
      if (rest_[0] == '\\') {
        if (!escape(into)) return false;
        continue;
      }
      const auto length = multibyte_length(rest_);
      if (length == 0) return false;
      into += rest_.substr(0, length);
      rest_.remove_prefix(length);
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool escape(std::string& into) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    if (rest_.size() < 2) return false;
    const char letter = rest_[1];
    rest_.remove_prefix(2);
    if (letter != 'u') {
      const auto at = letters.find(letter);
      if (at == std::string_view::npos) return false;
      into += meant[at];
      return true;
    }
    unsigned point = hex4(rest_);
    if (point > 0xFFFFU) return false;
    rest_.remove_prefix(4);
    if (is_high_surrogate(point) && rest_.starts_with("\\u") && is_low_surrogate(hex4(rest_.substr(2)))) {
      point = 0x10000U + ((point - 0xD800U) << 10U) + (hex4(rest_.substr(2)) - 0xDC00U);
      rest_.remove_prefix(6);
    }
    append_utf8(into, point);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<JsonTree> parse_json_tree(std::string_view text) {
  JsonTree tree;
  if (!TreeReader{text}.value(tree, 1)) return std::nullopt;
  return tree;
}

}  // namespace relay::encode
