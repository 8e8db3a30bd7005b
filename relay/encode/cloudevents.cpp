#include "relay/domain/timestamp.hpp"
#include "relay/encode/base64.hpp"
#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"
#include "relay/encode/json_scanner.hpp"
#include "relay/encode/json_text.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace relay::encode {

namespace {

/// An attribute of the event that a column gives.
struct Attribute {
  std::string name;
  std::size_t column = 0;
  bool required = false;
  bool is_time = false;
  bool is_octets = false;
};

bool is_attribute_name(std::string_view name) {
  const auto legal = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && std::ranges::all_of(name, legal);
}

/// What the event has from elsewhere. A table may have a column for `dataschema`.
bool is_reserved(std::string_view name) {
  constexpr std::array<std::string_view, 8> names{"specversion", "id",   "type", "source",
                                                  "subject",     "time", "data", "datacontenttype"};
  return std::ranges::find(names, name) != names.end();
}

/// The attributes of either mode, in the specification's order; extra columns in the envelope are extensions.
class Attributes {
 public:
  Attributes(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) : source_(shape.source) {
    if (source_.empty())
      throw std::invalid_argument("message.source is empty, and a CloudEvent needs a source: name the application");
    add(layout, "id", need_column("outbox.columns.id", roles.id, roles, layout), true);
    add(layout, "type", need_column("outbox.columns.event-type", roles.event_type, roles, layout), true);
    if (const auto subject = layout.index_of(roles.aggregate_id)) add(layout, "subject", *subject, false);
    if (const auto time = layout.index_of(roles.created_at)) add(layout, "time", *time, false);
    for (const auto& [name, column] : extra_columns(shape, Placement::envelope, roles, layout)) {
      refuse_name(name);
      add(layout, name, column, false);
    }
  }

  [[nodiscard]] const std::string& source() const noexcept { return source_; }
  [[nodiscard]] const std::vector<Attribute>& listed() const noexcept { return listed_; }

  /// @return nothing: the event has no such attribute, or a time that RFC 3339 has no form for  @param buffer  holds a text that
  /// stands otherwise in the row
  [[nodiscard]] static std::optional<std::string_view> text_of(const Attribute& attribute, const Row& row, std::string& buffer) {
    const Cell& cell = row.cells[attribute.column];
    if (cell.bytes().empty()) return std::nullopt;
    if (attribute.is_octets) {
      buffer.clear();
      append_base64(buffer, cell.bytes());
      return buffer;
    }
    if (!attribute.is_time) return cell.bytes();
    const auto instant = parse_timestamp(cell.bytes());
    if (!instant) return std::nullopt;
    buffer = iso_timestamp(*instant);
    return buffer;
  }

  [[nodiscard]] static Fault missing(const Attribute& attribute) {
    return {Blame::row, "the row has no value for \"" + attribute.name + "\", which a CloudEvent must have: correct the row"};
  }

  [[nodiscard]] static Fault not_utf8(std::string_view what) {
    return {Blame::row, std::string{what} + " of the CloudEvent is not UTF-8: correct the row, or keep octets in a binary column"};
  }

 private:
  /// What may not name an extension.
  void refuse_name(const std::string& name) const {
    const bool taken = std::ranges::find(listed_, name, &Attribute::name) != listed_.end();
    const std::string_view why = !is_attribute_name(name) ? " is no name of a CloudEvents attribute: a-z and 0-9 only"
                                 : is_reserved(name)      ? " is an attribute that CloudEvents define themselves"
                                 : taken                  ? " names two attributes of a CloudEvent"
                                                          : "";
    if (why.empty()) return;
    throw std::invalid_argument("outbox.extra-columns: \"" + name + "\"" + std::string{why} +
                                "; write column:envelope:name with another name");
  }

  void add(const Layout& layout, std::string name, std::size_t column, bool required) {
    const auto kind = layout.columns()[column].kind;
    const bool is_time = kind == ColumnKind::timestamp || name == "time";
    listed_.push_back({std::move(name), column, required, is_time, kind == ColumnKind::bytes && !is_time});
  }

  std::string source_;
  std::vector<Attribute> listed_;
};

constexpr std::string_view json_type = "application/json";

/// Of the payload in binary mode.
std::string_view content_type(ColumnKind kind, std::string_view payload) {
  if (kind == ColumnKind::bytes) return "application/octet-stream";
  return kind == ColumnKind::json || is_json(payload) ? json_type : "text/plain; charset=utf-8";
}

class BinaryBody final : public Body {
 public:
  BinaryBody(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
      : attributes_(shape, roles, layout), payload_(need_column("outbox.columns.payload", roles.payload, roles, layout)) {
    kind_ = layout.columns()[payload_].kind;
    for (const auto& attribute : attributes_.listed()) names_.push_back("ce_" + attribute.name);
    buffers_.resize(names_.size());
  }

  [[nodiscard]] std::variant<Cell, Fault> value_of(const Row& row, std::string_view /*routing*/) override {
    return row.cells[payload_];
  }

  [[nodiscard]] std::optional<Fault> add_headers(const Row& row, std::vector<Header>& headers) override {
    headers.push_back({"ce_specversion", Cell{"1.0"}});
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto& attribute = attributes_.listed()[i];
      const auto text = Attributes::text_of(attribute, row, buffers_[i]);
      if (!text && attribute.required) return Attributes::missing(attribute);
      if (text && !is_utf8(*text)) return Attributes::not_utf8(attribute.name);
      if (text) headers.push_back({names_[i], Cell{*text}});
      if (attribute.name == "type") headers.push_back({"ce_source", Cell{attributes_.source()}});
    }
    const Cell& payload = row.cells[payload_];
    if (!payload.is_null()) headers.push_back({"content-type", Cell{content_type(kind_, payload.bytes())}});
    return std::nullopt;
  }

 private:
  Attributes attributes_;
  std::size_t payload_;
  ColumnKind kind_ = ColumnKind::text;
  std::vector<std::string> names_;
  std::vector<std::string> buffers_;
};

class StructuredBody final : public Body {
 public:
  StructuredBody(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
      : attributes_(shape, roles, layout), payload_(need_column("outbox.columns.payload", roles.payload, roles, layout)) {
    is_octets_ = layout.columns()[payload_].kind == ColumnKind::bytes;
  }

  [[nodiscard]] std::variant<Cell, Fault> value_of(const Row& row, std::string_view /*routing*/) override {
    const Cell& payload = row.cells[payload_];
    if (payload.is_null()) return Cell{};
    json_ = R"({"specversion":"1.0")";
    for (const auto& attribute : attributes_.listed()) {
      const auto text = Attributes::text_of(attribute, row, buffer_);
      if (!text && attribute.required) return Attributes::missing(attribute);
      if (text && !add(attribute.name, *text)) return Attributes::not_utf8(attribute.name);
      if (attribute.name == "type" && !add("source", attributes_.source())) return Attributes::not_utf8("source");
    }
    if (!add_data(payload.bytes())) return Attributes::not_utf8("data");
    json_ += '}';
    return Cell{json_};
  }

  [[nodiscard]] std::optional<Fault> add_headers(const Row& row, std::vector<Header>& headers) override {
    if (!row.cells[payload_].is_null()) headers.push_back({"content-type", Cell{"application/cloudevents+json; charset=UTF-8"}});
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool add(std::string_view name, std::string_view text) {
    json_ += ",\"";
    json_ += name;
    json_ += "\":";
    return append_json_string(json_, text);
  }

  [[nodiscard]] bool add_data(std::string_view payload) {
    if (is_octets_) {
      json_ += R"(,"datacontenttype":"application/octet-stream","data_base64":")";
      append_base64(json_, payload);
      json_ += '"';
      return true;
    }
    if (!is_json(payload)) return add("datacontenttype", "text/plain; charset=utf-8") && add("data", payload);
    json_ += R"(,"datacontenttype":"application/json","data":)";
    json_ += payload;
    return true;
  }

  Attributes attributes_;
  std::size_t payload_;
  bool is_octets_ = false;
  std::string buffer_;
  std::string json_;
};

}  // namespace

std::unique_ptr<Body> make_cloudevents_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<BinaryBody>(shape, roles, layout);
}

std::unique_ptr<Body> make_cloudevents_json_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<StructuredBody>(shape, roles, layout);
}

}  // namespace relay::encode
