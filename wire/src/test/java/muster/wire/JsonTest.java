package muster.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTest {
    record Inner(String name) {}

    record Sample(
            @Key("ID") String id,
            @Key(unsigned = true) long flags,
            Duration timeout,
            @Key(durationText = true) Duration interval,
            @Key(omitEmpty = true) String note,
            byte[] value,
            List<Inner> parts,
            Map<String, String> meta,
            Optional<Instant> at) {}

    @Test
    void aRecordIsWrittenInTheOrderAndUnderTheNamesOfItsComponents() {
        Sample sample = new Sample("a<b", -1, Duration.ofSeconds(2), Duration.ofSeconds(90), "", null,
                List.of(new Inner("x")), Map.of("b", "2", "a", "1"), Optional.empty());
        assertThat(Json.text(sample)).isEqualTo("{\"ID\":\"a\\u003cb\",\"Flags\":18446744073709551615,\"Timeout\":2000000000,"
                + "\"Interval\":\"1m30s\",\"Value\":null,\"Parts\":[{\"Name\":\"x\"}],\"Meta\":{\"a\":\"1\",\"b\":\"2\"},\"At\":null}");
    }

    @Test
    void readingIgnoresTheCaseOfKeysAndTakesDurationsAsTextOrNanoseconds() {
        Sample sample = Json.read(Sample.class, bytes("{\"id\":\"x\",\"FLAGS\":18446744073709551615,\"timeout\":\"1.5s\","
                + "\"Interval\":5,\"value\":\"aGk=\",\"at\":\"2026-01-02T03:04:05.5Z\",\"other\":[{}]}"), Json.Unknown.IGNORE);
        assertThat(sample.id()).isEqualTo("x");
        assertThat(sample.flags()).isEqualTo(-1);
        assertThat(sample.timeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(sample.interval()).isEqualTo(Duration.ofNanos(5));
        assertThat(new String(sample.value(), StandardCharsets.UTF_8)).isEqualTo("hi");
        assertThat(sample.at()).contains(Instant.parse("2026-01-02T03:04:05.5Z"));
        assertThat(sample.parts()).isNull();
    }

    @Test
    void anUnknownKeyIsNamedWhenRefused() {
        assertThatThrownBy(() -> Json.read(Inner.class, bytes("{\"Nme\":1}"), Json.Unknown.REFUSE))
                .isInstanceOf(JsonException.class)
                .hasMessage("json: unknown field \"Nme\"");
    }

    @Test
    void aWrongTypeIsNamedWithItsField() {
        assertThatThrownBy(() -> Json.read(Inner.class, bytes("{\"Name\":1}"), Json.Unknown.IGNORE))
                .hasMessage("json: cannot unmarshal number into Go struct field Inner.Name of type string");
    }

    record Leaf(String name, List<String> tags, Map<String, String> meta) {}

    record Branch(List<Leaf> leaves) {}

    record Tree(Branch branch) {}

    record Wrong(String json, String message) {}

    static List<Wrong> wrongInDepth() {
        return List.of(
                new Wrong("{\"Branch\":{\"Leaves\":\"x\"}}", "string into Go struct field Branch.Branch.Leaves of type []*api.Leaf"),
                new Wrong("{\"Branch\":{\"Leaves\":[{\"Name\":1}]}}", "number into Go struct field Leaf.Branch.Leaves.Name of type string"),
                new Wrong("{\"Branch\":{\"Leaves\":[{\"Tags\":[1]}]}}", "number into Go struct field Leaf.Branch.Leaves.Tags of type string"),
                new Wrong("{\"Branch\":{\"Leaves\":[{\"Tags\":{}}]}}", "object into Go struct field Leaf.Branch.Leaves.Tags of type []string"),
                new Wrong("{\"Branch\":{\"Leaves\":[{\"Meta\":true}]}}", "bool into Go struct field Leaf.Branch.Leaves.Meta of type map[string]string"));
    }

    @ParameterizedTest
    @MethodSource("wrongInDepth")
    void aWrongTypeIsNamedWithAllThatLeadsToIt(Wrong wrong) {
        assertThatThrownBy(() -> Json.read(Tree.class, bytes(wrong.json()), Json.Unknown.IGNORE))
                .hasMessage("json: cannot unmarshal " + wrong.message());
    }

    @Test
    void prettyIsGosIndentation() {
        assertThat(new String(Json.write(Arrays.asList(Map.of("a", List.of()), null, Map.of()), true), StandardCharsets.UTF_8))
                .isEqualTo("[\n    {\n        \"a\": []\n    },\n    null,\n    {}\n]");
    }

    @ParameterizedTest
    @CsvSource({"1,1", "0.1,0.1", "1e21,1e+21", "1e20,100000000000000000000", "1e-7,1e-7", "0.000001,0.000001", "-2.5e-9,-2.5e-9"})
    void floatsAreGos(double value, String text) {
        assertThat(GoFloat.json(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0s", "1.5h,1h30m0s", "72h,72h0m0s", "250ms,250ms", "1us,1µs", "1m0.5s,1m0.5s", "-3s,-3s", ".5s,500ms", "90s,1m30s"})
    void durationsRoundTripInGosForm(String text, String printed) {
        assertThat(GoDuration.format(GoDuration.parse(text))).isEqualTo(printed);
    }

    @ParameterizedTest
    @CsvSource({
        "'','time: invalid duration \"\"'",
        "3,'time: missing unit in duration \"3\"'",
        "3x,'time: unknown unit \"x\" in duration \"3x\"'",
        "1..s,'time: invalid duration \"1..s\"'",
        "300000000h,'time: invalid duration \"300000000h\"'"
    })
    void badDurationsHaveGosText(String text, String message) {
        assertThatThrownBy(() -> GoDuration.parse(text)).hasMessage(message);
    }

    private record Item(String name, int size) {}

    @Test
    void aListOfRecordsIsReadInOrderAndNullIsEmpty() {
        assertThat(Json.readList(Item.class, bytes("[{\"name\":\"a\",\"more\":[1]},{\"SIZE\":2}]"), Json.Unknown.IGNORE))
                .containsExactly(new Item("a", 0), new Item(null, 2));
        assertThat(Json.readList(Item.class, bytes("null"), Json.Unknown.IGNORE)).isEmpty();
        assertThatThrownBy(() -> Json.readList(Item.class, bytes("{}"), Json.Unknown.IGNORE)).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.readList(Item.class, bytes("[{}"), Json.Unknown.IGNORE)).isInstanceOf(JsonException.class);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
