#include "relay/domain/timestamp.hpp"
#include "relay/encode/base64.hpp"
#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"
#include "relay/encode/json_scanner.hpp"
#include "relay/encode/json_text.hpp"

#include <optional>
#include <stdexcept>
#include <vector>

namespace relay::encode {

namespace {

struct Member {
  std::string lead;  ///< `{"id":` or `,"name":`
  std::size_t column = 0;
  ColumnKind kind = ColumnKind::text;
  bool is_payload = false;
};

bool stands_as_it_is(const Member& member, std::string_view bytes) {
  if (member.is_payload) return is_json(bytes);
  switch (member.kind) {
    case ColumnKind::integer:
    case ColumnKind::decimal:
    case ColumnKind::real:
      return is_json_number(bytes);
    case ColumnKind::boolean:
      return bytes == "true" || bytes == "false";
    case ColumnKind::json:
      return is_json(bytes);
    case ColumnKind::text:
    case ColumnKind::bytes:
    case ColumnKind::timestamp:
    case ColumnKind::date:
    case ColumnKind::time:
    case ColumnKind::uuid:
    case ColumnKind::other:
      break;
  }
  return false;
}

class RowBody final : public Body {
 public:
  RowBody(const std::vector<FoundColumn>& members, std::optional<std::size_t> payload, const Layout& layout);
  [[nodiscard]] std::variant<Cell, Fault> value_of(const Row& row, std::string_view routing) override;

 private:
  void add(const Layout& layout, const FoundColumn& member, bool is_payload);
  [[nodiscard]] bool append(const Member& member, std::string_view bytes);

  std::vector<Member> members_;
  std::optional<std::size_t> payload_;
  std::vector<std::string> column_names_;
  std::string json_;
};

RowBody::RowBody(const std::vector<FoundColumn>& members, std::optional<std::size_t> payload, const Layout& layout)
    : payload_(payload) {
  for (const auto& column : layout.columns()) column_names_.push_back(column.name);
  for (const auto& member : members) add(layout, member, member.column == payload_);
  if (members_.empty()) throw std::invalid_argument("message.format=row: there are no columns");
}

void RowBody::add(const Layout& layout, const FoundColumn& member, bool is_payload) {
  std::string lead = members_.empty() ? "{" : ",";
  if (!append_json_string(lead, member.name)) {
    throw std::invalid_argument("message.format=row: the name of column " + std::to_string(member.column + 1) + " is not UTF-8");
  }
  members_.push_back({lead + ":", member.column, layout.columns()[member.column].kind, is_payload});
}

std::variant<Cell, Fault> RowBody::value_of(const Row& row, std::string_view /*routing*/) {
  if (payload_ && row.cells[*payload_].is_null()) return Cell{};
  json_.clear();
  for (const Member& member : members_) {
    const Cell& cell = row.cells[member.column];
    json_ += member.lead;
    if (cell.is_null()) {
      json_ += "null";
    } else if (!append(member, cell.bytes())) {
      return Fault{Blame::row,
                   "column \"" + column_names_[member.column] +
                       "\" is not UTF-8: correct the row, keep octets in a binary column, or set message.format=payload"};
    }
  }
  json_ += '}';
  return Cell{json_};
}

bool RowBody::append(const Member& member, std::string_view bytes) {
  if (stands_as_it_is(member, bytes)) {
    json_ += bytes;
    return true;
  }
  if (member.kind == ColumnKind::bytes) {
    json_ += '"';
    append_base64(json_, bytes);
    json_ += '"';
    return true;
  }
  if (member.kind == ColumnKind::timestamp) {
    if (const auto instant = parse_timestamp(bytes)) return append_json_string(json_, iso_timestamp(*instant));
  }
  return append_json_string(json_, bytes);
}

}  // namespace

std::unique_ptr<Body> make_row_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<RowBody>(row_members(shape, roles, layout), layout.index_of(roles.payload), layout);
}

std::unique_ptr<Body> make_columns_body(const std::vector<std::string>& columns, const ColumnRoles& roles, const Layout& layout) {
  std::vector<FoundColumn> members;
  members.reserve(columns.size());
  for (const auto& name : columns) members.push_back({name, need_column("table.key-columns", name, roles, layout)});
  return std::make_unique<RowBody>(members, std::nullopt, layout);
}

}  // namespace relay::encode
