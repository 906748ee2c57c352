package muster.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON as Go's encoding/json writes and reads it.
 *
 * <p>Trees are plain Java values: {@code Map<String, Object>} in the order of the text, {@code List<Object>},
 * {@code String}, {@code Long} (or {@code BigInteger} where 64 bits do not do), {@code Double}, {@code Boolean} and null.
 * Records are written and read by {@link RecordCodec}. Maps are written with sorted keys unless they are
 * {@code LinkedHashMap}s, whose order is kept. {@code <}, {@code >} and {@code &} are escaped, as Go does. All methods may be
 * called by any thread.
 */
public final class Json {
    private static final int MAX_DEPTH = 512;
    static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .characterEscapes(new GoEscapes())
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(1_000)
                    .build())
            .build();

    private Json() {}

    /** How a parser treats an object key that the record does not have. */
    public enum Unknown {
        IGNORE,
        /** Fails with Go's text {@code json: unknown field "X"}. */
        REFUSE
    }

    /** Reads one JSON value, which has to be the whole text. Throws {@link JsonException} naming what is wrong. */
    public static Object parse(byte[] json) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            Object value = tree(first(parser));
            end(parser);
            return value;
        } catch (JsonProcessingException e) {
            throw syntax(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #parse(byte[])}. */
    public static Object parse(String json) {
        return parse(json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads a record. Keys match in any letter case; absent ones are null, zero or false before the record's constructor
     * sees them. Throws {@link JsonException} for bad JSON and wrong types.
     */
    public static <T> T read(Class<T> type, byte[] json, Unknown unknown) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            first(parser);
            T value = type.cast(RecordCodec.of(type).read(parser, unknown));
            end(parser);
            return value;
        } catch (JsonProcessingException e) {
            throw syntax(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a list of records, as {@link #read(Class, byte[], Unknown)} reads one; {@code null} is the empty list. */
    public static <T> List<T> readList(Class<T> type, byte[] json, Unknown unknown) {
        try (JsonParser parser = FACTORY.createParser(json)) {
            first(parser);
            List<T> values = new ArrayList<>();
            switch (parser.currentToken()) {
                case VALUE_NULL -> {}
                case START_ARRAY -> {
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        values.add(type.cast(RecordCodec.of(type).read(parser, unknown)));
                    }
                }
                default -> throw new JsonException("a list is wanted, found " + parser.currentToken());
            }
            end(parser);
            return values;
        } catch (JsonProcessingException e) {
            throw syntax(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a record from a tree that {@link #parse} returned. */
    public static <T> T read(Class<T> type, Object tree, Unknown unknown) {
        return read(type, write(tree), unknown);
    }

    /** Writes any tree, record, or mixture of both, compactly and without a final newline. */
    public static byte[] write(Object value) {
        return write(value, false);
    }

    /** As {@link #write(Object)}; {@code pretty} indents by four blanks, without a final newline, as Go's indenting encoder. */
    public static byte[] write(Object value, boolean pretty) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(512)) {
            writeTo(bytes, value, pretty);
            return bytes.toByteArray();
        }
    }

    /** As {@link #write(Object)}, as text. */
    public static String text(Object value) {
        return new String(write(value), StandardCharsets.UTF_8);
    }

    private static void writeTo(OutputStream out, Object value, boolean pretty) {
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            if (pretty) {
                generator.setPrettyPrinter(new GoIndent());
            }
            emit(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void emit(JsonGenerator out, Object value) throws IOException {
        switch (value) {
            case null -> out.writeNull();
            case String s -> out.writeString(s);
            case Boolean b -> out.writeBoolean(b);
            case Integer i -> out.writeNumber(i);
            case Long l -> out.writeNumber(l);
            case BigInteger i -> out.writeNumber(i);
            case BigDecimal d -> out.writeNumber(d.toPlainString());
            case Double d -> out.writeNumber(GoFloat.json(d));
            case Float f -> out.writeNumber(GoFloat.json(f.doubleValue()));
            case Duration d -> out.writeNumber(d.toNanos());
            case Instant t -> out.writeString(GoTime.rfc3339(t));
            case byte[] b -> out.writeString(Base64.getEncoder().encodeToString(b));
            case Enum<?> e -> out.writeString(e.toString());
            case Map<?, ?> map -> emitMap(out, map);
            case Collection<?> list -> {
                out.writeStartArray();
                for (Object item : list) {
                    emit(out, item);
                }
                out.writeEndArray();
            }
            case Record record -> RecordCodec.of(record.getClass()).write(out, record);
            default -> throw new IllegalArgumentException("no JSON form for " + value.getClass().getName());
        }
    }

    private static void emitMap(JsonGenerator out, Map<?, ?> map) throws IOException {
        Map<?, ?> ordered = map instanceof LinkedHashMap || map instanceof TreeMap ? map : new TreeMap<>(map);
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : ordered.entrySet()) {
            out.writeFieldName(String.valueOf(entry.getKey()));
            emit(out, entry.getValue());
        }
        out.writeEndObject();
    }

    /** The value at which the parser stands. */
    static Object tree(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    map.put(key, tree(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(tree(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> switch (parser.getNumberType()) {
                case INT, LONG -> (Object) parser.getLongValue();
                case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> parser.getBigIntegerValue();
            };
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new JsonException("unexpected " + parser.currentToken());
        };
    }

    private static JsonParser first(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new JsonException("EOF");
        }
        return parser;
    }

    private static void end(JsonParser parser) throws IOException {
        if (parser.nextToken() != null) {
            throw new JsonException("invalid character after top-level value");
        }
    }

    private static JsonException syntax(JsonProcessingException e) {
        if (e instanceof JsonEOFException) {
            return new JsonException("unexpected EOF");
        }
        JsonLocation place = e.getLocation();
        // Limits of the reader, as that of nesting, are not reported with a place.
        return new JsonException(e.getOriginalMessage()
                + (place == null ? "" : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")"));
    }

    /** Go escapes HTML's characters and the two line separators of JavaScript; its control characters are lower-case hex. */
    private static final class GoEscapes extends CharacterEscapes {
        private static final String HEX = "0123456789abcdef";
        private final int[] ascii = CharacterEscapes.standardAsciiEscapesForJSON();

        GoEscapes() {
            for (int c = 0; c < 0x20; c++) {
                if (c != '\n' && c != '\r' && c != '\t' && c != '\b' && c != '\f') {
                    ascii[c] = ESCAPE_CUSTOM;
                }
            }
            ascii['<'] = ESCAPE_CUSTOM;
            ascii['>'] = ESCAPE_CUSTOM;
            ascii['&'] = ESCAPE_CUSTOM;
            ascii['/'] = ESCAPE_NONE;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii;
        }

        @Override
        public SerializableString getEscapeSequence(int ch) {
            if (ch < 0x80 && ascii[ch] == ESCAPE_CUSTOM || ch == 0x2028 || ch == 0x2029) {
                char[] hex = {'\\', 'u', HEX.charAt(ch >> 12 & 15), HEX.charAt(ch >> 8 & 15), HEX.charAt(ch >> 4 & 15),
                    HEX.charAt(ch & 15)};
                return new SerializedString(new String(hex));
            }
            return null;
        }
    }
}
