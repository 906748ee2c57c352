package muster.lb.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RouteTableTest {
    /** Routes as {@code SOURCE TARGET-PORT} lines, a request as {@code HOST/PATH}, and the port it reaches, 0 for none. */
    record Case(String name, String routes, String request, int port) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> prefixCases() {
        return Stream.of(
                new Case("a prefix is text, not segments", "/foo 1", "x/foobar", 1),
                new Case("case counts", "/foo 1", "x/Foo", 0),
                new Case("the longest prefix wins", "/v 1\n/v/b 2\n/v/b/c 3", "x/v/b/c/d", 3),
                new Case("a prefix with a slash at its end needs it", "/ts/ 1", "x/ts", 0),
                new Case("a host goes before a longer path without host", "h.test/ 1\n/long/path 2", "h.test/long/path", 1),
                new Case("a host without a fitting path leaves it to the others", "h.test/a 1\n/b 2", "h.test/b", 2),
                new Case("port 80 does not count", "h.test/ 1", "h.test:80/", 1),
                new Case("another port does", "h.test/ 1\nh.test:8080/ 2", "h.test:8080/", 2),
                new Case("letters of a host do not count", "h.test/ 1", "H.Test/", 1),
                new Case("a trailing dot is another host", "h.test/ 1", "h.test./", 0),
                new Case("a star takes any depth", "*.s.test/ 1", "x.y.s.test/", 1),
                new Case("a star does not take the domain itself", "*.s.test/ 1", "s.test/", 0),
                new Case("the literal host goes before the star", "*.s.test/ 1\na.s.test/ 2", "a.s.test/", 2),
                new Case("the deeper star goes before the other", "*.test/ 1\n*.s.test/ 2", "a.s.test/", 2),
                new Case("a question mark is one character", "n?.test/ 1", "n12.test/", 0),
                new Case("a star alone goes before no host", "*/x 1\n/x 2", "any/x", 1),
                new Case("a star in a prefix path is literal", "/lit* 1", "x/literal", 0),
                new Case("braces are alternatives", "{a,b}.test/ 1", "b.test/", 1),
                new Case("no host at all is served by routes without host", "/x 1", "/x", 1));
    }

    @ParameterizedTest
    @MethodSource("prefixCases")
    void prefixLookup(Case c) {
        assertThat(lookup(c, PathMatcher.PREFIX)).isEqualTo(c.port());
    }

    static Stream<Case> globCases() {
        return Stream.of(
                new Case("a path without wildcard is itself only", "/gx 1", "x/gx/", 0),
                new Case("a star crosses slashes", "/gs/* 1", "x/gs/a/b", 1),
                new Case("a star takes nothing too", "/gs/* 1", "x/gs/", 1));
    }

    @ParameterizedTest
    @MethodSource("globCases")
    void globLookup(Case c) {
        assertThat(lookup(c, PathMatcher.GLOB)).isEqualTo(c.port());
    }

    private static int lookup(Case c, PathMatcher matcher) {
        int slash = c.request().indexOf('/');
        return table(c.routes(), matcher).lookup(c.request().substring(0, slash), c.request().substring(slash), false)
                .map(route -> route.targets().getFirst().url().port())
                .orElse(0);
    }

    private static RouteTable table(String routes, PathMatcher matcher) {
        List<RouteCommand> commands = routes.lines()
                .map(line -> line.split(" "))
                .map(parts -> "route add svc " + parts[0] + " http://127.0.0.1:" + parts[1] + "/")
                .flatMap(line -> RouteScript.parse(line).commands().stream())
                .toList();
        return RouteTable.build(commands, matcher, true).table();
    }

    @Test
    void portsAreDroppedByKindOfListener() {
        RouteTable table = table("h.test/ 1", PathMatcher.PREFIX);
        assertThat(table.lookup("h.test:443", "/", true)).isPresent();
        assertThat(table.lookup("h.test:443", "/", false)).isEmpty();
        assertThat(table.lookup("h.test:80", "/", true)).isEmpty();
    }

    record Script(String name, String script, String table) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Script> scripts() {
        return Stream.of(
                new Script("hosts from z to a, no host last, paths from z to a",
                        "route add s /a http://t:1/\nroute add s a.x/ http://t:1/\nroute add s z.x/ http://t:1/\nroute add s /b http://t:1/",
                        "route add s z.x/ http://t:1/\nroute add s a.x/ http://t:1/\nroute add s /b http://t:1/\nroute add s /a http://t:1/"),
                new Script("all parts, blanks free, options sorted",
                        "route   add ext F.test/man http://t:1/ weight .5 tags \"a, b\" opts \"strip=/man host=dst\"",
                        "route add ext f.test/man http://t:1/ weight 0.5000 tags \"a,b\" opts \"host=dst strip=/man\""),
                new Script("a service is deleted whole",
                        "route add s /a http://t:1/\nroute add s /b http://t:1/\nroute add o /b http://t:2/\nroute del s",
                        "route add o /b http://t:2/"),
                new Script("a source of a service is deleted",
                        "route add s /a http://t:1/\nroute add s /b http://t:1/\nroute del s /a", "route add s /b http://t:1/"),
                new Script("one target is deleted",
                        "route add s /a http://t:1/\nroute add s /a http://t:2/\nroute del s /a http://t:1/", "route add s /a http://t:2/"),
                new Script("deleting by tags asks for all of them",
                        "route add s /a http://t:1/ tags \"x,y\"\nroute add s /a http://t:2/ tags \"x\"\nroute del tags \"x,y\"",
                        "route add s /a http://t:2/ tags \"x\""),
                new Script("equal targets are one",
                        "route add s /a http://t:1/\nroute add s /a http://t:1/ opts \"strip=/a\"", "route add s /a http://t:1/"),
                new Script("a weight is shared by those it matches",
                        "route add s /a http://t:1/ tags \"c\"\nroute add s /a http://t:2/ tags \"c\"\nroute weight /a weight 0.5 tags \"c\"",
                        "route add s /a http://t:1/ weight 0.2500 tags \"c\"\nroute add s /a http://t:2/ weight 0.2500 tags \"c\""));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void scriptMakesTable(Script c) {
        RouteScript script = RouteScript.parse(c.script());
        assertThat(script.problems()).isEmpty();
        RouteTable.Built built = RouteTable.build(script.commands(), PathMatcher.PREFIX, true);
        assertThat(built.problems()).isEmpty();
        assertThat(built.table().text().strip()).isEqualTo(c.table());
        RouteTable again = RouteTable.build(RouteScript.parse(built.table().text()).commands(), PathMatcher.PREFIX, true).table();
        assertThat(again.text()).isEqualTo(built.table().text());
    }

    @Test
    void aWeightThatMatchesNothingIsReportedAndChangesNothing() {
        RouteTable.Built built = RouteTable.build(
                RouteScript.parse("route add s /a http://t:1/\nroute weight nobody /x weight 0.5").commands(), PathMatcher.PREFIX, true);
        assertThat(built.problems()).singleElement().extracting(Problem::where).isEqualTo("route weight nobody /x weight 0.5000");
        assertThat(built.table().routes()).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("badLines")
    void aBadLineIsNamedAndTheOthersCount(String line) {
        RouteScript script = RouteScript.parse("# first\nroute add s /ok http://t:1/\n" + line);
        assertThat(script.problems()).singleElement().extracting(Problem::where).isEqualTo("line 3");
        assertThat(script.commands()).hasSize(1);
    }

    static Stream<String> badLines() {
        return Stream.of("nonsense", "route add onlyservice /x", "route del a b c d", "route weight s /x 0.5",
                "route add s /x http://127.0.0.1:1/ tags \"a\" weight 0.5", "route add s /x http://127.0.0.1:1/ tags 'a'",
                "ROUTE ADD s /x http://127.0.0.1:1/", "route add s /x http://127.0.0.1:port/", "route", "route add s /x t tags \"a");
    }

    @Test
    void fixedWeightsGoFirstAndTheOthersShareTheRest() {
        assertThat(weights("0.05", "", "", "")).containsExactly(0.05, 0.95 / 3, 0.95 / 3, 0.95 / 3);
        assertThat(weights("1", "3", "")).containsExactly(0.25, 0.75, 0.0);
        assertThat(weights("0.1", "0.3")).containsExactly(0.25, 0.75);
        assertThat(weights("", "")).containsExactly(0.5, 0.5);
    }

    private static List<Double> weights(String... fixed) {
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < fixed.length; i++) {
            script.append("route add s /w http://t:").append(i + 1).append(fixed[i].isEmpty() ? "\n" : " weight " + fixed[i] + "\n");
        }
        return RouteTable.build(RouteScript.parse(script.toString()).commands(), PathMatcher.PREFIX, true).table().routes().getFirst()
                .targets().stream().map(Target::weight).toList();
    }

    @Test
    void accessRulesJudgeEveryAddress() {
        AccessRules local = AccessRules.of("ip:127.0.0.0/8", "").orElseThrow();
        assertThat(local.admits(List.of("127.0.0.1"))).isTrue();
        assertThat(local.admits(List.of("127.0.0.1", "8.8.8.8"))).isFalse();
        assertThat(local.admits(List.of("127.0.0.1", "unknown"))).isTrue();
        assertThat(AccessRules.of("", "ip:10.0.0.0/9").orElseThrow().admits(List.of("10.127.0.1"))).isFalse();
        assertThat(AccessRules.of("", "ip:10.0.0.0/9").orElseThrow().admits(List.of("10.128.0.1"))).isTrue();
        assertThat(AccessRules.of("ip:1.1.1.1", "ip:1.1.1.1")).isEmpty();
    }
}
