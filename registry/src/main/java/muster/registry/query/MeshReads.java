package muster.registry.query;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import muster.registry.mesh.Authority;
import muster.registry.mesh.ChainRequest;
import muster.registry.mesh.ConfigEntry;
import muster.registry.mesh.Coordinate;
import muster.registry.mesh.DiscoveryChain;
import muster.registry.mesh.EntryGraph;
import muster.registry.mesh.EntryKinds;
import muster.registry.mesh.Intention;
import muster.registry.state.Catalog;
import muster.registry.state.Mesh;
import muster.registry.state.Part;
import muster.registry.state.Part.Table;
import muster.registry.state.Service;
import muster.registry.state.State;

/** The reads of the mesh's tables. Each carries its table's index. */
public final class MeshReads {
    private MeshReads() {}

    /** GET config/KIND; "" for all kinds. */
    public record EntriesOf(String kind) implements StateQuery<List<ConfigEntry>> {
        @Override
        public Answer<List<ConfigEntry>> answer(State state) {
            Mesh mesh = state.mesh();
            return Answer.of(kind.isEmpty() ? mesh.entries().all() : mesh.ofKind(kind), mesh.indexes().entries(),
                    new Part.Whole(Table.CONFIG_ENTRIES));
        }
    }

    /** GET config/KIND/NAME */
    public record OneEntry(String kind, String name) implements StateQuery<Optional<ConfigEntry>> {
        @Override
        public Answer<Optional<ConfigEntry>> answer(State state) {
            return Answer.of(state.mesh().entry(kind, name), state.mesh().indexes().entries(),
                    new Part.Whole(Table.CONFIG_ENTRIES));
        }
    }

    /**
     * GET discovery-chain/NAME
     *
     * @param request its trust domain is replaced by that of the authority, where there is one
     */
    public record Chain(ChainRequest request) implements StateQuery<DiscoveryChain> {
        @Override
        public Answer<DiscoveryChain> answer(State state) {
            ChainRequest here = new ChainRequest(request.service(), request.datacenter(),
                    state.mesh().authority().map(Authority::trustDomain).orElse(request.trustDomain()), request.protocol(),
                    request.meshGateway(), request.connectTimeout());
            return Answer.of(EntryGraph.chain(here, state.mesh()), state.mesh().indexes().entries(),
                    new Part.Whole(Table.CONFIG_ENTRIES), new Part.Whole(Table.AUTHORITY));
        }
    }

    /** GET connect/intentions, the most particular first. */
    public record Intentions() implements StateQuery<List<Intention>> {
        @Override
        public Answer<List<Intention>> answer(State state) {
            return Answer.of(state.mesh().intentions(), state.mesh().intentionsIndex(), new Part.Whole(Table.INTENTIONS),
                    new Part.Whole(Table.CONFIG_ENTRIES));
        }
    }

    /** GET coordinate/nodes and coordinate/node/NAME, by node; "" for all of them. */
    public record Coordinates(String node) implements StateQuery<List<Coordinate>> {
        @Override
        public Answer<List<Coordinate>> answer(State state) {
            List<Coordinate> all = state.mesh().coordinates().all();
            return Answer.of(node.isEmpty() ? all
                    : all.stream().filter(coordinate -> coordinate.node().equalsIgnoreCase(node)).toList(),
                    state.mesh().indexes().coordinates(), new Part.Whole(Table.COORDINATES));
        }
    }

    /** GET connect/ca/roots; empty while there is no authority. */
    public record OfAuthority() implements StateQuery<Optional<Authority>> {
        @Override
        public Answer<Optional<Authority>> answer(State state) {
            return Answer.of(state.mesh().authority(), state.mesh().authority().map(Authority::modifyIndex).orElse(0L),
                    new Part.Whole(Table.AUTHORITY));
        }
    }

    /**
     * A service behind a gateway.
     *
     * @param listener what of the entry says so: a listener of an ingress, a service of a terminating gateway
     * @param fromWildcard whether the entry names all services
     */
    public record GatewayService(
            ConfigEntry gateway, String service, ConfigEntry.Node listener, List<String> hosts, boolean fromWildcard) {}

    /** GET catalog/gateway-services/NAME */
    public record ServicesOfGateway(String gateway) implements StateQuery<List<GatewayService>> {
        @Override
        public Answer<List<GatewayService>> answer(State state) {
            List<GatewayService> found = new ArrayList<>();
            for (String kind : List.of(EntryKinds.INGRESS, EntryKinds.TERMINATING)) {
                state.mesh().entry(kind, gateway).ifPresent(entry -> found.addAll(behind(entry, state)));
            }
            return Answer.of(found, Math.max(state.mesh().indexes().entries(), state.catalog().indexes().services()),
                    new Part.Whole(Table.CONFIG_ENTRIES), new Part.Whole(Table.SERVICES));
        }
    }

    static List<GatewayService> behind(ConfigEntry gateway, State state) {
        List<GatewayService> found = new ArrayList<>();
        if (gateway.kind().equals(EntryKinds.TERMINATING)) {
            gateway.root().list("Services").forEach(service -> found.addAll(named(gateway, service, service, name -> true, state)));
            return found;
        }
        for (ConfigEntry.Node listener : gateway.root().list("Listeners")) {
            String protocol = listener.text("Protocol");
            listener.list("Services").forEach(service -> found.addAll(named(gateway, listener, service,
                    name -> EntryGraph.protocolOf(state.mesh(), name).equals(protocol), state)));
        }
        return found;
    }

    private static List<GatewayService> named(ConfigEntry gateway, ConfigEntry.Node listener, ConfigEntry.Node service,
            Function<String, Boolean> fits, State state) {
        String name = service.text("Name");
        if (!name.equals("*")) {
            return List.of(new GatewayService(gateway, name, listener, service.texts("Hosts"), false));
        }
        List<GatewayService> found = new ArrayList<>();
        for (String known : state.catalog().names().keySet()) {
            boolean plain = state.catalog().instances(known).stream().allMatch(instance -> instance.kind().isEmpty());
            if (plain && !known.equals("consul") && fits.apply(known)) {
                found.add(new GatewayService(gateway, known, listener, List.of(), true));
            }
        }
        return found;
    }

    /** GET health/ingress/NAME: the instances of ingress gateways that lead to a service. */
    public record Ingress(String service) implements StateQuery<List<Catalog.Instance>> {
        @Override
        public Answer<List<Catalog.Instance>> answer(State state) {
            return Answer.of(gateways(service, EntryKinds.INGRESS, state),
                    Math.max(state.mesh().indexes().entries(), state.catalog().indexes().max()), parts());
        }
    }

    private static Part[] parts() {
        return new Part[] {new Part.Whole(Table.CONFIG_ENTRIES), new Part.Whole(Table.NODES), new Part.Whole(Table.SERVICES),
            new Part.Whole(Table.CHECKS)};
    }

    /** The instances of gateways of a kind whose entries lead to a service. */
    static List<Catalog.Instance> gateways(String service, String kind, State state) {
        Set<String> names = new HashSet<>();
        for (ConfigEntry entry : state.mesh().ofKind(kind)) {
            if (behind(entry, state).stream().anyMatch(found -> found.service().equalsIgnoreCase(service))) {
                names.add(entry.name());
            }
        }
        List<Catalog.Instance> found = new ArrayList<>();
        for (String name : names.stream().sorted().toList()) {
            for (Service instance : state.catalog().instances(name)) {
                if (instance.kind().equals(kind)) {
                    found.add(state.catalog().withHealth(instance));
                }
            }
        }
        return found;
    }
}
