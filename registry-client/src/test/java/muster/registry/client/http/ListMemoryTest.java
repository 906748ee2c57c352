package muster.registry.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.wire.JsonException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Decoding what changed gives what decoding all would give. */
class ListMemoryTest {
    private static final Query<List<KeyValue>> QUERY = new Query.Entries("", Query.Scope.LOCAL);

    private static String entry(String key, int index) {
        return "{\"LockIndex\":0,\"Key\":\"" + key + "\",\"Flags\":0,\"Value\":\"YQ==\",\"CreateIndex\":1,\"ModifyIndex\":" + index + "}";
    }

    private static List<KeyValue> decode(String body, ListMemory memory) {
        return Answers.of(QUERY, body.getBytes(StandardCharsets.UTF_8), 1, memory);
    }

    @Test
    void entries_that_did_not_change_are_the_same_objects() {
        ListMemory memory = new ListMemory();
        List<KeyValue> before = decode("[" + entry("a", 1) + "," + entry("b", 2) + "," + entry("c", 3) + "]", memory);
        List<KeyValue> after = decode("[" + entry("a", 1) + "," + entry("b", 40) + "," + entry("c", 3) + "]", memory);
        assertThat(after).extracting(KeyValue::modifyIndex).containsExactly(1L, 40L, 3L);
        assertThat(after.get(0)).isSameAs(before.get(0));
        assertThat(after.get(2)).isSameAs(before.get(2));
    }

    @Test
    void only_what_changed_is_decoded() {
        AtomicInteger decoded = new AtomicInteger();
        ListMemory memory = new ListMemory();
        for (String body : List.of("[{\"a\":1},{\"a\":2},{\"a\":3}]", "[{\"a\":1},{\"a\":5},{\"a\":3}]", "[{\"a\":1},{\"a\":5},{\"a\":3}]")) {
            memory.decode(body.getBytes(StandardCharsets.UTF_8), bytes -> {
                decoded.addAndGet(bytes.length);
                return new ArrayList<>(List.of(new String(bytes, StandardCharsets.UTF_8).split("(?<=}),")));
            });
        }
        assertThat(decoded).hasValue("[{\"a\":1},{\"a\":2},{\"a\":3}]".length() + "[{\"a\":5}]".length());
    }

    @Test
    void what_is_no_list_of_objects_is_decoded_whole_or_refused() {
        ListMemory memory = new ListMemory();
        decode("[" + entry("a", 1) + "]", memory);
        assertThat(decode("null", memory)).isEmpty();
        assertThat(decode("[]", memory)).isEmpty();
        assertThat(decode(" [ " + entry("a", 1) + " , " + entry("b", 1) + " ] ", memory)).hasSize(2);
        assertThatThrownBy(() -> decode("[" + entry("a", 1) + "," + entry("b", 1), memory)).isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> decode("[" + entry("a", 1) + ",{\"Key\":}]", memory)).isInstanceOf(JsonException.class);
        assertThat(decode("[" + entry("a", 1) + "," + entry("b", 7) + "]", memory)).hasSize(2);
    }

    /** Lists of keys with awkward characters, changed at random: inserted, removed, changed, several at once. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void a_run_of_changes_is_decoded_as_if_each_came_first(long seed) {
        Random random = new Random(seed);
        List<String> texts = List.of("a", "b{", "}c", "[d", "e]", "f,\\\"", "g\\\\", "\u00fc", "{\\\"h\\\":1}");
        List<String> entries = new ArrayList<>();
        ListMemory memory = new ListMemory();
        for (int step = 0; step < 200; step++) {
            for (int change = random.nextInt(3); change >= 0; change--) {
                int at = random.nextInt(entries.size() + 1);
                if (at < entries.size() && random.nextInt(3) == 0) {
                    entries.remove(at);
                } else if (at < entries.size() && random.nextBoolean()) {
                    entries.set(at, entry(texts.get(random.nextInt(texts.size())), random.nextInt(300)));
                } else {
                    entries.add(at, entry(texts.get(random.nextInt(texts.size())), random.nextInt(3)));
                }
            }
            String body = "[" + String.join(random.nextInt(10) == 0 ? ", " : ",", entries) + "]";
            assertThat(decode(body, memory)).isEqualTo(decode(body, new ListMemory()));
        }
    }
}
