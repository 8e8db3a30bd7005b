#include "relay/encode/encoder.hpp"

#include "relay/domain/timestamp.hpp"
#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"
#include "relay/encode/converted.hpp"
#include "relay/encode/deleted_flag.hpp"
#include "relay/encode/headers.hpp"
#include "relay/encode/topic_template.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace relay::encode {

namespace {

std::unique_ptr<Body> make_body(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  switch (shape.format) {
    case Format::payload:
      break;
    case Format::row:
      return make_row_body(shape, roles, layout);
    case Format::connect:
      return make_connect_body(shape, roles, layout);
    case Format::cloudevents:
      return make_cloudevents_body(shape, roles, layout);
    case Format::cloudevents_json:
      return make_cloudevents_json_body(shape, roles, layout);
    case Format::debezium:
      return make_debezium_body(shape, roles, layout);
  }
  if (!extra_columns(shape, Placement::envelope, roles, layout).empty()) {
    throw std::invalid_argument(
        "outbox.extra-columns: message.format=payload has no envelope; set another format, or place the column in a header");
  }
  return make_payload_body(roles, layout);
}

std::optional<TopicPattern> pattern_of(const MessageShape& shape) {
  if (shape.topic_pattern.empty()) return std::nullopt;
  return TopicPattern{shape.topic_pattern, shape.topic_replacement};
}

std::optional<FoundColumn> partition_of(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  auto columns = extra_columns(shape, Placement::partition, roles, layout);
  if (columns.size() > 1) throw std::invalid_argument("outbox.extra-columns: more than one column names the partition");
  if (columns.empty()) return std::nullopt;
  columns[0].name = layout.columns()[columns[0].column].name;
  return std::move(columns[0]);
}

std::unique_ptr<Body> made_key(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return shape.key_columns.size() > 1 ? make_columns_body(shape.key_columns, roles, layout) : nullptr;
}

/// None: the key is the column's bytes as they are.
std::optional<Converted> converted_key(const MessageShape& shape, std::size_t column, const Layout& layout) {
  const bool connects = shape.format == Format::debezium || shape.format == Format::connect;
  if (!connects || (shape.format == Format::connect && shape.key_converter == Converter::string)) return std::nullopt;
  return Converted{*ConnectColumn::make(layout.columns()[column], TypeMapping::debezium), shape.key_converter};
}

class ShapedEncoder final : public Encoder {
 public:
  ShapedEncoder(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
      : topic_(shape.topic, roles, layout, pattern_of(shape)),
        key_(need_column("message.key", shape.key_columns.empty() ? shape.key : shape.key_columns.front(), roles, layout)),
        made_key_(made_key(shape, roles, layout)),
        converted_key_(converted_key(shape, key_, layout)),
        partition_(partition_of(shape, roles, layout)),
        header_maker_(shape, roles, layout),
        body_(make_body(shape, roles, layout)) {
    const auto& created_at = shape.timestamp_column.empty() ? roles.created_at : shape.timestamp_column;
    if (shape.timestamp_from_created_at) created_at_ = layout.index_of(created_at);
    if (!shape.deleted_column.empty()) {
      const auto column = need_column("table.deleted-column", shape.deleted_column, roles, layout);
      deleted_.emplace(column, layout.columns()[column]);
    }
    if (shape.tombstone_on_empty) payload_ = layout.index_of(roles.payload);
    if (payload_) payload_is_text_ = layout.columns()[*payload_].kind != ColumnKind::bytes;
  }

  [[nodiscard]] std::variant<Message, Fault> encode(const Row& row) override {
    Message message;
    auto topic = topic_.topic_of(row);
    if (auto* fault = std::get_if<Fault>(&topic)) return std::move(*fault);
    message.topic = std::get<std::string_view>(topic);
    message.timestamp_ms = timestamp_of(row);
    if (made_key_) {
      auto key = made_key_->value_of(row, {});
      if (auto* fault = std::get_if<Fault>(&key)) return std::move(*fault);
      message.key = std::get<Cell>(key);
    } else if (const auto key = key_of(row)) {
      message.key = *key;
    } else {
      return converted_key_->fault();
    }
    if (auto fault = take_partition(row, message)) return std::move(*fault);
    if (!is_empty(row)) {
      auto value = body_->value_of(row, topic_.routing_of(row));
      if (auto* fault = std::get_if<Fault>(&value)) return std::move(*fault);
      message.value = std::get<Cell>(value);
    }
    headers_.clear();
    if (auto fault = body_->add_headers(row, headers_)) return std::move(*fault);
    if (auto fault = header_maker_.add_headers(row, headers_)) return std::move(*fault);
    message.headers = headers_;
    return message;
  }

  [[nodiscard]] Message address_of(const Row& row) override {
    Message message;
    const auto topic = topic_.rendered(row);
    if (const auto* name = std::get_if<std::string_view>(&topic)) message.topic = *name;
    message.key = key_of(row).value_or(row.cells[key_]);
    return message;
  }

 private:
  /// Kafka has no times before 1970.
  [[nodiscard]] std::optional<std::int64_t> timestamp_of(const Row& row) const noexcept {
    if (!created_at_) return std::nullopt;
    const auto created = parse_timestamp(row.cells[*created_at_].bytes());
    if (!created || *created < 0) return std::nullopt;
    return *created / 1000;
  }

  [[nodiscard]] std::optional<Cell> key_of(const Row& row) {
    return converted_key_ ? converted_key_->convert(row.cells[key_], key_buffer_) : row.cells[key_];
  }

  [[nodiscard]] std::optional<Fault> take_partition(const Row& row, Message& message) const {
    if (!partition_ || row.cells[partition_->column].is_null()) return std::nullopt;
    const auto text = row.cells[partition_->column].bytes();
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size() || number < 0) {
      return Fault{Blame::row, "column \"" + partition_->name + "\" holds no partition's number: write 0 or more, or NULL"};
    }
    message.partition = number;
    return std::nullopt;
  }

  [[nodiscard]] bool is_empty(const Row& row) const noexcept {
    if (deleted_ && deleted_->is_set(row)) return true;
    if (!payload_) return false;
    const auto& cell = row.cells[*payload_];
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
    return cell.is_null() || (payload_is_text_ && std::ranges::all_of(cell.bytes(), blank));
  }

  TopicTemplate topic_;
  std::size_t key_;
  std::unique_ptr<Body> made_key_;  ///< of several columns
  std::optional<Converted> converted_key_;
  std::string key_buffer_;
  std::optional<FoundColumn> partition_;
  HeaderMaker header_maker_;
  std::vector<Header> headers_;
  std::unique_ptr<Body> body_;
  std::optional<std::size_t> created_at_;
  std::optional<std::size_t> payload_;  ///< looked at for emptiness
  bool payload_is_text_ = true;
  std::optional<DeletedFlag> deleted_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<ShapedEncoder>(shape, roles, layout);
}

}  // namespace relay::encode
