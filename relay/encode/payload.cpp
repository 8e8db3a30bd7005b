#include "relay/encode/body.hpp"
#include "relay/encode/columns.hpp"

namespace relay::encode {

namespace {

class PayloadBody final : public Body {
 public:
  explicit PayloadBody(std::size_t column) noexcept : column_(column) {}
  [[nodiscard]] std::variant<Cell, Fault> value_of(const Row& row, std::string_view /*routing*/) override {
    return row.cells[column_];
  }

 private:
  std::size_t column_;
};

}  // namespace

std::unique_ptr<Body> make_payload_body(const ColumnRoles& roles, const Layout& layout) {
  return std::make_unique<PayloadBody>(need_column("outbox.columns.payload", roles.payload, roles, layout));
}

}  // namespace relay::encode
