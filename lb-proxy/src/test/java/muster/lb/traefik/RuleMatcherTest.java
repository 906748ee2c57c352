package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.Stream;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RuleMatcherTest {
    /** A rule, requests that it takes and requests that it leaves: METHOD HOST URI [HEADER=VALUE]. */
    record Case(String rule, List<String> takes, List<String> leaves) {
        @Override
        public String toString() {
            return rule;
        }
    }

    static Stream<Case> version3() {
        return Stream.of(
                new Case("Host(`h.Test`)", List.of("GET H.test:81 /", "GET h.test. /"), List.of("GET x.h.test /")),
                new Case("HostRegexp(`^[a-z]+\\.t$`)", List.of("GET a.t /"), List.of("GET a.b.t /")),
                new Case("Path(`/p`)", List.of("GET h /p?q"), List.of("GET h /p/")),
                new Case("PathPrefix(`/p`)", List.of("GET h /px"), List.of("GET h /P")),
                new Case("PathRegexp(`^/(a|b)$`)", List.of("GET h /b"), List.of("GET h /c")),
                new Case("Path(`/a b`)", List.of("GET h /a%20b"), List.of("GET h /a%2520b")),
                new Case("Path(`/a/b`)", List.of("GET h /a/b"), List.of("GET h /a%2Fb")),
                new Case("Method(`post`)", List.of("POST h /"), List.of("GET h /")),
                new Case("Header(`x-kind`, `gold`)", List.of("GET h / X-Kind=gold"), List.of("GET h / X-Kind=Gold", "GET h /")),
                new Case("HeaderRegexp(`x-kind`, `^g`)", List.of("GET h / X-Kind=gold"), List.of("GET h / X-Kind=silver")),
                new Case("Query(`a`, `b c`)", List.of("GET h /?a=b+c", "GET h /?x&a=b%20c"), List.of("GET h /?a=b", "GET h /")),
                new Case("Query(`a`)", List.of("GET h /?a", "GET h /?a="), List.of("GET h /?a=1")),
                new Case("QueryRegexp(`id`, `^[0-9]+$`)", List.of("GET h /?id=4"), List.of("GET h /?id=4x")),
                new Case("ClientIP(`127.0.0.0/8`)", List.of("GET h /"), List.of()),
                new Case("!Path(`/a`)", List.of("GET h /b"), List.of("GET h /a")),
                new Case("Host(`a`)||Host(`b`)&&Path(`/x`)", List.of("GET a /", "GET b /x"), List.of("GET b /")),
                new Case("(Host(\"a\") || Host(`b`)) && !(Path(`/x`))", List.of("GET b /y"), List.of("GET a /x")));
    }

    @ParameterizedTest
    @MethodSource("version3")
    void aRuleTakesAndLeaves(Case c) {
        check(c, RuleMatcher.Syntax.V3);
    }

    static Stream<Case> version2() {
        return Stream.of(
                new Case("Host(`a`, `b`)", List.of("GET a /", "GET b /"), List.of("GET c /")),
                new Case("HostRegexp(`{sub:[a-z]+}.t`)", List.of("GET ab.t /"), List.of("GET a1.t /", "GET x.a.t /")),
                new Case("Path(`/a`, `/u/{id}`)", List.of("GET h /a", "GET h /u/7"), List.of("GET h /u/7/8")),
                new Case("PathPrefix(`/u/{id:[0-9]{1,3}}/`)", List.of("GET h /u/77/x"), List.of("GET h /u/x/")),
                new Case("Query(`a=1`, `b=2`)", List.of("GET h /?b=2&a=1"), List.of("GET h /?a=1")));
    }

    @ParameterizedTest
    @MethodSource("version2")
    void aRuleOfVersion2TakesAndLeaves(Case c) {
        check(c, RuleMatcher.Syntax.V2);
    }

    private static void check(Case c, RuleMatcher.Syntax syntax) {
        var matcher = RuleMatcher.of(c.rule(), syntax);
        assertThat(c.takes()).allMatch(request -> matcher.test(head(request)));
        assertThat(c.leaves()).noneMatch(request -> matcher.test(head(request)));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void aRuleThatCannotBeUsedSaysWhy(String rule) {
        assertThatIllegalArgumentException().isThrownBy(() -> RuleMatcher.of(rule, RuleMatcher.Syntax.V3)).satisfies(e ->
                assertThat(e.getMessage()).isNotBlank());
    }

    static Stream<String> wrong() {
        return Stream.of("", "Host(``)", "Path(`products`)", "HostRegexp(`(`)", "(Host(`a`)", "Host('a')", "Host(`a`) and Path(`/`)",
                "Host(`café.t`)", "ClientIP(`300.1.1.1`)", "Nothing(`a`)", "Host()", "Host(`a`", "Host(`a`))", "&& Host(`a`)");
    }

    /** Whatever the text, it is a rule or an IllegalArgumentException. */
    @Property(tries = 2000)
    void anyTextIsARuleOrRefused(@ForAll("rules") String text) {
        try {
            RuleMatcher.of(text, RuleMatcher.Syntax.V3).test(head("GET h /a?b=c X=1"));
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotNull();
        }
    }

    @Provide
    Arbitrary<String> rules() {
        return Arbitraries.of("Host(`a`)", "Path(`/{x}`)", "PathPrefix(`/`)", "Query(`b`)", "HostRegexp(`{`)", "(", ")", "!", "&&", "||", "`", "\"",
                ",", " ", "Header(`X`", "\\", "é").list().ofMaxSize(12).map(list -> String.join("", list));
    }

    static RequestHead head(String request) {
        String[] words = request.split(" ");
        HeaderList headers = new HeaderList().add("Host", words[1]);
        for (int i = 3; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            headers.add(pair[0], pair[1]);
        }
        return new RequestHead(words[0], words[2], words[1], headers, new RequestHead.Peer("127.0.0.1", 1, "127.0.0.1", 80, false, "web"), 1);
    }
}
