package muster.registry.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The catalog against three plain maps, over random registrations and removals. */
class CatalogModelProperties {
    /** What is done: register a service or a check, or remove either or a node. */
    sealed interface Step {
        record Serve(String node, String id, String name, int port) implements Step {}

        record Check(String node, String id, String status, String serviceId) implements Step {}

        record Remove(String node, String serviceId, String checkId) implements Step {}
    }

    /** Names without regard to letter case; keys of services and checks are node and id. */
    private static final class Model {
        private final TreeSet<String> nodes = new TreeSet<>();
        private final TreeMap<String, Step.Serve> services = new TreeMap<>();
        private final TreeMap<String, Step.Check> checks = new TreeMap<>();

        void apply(Step step) {
            switch (step) {
                case Step.Serve serve -> {
                    nodes.add(fold(serve.node));
                    services.put(key(serve.node, serve.id), serve);
                }
                case Step.Check check -> {
                    if (check.serviceId.isEmpty() || services.containsKey(key(check.node, check.serviceId))) {
                        nodes.add(fold(check.node));
                        checks.put(key(check.node, check.id), check);
                    }
                }
                case Step.Remove remove -> remove(remove);
            }
        }

        private void remove(Step.Remove remove) {
            if (!remove.serviceId.isEmpty()) {
                if (services.remove(key(remove.node, remove.serviceId)) != null) {
                    checks.values().removeIf(check -> fold(check.node).equals(fold(remove.node))
                            && check.serviceId.equals(remove.serviceId));
                }
            } else if (!remove.checkId.isEmpty()) {
                checks.remove(key(remove.node, remove.checkId));
            } else if (nodes.remove(fold(remove.node))) {
                services.values().removeIf(service -> fold(service.node).equals(fold(remove.node)));
                checks.values().removeIf(check -> fold(check.node).equals(fold(remove.node)));
            }
        }

        List<String> instances(String name) {
            return services.values().stream().filter(service -> service.name.equals(name))
                    .map(service -> fold(service.node) + " " + service.id + " " + service.port + " " + Stream.concat(
                            checksOf(service.node, "").stream(), checksOf(service.node, service.id).stream()).toList())
                    .toList();
        }

        private List<String> checksOf(String node, String serviceId) {
            return checks.values().stream().filter(check -> fold(check.node).equals(fold(node)) && check.serviceId.equals(serviceId))
                    .map(check -> check.id + "=" + check.status).toList();
        }
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static String key(String node, String id) {
        return fold(node) + "\0" + id;
    }

    private static Command command(Step step) {
        return switch (step) {
            case Step.Serve serve -> Samples.register(Samples.service(serve.node, serve.id, serve.name, serve.port));
            case Step.Check check -> Samples.register(check.node, Samples.check(check.node, check.id, check.status, check.serviceId));
            case Step.Remove remove -> new Command.Deregister(remove.node, remove.serviceId, remove.checkId);
        };
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        Arbitrary<String> nodes = Arbitraries.of("n1", "n2", "N1");
        Arbitrary<String> ids = Arbitraries.of("a", "b", "c");
        Arbitrary<String> names = Arbitraries.of("web", "db");
        Arbitrary<String> checks = Arbitraries.of("x", "y");
        Arbitrary<String> statuses = Arbitraries.of("passing", "warning", "critical");
        Arbitrary<String> anyId = Arbitraries.of("", "a", "b", "c");
        Arbitrary<Step> steps = Arbitraries.oneOf(
                Combinators.combine(nodes, ids, names, Arbitraries.integers().between(80, 82)).as(Step.Serve::new),
                Combinators.combine(nodes, checks, statuses, anyId).as(Step.Check::new),
                Combinators.combine(nodes, anyId, Arbitraries.of("", "x", "y")).as(Step.Remove::new));
        return steps.list().ofMinSize(1).ofMaxSize(60);
    }

    @Property
    void theCatalogHoldsWhatPlainMapsHold(@ForAll("histories") List<Step> history) {
        Model model = new Model();
        State state = State.EMPTY;
        for (Step step : history) {
            model.apply(step);
            state = state.apply(state.index() + 1, command(step)).state();
            Catalog catalog = state.catalog();
            assertThat(catalog.nodes().all()).map(node -> fold(node.name())).containsExactlyElementsOf(model.nodes);
            assertThat(catalog.services().all()).map(service -> fold(service.node()) + " " + service.id() + " " + service.name() + " " + service.port())
                    .containsExactlyElementsOf(model.services.values().stream()
                            .map(service -> fold(service.node) + " " + service.id + " " + service.name + " " + service.port).toList());
            assertThat(catalog.checks().all()).map(check -> fold(check.node()) + " " + check.id() + " " + check.status() + " " + check.serviceId())
                    .containsExactlyElementsOf(model.checks.values().stream()
                            .map(check -> fold(check.node) + " " + check.id + " " + check.status + " " + check.serviceId).toList());
            for (String name : List.of("web", "db")) {
                assertThat(catalog.instances(name).stream().map(catalog::withHealth).map(CatalogModelProperties::text).toList())
                        .as("instances of %s after %s", name, step).isEqualTo(model.instances(name));
            }
            assertThat(catalog.names().keySet()).isEqualTo(model.services.values().stream()
                    .collect(java.util.stream.Collectors.toMap(Step.Serve::name, service -> Map.of(), (a, b) -> a)).keySet());
        }
    }

    private static String text(Catalog.Instance instance) {
        return fold(instance.service().node()) + " " + instance.service().id() + " " + instance.service().port() + " "
                + instance.checks().stream().map(check -> check.id() + "=" + check.status()).toList();
    }
}
