#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"
#include "relay/encode/connect_column.hpp"
#include "relay/encode/json_expansion.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace relay::encode {

namespace {

struct Field {
  ConnectColumn column;
  std::size_t index;
  std::string name;
};

ConnectColumn connect_column(const Layout& layout, std::size_t index) {
  return *ConnectColumn::make(layout.columns()[index], TypeMapping::debezium);
}

class DebeziumBody final : public Body {
 public:
  DebeziumBody(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
      : payload_index_(need_column("outbox.columns.payload", roles.payload, roles, layout)),
        payload_(connect_column(layout, payload_index_)),
        is_text_(payload_.is_text()),
        with_schema_(shape.value_converter == Converter::json_schema),
        as_json_(shape.value_converter != Converter::string),
        expand_(shape.expand_json && is_text_),
        rules_{shape.keep_json_nulls, shape.keep_empty_arrays},
        schema_name_(shape.schema_name) {
    for (auto& [name, index] : extra_columns(shape, Placement::envelope, roles, layout)) {
      envelope_.push_back({connect_column(layout, index), index, std::move(name)});
    }
    if (!shape.schema_version.empty()) {
      version_ = need_column("outbox.columns.schema-version", shape.schema_version, roles, layout);
    }
    if (!as_json_ && (shape.expand_json || !envelope_.empty())) {
      throw std::invalid_argument(
          "message.value-converter=string: an expanded payload or an envelope is no text; set json or json-schema");
    }
  }

  [[nodiscard]] std::variant<Cell, Fault> value_of(const Row& row, std::string_view routing) override {
    const Cell& payload = row.cells[payload_index_];
    if (!as_json_) return text_of(payload);
    schema_.clear();
    value_.clear();
    const bool alone = envelope_.empty();
    if (auto fault = add_payload(payload, alone ? "" : "payload")) return std::move(*fault);
    if (!alone) {
      if (auto fault = add_envelope(row, routing)) return std::move(*fault);
    }
    if (!with_schema_) return Cell{value_};
    message_ = R"({"schema":)";
    message_ += schema_;
    message_ += R"(,"payload":)";
    message_ += value_;
    message_ += '}';
    return Cell{message_};
  }

 private:
  [[nodiscard]] std::variant<Cell, Fault> text_of(const Cell& payload) {
    if (payload.is_null() || payload_.is_octets()) return payload;
    value_.clear();
    bool is_null = false;
    if (!payload_.append_text(value_, payload, is_null)) return fault_of(payload_);
    return is_null ? Cell{} : Cell{value_};
  }

  [[nodiscard]] static Fault fault_of(const ConnectColumn& column) {
    return {Blame::row, column.described() + " holds a value that its type does not (or that is not UTF-8): correct the row"};
  }

  /// Appends schema and value of the payload. @param field  its name in the envelope; empty: it stands alone
  [[nodiscard]] std::optional<Fault> add_payload(const Cell& payload, std::string_view field) {
    if (expand_ && !payload.is_null()) {
      bool is_null = false;
      text_.clear();
      if (!payload_.append_text(text_, payload, is_null)) return fault_of(payload_);
      switch (expand_json(text_, rules_, schema_, value_, field)) {
        case Expanded::yes:
          return std::nullopt;
        case Expanded::unusable:
          return Fault{Blame::row, payload_.described() +
                                       " is JSON that fits no Connect schema (a list at its top, integers beyond 64 bit, lists "
                                       "whose objects differ in a type): correct the row, or set message.expand-json=false"};
        case Expanded::no:
          schema_.clear();
          value_.clear();
      }
    }
    if (expand_ && text_ == "[]" && !payload.is_null() && field.empty()) {
      schema_ = "null";
    } else {
      field.empty() ? payload_.schema().append(schema_) : payload_.schema().append_field(schema_, field);
    }
    if (!payload_.append_json(value_, payload)) return fault_of(payload_);
    return std::nullopt;
  }

  [[nodiscard]] std::optional<Fault> add_envelope(const Row& row, std::string_view routing) {
    value_.insert(0, R"({"payload":)");
    ConnectSchema schema{"struct"};
    schema.optional = false;
    schema.name = schema_name_ + '.' + std::string{routing} + ".Value";
    schema.inner = R"("fields":[)" + schema_;
    for (const auto& [column, index, name] : envelope_) {
      value_ += ',';
      (void)append_jackson_string(value_, name);
      value_ += ':';
      if (!column.append_json(value_, row.cells[index])) return fault_of(column);
      if (!with_schema_) continue;
      schema.inner += ',';
      column.schema().append_field(schema.inner, name);
    }
    schema.inner += ']';
    value_ += '}';
    if (version_ && !row.cells[*version_].is_null()) schema.version = row.cells[*version_].bytes();
    schema_.clear();
    if (with_schema_) schema.append(schema_);
    return std::nullopt;
  }

  std::size_t payload_index_;
  ConnectColumn payload_;
  bool is_text_;
  bool with_schema_;
  bool as_json_;
  bool expand_;
  ExpansionRules rules_;
  std::string schema_name_;
  std::vector<Field> envelope_;
  std::optional<std::size_t> version_;
  std::string text_;
  std::string schema_;
  std::string value_;
  std::string message_;
};

}  // namespace

std::unique_ptr<Body> make_debezium_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<DebeziumBody>(shape, roles, layout);
}

}  // namespace relay::encode
