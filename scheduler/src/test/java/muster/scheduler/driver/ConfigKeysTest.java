package muster.scheduler.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import muster.scheduler.driver.ConfigKeys.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigKeysTest {
    private static final ConfigKeys KEYS = new ConfigKeys(
            Map.of("image", Kind.TEXT, "size", Kind.NUMBER, "tty", Kind.FLAG, "args", Kind.TEXTS, "labels", Kind.TEXT_MAP,
                    "cpus", Kind.NUMBERS),
            Map.of("mount", new ConfigKeys(Map.of("type", Kind.TEXT, "readonly", Kind.FLAG), List.of("type"))), List.of("image"));

    record Case(String name, Map<String, Object> config, List<String> problems) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("nothing is wrong", Map.of("image", "x", "size", 3L, "tty", true, "args", List.of("a", 1L)), List.of()),
                new Case("texts may stand for numbers and flags", Map.of("image", "x", "size", "3.5", "tty", "false"), List.of()),
                new Case("maps come as maps or as blocks", Map.of("image", "x", "labels", List.of(Map.of("a", "b"), Map.of("c", 1L))),
                        List.of()),
                new Case("several blocks of one name", Map.of("image", "x", "mount", List.of(Map.of("type", "bind"), Map.of("type", "tmpfs"))),
                        List.of()),
                new Case("everything wrong is said at once", Map.of("size", "big", "tty", 1L, "args", "a", "bogus", 1L, "cpus", List.of("x")),
                        List.of("Incorrect attribute value type: Inappropriate value for attribute \"args\": list of string required.",
                                "Invalid label: No argument or block type is named \"bogus\".",
                                "Incorrect attribute value type: Inappropriate value for attribute \"cpus\": list of number required.",
                                "Incorrect attribute value type: Inappropriate value for attribute \"size\": number required.",
                                "Incorrect attribute value type: Inappropriate value for attribute \"tty\": bool required.",
                                "Missing required argument: The argument \"image\" is required, but no definition was found.")),
                new Case("what is wrong in a block is told with the block's name",
                        Map.of("image", "x", "mount", List.of(Map.of("readonly", "maybe", "frob", 1L))),
                        List.of("mount: Invalid label: No argument or block type is named \"frob\".",
                                "mount: Incorrect attribute value type: Inappropriate value for attribute \"readonly\": bool required.",
                                "mount: Missing required argument: The argument \"type\" is required, but no definition was found.")),
                new Case("a block is no text", Map.of("image", "x", "mount", "here"),
                        List.of("Incorrect attribute value type: Inappropriate value for attribute \"mount\": block required.")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void tellsEverythingThatIsWrong(Case given) {
        assertThat(KEYS.problems(given.config())).isEqualTo(given.problems());
    }
}
