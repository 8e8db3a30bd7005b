#include "relay/encode/headers.hpp"

#include "relay/encode/columns.hpp"
#include "relay/encode/json_scanner.hpp"
#include "relay/encode/json_text.hpp"

namespace relay::encode {

HeaderMaker::HeaderMaker(const std::vector<std::string>& names, const ColumnRoles& roles, const Layout& layout)
    : members_(layout.index_of(roles.headers)), members_name_(roles.headers) {
  for (const std::string& name : names) listed_.push_back({name, need_column("message.headers", name, roles, layout)});
}

std::variant<std::span<const Header>, Fault> HeaderMaker::headers_of(const Row& row) {
  headers_.clear();
  for (const Listed& listed : listed_) headers_.push_back({listed.name, row.cells[listed.column]});
  if (members_ && !row.cells[*members_].is_null() && !add_members(row.cells[*members_].bytes())) {
    return Fault{Blame::row, "column \"" + members_name_ + R"(" is not a JSON object: write {"name":"text"} or NULL)"};
  }
  return std::span<const Header>{headers_};
}

bool HeaderMaker::add_members(std::string_view json) {
  unescaped_.clear();
  JsonScanner in{json};
  in.blanks();
  if (!in.take('{')) return false;
  in.blanks();
  bool more = in.ahead() != '}';
  while (more) {
    in.blanks();
    const auto name = in.string();
    in.blanks();
    if (!name || !in.take(':')) return false;
    const auto value = in.value();
    if (!value) return false;
    const bool is_string = value->starts_with('"');
    const bool is_null = *value == "null";
    headers_.push_back({text_of(*name), is_null     ? Cell{}
                                        : is_string ? Cell{text_of(value->substr(1, value->size() - 2))}
                                                    : Cell{*value}});
    in.blanks();
    more = in.take(',');
  }
  if (!in.take('}')) return false;
  in.blanks();
  return in.at_end();
}

std::string_view HeaderMaker::text_of(std::string_view inside_quotes) {
  if (inside_quotes.find('\\') == std::string_view::npos) return inside_quotes;
  append_unescaped(unescaped_.emplace_back(), inside_quotes);
  return unescaped_.back();
}

}  // namespace relay::encode
