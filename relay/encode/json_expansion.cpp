#include "relay/encode/json_expansion.hpp"

#include "relay/encode/connect_schema.hpp"
#include "relay/encode/java_number.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace relay::encode {

namespace {

using Kind = JsonTree::Kind;

/// Objects that differ are filled up with nulls: n of them can become n * n members.
constexpr std::size_t longest_expansion = std::size_t{64} << 20U;

/// A type as it is inferred; `struct` has fields, `array` has one item type.
struct Inferred {
  std::string type;
  std::string name{};
  bool optional = true;
  std::vector<std::string> field_names{};
  std::vector<Inferred> parts{};
  std::unordered_map<std::string, std::size_t> places{};  ///< of the fields; made when two structs become one
};

/// No schema can be made of it.
struct Unfit {};
/// The schema does not hold its values.
struct Unusable {};

std::string number_type(const std::string& token) {
  if (token.find_first_of(".eE") != std::string::npos) return "double";
  std::int64_t number = 0;
  if (std::from_chars(token.data(), token.data() + token.size(), number).ec != std::errc{}) return "double";
  const bool small = number >= INT32_MIN && number <= INT32_MAX;
  return small ? "int32" : "int64";
}

class Inference {
 public:
  explicit Inference(const ExpansionRules& rules) : rules_(rules) {}

  /// @return nothing where the value says no type and is left out
  [[nodiscard]] std::optional<Inferred> type_of(const JsonTree& tree, const std::string& name) const {
    switch (tree.kind) {
      case Kind::null:
        return rules_.keep_nulls ? std::optional{Inferred{"bytes"}} : std::nullopt;
      case Kind::boolean:
        return Inferred{"boolean"};
      case Kind::number:
        return Inferred{number_type(tree.text)};
      case Kind::string:
        return Inferred{"string"};
      case Kind::array:
        return array_type(tree, name);
      case Kind::object:
        break;
    }
    return object_type(tree, name);
  }

 private:
  [[nodiscard]] Inferred object_type(const JsonTree& tree, const std::string& name) const {
    Inferred made{"struct", name};
    for (std::size_t i = 0; i < tree.values.size(); ++i) {
      const auto& member = tree.names[i];
      if (member.empty()) throw Unfit{};
      auto path = name;
      if (!path.empty()) path.append(".").append(member);
      auto part = type_of(tree.values[i], path);
      if (!part) continue;
      made.field_names.push_back(member);
      made.parts.push_back(std::move(*part));
    }
    return made;
  }

  [[nodiscard]] std::optional<Inferred> array_type(const JsonTree& tree, const std::string& name) const {
    if (tree.values.empty()) {
      if (!rules_.keep_empty_arrays) return std::nullopt;
      return Inferred{"array", {}, true, {}, {Inferred{"string"}}};
    }
    const auto first = std::ranges::find_if(tree.values, [](const auto& item) { return item.kind != Kind::null; });
    if (first == tree.values.end()) {
      if (!rules_.keep_nulls) throw Unfit{};
      return Inferred{"array", {}, true, {}, {Inferred{"bytes"}}};
    }
    for (const auto& item : tree.values) {
      if (item.kind != Kind::null && !alike(item, *first)) throw Unfit{};
    }
    auto item = first->kind == Kind::object ? merged_type(tree, name) : type_of(*first, first->kind == Kind::array ? "" : name);
    if (!item) throw Unfit{};
    return Inferred{"array", {}, true, {}, {std::move(*item)}};
  }

  static bool alike(const JsonTree& a, const JsonTree& b) {
    return a.kind == b.kind && (a.kind != Kind::number || number_type(a.text) == number_type(b.text));
  }

  [[nodiscard]] Inferred merged_type(const JsonTree& array, const std::string& name) const {
    std::optional<Inferred> merged;
    for (const auto& item : array.values) {
      if (item.kind != Kind::object) continue;
      auto type = object_type(item, name);
      if (!merged) {
        merged = std::move(type);
      } else {
        merge(*merged, type);
      }
    }
    return std::move(*merged);
  }

  /// Takes in the fields that are new; a struct that took any is no longer optional.
  static void merge(Inferred& into, const Inferred& other) {
    if (into.type == "array" && other.type == "array") return merge(into.parts[0], other.parts[0]);
    if (into.type != "struct" || other.type != "struct") return;
    if (into.places.empty()) {
      for (std::size_t i = 0; i < into.field_names.size(); ++i) into.places.emplace(into.field_names[i], i);
    }
    bool same = into.field_names.size() == other.field_names.size();
    for (std::size_t i = 0; i < other.field_names.size(); ++i) {
      const auto [place, fresh] = into.places.try_emplace(other.field_names[i], into.field_names.size());
      same = same && place->second == i;
      if (fresh) {
        into.field_names.push_back(other.field_names[i]);
        into.parts.push_back(other.parts[i]);
      } else {
        merge(into.parts[place->second], other.parts[i]);
      }
    }
    if (!same) into.optional = false;
  }

  const ExpansionRules& rules_;
};

void write_schema(std::string& out, const Inferred& type, const std::string_view* field) {
  ConnectSchema schema{type.type};
  schema.name = type.name;
  schema.optional = type.optional;
  if (type.type == "array") {
    schema.inner = R"("items":)";
    write_schema(schema.inner, type.parts[0], nullptr);
  } else if (type.type == "struct") {
    schema.inner = R"("fields":[)";
    for (std::size_t i = 0; i < type.parts.size(); ++i) {
      if (i > 0) schema.inner += ',';
      const std::string_view name = type.field_names[i];
      write_schema(schema.inner, type.parts[i], &name);
    }
    schema.inner += ']';
  }
  field == nullptr ? schema.append(out) : schema.append_field(out, *field);
}

void write_string(std::string& out, const std::string& text) {
  if (!append_jackson_string(out, text)) throw Unusable{};
}

void write_number(std::string& out, const JsonTree& tree, const std::string& type) {
  if (number_type(tree.text) != type) throw Unusable{};
  if (type != "double") {
    out += tree.text == "-0" ? "0" : tree.text;
    return;
  }
  if (tree.text.find_first_of(".eE") == std::string::npos) throw Unusable{};  // an integer beyond 64 bit
  const auto text = java_text(parse_double(tree.text).value_or(0));
  text.ends_with('y') ? write_string(out, text) : void(out += text);
}

/// An object's members by name. Mostly they are asked for in their own order.
class Members {
 public:
  explicit Members(const JsonTree& tree) : tree_(tree) {}

  [[nodiscard]] const JsonTree* find(const std::string& name) {
    if (next_ < tree_.names.size() && tree_.names[next_] == name) return &tree_.values[next_++];
    if (places_.empty()) {
      for (std::size_t i = 0; i < tree_.names.size(); ++i) places_.emplace(tree_.names[i], i);
    }
    const auto found = places_.find(name);
    if (found == places_.end()) return nullptr;
    next_ = found->second + 1;
    return &tree_.values[found->second];
  }

 private:
  const JsonTree& tree_;
  std::size_t next_ = 0;
  std::unordered_map<std::string_view, std::size_t> places_;
};

void write_value(std::string& out, const JsonTree* tree, const Inferred& type);

void write_struct(std::string& out, const JsonTree& tree, const Inferred& type) {
  Members members{tree};
  out += '{';
  for (std::size_t i = 0; i < type.parts.size(); ++i) {
    if (i > 0) out += ',';
    write_string(out, type.field_names[i]);
    out += ':';
    write_value(out, members.find(type.field_names[i]), type.parts[i]);
  }
  out += '}';
  if (out.size() > longest_expansion) throw Unusable{};
}

void write_array(std::string& out, const JsonTree& tree, const Inferred& type) {
  out += '[';
  for (std::size_t i = 0; i < tree.values.size(); ++i) {
    if (i > 0) out += ',';
    write_value(out, &tree.values[i], type.parts[0]);
  }
  out += ']';
}

void write_value(std::string& out, const JsonTree* tree, const Inferred& type) {
  if (tree == nullptr || tree->kind == Kind::null) {
    out += "null";
    return;
  }
  const auto expect = [&](std::string_view wanted) {
    if (type.type != wanted) throw Unusable{};
  };
  switch (tree->kind) {
    case Kind::null:
      break;
    case Kind::boolean:
      expect("boolean");
      out += tree->text;
      break;
    case Kind::number:
      write_number(out, *tree, type.type);
      break;
    case Kind::string:
      expect("string");
      write_string(out, tree->text);
      break;
    case Kind::array:
      expect("array");
      write_array(out, *tree, type);
      break;
    case Kind::object:
      expect("struct");
      write_struct(out, *tree, type);
      break;
  }
}

}  // namespace

Expanded expand_json(std::string_view text, const ExpansionRules& rules, std::string& schema, std::string& value,
                     std::string_view field) {
  if (!text.starts_with('{') && !text.starts_with('[')) return Expanded::no;
  const auto tree = parse_json_tree(text);
  if (!tree) return Expanded::no;
  try {
    const auto type = Inference{rules}.type_of(*tree, "payload");
    if (!type) return Expanded::no;
    if (tree->kind == Kind::array) return Expanded::unusable;
    write_schema(schema, *type, field.empty() ? nullptr : &field);
    write_value(value, &*tree, *type);
    return Expanded::yes;
  } catch (const Unfit&) {
    return Expanded::no;
  } catch (const Unusable&) {
    return Expanded::unusable;
  }
}

}  // namespace relay::encode
