package muster.wire.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTest {
    private static final Shape.Struct SHAPE = Shape.struct("Name", Shape.TEXT, "Port", Shape.NUMBER, "On", Shape.BOOL,
            "Tags", Shape.TEXTS, "Meta", Shape.TEXT_MAP, "Sub", Shape.struct("X", Shape.TEXT),
            "Checks", new Shape.ListOf(Shape.struct("Status", Shape.TEXT)));
    private static final Map<String, Object> ROW = Map.of("Name", "web", "Port", 80, "On", true, "Tags", List.of("a", "b c"),
            "Meta", Map.of("k", "v", "x y", "z"), "Sub", Map.of("X", "1"),
            "Checks", List.of(Map.of("Status", "passing"), Map.of("Status", "warning")));

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            Name == "web"                               | true
            Name == web                                 | true
            Name == `web`                               | true
            Name != "web"                               | false
            Name == "WEB"                               | false
            "eb" in Name                                | true
            Name contains "x"                           | false
            Name not contains "x"                       | true
            Name matches "^w.b$"                        | true
            Name matches "e"                            | true
            Name not matches "e"                        | false
            Port == 80                                  | true
            Port != 80                                  | false
            On == true                                  | true
            "a" in Tags                                 | true
            "b c" not in Tags                           | false
            Tags contains a                             | true
            Tags is empty                               | false
            Tags is not empty                           | true
            Meta.k == "v"                               | true
            Meta["x y"] == "z"                          | true
            Meta.none == "v"                            | false
            Meta.none != "v"                            | true
            k in Meta                                   | true
            Sub.X == 1                                  | true
            Checks.Status == "warning"                  | true
            Checks.Status == "critical"                 | false
            Checks is empty                             | false
            not Name == "web"                           | false
            not (Name == "web" and Port == 81)          | true
            Name == "x" or Name == "web" and Port == 81 | false
            (Name == "x" or Name == "web") and Port==80 | true
            """)
    void decides(String expression, boolean accepted) {
        assertThat(Filter.of(expression, SHAPE).accepts(ROW)).isEqualTo(accepted);
    }

    @ParameterizedTest(name = "{0} fails with {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
            Frob == "x"        | Selector "Frob" is not valid
            Name.x == "x"      | Selector "Name.x" is not valid
            Name is empty      | Invalid match operator "Is Empty" for selector "Name"
            Name is not empty  | Invalid match operator "Is Not Empty" for selector "Name"
            Port matches "8"   | Invalid match operator "Matches" for selector "Port"
            Name matches "("   | Failed to compile regular expression "("
            Name == g-fn1      | 1:10 (9): no match found, expected: ".", "[", [ \\t\\r\\n], [a-zA-Z0-9_] or EOF
            Name == 'a'        | 1:9 (8): no match found
            Name == "a" b      | 1:13 (12): no match found
            Name ==            | 1:8 (7): no match found
            (Name == "a"       | 1:13 (12): no match found
            """)
    void saysWhatIsWrong(String expression, String reason) {
        assertThatThrownBy(() -> Filter.of(expression, SHAPE))
                .isInstanceOf(FilterException.class)
                .hasMessageStartingWith("Failed to create boolean expression evaluator: " + reason);
    }

    @Test
    void longAndDeepExpressionsAreRefused() {
        assertThatThrownBy(() -> Filter.of("Name == a" + " and Name == a".repeat(600), SHAPE))
                .isInstanceOf(FilterException.class).hasMessageContaining("more than 512");
        assertThatThrownBy(() -> Filter.of("(".repeat(100) + "Name == a" + ")".repeat(100), SHAPE))
                .isInstanceOf(FilterException.class).hasMessageContaining("deeper than 64");
    }

    @Provide
    Arbitrary<String> junk() {
        return Arbitraries.of("Name", "Port", " ", "==", "!=", "in", "not", "(", ")", "\"", "`", "a", ".", "[", "]", "and",
                "or", "is", "empty", "contains", "matches", "\\", "-1").list().ofMaxSize(20).map(parts -> String.join(" ", parts));
    }

    @Property
    void junkIsAFilterOrAFilterException(@ForAll("junk") String text) {
        try {
            Filter.of(text, SHAPE).accepts(ROW);
        } catch (FilterException expected) {
            assertThat(expected).hasMessageStartingWith("Failed to create boolean expression evaluator: ");
        }
    }
}
