package muster.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import muster.examples.Expect.Verdict;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ExpectTest {
    private record Case(String name, Expect expect, String seen, Verdict verdict) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("white space around a text does not matter", Expect.text("a b"), " a b\n", new Verdict.Met("a b")),
                new Case("another text is none", Expect.text("a b"), "a c", new Verdict.Unmet("a b")),
                new Case("what follows the beginning does not matter", Expect.begins("a\nb\n", "b"), "a\nb  \nc", new Verdict.Met("b")),
                new Case("the first line that differs is named", Expect.begins("a\nb", "a"), "a\nx",
                        new Verdict.Unmet("as line 2: b\n   where is: x")),
                new Case("a line that is missing is named", Expect.begins("a\nb", "a"), "a",
                        new Verdict.Unmet("as line 2: b\n   where is: (no such line)")),
                new Case("lines may have others between them", Expect.lines("^a$", "^c \\d$"), "a\nb\n  c   1", new Verdict.Met("c 1")),
                new Case("lines have an order", Expect.lines("^b$", "^a$"), "a\nb", new Verdict.Unmet("a line like: ^a$")),
                new Case("as many as wanted", Expect.different(2, "^p (\\d)"), "p 1\nx\np 2", new Verdict.Met("1 2")),
                new Case("none twice", Expect.different(2, "^p (\\d)"), "p 1\np 1", new Verdict.Unmet("2 different lines like: ^p (\\d)")),
                new Case("not more than wanted", Expect.different(1, "^p (\\d)"), "p 1\np 2",
                        new Verdict.Unmet("1 different lines like: ^p (\\d)")),
                new Case("both of two", Expect.lines("^a").and(Expect.lines("^b")), "a\nb", new Verdict.Met("a")),
                new Case("not one of two", Expect.lines("^a").and(Expect.lines("^c")), "a\nb", new Verdict.Unmet("a line like: ^c")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void saysWhetherItIsThat(Case tried) {
        assertThat(tried.expect().of(tried.seen())).isEqualTo(tried.verdict());
    }
}
