package muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WatchPlanTest {
    record Case(Map<String, Object> given, String target) {}

    static Stream<Case> targets() {
        return Stream.of(
                new Case(Map.of("type", "key", "key", "a b/c"), "/v1/kv/a%20b/c"),
                new Case(Map.of("type", "keyprefix", "prefix", "a/", "datacenter", "dc2"), "/v1/kv/a/?dc=dc2&recurse"),
                new Case(Map.of("type", "services", "stale", true), "/v1/catalog/services?stale"),
                new Case(Map.of("type", "nodes"), "/v1/catalog/nodes"),
                new Case(Map.of("type", "service", "service", "web", "tag", List.of("a", "b"), "passingonly", true),
                        "/v1/health/service/web?tag=a&tag=b&passing"),
                new Case(Map.of("type", "checks"), "/v1/health/state/any"),
                new Case(Map.of("type", "checks", "service", "web"), "/v1/health/checks/web"),
                new Case(Map.of("type", "event", "name", "deploy"), "/v1/event/list?name=deploy"),
                new Case(Map.of("type", "agent_service", "service_id", "web-1"), "/v1/agent/service/web-1"));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void eachKindReadsItsAddress(Case one) {
        assertThat(WatchPlan.of(one.given()).target()).isEqualTo(one.target());
    }

    record Bad(Map<String, Object> given, String message) {}

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad(Map.of(), "Watch type must be specified"),
                new Bad(Map.of("type", "frob"), "Unsupported watch type: frob"),
                new Bad(Map.of("type", "key"), "Must specify a single key to watch"),
                new Bad(Map.of("type", "key", "key", 1), "Expecting key to be a string"),
                new Bad(Map.of("type", "checks", "service", "a", "state", "any"), "Cannot specify service and state"),
                new Bad(Map.of("type", "nodes", "frob", 1), "Invalid parameters: [frob]"),
                new Bad(Map.of("type", "nodes", "handler", "x", "args", List.of("y")), "Cannot specify both args and handler"),
                new Bad(Map.of("type", "nodes", "handler_type", "mail"), "Handler type 'mail' not recognized"),
                new Bad(Map.of("type", "nodes", "handler_type", "http"), "Handler type 'http' requires 'http_handler_config' to be set"),
                new Bad(Map.of("type", "nodes", "handler_type", "http", "http_handler_config", Map.of("path", "mailto:x")),
                        "'path' has to be an http or https address (found \"mailto:x\")"));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void whatIsWrongIsSaid(Bad one) {
        assertThatThrownBy(() -> WatchPlan.of(one.given())).isInstanceOf(IllegalArgumentException.class).hasMessage(one.message());
    }

    @Test
    void handlersAreLinesProgramsOrAddresses() {
        assertThat(WatchPlan.of(Map.of("type", "nodes")).handler()).isEqualTo(new WatchPlan.Handler.None());
        assertThat(WatchPlan.of(Map.of("type", "nodes", "handler", "cat")).handler()).isEqualTo(new WatchPlan.Handler.Shell("cat"));
        assertThat(WatchPlan.of(Map.of("type", "nodes", "args", List.of("a", "b"))).handler())
                .isEqualTo(new WatchPlan.Handler.Program(List.of("a", "b")));
        assertThat(WatchPlan.of(Map.of("type", "nodes", "handler_type", "http", "http_handler_config",
                        Map.of("path", "http://127.0.0.1:1/x", "timeout", "2s", "header", Map.of("A", List.of("b"))))).handler())
                .isInstanceOfSatisfying(WatchPlan.Handler.Http.class, http -> {
                    assertThat(http.method()).isEqualTo("POST");
                    assertThat(http.timeout()).hasSeconds(2);
                });
    }
}
