package muster.registry.client.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Query;
import muster.registry.client.RegistryClient;
import muster.registry.client.RegistryException;
import muster.registry.client.View;
import org.junit.jupiter.api.Test;

/** The fake keeps the contract too, and does what only a fake can. */
class FakeRegistryTest extends RegistryClientContract {
    private final FakeRegistry registry = new FakeRegistry();

    @Override
    protected RegistryClient client() {
        return registry;
    }

    @Test
    void an_outage_keeps_the_last_good_value_and_ends() {
        registry.put("k", "v".getBytes(StandardCharsets.UTF_8));
        List<View<Optional<KeyValue>>> views = new ArrayList<>();
        registry.watch(new Query.Key("k", Query.Scope.LOCAL), views::add);
        registry.fail("no leader");
        assertThatThrownBy(() -> registry.put("k", new byte[0])).isInstanceOf(RegistryException.class).hasMessage("no leader");
        registry.recover();
        assertThat(views).extracting(View::failure)
                .containsExactly(Optional.empty(), Optional.of("no leader"), Optional.empty());
        assertThat(views).allMatch(view -> view.value().orElseThrow().orElseThrow().text().equals("v"));
    }

    @Test
    void instances_can_be_added_and_their_states_set() {
        registry.add(registry.instance("web", "web-1", "10.0.0.1", 80, "blue"));
        Query.HealthService query = new Query.HealthService("web", List.of("blue"), true, "", Query.Scope.LOCAL);
        assertThat(registry.read(query).value()).hasSize(1);
        registry.setStatus("web-1", HealthCheck.Status.CRITICAL);
        assertThat(registry.read(query).value()).isEmpty();
        registry.remove("node1", "web-1");
        assertThat(registry.read(new Query.Services(Query.Scope.LOCAL)).value()).isEmpty();
    }
}
