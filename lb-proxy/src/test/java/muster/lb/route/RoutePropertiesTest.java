package muster.lb.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RoutePropertiesTest {
    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.strings().withChars("ab/").ofMaxLength(5).map(text -> "/" + text);
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.of("", "a.test", "b.test", "x.a.test");
    }

    record Source(String host, String path) {}

    @Provide
    Arbitrary<List<Source>> sources() {
        return net.jqwik.api.Combinators.combine(hosts(), paths()).as(Source::new).list().uniqueElements().ofMaxSize(12);
    }

    /** Of the routes of the request's host the one with the longest prefix, else of those without host, as a plain search finds it. */
    @Property(tries = 500)
    void lookupAgreesWithAPlainSearch(@ForAll("sources") List<Source> sources, @ForAll("hosts") String host, @ForAll("paths") String path) {
        RouteTable table = RouteTable.build(
                sources.stream().<RouteCommand>map(s -> add(s.host() + s.path(), 1, 0)).toList(), PathMatcher.PREFIX, true).table();
        Optional<Source> expected = longest(sources, host, path);
        if (expected.isEmpty()) {
            expected = longest(sources, "", path);
        }
        assertThat(table.lookup(host, path, false).map(Route::source)).isEqualTo(expected.map(s -> s.host() + s.path()));
    }

    private static Optional<Source> longest(List<Source> sources, String host, String path) {
        return sources.stream()
                .filter(source -> source.host().equals(host) && path.startsWith(source.path()))
                .max(Comparator.comparingInt(source -> source.path().length()));
    }

    /** Whatever the text, parsing ends with commands and problems and never throws. */
    @Property(tries = 1000)
    void anyTextIsReadOrRefusedLineByLine(@ForAll("scripts") String text) {
        RouteScript script = RouteScript.parse(text);
        assertThat(script.commands().size() + script.problems().size()).isLessThanOrEqualTo((int) text.lines().count());
        RouteTable.build(script.commands(), PathMatcher.GLOB, true);
    }

    @Provide
    Arbitrary<String> scripts() {
        Arbitrary<String> words = Arbitraries.of("route", "add", "del", "weight", "tags", "opts", "svc", "/x", "h*[", "{a", "http://t:1/",
                "0.5", "\"a,b\"", "\"", "\n", "#", "-1", ":1", "$path", "allow=ip:x", "é");
        return words.list().ofMaxSize(25).map(list -> String.join(" ", list));
    }

    private static RouteCommand.Add add(String source, int port, double weight) {
        return new RouteCommand.Add("svc", source, "http://127.0.0.1:" + port + "/", weight, List.of(), new java.util.TreeMap<>());
    }
}
