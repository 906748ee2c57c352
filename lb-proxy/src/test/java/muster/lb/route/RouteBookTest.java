package muster.lb.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RouteBookTest {
    private static final List<String> SOURCES = List.of("/", "/a", "/ab", "/A", "/a*", "a.test/", "a.test/x", "*.test/", "*.a.test/x", "a.test:80/x",
            "{a,b}.test/", "x.*/", "*/a", ":99");

    /** A step: what one service asks for from now on, or the operator's text. */
    sealed interface Change {
        record Service(String name, List<RouteCommand.Add> commands) implements Change {}

        record Manual(String text) implements Change {}
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<String> sources = Arbitraries.of(SOURCES);
        Arbitrary<String> services = Arbitraries.of("one", "two", "three");
        Arbitrary<Change> service = Combinators.combine(services, sources.list().ofMaxSize(4), Arbitraries.integers().between(1, 3)).as(
                (name, list, port) -> new Change.Service(name, list.stream().map(source -> add(name, source, port)).toList()));
        Arbitrary<Change> manual = Arbitraries.of("", "route del one", "route del two /a", "route weight one /a weight 0.3",
                "route add man /a http://m:1/\nroute weight one /a weight 0.5", "route del tags \"t\"", "route add man a.test/x http://m:2/",
                "route weight nobody /none weight 1").map(Change.Manual::new);
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(3, service), net.jqwik.api.Tuple.of(1, manual)).list().ofMinSize(1).ofMaxSize(10);
    }

    /** However it came about, the table is the one that its inputs make from scratch. */
    @Property(tries = 600)
    void changesAddUpToTheTableMadeFromScratch(@ForAll("changes") List<Change> changes, @ForAll PathMatcher matcher) {
        RouteBook book = new RouteBook(matcher, true);
        Map<String, List<RouteCommand.Add>> services = new TreeMap<>();
        List<RouteCommand> manual = List.of();
        for (Change change : changes) {
            RouteTable before = book.table();
            RouteBook.Update update = switch (change) {
                case Change.Service service -> {
                    services.put(service.name(), service.commands());
                    yield book.services(Map.of(service.name(), service.commands()));
                }
                case Change.Manual text -> {
                    manual = RouteScript.parse(text.text()).commands();
                    yield book.manual(manual);
                }
            };
            List<RouteCommand> all = new ArrayList<>();
            services.values().forEach(all::addAll);
            all.sort(Comparator.comparing(RouteCommand::text).reversed());
            all.addAll(manual);
            RouteTable.Built scratch = RouteTable.build(all, matcher, true);
            assertThat(update.table().text()).isEqualTo(scratch.table().text());
            assertThat(update.table().size()).isEqualTo(scratch.table().routes().size());
            assertThat(Set.copyOf(book.problems())).isEqualTo(Set.copyOf(scratch.problems()));
            assertThat(before.routes()).filteredOn(route -> !update.changed().contains(route.source()))
                    .allMatch(route -> update.table().at(route.source()).isPresent());
        }
    }

    /** The tree finds what trying all routes in the documented order finds. */
    @Property(tries = 1000)
    void lookupAgreesWithTryingAllRoutes(
            @ForAll("changes") List<Change> changes, @ForAll PathMatcher matcher, @ForAll("hosts") String host, @ForAll("paths") String path) {
        RouteBook book = new RouteBook(matcher, true);
        changes.forEach(change -> {
            if (change instanceof Change.Service service) {
                book.services(Map.of(service.name(), service.commands()));
            }
        });
        for (boolean isTls : new boolean[] {false, true}) {
            Optional<String> expected = plain(book.table().routes(), host, path, isTls);
            assertThat(book.table().lookup(host, path, isTls).map(Route::source)).isEqualTo(expected);
            assertThat(book.table().explain(host, path, isTls).route().map(Route::source)).isEqualTo(expected);
        }
    }

    @Provide
    Arbitrary<String> hosts() {
        return Arbitraries.of("", "a.test", "A.test:80", "b.test:443", "x.a.test", "a.test:8080", "other", "x.y");
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("/", "/a", "/A", "/ab", "/aB", "/x", "/x/a", "/b/a", "/abx", "//a", "/Axb");
    }

    private static Optional<String> plain(List<Route> routes, String host, String path, boolean isTls) {
        String name = RouteTable.withoutPort(host.toLowerCase(java.util.Locale.ROOT), isTls);
        Comparator<Route> order = Comparator
                .comparing((Route route) -> new StringBuilder(RouteTable.withoutPort(route.host(), isTls)).reverse().toString())
                .thenComparing(Route::host).reversed()
                .thenComparing(Comparator.comparing(Route::path).reversed());
        List<Route> named = routes.stream()
                .filter(route -> !route.host().isEmpty() && !route.host().startsWith(":"))
                .filter(route -> Glob.compile(RouteTable.withoutPort(route.host(), isTls)).matches(name))
                .sorted(order)
                .toList();
        List<Route> all = new ArrayList<>(named);
        routes.stream().filter(route -> route.host().isEmpty()).sorted(Comparator.comparing(Route::path).reversed()).forEach(all::add);
        return all.stream().filter(route -> route.matches().test(path)).findFirst().map(Route::source);
    }

    @Test
    void aChangeTouchesItsRoutesOnly() {
        RouteBook book = new RouteBook(PathMatcher.PREFIX, true);
        for (int i = 0; i < 500; i++) {
            book.services(Map.of("s" + i, List.of(add("s" + i, "h" + i + ".test/", 1))));
        }
        RouteBook.Update update = book.services(Map.of("s7", List.of(add("s7", "h7.test/", 1), add("s7", "h7.test/", 2))));
        assertThat(update.changed()).containsExactly("h7.test/");
        assertThat(book.services(Map.of("s7", List.of(add("s7", "h7.test/", 1), add("s7", "h7.test/", 2)))).changed()).isEmpty();
        assertThat(book.services(Map.of("s7", List.of())).table().at("h7.test/")).isEmpty();
        assertThat(book.table().size()).isEqualTo(499);
    }

    @Test
    void aWeightForNobodyIsNamedAndChangesNothing() {
        RouteBook book = new RouteBook(PathMatcher.PREFIX, true);
        book.services(Map.of("one", List.of(add("one", "/a", 1))));
        assertThat(book.manual(RouteScript.parse("route weight nobody /nowhere weight 0.5").commands()).changed()).isEmpty();
        assertThat(book.problems()).singleElement().asString().contains("matches no target");
        book.manual(List.of());
        assertThat(book.problems()).isEmpty();
    }

    private static RouteCommand.Add add(String service, String source, int port) {
        return new RouteCommand.Add(service, source, "http://127.0.0.1:" + port + "/", 0, List.of("t"), new TreeMap<>());
    }
}
