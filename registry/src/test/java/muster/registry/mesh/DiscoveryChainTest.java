package muster.registry.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiscoveryChainTest {
    private static Entries entries(ConfigEntry... all) {
        return new Entries() {
            @Override
            public Optional<ConfigEntry> entry(String kind, String name) {
                return ofKind(kind).stream().filter(entry -> entry.name().equals(name)).findFirst();
            }

            @Override
            public List<ConfigEntry> ofKind(String kind) {
                return List.of(all).stream().filter(entry -> entry.kind().equals(kind)).toList();
            }
        };
    }

    private static ConfigEntry entry(String kind, String name, Map<String, Object> fields) {
        return new ConfigEntry(kind, name, fields, 1, 1);
    }

    private static ConfigEntry http(String name) {
        return entry(EntryKinds.SERVICE_DEFAULTS, name, Map.of("Protocol", "http"));
    }

    private static DiscoveryChain chain(Entries entries) {
        return EntryGraph.chain(ChainRequest.of("web", "dc1", "t.consul"), entries);
    }

    @Test
    void aServiceOfWhichNothingIsSaidLeadsToItself() {
        DiscoveryChain chain = chain(entries());
        assertThat(chain.protocol()).isEqualTo("tcp");
        assertThat(chain.start()).isEqualTo("resolver:web.default.dc1");
        assertThat(chain.nodes().get(chain.start())).isInstanceOfSatisfying(DiscoveryChain.Resolver.class, resolver -> {
            assertThat(resolver.isDefault()).isTrue();
            assertThat(resolver.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        });
        assertThat(chain.targets().get("web.default.dc1").serverName()).isEqualTo("web.default.dc1.internal.t.consul");
    }

    @Test
    void routesLeadToSplitsAndSplitsToSubsets() {
        DiscoveryChain chain = chain(entries(http("web"), http("admin"),
                entry(EntryKinds.ROUTER, "web", Map.of("Routes", List.of(Map.of("Destination", Map.of("Service", "admin"))))),
                entry(EntryKinds.SPLITTER, "web", Map.of("Splits", List.of(
                        Map.of("Weight", 90.0, "ServiceSubset", "v1"), Map.of("Weight", 10.0, "ServiceSubset", "v2")))),
                entry(EntryKinds.RESOLVER, "web", Map.of("Subsets", Map.of("v1", Map.of("Filter", "a"), "v2", Map.of())))));
        assertThat(chain.nodes().keySet()).containsExactly("resolver:admin.default.dc1", "resolver:v1.web.default.dc1",
                "resolver:v2.web.default.dc1", "router:web.default", "splitter:web.default");
        assertThat(chain.start()).isEqualTo("router:web.default");
        assertThat(chain.targets().get("v1.web.default.dc1").filter()).isEqualTo("a");
    }

    @Test
    void adjacentSplittersBecomeOneWithTheirWeightsMultiplied() {
        DiscoveryChain chain = chain(entries(http("web"), http("api"),
                entry(EntryKinds.SPLITTER, "web", Map.of("Splits", List.of(
                        Map.of("Weight", 50.0), Map.of("Weight", 50.0, "Service", "api")))),
                entry(EntryKinds.SPLITTER, "api", Map.of("Splits", List.of(
                        Map.of("Weight", 10.0), Map.of("Weight", 90.0, "ServiceSubset", "v2")))),
                entry(EntryKinds.RESOLVER, "api", Map.of("Subsets", Map.of("v2", Map.of())))));
        assertThat(chain.nodes().get("splitter:web.default")).isInstanceOfSatisfying(DiscoveryChain.Splitter.class,
                splitter -> assertThat(splitter.splits()).extracting(DiscoveryChain.Split::weight).containsExactly(50.0, 5.0, 45.0));
        assertThat(chain.nodes()).doesNotContainKey("splitter:api.default");
    }

    @Test
    void redirectsAndFailoversAreFollowed() {
        DiscoveryChain chain = chain(entries(
                entry(EntryKinds.RESOLVER, "web", Map.of("Redirect", Map.of("Service", "api"))),
                entry(EntryKinds.RESOLVER, "api", Map.of("Failover", Map.of("*", Map.of("Datacenters", List.of("dc2", "dc3")))))));
        assertThat(chain.start()).isEqualTo("resolver:api.default.dc1");
        assertThat(chain.nodes().get(chain.start())).isInstanceOfSatisfying(DiscoveryChain.Resolver.class,
                resolver -> assertThat(resolver.failover()).containsExactly("api.default.dc2", "api.default.dc3"));
        assertThat(chain.targets()).containsOnlyKeys("api.default.dc1", "api.default.dc2", "api.default.dc3");
    }

    @Test
    void circlesAreFound() {
        assertThatThrownBy(() -> chain(entries(
                entry(EntryKinds.RESOLVER, "web", Map.of("Redirect", Map.of("Service", "api"))),
                entry(EntryKinds.RESOLVER, "api", Map.of("Redirect", Map.of("Service", "web"))))))
                .hasMessage("detected circular resolver redirect: [web.default.dc1 -> api.default.dc1 -> web.default.dc1]");
        assertThatThrownBy(() -> chain(entries(http("web"), http("api"),
                entry(EntryKinds.SPLITTER, "web", Map.of("Splits", List.of(Map.of("Weight", 100.0, "Service", "api")))),
                entry(EntryKinds.SPLITTER, "api", Map.of("Splits", List.of(Map.of("Weight", 100.0, "Service", "web")))))))
                .hasMessageStartingWith("detected circular reference: [splitter:web.default -> splitter:api.default");
    }

    @Test
    void anAskerThatSpeaksTcpIsNotRouted() {
        Entries entries = entries(http("web"), entry(EntryKinds.ROUTER, "web", Map.of("Routes", List.of())));
        DiscoveryChain plain = EntryGraph.chain(
                new ChainRequest("web", "dc1", "t.consul", "tcp", "", Duration.ZERO), entries);
        assertThat(plain.start()).isEqualTo("resolver:web.default.dc1");
        assertThat(plain.protocol()).isEqualTo("tcp");
        assertThat(plain.customization()).hasSize(8);
        assertThat(chain(entries).customization()).isEmpty();
    }

    @Test
    void aListenerAndItsServicesSpeakTheSame() {
        Entries entries = entries(http("web"), entry(EntryKinds.INGRESS, "in", Map.of("Listeners", List.of(
                Map.of("Port", 80L, "Protocol", "grpc", "Services", List.of(Map.of("Name", "web")))))));
        assertThat(EntryGraph.refusal(entries, EntryKinds.INGRESS, "in"))
                .contains("service \"web\" has protocol \"http\", which is incompatible with listener protocol \"grpc\"");
    }
}
