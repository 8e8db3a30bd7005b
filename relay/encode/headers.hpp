#pragma once

#include "relay/domain/fault.hpp"
#include "relay/domain/message.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/converted.hpp"
#include "relay/encode/encoder.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relay::encode {

/// Makes a row's headers: the listed columns under the names in the list, the extra columns that are headers, what the trace column
/// says, then the members of the `headers` column in their order.
///
/// A string member gives its text, null a header without value, anything else its JSON text. With format debezium, columns go
/// through the header converter.
class HeaderMaker {
 public:
  /// @throws std::invalid_argument  see make_encoder
  HeaderMaker(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout);

  /// Appends them; valid until the next call or the end of the row's bytes.
  /// @return nothing, or why not: the `headers` column holds no JSON object, a value is not what its column promises
  [[nodiscard]] std::optional<Fault> add_headers(const Row& row, std::vector<Header>& headers);

 private:
  struct Listed {
    std::string name;
    std::size_t column;
    std::optional<Converted> converted;
  };

  void list(std::string name, std::size_t column, const MessageShape& shape, const Layout& layout);
  [[nodiscard]] bool add_members(std::string_view json, std::vector<Header>& headers);
  [[nodiscard]] std::string_view text_of(std::string_view inside_quotes);
  void add_properties(std::string_view text, std::vector<Header>& headers);

  std::vector<Listed> listed_;
  std::optional<std::size_t> trace_;
  std::optional<std::size_t> members_;  ///< the `headers` column
  std::string members_name_;
  std::deque<std::string> unescaped_;  ///< texts that stand otherwise in the row; they do not move
};

}  // namespace relay::encode
