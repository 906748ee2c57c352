package muster.registry.client;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What can be read and watched; the type parameter is the answer's. Equal queries share one watch. Names are as in
 * Consul's HTTP API.
 */
public sealed interface Query<T> {
    /** Where and how to read: an empty datacenter is the agent's own. */
    record Scope(String datacenter, Consistency consistency) {
        public static final Scope LOCAL = new Scope("", Consistency.DEFAULT);

        public Scope {
            Objects.requireNonNull(datacenter);
            Objects.requireNonNull(consistency);
        }
    }

    /** Consul's consistency modes. */
    enum Consistency {
        DEFAULT, CONSISTENT, STALE
    }

    Scope scope();

    /** One key; an absent one is an empty Optional. (GET kv/KEY) */
    record Key(String key, Scope scope) implements Query<Optional<KeyValue>> {}

    /** All entries whose keys start with the prefix, in byte order. (GET kv/PREFIX?recurse) */
    record Entries(String prefix, Scope scope) implements Query<List<KeyValue>> {}

    /** Their keys alone; with a separator, cut after its first appearance behind the prefix. (GET kv/PREFIX?keys) */
    record Keys(String prefix, String separator, Scope scope) implements Query<List<String>> {}

    /** Service names with the union of their tags, by name. (GET catalog/services) */
    record Services(Scope scope) implements Query<List<ServiceSummary>> {}

    /** Instances from the catalog, without looking at health; their {@code checks} are empty. (GET catalog/service/NAME) */
    record CatalogService(String service, List<String> tags, String near, Scope scope) implements Query<List<ServiceInstance>> {
        public CatalogService {
            tags = List.copyOf(tags);
        }
    }

    /**
     * Instances with the checks of themselves and their nodes. (GET health/service/NAME)
     *
     * @param passingOnly only those whose checks all pass
     * @param near sort by distance from this node; empty for none
     */
    record HealthService(String service, List<String> tags, boolean passingOnly, String near, Scope scope)
            implements Query<List<ServiceInstance>> {
        public HealthService {
            tags = List.copyOf(tags);
        }
    }

    /** The mesh's way to a service, proxies and gateways, with their checks. (GET health/connect/NAME) */
    record ConnectService(String service, Scope scope) implements Query<List<ServiceInstance>> {}

    /** The ingress gateways that lead to a service, with their checks. (GET health/ingress/NAME) */
    record IngressService(String service, Scope scope) implements Query<List<ServiceInstance>> {}

    /** What a prepared query finds, by its id or name; empty if no query answers that name. (GET query/NAME/execute) */
    record Execute(String name, Scope scope) implements Query<Optional<PreparedAnswer>> {}

    /** Checks in a state; {@code any} for all. (GET health/state/STATE) */
    record ChecksInState(String state, Scope scope) implements Query<List<HealthCheck>> {}

    /** All nodes. (GET catalog/nodes) */
    record Nodes(String near, Scope scope) implements Query<List<Node>> {}

    /** A node with its services; empty if there is no such node. (GET catalog/node/NAME) */
    record NodeServices(String node, Scope scope) implements Query<Optional<NodeWithServices>> {}

    /** Known datacenters, nearest first. (GET catalog/datacenters) */
    record Datacenters() implements Query<List<String>> {
        @Override
        public Scope scope() {
            return Scope.LOCAL;
        }
    }

    /** The answer of another query with its index, so that a step of the index is news even where the answer looks as it did. */
    record Stamped<T>(Query<T> of) implements Query<Indexed<T>> {
        @Override
        public Scope scope() {
            return of.scope();
        }
    }
}
