#pragma once

#include <string>
#include <string_view>

namespace relay::encode {

/// A Kafka Connect schema as JsonConverter writes it; members in its order
/// (connect-json, org.apache.kafka.connect.json.JsonConverter.asJsonSchema).
struct ConnectSchema {
  std::string type;     ///< `string`, `int32`, `struct`, ...
  std::string inner{};  ///< `"fields":[...]` or `"items":{...}`
  bool optional = true;
  std::string name{};        ///< `io.debezium.time.Date`; empty: none
  std::string version{};     ///< empty: none
  std::string doc{};         ///< empty: none
  std::string parameters{};  ///< `"scale":"3"`; empty: none

  /// @param field  its name in a struct; none for a schema that stands alone
  void append(std::string& out) const { append_to(out, nullptr); }
  void append_field(std::string& out, std::string_view field) const { append_to(out, &field); }

 private:
  void append_to(std::string& out, const std::string_view* field) const;
};

/// The parameters of a Decimal. @param precision  0: it is not said
[[nodiscard]] std::string decimal_parameters(int scale, int precision);

/// A JSON string as Jackson writes it: what is not in the BMP as two escapes with upper-case digits, control characters as
/// `\u001F`, all else raw. Half a surrogate pair, encoded as if it were a character, is escaped too. False: not UTF-8.
[[nodiscard]] bool append_jackson_string(std::string& out, std::string_view text);

}  // namespace relay::encode
