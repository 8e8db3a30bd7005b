#include "relay/encode/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace relay::encode {

void append_base64(std::string& out, std::string_view octets) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const auto octet = [&](std::size_t i) -> std::uint32_t {
      return at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U;
    };
    const std::uint32_t three = (octet(0) << 16U) | (octet(1) << 8U) | octet(2);
    out += letters[(three >> 18U) & 63U];
    out += letters[(three >> 12U) & 63U];
    out += at + 1 < octets.size() ? letters[(three >> 6U) & 63U] : '=';
    out += at + 2 < octets.size() ? letters[three & 63U] : '=';
  }
}

}  // namespace relay::encode
