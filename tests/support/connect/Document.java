import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/**
 * What an Elasticsearch sink stores of a message: the value goes through the converter that the connector's file names, decimals become doubles, and
 * JsonConverter writes the rest without schemas. The sinks themselves are no Maven artifacts; both do it this way (class DataConverter).
 *
 * java Document CONNECTOR.json: reads values, one a line, and prints their documents, one a line.
 */
public final class Document {
    private static final String TOPIC = "topic";

    public static void main(String[] arguments) throws Exception {
        Converter in = valueConverter(new ObjectMapper().readTree(new File(arguments[0])).get("config"));
        JsonConverter out = new JsonConverter();
        out.configure(Map.of("schemas.enable", "false"), false);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream documents = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            SchemaAndValue record = in.toConnectData(TOPIC, line.getBytes(StandardCharsets.UTF_8));
            Struct document = withDoubles((Struct) record.value());
            documents.println(new String(out.fromConnectData(TOPIC, document.schema(), document), StandardCharsets.UTF_8));
        }
    }

    private static Converter valueConverter(JsonNode config) throws Exception {
        String name = "value.converter";
        Map<String, String> options = new HashMap<>();
        config.fields().forEachRemaining(option -> {
            if (option.getKey().startsWith(name + ".")) options.put(option.getKey().substring(name.length() + 1), option.getValue().asText());
        });
        Converter converter = (Converter) Class.forName(config.get(name).asText()).getDeclaredConstructor().newInstance();
        converter.configure(options, false);
        return converter;
    }

    private static Struct withDoubles(Struct record) {
        SchemaBuilder schema = SchemaBuilder.struct();
        for (Field field : record.schema().fields()) {
            schema.field(field.name(), isDecimal(field) ? Schema.OPTIONAL_FLOAT64_SCHEMA : field.schema());
        }
        Struct document = new Struct(schema.build());
        for (Field field : record.schema().fields()) {
            Object value = record.get(field);
            document.put(field.name(), isDecimal(field) && value != null ? (Object) ((BigDecimal) value).doubleValue() : value);
        }
        return document;
    }

    private static boolean isDecimal(Field field) {
        return Decimal.LOGICAL_NAME.equals(field.schema().name());
    }
}
