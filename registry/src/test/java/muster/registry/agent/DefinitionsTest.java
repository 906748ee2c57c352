package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.checks.CheckDefinition;
import muster.checks.CheckDefinition.Timing;
import muster.checks.Thresholds;
import muster.registry.client.HealthCheck.Status;
import muster.registry.state.Service;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DefinitionsTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private static final Definitions DEFINITIONS = new Definitions("n1", 4096, false);

    private static Registration service(String json) {
        return DEFINITIONS.service(Bodies.read(Bodies.ServiceBody.class, json.getBytes(StandardCharsets.UTF_8)), NOW);
    }

    private static LocalCheck check(String json) {
        return DEFINITIONS.check(Bodies.read(Bodies.CheckBody.class, json.getBytes(StandardCharsets.UTF_8)), NOW);
    }

    record Refusal(String name, String json, int status, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Refusal> services() {
        return List.of(
                new Refusal("a service needs a name", "{\"ID\":\"x\"}", 400, "Missing service name"),
                new Refusal("an unknown field is named", "{\"Name\":\"a\",\"Frob\":1}", 400,
                        "Request decode failed: json: unknown field \"Frob\""),
                new Refusal("no body", "", 400, "Request decode failed: EOF"),
                new Refusal("any address is no address", "{\"Name\":\"a\",\"Address\":\"0.0.0.0\"}", 400, "Invalid service address"),
                new Refusal("nor is that of IPv6", "{\"Name\":\"a\",\"Address\":\"[::]\"}", 400, "Invalid service address"),
                new Refusal("a weight of nothing", "{\"Name\":\"a\",\"Weights\":{\"Passing\":0,\"Warning\":1}}", 400,
                        "Invalid Weights: Passing must be greater than 0"),
                new Refusal("a weight below nothing", "{\"Name\":\"a\",\"Weights\":{\"Passing\":1,\"Warning\":-1}}", 400,
                        "Invalid Weights: Warning must be greater or equal than 0"),
                new Refusal("a weight that DNS can't say", "{\"Name\":\"a\",\"Weights\":{\"Passing\":65536,\"Warning\":1}}", 400,
                        "Invalid Weights: DNS Weight must be between 0 and 65535"),
                new Refusal("a word that is no status", "{\"Name\":\"a\",\"Check\":{\"TTL\":\"1s\",\"Status\":\"sick\"}}", 400,
                        "Status for checks must 'passing', 'warning', 'critical'"),
                new Refusal("a proxy of nothing", "{\"Name\":\"a\",\"Kind\":\"connect-proxy\"}", 400,
                        "Invalid service: Proxy.DestinationServiceName must be non-empty for Connect proxy services"));
    }

    @ParameterizedTest
    @MethodSource("services")
    void a_service_is_refused(Refusal test) {
        assertThatThrownBy(() -> service(test.json())).isInstanceOfSatisfying(RefusedException.class, e -> {
            assertThat(e.getMessage()).isEqualTo(test.message());
            assertThat(e.status()).isEqualTo(test.status());
        });
    }

    static List<Refusal> checks() {
        return List.of(
                new Refusal("a check needs a name", "{\"TTL\":\"10s\"}", 400, "Missing check name"),
                new Refusal("a check needs something to do", "{\"Name\":\"c\"}", 400,
                        "Invalid check: TTL must be > 0 for TTL checks"),
                new Refusal("an interval alone is nothing to do", "{\"Name\":\"c\",\"Interval\":\"1s\"}", 400,
                        "Invalid check: TTL must be > 0 for TTL checks"),
                new Refusal("a check that runs needs an interval", "{\"Name\":\"c\",\"HTTP\":\"http://x\"}", 400,
                        "Invalid check: Interval must be > 0 for Script, HTTP, or TCP checks"),
                new Refusal("either told or run", "{\"Name\":\"c\",\"TTL\":\"1s\",\"Interval\":\"1s\"}", 400,
                        "Invalid check: Interval and TTL cannot both be specified"),
                new Refusal("an alias is not told", "{\"Name\":\"c\",\"AliasNode\":\"n\",\"TTL\":\"1s\"}", 400,
                        "Invalid check: TTL must be not be set for Alias checks"),
                new Refusal("a word that is no status", "{\"Name\":\"c\",\"TTL\":\"1s\",\"Status\":\"sick\"}", 400, "Bad check status"),
                new Refusal("a duration without unit", "{\"Name\":\"c\",\"TTL\":\"10\"}", 400,
                        "Request decode failed: time: missing unit in duration \"10\""),
                new Refusal("a script from the network", "{\"Name\":\"c\",\"Args\":[\"true\"],\"Interval\":\"1s\"}", 500,
                        "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true"));
    }

    @ParameterizedTest
    @MethodSource("checks")
    void a_check_is_refused(Refusal test) {
        assertThatThrownBy(() -> check(test.json())).isInstanceOfSatisfying(RefusedException.class, e -> {
            assertThat(e.getMessage()).isEqualTo(test.message());
            assertThat(e.status()).isEqualTo(test.status());
        });
    }

    @Test
    void a_service_without_an_id_has_its_name_as_id_and_weights_of_one() {
        Service service = service("{\"Name\":\"web\"}").service();
        assertThat(service.id()).isEqualTo("web");
        assertThat(service.node()).isEqualTo("n1");
        assertThat(service.weights()).isEqualTo(new Service.Weights(1, 1));
    }

    @Test
    void field_names_may_be_in_any_letter_case_and_in_snake_case() {
        Registration registration = service("""
                {"id": "i", "NAME": "n", "tagged_addresses": {"my_lan": {"address": "1.2.3.4", "port": 5}},
                 "enable_tag_override": true, "meta": {"a_b": "c"}, "check": {"ttl": "60s", "deregister_critical_service_after": "90m"}}""");
        assertThat(registration.service().taggedAddresses()).containsEntry("my_lan", new Service.TaggedAddress("1.2.3.4", 5));
        assertThat(registration.service().meta()).containsEntry("a_b", "c");
        assertThat(registration.service().enableTagOverride()).isTrue();
        assertThat(registration.checks().getFirst().deregisterCriticalAfter()).contains(Duration.ofMinutes(90));
    }

    @Test
    void an_ip_address_is_also_tagged_with_its_family() {
        assertThat(service("{\"Name\":\"a\",\"Address\":\"10.0.0.1\",\"Port\":80}").service().taggedAddresses())
                .containsOnlyKeys("lan_ipv4", "wan_ipv4").containsValue(new Service.TaggedAddress("10.0.0.1", 80));
        assertThat(service("{\"Name\":\"a\",\"Address\":\"db.example\"}").service().taggedAddresses()).isEmpty();
        assertThat(service("{\"Name\":\"a\",\"Address\":\"fe80::1\"}").service().taggedAddresses()).containsKey("lan_ipv6");
    }

    @Test
    void checks_without_ids_are_named_after_their_service_and_numbered_when_there_are_several() {
        assertThat(service("{\"ID\":\"w1\",\"Name\":\"web\",\"Check\":{\"TTL\":\"1s\"}}").checks())
                .extracting(LocalCheck::id, LocalCheck::name).containsExactly(
                        org.assertj.core.groups.Tuple.tuple("service:w1", "Service 'web' check"));
        assertThat(service("{\"Name\":\"web\",\"Checks\":[{\"TTL\":\"1s\"},{\"CheckID\":\"own\",\"TTL\":\"1s\"},{\"TTL\":\"1s\"}]}").checks())
                .extracting(LocalCheck::id).containsExactly("service:web:1", "own", "service:web:3");
    }

    @Test
    void a_check_of_the_node_has_its_name_as_id_and_begins_critical() {
        LocalCheck check = check("{\"Name\":\"disk\",\"TTL\":\"30s\",\"Notes\":\"n\"}");
        assertThat(check.id()).isEqualTo("disk");
        assertThat(check.serviceId()).isEmpty();
        assertThat(check.notes()).isEqualTo("n");
        assertThat(check.state().status()).isEqualTo(Status.CRITICAL);
        assertThat(check.state().expiresAt()).contains(NOW.plusSeconds(30));
        assertThat(check("{\"ID\":\"i\",\"Name\":\"n\",\"TTL\":\"30s\",\"Status\":\"passing\"}").state().status())
                .isEqualTo(Status.PASSING);
    }

    record Kind(String name, String json, CheckDefinition definition) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kind> kinds() {
        Timing ten = new Timing(Duration.ofSeconds(10), Duration.ofSeconds(10));
        return List.of(
                new Kind("ttl", "\"TTL\":\"1m\"", new CheckDefinition.Ttl(Duration.ofMinutes(1))),
                new Kind("tcp", "\"TCP\":\"h:1\",\"Interval\":\"10s\"", new CheckDefinition.Tcp("h:1", ten)),
                new Kind("a duration as nanoseconds", "\"TCP\":\"h:1\",\"Interval\":10000000000", new CheckDefinition.Tcp("h:1", ten)),
                new Kind("an interval of at least a second", "\"TCP\":\"h:1\",\"Interval\":\"10ms\"",
                        new CheckDefinition.Tcp("h:1", new Timing(Duration.ofSeconds(1), Duration.ofSeconds(10)))),
                new Kind("grpc", "\"GRPC\":\"h:1/s\",\"GRPCUseTLS\":true,\"Interval\":\"10s\"",
                        new CheckDefinition.Grpc("h:1/s", true, false, ten)),
                new Kind("http with everything",
                        "\"HTTP\":\"http://h\",\"Interval\":\"10s\",\"Timeout\":\"3s\",\"Method\":\"PUT\",\"Body\":\"b\",\"Header\":{\"X\":[\"1\",\"2\"]},"
                                + "\"TLSSkipVerify\":true",
                        new CheckDefinition.Http("http://h", "PUT", Map.of("X", List.of("1", "2")), "b", true, false,
                                new Timing(Duration.ofSeconds(10), Duration.ofSeconds(3)))),
                new Kind("alias of a service", "\"AliasService\":\"s\"", new CheckDefinition.Alias("", "s")),
                new Kind("alias of a node", "\"alias_node\":\"n\"", new CheckDefinition.Alias("n", "")));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void a_check_is_of_the_kind_that_its_fields_say(Kind test) {
        assertThat(check("{\"Name\":\"c\"," + test.json() + "}").definition()).isEqualTo(test.definition());
    }

    @Test
    void thresholds_and_limits_are_kept_and_an_output_limit_only_lowers_the_agents() {
        LocalCheck check = check("{\"Name\":\"c\",\"TTL\":\"1s\",\"success_before_passing\":3,\"FailuresBeforeCritical\":2,\"OutputMaxSize\":10}");
        assertThat(check.thresholds()).isEqualTo(new Thresholds(3, 0, 2));
        assertThat(check.outputLimit()).isEqualTo(10);
        assertThat(check("{\"Name\":\"c\",\"TTL\":\"1s\",\"OutputMaxSize\":100000}").outputLimit()).isEqualTo(4096);
    }

    @Test
    void scripts_are_allowed_to_those_who_may() {
        Definitions trusted = new Definitions("n1", 4096, true);
        LocalCheck check = trusted.check(Bodies.fromTree(Bodies.CheckBody.class,
                Map.of("name", "c", "args", List.of("sh", "-c", "true"), "interval", "10s")), NOW);
        assertThat(check.definition()).isEqualTo(new CheckDefinition.Script(List.of("sh", "-c", "true"),
                new Timing(Duration.ofSeconds(10), Duration.ofSeconds(30))));
    }

    @Test
    void a_wrong_definition_in_a_configuration_is_named() {
        assertThatThrownBy(() -> Configured.services(DEFINITIONS, List.of(Map.of("name", "web", "frob", 1)), LocalState.EMPTY, NOW))
                .hasMessage("service web: json: unknown field \"frob\"");
        Registration registration = Configured.services(DEFINITIONS,
                List.of(Map.of("name", "web", "check", List.of(Map.of("id", "own", "ttl", "1h", "status", "passing")))), LocalState.EMPTY, NOW)
                .getFirst();
        assertThat(registration.checks()).singleElement().matches(check -> check.id().equals("own"));
        assertThat(registration.service().proxy()).isEqualTo(Optional.empty());
    }
}
