#pragma once

#include <string>
#include <string_view>

namespace relay::encode {

/// `{1,2,NULL}`, `{a,"b,c",NULL}` as a JSON array. False: more than one dimension, no array, or not UTF-8.
[[nodiscard]] bool append_postgres_array(std::string& out, std::string_view text, bool quoted);

}  // namespace relay::encode
