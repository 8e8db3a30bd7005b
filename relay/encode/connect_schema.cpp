#include "relay/encode/connect_schema.hpp"

#include "relay/encode/json_text.hpp"

#include <cstddef>

namespace relay::encode {

namespace {

void append_unit(std::string& out, unsigned unit) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out += hex[(unit >> shift) & 0xFU];
}

void append_ascii(std::string& out, char c) {
  constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view letters = "\"\\bfnrt";
  if (const auto at = escaped.find(c); at != std::string_view::npos) {
    out += '\\';
    out += letters[at];
  } else if (byte_of(c) < 0x20U) {
    append_unit(out, byte_of(c));
  } else {
    out += c;
  }
}

constexpr bool is_lone_surrogate(std::string_view text) noexcept {
  return text.size() >= 3 && byte_of(text[0]) == 0xEDU && (byte_of(text[1]) & 0xE0U) == 0xA0U &&
         (byte_of(text[2]) & 0xC0U) == 0x80U;
}

/// Takes one character that is not ASCII. @return its length; 0: not UTF-8
std::size_t append_multibyte(std::string& out, std::string_view text) {
  if (is_lone_surrogate(text)) {
    append_unit(out, 0xD000U | ((byte_of(text[1]) & 0x3FU) << 6U) | (byte_of(text[2]) & 0x3FU));
    return 3;
  }
  const std::size_t length = multibyte_length(text);
  if (length < 4) {
    out += text.substr(0, length);
    return length;
  }
  const unsigned point = ((byte_of(text[0]) & 0x07U) << 18U) | ((byte_of(text[1]) & 0x3FU) << 12U) |
                         ((byte_of(text[2]) & 0x3FU) << 6U) | (byte_of(text[3]) & 0x3FU);
  append_unit(out, 0xD800U + ((point - 0x10000U) >> 10U));
  append_unit(out, 0xDC00U + ((point - 0x10000U) & 0x3FFU));
  return length;
}

}  // namespace

std::string decimal_parameters(int scale, int precision) {
  auto parameters = R"("scale":")" + std::to_string(scale) + '"';
  if (precision > 0) parameters += R"(,"connect.decimal.precision":")" + std::to_string(precision) + '"';
  return parameters;
}

bool append_jackson_string(std::string& out, std::string_view text) {
  return append_quoted(out, text, append_ascii, append_multibyte);
}

void ConnectSchema::append_to(std::string& out, const std::string_view* field) const {
  out += R"({"type":")" + type + '"';
  if (!inner.empty()) out += ',' + inner;
  out += optional ? R"(,"optional":true)" : R"(,"optional":false)";
  if (!name.empty()) {
    out += R"(,"name":)";
    (void)append_jackson_string(out, name);
  }
  if (!version.empty()) out += R"(,"version":)" + version;
  if (!doc.empty()) out += R"(,"doc":")" + doc + '"';
  if (!parameters.empty()) out += R"(,"parameters":{)" + parameters + '}';
  if (field != nullptr) {
    out += R"(,"field":)";
    (void)append_jackson_string(out, *field);
  }
  out += '}';
}

}  // namespace relay::encode
