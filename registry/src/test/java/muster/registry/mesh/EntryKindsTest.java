package muster.registry.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import muster.wire.Json;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EntryKindsTest {
    private static ConfigEntry entry(String json) {
        Map<String, Object> tree = new LinkedHashMap<>();
        ((Map<?, ?>) Json.parse(json)).forEach((key, value) -> tree.put(String.valueOf(key), value));
        return EntryKinds.read(tree);
    }

    private static String shown(String json) {
        return Json.text(EntryKinds.show(entry(json)));
    }

    @Test
    void namesMayBeWrittenInEitherStyleAndAreShownInOne() {
        assertThat(shown("""
                {"kind": "service-resolver", "name": "web", "connect_timeout": "1m", "default_subset": "v1",
                 "subsets": {"v1": {"only_passing": true, "filter": "Service.Meta.v == 1"}}}"""))
                .isEqualTo("{\"Kind\":\"service-resolver\",\"Name\":\"web\",\"ConnectTimeout\":\"1m0s\",\"DefaultSubset\":\"v1\","
                        + "\"Subsets\":{\"v1\":{\"Filter\":\"Service.Meta.v == 1\",\"OnlyPassing\":true}},"
                        + "\"CreateIndex\":0,\"ModifyIndex\":0}");
    }

    @Test
    void whatIsAlwaysShownIsShownWhenItIsEmpty() {
        assertThat(shown("{\"Kind\": \"service-defaults\", \"Name\": \"web\"}")).isEqualTo("{\"Kind\":\"service-defaults\","
                + "\"Name\":\"web\",\"Protocol\":\"\",\"MeshGateway\":{},\"Expose\":{},\"CreateIndex\":0,\"ModifyIndex\":0}");
        assertThat(shown("{\"Kind\": \"ingress-gateway\", \"Name\": \"in\", \"Listeners\": [{\"Port\": 80, \"Services\": [{\"Name\": \"a\"}]}]}"))
                .contains("\"TLS\":{\"Enabled\":false}", "\"Protocol\":\"tcp\"", "\"Hosts\":null");
    }

    @Test
    void blocksOfHclAreListsOfOneMap() {
        assertThat(shown("{\"Kind\": \"service-defaults\", \"Name\": \"web\", \"MeshGateway\": [{\"Mode\": \"local\"}]}"))
                .contains("\"MeshGateway\":{\"Mode\":\"local\"}");
        assertThat(shown("{\"Kind\": \"service-splitter\", \"Name\": \"web\", \"Splits\": {\"Weight\": \"100\"}}"))
                .contains("\"Splits\":[{\"Weight\":100}]");
    }

    @Test
    void allUnknownKeysAreNamedWithTheirPlace() {
        assertThatThrownBy(() -> entry("""
                {"Kind": "service-router", "Name": "web", "Frob": 1, "Routes": [{"Match": {"HTTP": {"Nope": 1}}}]}"""))
                .isInstanceOf(EntryKinds.EntryException.class)
                .hasMessage("2 errors occurred:\n\t* invalid config key \"Frob\"\n"
                        + "\t* invalid config key \"Routes[0].Match.HTTP.Nope\"\n\n");
    }

    record Rule(String name, String json, String refusal) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Rule> rules() {
        return Stream.of(
                new Rule("a router needs a name", "{\"Kind\": \"service-router\"}", "Name is required"),
                new Rule("one path only", router("\"PathExact\": \"/a\", \"PathPrefix\": \"/b\""),
                        "Route[0] should only contain at most one of PathExact, PathPrefix, or PathRegex"),
                new Rule("a path begins with a slash", router("\"PathPrefix\": \"b\""),
                        "Route[0] PathPrefix doesn't start with '/': \"b\""),
                new Rule("a header needs one condition", router("\"Header\": [{\"Name\": \"x\"}]"),
                        "Route[0] Header[0] should only contain one of Present, Exact, Prefix, Suffix, or Regex"),
                new Rule("a known method, in any letter case", router("\"Methods\": [\"get\"]"), ""),
                new Rule("a method only once", router("\"Methods\": [\"get\", \"GET\"]"),
                        "Route[0] Methods contains \"GET\" more than once"),
                new Rule("weights of a hundred", splitter("{\"Weight\": 60, \"Service\": \"a\"}, {\"Weight\": 40, \"Service\": \"b\"}"), ""),
                new Rule("weights of less", splitter("{\"Weight\": 60}"), "the sum of all split weights must be 100, not 60.000000"),
                new Rule("a destination once", splitter("{\"Weight\": 60}, {\"Weight\": 40}"),
                        "split destination occurs more than once: service=\"web\", subset=\"\", namespace=\"default\""),
                new Rule("a splitter without splits", splitter(""), "no splits configured"),
                new Rule("a default subset that exists", resolver("\"DefaultSubset\": \"v1\""), "DefaultSubset \"v1\" is not a valid subset"),
                new Rule("a redirect that says where", resolver("\"Redirect\": {}"), "Redirect is empty"),
                new Rule("not both redirect and failover",
                        resolver("\"Redirect\": {\"Service\": \"a\"}, \"Failover\": {\"*\": {\"Service\": \"b\"}}"),
                        "Redirect and Failover cannot both be set"),
                new Rule("a filter that is one", resolver("\"Subsets\": {\"v1\": {\"Filter\": \"a ==\"}}"),
                        "Filter for subset \"v1\" is not a valid expression: "),
                new Rule("a balancing policy that is one", resolver("\"LoadBalancer\": {\"Policy\": \"best\"}"),
                        "Bad LoadBalancer policy: \"best\" is not supported"),
                new Rule("one listener for a port", ingress("{\"Port\": 1, \"Services\": [{\"Name\": \"a\"}]},"
                        + "{\"Port\": 1, \"Services\": [{\"Name\": \"a\"}]}"), "port 1 declared on two listeners"),
                new Rule("no hosts over TCP", ingress("{\"Port\": 1, \"Services\": [{\"Name\": \"a\", \"Hosts\": [\"x.y\"]}]}"),
                        "Associating hosts to a service is not supported for the tcp protocol (listener on port 1)"),
                new Rule("all files of a client certificate",
                        "{\"Kind\": \"terminating-gateway\", \"Name\": \"t\", \"Services\": [{\"Name\": \"a\", \"CertFile\": \"c\"}]}",
                        "Service \"a\" must have a CertFile, CAFile, and KeyFile specified for TLS origination"),
                new Rule("intentions name their sources", "{\"Kind\": \"service-intentions\", \"Name\": \"db\"}",
                        "At least one source is required"),
                new Rule("intentions decide", "{\"Kind\": \"service-intentions\", \"Name\": \"db\", \"Sources\": [{\"Name\": \"a\"}]}",
                        "Sources[0].Action must be set to 'allow' or 'deny'"));
    }

    private static String router(String http) {
        return "{\"Kind\": \"service-router\", \"Name\": \"web\", \"Routes\": [{\"Match\": {\"HTTP\": {" + http + "}}}]}";
    }

    private static String splitter(String splits) {
        return "{\"Kind\": \"service-splitter\", \"Name\": \"web\", \"Splits\": [" + splits + "]}";
    }

    private static String resolver(String fields) {
        return "{\"Kind\": \"service-resolver\", \"Name\": \"web\", " + fields + "}";
    }

    private static String ingress(String listeners) {
        return "{\"Kind\": \"ingress-gateway\", \"Name\": \"in\", \"Listeners\": [" + listeners + "]}";
    }

    @ParameterizedTest
    @MethodSource("rules")
    void rulesAreConsuls(Rule rule) {
        Optional<String> refusal = EntryRules.refusal(entry(rule.json()));
        if (rule.refusal().isEmpty()) {
            assertThat(refusal).isEmpty();
        } else {
            assertThat(refusal.orElse("")).startsWith(rule.refusal());
        }
    }

    @Property(tries = 300)
    void anyTreeIsReadOrRefused(@ForAll("trees") Map<String, Object> tree) {
        for (String kind : List.of("service-router", "service-resolver", "ingress-gateway", "service-intentions", "proxy-defaults")) {
            Map<String, Object> given = new LinkedHashMap<>(tree);
            given.put("Kind", kind);
            try {
                ConfigEntry entry = EntryKinds.read(given);
                EntryRules.refusal(entry);
                assertThat(Json.text(EntryKinds.show(entry))).contains(kind);
            } catch (EntryKinds.EntryException expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }

    @Provide
    Arbitrary<Map<String, Object>> trees() {
        Arbitrary<String> names = Arbitraries.of("Name", "Routes", "Match", "HTTP", "Listeners", "Port",
                "Services", "Subsets", "Filter", "Redirect", "Sources", "Config", "Failover", "ConnectTimeout", "x");
        Arbitrary<Object> leafs = Arbitraries.of("a", "5s", "*", 1L, -1.5, true, false, "", List.of(), Map.of());
        Arbitrary<Object> values = Arbitraries.recursive(() -> leafs, inner ->
                Arbitraries.oneOf(inner.list().ofMaxSize(2).map(list -> (Object) list),
                        Arbitraries.maps(names, inner).ofMaxSize(3).map(map -> (Object) map)), 0, 4);
        return Arbitraries.maps(names, values).ofMaxSize(5);
    }
}
