#include "relay/encode/connect_column.hpp"

#include <array>
#include <utility>

namespace relay::encode {

namespace {

constexpr int microsecond_digits = 6;

std::string allowed(const DeclaredType& type) {
  std::string list;
  for (const auto& label : type.labels) list += (list.empty() ? "" : ",") + label;
  std::string parameters = R"("allowed":)";
  (void)append_jackson_string(parameters, list);
  return parameters;
}

/// The widest value decides: MySQL's unsigned types need the next one.
std::string integer_type(const DeclaredType& type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> types{{
      {"tinyint", "int16"},
      {"smallint", "int16"},
      {"mediumint", "int32"},
      {"int", "int32"},
      {"integer", "int32"},
      {"bigint", "int64"},
      {"oid", "int64"},
      {"year", "int32"},
      {"smallint unsigned", "int32"},
  }};
  if (type.is_unsigned && type.base == "smallint") return "int32";
  if (type.is_unsigned && type.base == "int") return "int64";
  for (const auto& [base, name] : types) {
    if (base == type.base) return std::string{name};
  }
  return "int64";
}

/// The JDBC connector has 8 bits too, and a wider type for a medium integer without sign.
std::string jdbc_integer_type(const DeclaredType& type) {
  if (type.base == "tinyint") return type.is_unsigned ? "int16" : "int8";
  if (type.base == "mediumint") return type.is_unsigned ? "int64" : "int32";
  return integer_type(type);
}

bool has_zone(const DeclaredType& type) {
  return type.base.ends_with(" with time zone") || type.base == "timestamp";
}

}  // namespace

std::optional<ConnectColumn> ConnectColumn::make(const Column& column, TypeMapping mapping, bool for_debezium_sink) {
  ConnectColumn made;
  made.for_debezium_sink_ = for_debezium_sink;
  made.name_ = column.name;
  made.declared_ = column.type;
  const auto type = parse_declared_type(column.type);
  if (mapping == TypeMapping::debezium) {
    made.map_debezium(type, column.kind, column.keeps_json_tree);
  } else if (!made.map_jdbc(type, column.kind, mapping == TypeMapping::jdbc_best_fit)) {
    return std::nullopt;
  }
  made.schema_.optional = column.nullable;
  return made;
}

void ConnectColumn::use(Form form, std::string type, std::string name, std::string parameters) {
  form_ = form;
  schema_.type = std::move(type);
  if (!name.empty()) schema_.version = "1";
  schema_.name = std::move(name);
  schema_.parameters = std::move(parameters);
}

void ConnectColumn::use_decimal(int scale, int precision) {
  use(Form::decimal, "bytes", "org.apache.kafka.connect.data.Decimal", decimal_parameters(scale, precision));
  scale_ = scale;
  precision_ = precision;
}

void ConnectColumn::map_debezium(const DeclaredType& type, ColumnKind kind, bool json_tree) {
  if (type.is_array) {
    const bool numbers = type.base == "smallint" || type.base == "integer" || type.base == "bigint";
    use(numbers ? Form::integer_array : Form::text_array, "array");
    schema_.inner = R"("items":{"type":")" + (numbers ? integer_type(type) : "string") + R"(","optional":true})";
    return;
  }
  if (type.base == "bit") {
    if (type.argument(0, 1) == 1) return use(Form::bit_truth, "boolean");
    return use(kind == ColumnKind::bytes ? Form::bit_octets : Form::bit_text, "bytes", "io.debezium.data.Bits",
               R"("length":")" + std::to_string(type.arguments[0]) + '"');
  }
  if (type.base == "enum") return use(Form::text, "string", "io.debezium.data.Enum", allowed(type));
  if (type.base == "set") return use(Form::text, "string", "io.debezium.data.EnumSet", allowed(type));
  if (type.base == "interval") return use(Form::interval_micros, "int64", "io.debezium.time.MicroDuration");
  switch (kind) {
    case ColumnKind::integer:
    case ColumnKind::decimal:
    case ColumnKind::real:
      return map_debezium_number(type, kind);
    case ColumnKind::boolean:
      return use(Form::truth, "boolean");
    case ColumnKind::bytes:
      return use(Form::octets, "bytes");
    case ColumnKind::json:
      return use(json_tree ? Form::json_tree : Form::text, "string", "io.debezium.data.Json");
    case ColumnKind::uuid:
      return use(Form::text, "string", "io.debezium.data.Uuid");
    case ColumnKind::timestamp:
    case ColumnKind::date:
    case ColumnKind::time:
      return map_debezium_time(type, kind);
    case ColumnKind::text:
    case ColumnKind::other:
      break;
  }
  use(Form::text, "string", type.base == "xml" ? "io.debezium.data.Xml" : "");
}

void ConnectColumn::map_debezium_number(const DeclaredType& type, ColumnKind kind) {
  if (kind == ColumnKind::integer) {
    const bool wraps = type.is_unsigned && type.base == "bigint";
    return use(wraps ? Form::wrapping : Form::digits, integer_type(type), type.base == "year" ? "io.debezium.time.Year" : "");
  }
  if (kind == ColumnKind::real) {
    const bool single = type.base == "real" || type.base == "float";
    return use(single ? Form::single_real : Form::double_real, single ? "float" : "double");
  }
  if (!type.arguments.empty()) return use_decimal(type.argument(1, 0), type.arguments[0]);
  use(Form::variable_decimal, "struct", "io.debezium.data.VariableScaleDecimal");
  schema_.inner =
      R"("fields":[{"type":"int32","optional":false,"field":"scale"},{"type":"bytes","optional":false,"field":"value"}])";
  schema_.doc = "Variable scaled decimal";
}

void ConnectColumn::map_debezium_time(const DeclaredType& type, ColumnKind kind) {
  const bool is_postgres = type.base.find("time zone") != std::string::npos;
  fraction_digits_ = type.argument(0, is_postgres ? microsecond_digits : 0);
  if (kind == ColumnKind::date) return use(Form::days, "int32", "io.debezium.time.Date");
  if (kind == ColumnKind::time) {
    if (type.base == "time with time zone") return use(Form::zoned_time, "string", "io.debezium.time.ZonedTime");
    const bool millis = is_postgres && fraction_digits_ <= 3;
    return use(millis ? Form::millis_of_day : Form::micros_of_day, millis ? "int32" : "int64",
               millis ? "io.debezium.time.Time" : "io.debezium.time.MicroTime");
  }
  if (has_zone(type)) return use(Form::zoned_instant, "string", "io.debezium.time.ZonedTimestamp");
  if (fraction_digits_ <= 3 && !type.base.empty()) return use(Form::millis, "int64", "io.debezium.time.Timestamp");
  use(Form::micros, "int64", "io.debezium.time.MicroTimestamp");
}

bool ConnectColumn::map_jdbc(const DeclaredType& type, ColumnKind kind, bool best_fit) {
  if (type.is_array) return false;
  if (type.base == "money") {
    use(Form::money, "double");
    return true;
  }
  if (type.base == "bit") {
    if (kind == ColumnKind::bytes) {
      use(Form::bit_octets, "int8");
    } else if (type.argument(0, 1) == 1) {
      use(Form::bit_truth, "boolean");
    } else {
      use(Form::bit_digits, "int8");
    }
    return true;
  }
  switch (kind) {
    case ColumnKind::integer:
      if (type.base == "year") {
        use(Form::year_days, "int32", "org.apache.kafka.connect.data.Date");
      } else {
        const bool unsigned64 = type.is_unsigned && type.base == "bigint";
        use(unsigned64 ? Form::signed64 : Form::digits, jdbc_integer_type(type));
      }
      return true;
    case ColumnKind::decimal:
      map_jdbc_decimal(type, best_fit);
      return true;
    case ColumnKind::real:
      map_debezium_number(type, kind);
      return true;
    case ColumnKind::boolean:
      use(Form::truth, "boolean");
      return true;
    case ColumnKind::bytes:
      use(Form::octets, "bytes");
      return true;
    case ColumnKind::timestamp:
      connect_times_ = true;
      use(Form::millis, "int64", "org.apache.kafka.connect.data.Timestamp");
      return true;
    case ColumnKind::date:
      connect_times_ = true;
      use(Form::days, "int32", "org.apache.kafka.connect.data.Date");
      return true;
    case ColumnKind::time:
      connect_times_ = true;
      use(type.base == "time with time zone" ? Form::zone_millis_of_day : Form::millis_of_day, "int32",
          "org.apache.kafka.connect.data.Time");
      return true;
    case ColumnKind::text:
    case ColumnKind::json:
    case ColumnKind::uuid:
      use(Form::text, "string");
      return true;
    case ColumnKind::other:
      break;
  }
  use(Form::text, "string");
  return type.base == "enum" || type.base == "xml" || type.base.empty();
}

/// numeric.mapping knows NUMERIC only: MySQL's driver says DECIMAL, which stays as it is.
void ConnectColumn::map_jdbc_decimal(const DeclaredType& type, bool best_fit) {
  constexpr int most_integer_digits = 18;
  const int precision = type.argument(0, 0);
  own_scale_ = type.arguments.empty();
  if (best_fit && type.base == "numeric" && precision > 0 && precision <= most_integer_digits) {
    if (type.argument(1, 0) != 0) return use(Form::decimal_double, "double");
    return use(Form::whole, precision < 3 ? "int8" : precision < 5 ? "int16" : precision < 10 ? "int32" : "int64");
  }
  constexpr int most_digits_of_a_sink = 38;
  use_decimal(type.argument(1, 0), !for_debezium_sink_ ? 0 : precision > 0 ? precision : most_digits_of_a_sink);
}

}  // namespace relay::encode
