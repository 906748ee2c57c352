package muster.registry.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.state.Service;
import org.junit.jupiter.api.Test;

class SidecarsTest {
    private static final Definitions DEFINITIONS = new Definitions("n1", 4096, false);
    private static final Instant NOW = Instant.ofEpochSecond(1);

    private static Bodies.ServiceBody body(String json) {
        return Bodies.read(Bodies.ServiceBody.class, json.getBytes(StandardCharsets.UTF_8));
    }

    private static LocalState with(LocalState state, Bodies.ServiceBody body) {
        return state.with(DEFINITIONS.service(body, NOW), true, NOW);
    }

    @Test
    void anEmptyBlockStandsForAWholeProxy() {
        Bodies.ServiceBody web = body("{\"Name\": \"web\", \"ID\": \"w1\", \"Port\": 80, \"Tags\": [\"a\"], \"Meta\": {\"k\": \"v\"},"
                + " \"Connect\": {\"SidecarService\": {}}}");
        Registration proxy = DEFINITIONS.service(Sidecars.of(web, LocalState.EMPTY).orElseThrow(), NOW);
        Service service = proxy.service();
        assertThat(service.id()).isEqualTo("w1-sidecar-proxy");
        assertThat(service.name()).isEqualTo("web-sidecar-proxy");
        assertThat(service.kind()).isEqualTo("connect-proxy");
        assertThat(service.port()).isEqualTo(21_000);
        assertThat(service.tags()).containsExactly("a");
        assertThat(service.meta()).containsEntry("k", "v");
        assertThat(service.proxy()).hasValueSatisfying(own -> {
            assertThat(own.destinationServiceName()).isEqualTo("web");
            assertThat(own.destinationServiceId()).isEqualTo("w1");
            assertThat(own.localServiceAddress()).isEqualTo("127.0.0.1");
            assertThat(own.localServicePort()).isEqualTo(80);
        });
        assertThat(proxy.checks()).extracting(LocalCheck::name)
                .containsExactly("Connect Sidecar Listening", "Connect Sidecar Aliasing w1");
        assertThat(Sidecars.alone(web).connect()).isEmpty();
    }

    @Test
    void portsAreTheFirstFreeOnesAndStayOnRegisteringAgain() {
        // Plan: one sidecar; another service gets the next port; the first one asks again and keeps its own.
        Bodies.ServiceBody web = body("{\"Name\": \"web\", \"Connect\": {\"SidecarService\": {}}}");
        Bodies.ServiceBody api = body("{\"name\": \"api\", \"connect\": {\"sidecar_service\": {\"proxy\": {\"upstreams\": [{\"destination_name\": \"db\", \"local_bind_port\": 5}]}}}}");
        LocalState one = with(LocalState.EMPTY, Sidecars.of(web, LocalState.EMPTY).orElseThrow());
        Bodies.ServiceBody second = Sidecars.of(api, one).orElseThrow();
        assertThat(second.port()).isEqualTo(21_001);
        assertThat(second.proxy().orElseThrow().upstreams()).hasSize(1);
        assertThat(Sidecars.of(web, with(one, second)).orElseThrow().port()).isEqualTo(21_000);
    }

    @Test
    void sidecarsOfOneConfigurationGetPortsOfTheirOwn() {
        List<Map<String, Object>> both = List.of(
                Map.of("name", "a", "connect", Map.of("sidecar_service", Map.of())), Map.of("name", "b", "connect", Map.of("sidecar_service", Map.of())));
        assertThat(Configured.services(DEFINITIONS, both, LocalState.EMPTY, NOW)).extracting(own -> own.service().port())
                .containsExactly(0, 21_000, 0, 21_001);
    }

    @Test
    void aSidecarGoesWithItsServiceButAProxyOfItsOwnStays() {
        Bodies.ServiceBody web = body("{\"Name\": \"web\", \"Connect\": {\"SidecarService\": {}}}");
        LocalState state = with(with(LocalState.EMPTY, Sidecars.alone(web)), Sidecars.of(web, LocalState.EMPTY).orElseThrow());
        assertThat(Sidecars.belongingTo("web", state)).contains("web-sidecar-proxy");
        assertThat(Sidecars.belongingTo("other", state)).isEqualTo(Optional.empty());
    }

    @Test
    void anIdAndASidecarOfASidecarAreRefused() {
        assertThatThrownBy(() -> Sidecars.of(body("{\"Name\": \"web\", \"Connect\": {\"SidecarService\": {\"ID\": \"x\"}}}"), LocalState.EMPTY))
                .hasMessageContaining("cannot specify an ID");
        assertThatThrownBy(() -> Sidecars.of(
                body("{\"Name\": \"web\", \"Connect\": {\"SidecarService\": {\"Connect\": {\"SidecarService\": {}}}}}"), LocalState.EMPTY))
                .hasMessageContaining("cannot have a nested SidecarService");
        assertThat(Sidecars.of(body("{\"Name\": \"web\", \"Connect\": {\"Native\": true}}"), LocalState.EMPTY)).isEmpty();
    }
}
