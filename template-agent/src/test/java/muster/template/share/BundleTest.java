package muster.template.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.template.dependency.Dependency;
import org.junit.jupiter.api.Test;

class BundleTest {
    private static final Node NODE = new Node("id", "n1", "10.0.0.1", "dc1", Map.of("lan", "10.0.0.1"), Map.of("k", "v"), 1, 2);
    private static final KeyValue ENTRY = new KeyValue("a", new byte[] {0, (byte) 0xff, 'x'}, -1, "s", 3, 4, 5);
    private static final HealthCheck CHECK = new HealthCheck("n1", "c", "check", HealthCheck.Status.WARNING, "notes", "output", "web-1", "web",
            List.of("t"), "http", 6, 7);
    private static final ServiceInstance INSTANCE = new ServiceInstance(NODE, "", "web-1", "web", List.of("t"), "10.0.0.2", 80,
            Map.of("lan", new ServiceInstance.TaggedAddress("10.0.0.2", 80)), Map.of("m", "1"), new ServiceInstance.Weights(2, 3), true,
            List.of(CHECK), 8, 9);

    @Test
    void every_kind_of_value_comes_back_as_it_was() {
        Map<Dependency<?>, Object> known = new HashMap<>();
        known.put(new Dependency.RequiredKey("a", ""), Optional.of(ENTRY));
        known.put(new Dependency.OptionalKey("b", "dc2"), Optional.empty());
        known.put(new Dependency.Pairs("a/", ""), List.of(ENTRY));
        known.put(new Dependency.Service("web", "", "", "", List.of(HealthCheck.Status.PASSING)), List.of(INSTANCE));
        known.put(new Dependency.Services(""), List.of(new ServiceSummary("web", List.of("t"))));
        known.put(new Dependency.Nodes("", ""), List.of(NODE));
        known.put(new Dependency.NodeDetail("n1", ""), Optional.of(new NodeWithServices(NODE, List.of(INSTANCE))));
        known.put(new Dependency.Datacenters(), List.of("dc1"));
        Bundle read = Bundle.of(Bundle.of(true, known).bytes()).orElseThrow();
        assertThat(read.complete()).isTrue();
        assertThat(read.valuesOf(known.keySet())).isEqualTo(known);
    }

    @Test
    void files_secrets_and_the_own_node_stay_with_their_agent() {
        Dependency<?> file = new Dependency.FileContents("x");
        Dependency<?> own = new Dependency.NodeDetail("", "");
        Bundle bundle = Bundle.of(true, Map.of(file, "text", own, Optional.empty()));
        assertThat(bundle.values()).isEmpty();
        assertThat(bundle.valuesOf(Set.of(file, own))).isEmpty();
    }

    @Test
    void what_is_no_bundle_of_this_version_counts_as_none() {
        assertThat(Bundle.of(new byte[0])).isEmpty();
        assertThat(Bundle.of("text".getBytes())).isEmpty();
        byte[] cut = new Bundle(true, Map.of()).bytes();
        assertThat(Bundle.of(java.util.Arrays.copyOf(cut, cut.length / 2))).isEmpty();
    }
}
