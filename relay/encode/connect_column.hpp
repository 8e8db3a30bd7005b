#pragma once

#include "relay/domain/cell.hpp"
#include "relay/domain/row.hpp"
#include "relay/encode/connect_schema.hpp"
#include "relay/encode/declared_type.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace relay::encode {

/// Which connector's Connect types a column gets.
enum class TypeMapping : std::uint8_t {
  debezium,       ///< Debezium's defaults: io.debezium.time.*, microseconds kept, decimals precise
  jdbc,           ///< the JDBC source connector, numeric.mapping=none: Connect's own Date, Time, Timestamp in milliseconds
  jdbc_best_fit,  ///< the same with numeric.mapping=best_fit
};

/// How one value of a column stands in a message.
enum class Shape : std::uint8_t {
  bad,  ///< not what the column promises; the row is at fault
  null,
  literal,    ///< a number or boolean: as it is
  string,     ///< in quotes in JSON, without elsewhere
  structure,  ///< JSON in either
};

/// One column in Kafka Connect's terms: its schema, and its values as Connect's converters write them.
/// Made once a layout; one thread at a time.
class ConnectColumn {
 public:
  /// @param for_debezium_sink  also with a JDBC mapping: decimals say their precision, because Debezium's JDBC sink (3.2) makes a
  ///     scale of -1 of a scale of 0 without one; NaN and the infinities are bad, because JsonConverter reads what it writes of
  ///     them as 0
  /// @return nothing where the mapping leaves such a column out (JDBC: arrays, intervals, network addresses ...)
  [[nodiscard]] static std::optional<ConnectColumn> make(const Column& column, TypeMapping mapping, bool for_debezium_sink = false);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const ConnectSchema& schema() const noexcept { return schema_; }
  /// The schema that this one value needs: a decimal without a declared scale says its own.
  [[nodiscard]] ConnectSchema schema_of(const Cell& cell) const;
  [[nodiscard]] bool schema_varies() const noexcept { return own_scale_; }
  /// Where no schema travels with the value to say a scale: a decimal without a declared one has to be whole.
  void fix_scale() noexcept { own_scale_ = false; }

  /// Appends what JsonConverter writes of the value, `null` included. False: the row's fault; `out` holds a part.
  [[nodiscard]] bool append_json(std::string& out, const Cell& cell) const;

  /// Appends what StringConverter and SimpleHeaderConverter write. False: the row's fault.
  /// @param is_null  the value is NULL in Connect, although perhaps not in the database (numeric NaN)
  [[nodiscard]] bool append_text(std::string& out, const Cell& cell, bool& is_null) const;

  /// What the value looks like as text; for a column of text or JSON its own bytes.
  [[nodiscard]] bool is_text() const noexcept { return form_ == Form::text || form_ == Form::json_tree; }
  [[nodiscard]] bool is_octets() const noexcept { return form_ == Form::octets; }
  [[nodiscard]] bool is_int32() const noexcept { return schema_.type == "int32" && schema_.name.empty(); }

  /// Whose value it is, for a fault: `column "payload" (numeric(12,3))`.
  [[nodiscard]] std::string described() const;

 private:
  enum class Form : std::uint8_t {
    text,
    json_tree,  ///< MySQL's text of it, written anew as Debezium does
    truth,
    digits,
    wrapping,  ///< unsigned 64 bit in a signed one
    signed64,  ///< unsigned 64 bit that has to fit a signed one
    single_real,
    double_real,
    money,  ///< `-$1,234.56`, sent as a double
    octets,
    bit_text,    ///< `101`
    bit_octets,  ///< big-endian
    bit_truth,
    bit_digits,  ///< `101` read as a decimal number
    decimal,
    whole,             ///< a decimal that is sent as an integer
    decimal_double,    ///< a decimal that is sent as a double
    variable_decimal,  ///< with its own scale, in a struct
    days,
    year_days,
    micros_of_day,
    millis_of_day,
    zone_millis_of_day,
    micros,
    millis,
    zoned_instant,
    zoned_time,
    interval_micros,
    integer_array,
    text_array,
  };

  void map_debezium(const DeclaredType& type, ColumnKind kind, bool json_tree);
  [[nodiscard]] bool map_jdbc(const DeclaredType& type, ColumnKind kind, bool best_fit);
  void map_debezium_time(const DeclaredType& type, ColumnKind kind);
  void map_debezium_number(const DeclaredType& type, ColumnKind kind);
  void map_jdbc_decimal(const DeclaredType& type, bool best_fit);
  void use(Form form, std::string type, std::string name = {}, std::string parameters = {});
  void use_decimal(int scale, int precision);
  [[nodiscard]] Shape convert(std::string& out, std::string_view bytes) const;
  [[nodiscard]] Shape convert_number(std::string& out, std::string_view bytes) const;
  [[nodiscard]] Shape convert_time(std::string& out, std::string_view bytes) const;
  [[nodiscard]] Shape convert_decimal(std::string& out, std::string_view bytes) const;

  std::string name_;
  std::string declared_;
  ConnectSchema schema_;
  Form form_ = Form::text;
  int scale_ = 0;
  int precision_ = 0;  ///< of a decimal; 0: it is not said
  bool for_debezium_sink_ = false;
  bool connect_times_ = false;  ///< Date, Time, Timestamp: no infinity, and a time of day lies within one
  int fraction_digits_ = 6;
  bool own_scale_ = false;
  mutable std::string scratch_;
};

}  // namespace relay::encode
