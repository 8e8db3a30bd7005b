#include "db_adapters/postgres/parameters.hpp"

#include "db_adapters/postgres/types.hpp"

#include <variant>

namespace db::postgres {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

Parameters::Parameters(std::span<const Parameter> parameters) {
  texts_.reserve(parameters.size());  // values_ points into it
  const auto text = [this](std::string value) {
    types_.push_back(0);
    lengths_.push_back(0);
    formats_.push_back(0);
    values_.push_back(texts_.emplace_back(std::move(value)).c_str());
  };
  for (const auto& parameter : parameters) {
    std::visit(Overloaded{[this](Null) {
                            types_.push_back(0);
                            lengths_.push_back(0);
                            formats_.push_back(0);
                            values_.push_back(nullptr);
                          },
                          [&](std::int64_t number) { text(std::to_string(number)); },
                          [&](std::string_view value) {
                            if (value.find('\0') != std::string_view::npos) {
                              throw DbError(Failure::bad_value, "22021",
                                            "text with a NUL octet: PostgreSQL cannot hold it, use a bytea column");
                            }
                            text(std::string(value));
                          },
                          [this](Bytes bytes) {
                            types_.push_back(types::bytea);
                            lengths_.push_back(static_cast<int>(bytes.octets.size()));
                            formats_.push_back(1);
                            values_.push_back(bytes.octets.data() == nullptr ? "" : bytes.octets.data());
                          }},
               parameter);
  }
}

}  // namespace db::postgres
