#include "relay/encode/headers.hpp"

#include "relay/encode/columns.hpp"
#include "relay/encode/json_scanner.hpp"
#include "relay/encode/json_text.hpp"

#include <algorithm>
#include <utility>

namespace relay::encode {

HeaderMaker::HeaderMaker(const MessageShape& shape, const ColumnRoles& roles, const Layout& layout)
    : members_(layout.index_of(roles.headers)), members_name_(roles.headers) {
  for (const auto& name : shape.headers) list(name, need_column("message.headers", name, roles, layout), shape, layout);
  for (auto& [name, column] : extra_columns(shape, Placement::header, roles, layout)) list(std::move(name), column, shape, layout);
  if (!shape.trace_column.empty()) trace_ = need_column("outbox.columns.trace", shape.trace_column, roles, layout);
}

void HeaderMaker::list(std::string name, std::size_t column, const MessageShape& shape, const Layout& layout) {
  Listed& listed = listed_.emplace_back(Listed{std::move(name), column, std::nullopt});
  if (shape.format != Format::debezium) return;
  listed.converted.emplace(*ConnectColumn::make(layout.columns()[column], TypeMapping::debezium), shape.header_converter);
}

std::optional<Fault> HeaderMaker::add_headers(const Row& row, std::vector<Header>& headers) {
  unescaped_.clear();
  for (const Listed& listed : listed_) {
    if (!listed.converted) {
      headers.push_back({listed.name, row.cells[listed.column]});
      continue;
    }
    const auto value = listed.converted->convert(row.cells[listed.column], unescaped_.emplace_back());
    if (!value) return listed.converted->fault();
    headers.push_back({listed.name, *value});
  }
  if (trace_) add_properties(row.cells[*trace_].bytes(), headers);
  if (members_ && !row.cells[*members_].is_null() && !add_members(row.cells[*members_].bytes(), headers)) {
    return Fault{Blame::row, "column \"" + members_name_ + R"(" is not a JSON object: write {"name":"text"} or NULL)"};
  }
  return std::nullopt;
}

/// Java's Properties, as `Properties.store` writes them: `name=value` lines, `#` comments, `\` before `:`, `=`, `#`, `!` and
/// itself.
void HeaderMaker::add_properties(std::string_view text, std::vector<Header>& headers) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find_first_of("\r\n"));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto equals = line.find('=');
    if (line.starts_with('#') || line.starts_with('!') || equals == 0 || equals == std::string_view::npos) continue;
    const auto plain = [&](std::string_view part) -> std::string_view {
      auto& kept = unescaped_.emplace_back(part);
      std::erase(kept, '\\');
      return kept;
    };
    const auto name = plain(line.substr(0, equals));
    headers.push_back({name, Cell{plain(line.substr(equals + 1))}});
  }
}

bool HeaderMaker::add_members(std::string_view json, std::vector<Header>& headers) {
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
    headers.push_back({text_of(*name), is_null     ? Cell{}
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
