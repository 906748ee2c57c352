package muster.ui;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import muster.wire.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DeltaTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String ops(String before, String after) {
        return Delta.between(bytes(before), bytes(after)).map(delta -> new String(delta.json(), StandardCharsets.UTF_8)).orElse("whole");
    }

    static List<Arguments> cases() {
        String big = "{\"name\":\"an element that is worth keeping\"}";
        return List.of(
                Arguments.of("one of three changed", "[" + big + ",1,\"last of the elements that stay\"]", "[" + big + ",2,\"last of the elements that stay\"]", "\"ops\":[[0,1],{\"v\":2},[2,1]]"),
                Arguments.of("a new first element", "[" + big + "]", "[\"new\"," + big + "]", "\"ops\":[{\"v\":\"new\"},[0,1]]"),
                Arguments.of("brackets and commas inside of texts cut nothing", "[\"a],[\\\"b\",\"an element that is worth keeping\"]",
                        "[7,\"an element that is worth keeping\"]", "\"ops\":[{\"v\":7},[1,1]]"),
                Arguments.of("space between the elements does not count", "[ \"an element that is worth keeping\" , 1 ]",
                        "[\"an element that is worth keeping\",2]", "\"ops\":[[0,1],{\"v\":2}]"),
                Arguments.of("all is gone", "[\"an element that was there\"]", "[]", "whole"),
                Arguments.of("an object is sent whole", "{\"a\":1}", "{\"a\":2}", "whole"),
                Arguments.of("what is all new is sent whole", "[1]", "[2,3]", "whole"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void differencesOfLists(String name, String before, String after, String expected) {
        assertThat(ops(before, after)).isEqualTo(expected);
    }

    /** A list made from the old one by the operations is the new one, whatever was done to it. */
    @Test
    void theOldListAndTheOperationsMakeTheNewOne() {
        long seed = 20261121;
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < 2_000; round++) {
            List<Object> before = new ArrayList<>();
            for (int i = random.nextInt(30); i > 0; i--) {
                before.add(element(random));
            }
            List<Object> after = new ArrayList<>(before);
            for (int i = random.nextInt(6); i > 0; i--) {
                change(after, random);
            }
            Optional<Delta> delta = Delta.between(Json.write(before), Json.write(after));
            if (delta.isPresent()) {
                assertThat(applied(before, delta.get())).as("seed %d round %d", seed, round).isEqualTo(after);
            }
        }
    }

    private static Object element(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> (long) random.nextInt(5);
            case 1 -> "text \"with\" ] , [ { marks \\ " + random.nextInt(9);
            case 2 -> List.of("nested", List.of((long) random.nextInt(3)), "]");
            default -> Map.of("key,]" + random.nextInt(4), "value");
        };
    }

    private static void change(List<Object> list, SplittableRandom random) {
        int at = list.isEmpty() ? 0 : random.nextInt(list.size());
        switch (random.nextInt(3)) {
            case 0 -> list.add(at, element(random));
            case 1 -> {
                if (!list.isEmpty()) {
                    list.remove(at);
                }
            }
            default -> {
                if (!list.isEmpty()) {
                    list.add(list.remove(at));
                }
            }
        }
    }

    private static List<Object> applied(List<Object> before, Delta delta) {
        Map<?, ?> message = (Map<?, ?>) Json.parse("{" + new String(delta.json(), StandardCharsets.UTF_8) + "}");
        List<Object> made = new ArrayList<>();
        for (Object op : (List<?>) message.get("ops")) {
            if (op instanceof List<?> run) {
                int from = ((Number) run.get(0)).intValue();
                made.addAll(before.subList(from, from + ((Number) run.get(1)).intValue()));
            } else {
                made.add(((Map<?, ?>) op).get("v"));
            }
        }
        return made;
    }
}
