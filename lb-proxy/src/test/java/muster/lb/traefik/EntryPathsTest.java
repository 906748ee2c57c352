package muster.lb.traefik;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import muster.lb.exchange.HeaderList;
import muster.lb.exchange.RequestHead;
import muster.lb.middleware.EncodedCharacters;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntryPathsTest {
    record Case(String name, String uri, String becomes) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("an ordinary path stays", "/a/b?c", "/a/b?c"),
                new Case("the root stays", "/", "/"),
                new Case("no path but all of the server stays", "*", "*"),
                new Case("doubled slashes are one", "//a///b", "/a/b"),
                new Case("a slash at the end stays", "/a//", "/a/"),
                new Case("dots are resolved", "/a/./b/../c", "/a/c"),
                new Case("encoded dots are dots", "/a/%2e%2E/c", "/c"),
                new Case("two dots at the end lead up", "/a/b/..", "/a"),
                new Case("a name may begin with dots", "/a/..b/.c/...", "/a/..b/.c/..."),
                new Case("needless escapes are undone", "/%61%7e%2D", "/a~-"),
                new Case("other escapes are in capitals", "/a%2fb%c3%a9", "/a%2Fb%C3%A9"),
                new Case("the query is nobody's path", "/a?b=/../c//d%61", "/a?b=/../c//d%61"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aPathHasOneForm(Case one) {
        assertThat(EntryPaths.DEFAULTS.of(head(one.uri())).orElseThrow().uri()).isEqualTo(one.becomes());
    }

    @Test
    void segmentsStayWhereThatIsAskedFor() {
        EntryPaths paths = new EntryPaths(false, new EncodedCharacters(List.of()), false);
        assertThat(paths.of(head("/a//../%62")).orElseThrow().uri()).isEqualTo("/a//../b");
    }

    @Test
    void encodedSeparatorsAreRefusedWhereThatIsAskedFor() {
        EntryPaths paths = new EntryPaths(true, EncodedCharacters.of(option -> !option.equals("allowEncodedSlash")), false);
        assertThat(paths.of(head("/a%2fb"))).isEmpty();
        assertThat(paths.of(head("/a%3Bb?x=%2F"))).isPresent();
    }

    @Test
    void semicolonsOfQueriesAreEncodedWhereThatIsAskedFor() {
        EntryPaths paths = new EntryPaths(true, new EncodedCharacters(List.of()), true);
        assertThat(paths.of(head("/a;b?c=1;d=2")).orElseThrow().uri()).isEqualTo("/a;b?c=1%3Bd=2");
    }

    @Property(tries = 300)
    void whatHasItsFormKeepsIt(@ForAll("paths") String path) {
        String once = EntryPaths.DEFAULTS.of(head(path)).orElseThrow().uri();
        assertThat(EntryPaths.DEFAULTS.of(head(once)).orElseThrow().uri()).isEqualTo(once);
        assertThat(once).startsWith("/").doesNotContain("//").doesNotContain("/./").doesNotContain("/../");
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("/", ".", "..", "a", "%2e", "%2F", "%61", "//", "b").list().ofMaxSize(8).map(parts -> "/" + String.join("", parts));
    }

    private static RequestHead head(String uri) {
        return new RequestHead("GET", uri, "h", new HeaderList(), new RequestHead.Peer("10.0.0.1", 1, "10.0.0.2", 80, false, "web"), 1);
    }
}
