package muster.lb.source;

import static muster.lb.source.Instances.check;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import muster.lb.route.RouteCommand;
import muster.registry.client.HealthCheck;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FabioTagsTest {
    record Case(String name, String tag, String command) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> tags() {
        return Stream.of(
                new Case("a path", "urlprefix-/web", "route add web /web http://127.0.0.1:80/ tags \"v1\""),
                new Case("a host is lower-cased, a path is not", "urlprefix-CaSe.T/P", "route add web case.t/P http://127.0.0.1:80/ tags \"v1\""),
                new Case("a host alone is all of it", "urlprefix-h.t", "route add web h.t/ http://127.0.0.1:80/ tags \"v1\""),
                new Case("blanks after the prefix", "urlprefix-  /web", "route add web /web http://127.0.0.1:80/ tags \"v1\""),
                new Case("the datacenter", "urlprefix-${DC}.t/in-$DC/", "route add web dc1.t/in-dc1/ http://127.0.0.1:80/ tags \"v1\""),
                new Case("another variable is nothing", "urlprefix-/un$NOPE/known", "route add web /un/known http://127.0.0.1:80/ tags \"v1\""),
                new Case("options are sorted", "urlprefix-/a strip=/a host=dst",
                        "route add web /a http://127.0.0.1:80/ tags \"v1\" opts \"host=dst strip=/a\""),
                new Case("https drops the slash and the option", "urlprefix-/a proto=https tlsskipverify=true",
                        "route add web /a https://127.0.0.1:80 tags \"v1\" opts \"tlsskipverify=true\""),
                new Case("tcp", "urlprefix-:9996 proto=tcp", "route add web :9996 tcp://127.0.0.1:80 tags \"v1\""),
                new Case("http stays an option", "urlprefix-/a proto=http", "route add web /a http://127.0.0.1:80/ tags \"v1\" opts \"proto=http\""),
                new Case("a weight", "urlprefix-/a weight=.25", "route add web /a http://127.0.0.1:80/ weight 0.2500 tags \"v1\""),
                new Case("a negative weight is none", "urlprefix-/a weight=-1", "route add web /a http://127.0.0.1:80/ tags \"v1\""),
                new Case("a redirect's address is the target", "urlprefix-/a redirect=301,https://o.t$path",
                        "route add web /a https://o.t$path tags \"v1\" opts \"redirect=301\""));
    }

    @ParameterizedTest
    @MethodSource("tags")
    void aTagBecomesACommand(Case c) {
        FabioTags tags = FabioTags.of(Instances.passing("web", 80, c.tag(), "v1"), "urlprefix-");
        assertThat(tags.problems()).isEmpty();
        assertThat(tags.commands()).extracting(RouteCommand::text).containsExactly(c.command());
    }

    @ParameterizedTest
    @MethodSource("badTags")
    void aTagThatCannotBeUnderstoodIsNamedAndTheOthersCount(String tag) {
        FabioTags tags = FabioTags.of(Instances.passing("web", 80, tag, "urlprefix-/good"), "urlprefix-");
        assertThat(tags.problems()).singleElement().extracting(problem -> problem.where())
                .isEqualTo("service web, instance web-80, tag \"" + tag + "\"");
        assertThat(tags.commands()).hasSize(1);
    }

    static Stream<String> badTags() {
        return Stream.of("urlprefix-", "urlprefix-/a weight=much", "urlprefix-/a redirect=301", "urlprefix-/a redirect=301,nowhere",
                "urlprefix-:99", "urlprefix-/a\"b");
    }

    /** Whatever the tag, it is a command or a problem. */
    @Property
    void anyTagIsACommandOrAProblem(@ForAll String text) {
        FabioTags tags = FabioTags.of(Instances.passing("web", 80, "urlprefix-" + text), "urlprefix-");
        assertThat(tags.commands().size() + tags.problems().size()).isEqualTo(1);
    }

    record Health(String name, List<HealthCheck> checks, boolean one, boolean all) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Health> health() {
        HealthCheck good = check("a", "web", "passing");
        HealthCheck bad = check("b", "web", "critical");
        HealthCheck serf = check("serfHealth", "", "passing");
        return Stream.of(
                new Health("no check of its own", List.of(serf), false, false),
                new Health("one that passes", List.of(serf, good), true, true),
                new Health("one of two passes", List.of(serf, good, bad), true, false),
                new Health("none passes", List.of(serf, bad), false, false),
                new Health("a warning", List.of(check("c", "web", "warning")), false, false),
                new Health("its node has failed", List.of(check("serfHealth", "", "critical"), good), false, false),
                new Health("another check of the node fails", List.of(check("disk", "", "critical"), good), true, true),
                new Health("in maintenance", List.of(check("_service_maintenance:web-80", "web", "critical"), good), false, false),
                new Health("its node is in maintenance", List.of(check("_node_maintenance", "", "critical"), good), false, false));
    }

    @ParameterizedTest
    @MethodSource("health")
    void onlyHealthyInstancesAreRouted(Health c) {
        var instance = Instances.with("web", 80, List.of(), c.checks().toArray(HealthCheck[]::new));
        assertThat(new HealthRule(Set.of(HealthCheck.Status.PASSING), false).admits(instance)).isEqualTo(c.one());
        assertThat(new HealthRule(Set.of(HealthCheck.Status.PASSING), true).admits(instance)).isEqualTo(c.all());
    }
}
