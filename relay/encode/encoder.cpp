#include "relay/encode/encoder.hpp"

#include "relay/domain/timestamp.hpp"
#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"
#include "relay/encode/headers.hpp"
#include "relay/encode/topic_template.hpp"

namespace relay::encode {

namespace {

std::unique_ptr<Body> make_body(Format format, const ColumnRoles& roles, const Layout& layout) {
  switch (format) {
    case Format::payload:
      return make_payload_body(roles, layout);
    case Format::row:
      break;
  }
  return make_row_body(roles, layout);
}

class ShapedEncoder final : public Encoder {
 public:
  ShapedEncoder(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
      : topic_(shape.topic, roles, layout),
        key_(need_column("message.key", shape.key, roles, layout)),
        headers_(shape.headers, roles, layout),
        body_(make_body(shape.format, roles, layout)) {
    if (shape.timestamp_from_created_at) created_at_ = layout.index_of(roles.created_at);
  }

  [[nodiscard]] std::variant<Message, Fault> encode(const Row& row) override {
    auto topic = topic_.topic_of(row);
    if (auto* fault = std::get_if<Fault>(&topic)) return std::move(*fault);
    auto headers = headers_.headers_of(row);
    if (auto* fault = std::get_if<Fault>(&headers)) return std::move(*fault);
    auto value = body_->value_of(row);
    if (auto* fault = std::get_if<Fault>(&value)) return std::move(*fault);
    return Message{std::get<std::string_view>(topic), row.cells[key_], std::get<Cell>(value),
                   std::get<std::span<const Header>>(headers), timestamp_of(row)};
  }

 private:
  /// Kafka has no times before 1970.
  [[nodiscard]] std::optional<std::int64_t> timestamp_of(const Row& row) const noexcept {
    if (!created_at_) return std::nullopt;
    const auto created = parse_timestamp(row.cells[*created_at_].bytes());
    if (!created || *created < 0) return std::nullopt;
    return *created / 1000;
  }

  TopicTemplate topic_;
  std::size_t key_;
  HeaderMaker headers_;
  std::unique_ptr<Body> body_;
  std::optional<std::size_t> created_at_;
};

}  // namespace

std::unique_ptr<Encoder> make_encoder(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<ShapedEncoder>(shape, roles, layout);
}

}  // namespace relay::encode
