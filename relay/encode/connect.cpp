#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"
#include "relay/encode/connect_column.hpp"

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
  std::string lead;  ///< `"id":` or `,"name":`
};

bool is_time(ColumnKind kind) {
  return kind == ColumnKind::timestamp || kind == ColumnKind::date || kind == ColumnKind::time;
}

TypeMapping mapping_of(const MessageShape& shape, ColumnKind kind) {
  if (is_time(kind) && shape.time_types == TimeTypes::debezium) return TypeMapping::debezium;
  return shape.numeric_mapping == NumericMapping::best_fit ? TypeMapping::jdbc_best_fit : TypeMapping::jdbc;
}

class ConnectBody final : public Body {
 public:
  ConnectBody(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
      : payload_(layout.index_of(roles.payload)),
        with_schema_(shape.value_converter != Converter::json),
        schema_name_(shape.schema_name) {
    for (auto& [name, index] : row_members(shape, roles, layout)) {
      const auto& column = layout.columns()[index];
      auto mapped = ConnectColumn::make(column, mapping_of(shape, column.kind), shape.time_types == TimeTypes::debezium);
      if (!mapped) continue;
      if (!with_schema_) mapped->fix_scale();
      std::string lead = fields_.empty() ? "" : ",";
      if (!append_jackson_string(lead, name)) throw std::invalid_argument("message.format=connect: a column's name is not UTF-8");
      varies_ = varies_ || mapped->schema_varies();
      fields_.push_back({std::move(*mapped), index, std::move(name), lead + ':'});
    }
    if (fields_.empty()) throw std::invalid_argument("message.format=connect: there are no columns");
    if (!varies_) before_ = with_schema_ ? schema_of(nullptr) : "{";
  }

  [[nodiscard]] std::variant<Cell, Fault> value_of(const Row& row, std::string_view /*routing*/) override {
    if (payload_ && row.cells[*payload_].is_null()) return Cell{};
    json_ = varies_ ? schema_of(&row) : before_;
    for (const Field& field : fields_) {
      json_ += field.lead;
      if (field.column.append_json(json_, row.cells[field.index])) continue;
      return Fault{Blame::row, field.column.described() +
                                   " holds a value that its Connect type does not: correct the row, leave the column out, or set "
                                   "another message.format"};
    }
    json_ += with_schema_ ? "}}" : "}";
    return Cell{json_};
  }

 private:
  /// Up to the payload's first brace.
  [[nodiscard]] std::string schema_of(const Row* row) const {
    ConnectSchema schema{"struct"};
    schema.optional = false;
    schema.name = schema_name_;
    schema.inner = R"("fields":[)";
    for (const Field& field : fields_) {
      if (&field != fields_.data()) schema.inner += ',';
      const Cell cell = row == nullptr ? Cell{} : row->cells[field.index];
      field.column.schema_of(cell).append_field(schema.inner, field.name);
    }
    schema.inner += ']';
    std::string text = R"({"schema":)";
    schema.append(text);
    return text + R"(,"payload":{)";
  }

  std::optional<std::size_t> payload_;
  bool with_schema_;
  std::string schema_name_;
  std::vector<Field> fields_;
  bool varies_ = false;
  std::string before_;
  std::string json_;
};

}  // namespace

std::vector<std::string> columns_left_out(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  std::vector<std::string> left_out;
  if (shape.format != Format::connect) return left_out;
  for (const auto& [name, index] : row_members(shape, roles, layout)) {
    const auto& column = layout.columns()[index];
    if (!ConnectColumn::make(column, mapping_of(shape, column.kind))) left_out.push_back(name + " (" + column.type + ')');
  }
  return left_out;
}

std::unique_ptr<Body> make_connect_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<ConnectBody>(shape, roles, layout);
}

}  // namespace relay::encode
