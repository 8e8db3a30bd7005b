#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/encoder.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace relay::encode {

/// Makes a row's headers: the listed columns under the names in the list, then the members of the `headers` column in their order.
///
/// A string member gives its text, null a header without value, anything else its JSON text.
class HeaderMaker {
 public:
  /// @throws std::invalid_argument  see make_encoder
  HeaderMaker(const std::vector<std::string>& names, const ColumnRoles& roles, const Layout& layout);

  /// Valid until the next call or the end of the row's bytes. Fault: the `headers` column holds no JSON object.
  [[nodiscard]] std::variant<std::span<const Header>, Fault> headers_of(const Row& row);

 private:
  struct Listed {
    std::string name;
    std::size_t column;
  };

  [[nodiscard]] bool add_members(std::string_view json);
  [[nodiscard]] std::string_view text_of(std::string_view inside_quotes);

  std::vector<Listed> listed_;
  std::optional<std::size_t> members_;  ///< the `headers` column
  std::string members_name_;
  std::vector<Header> headers_;
  std::deque<std::string> unescaped_;  ///< texts that stand otherwise in the row; they do not move
};

}  // namespace relay::encode
