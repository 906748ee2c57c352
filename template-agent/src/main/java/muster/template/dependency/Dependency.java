package muster.template.dependency;

import java.util.List;
import java.util.Optional;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;

/**
 * Something outside of the template that its output depends on; the type parameter is the answer's. Equal dependencies
 * are one. {@code toString} is consul-template's name for it, which users know from logs and events.
 */
public sealed interface Dependency<T> permits Dependency.OfRegistry, Dependency.FileContents, ApiDependency {
    /** One that the registry answers. */
    sealed interface OfRegistry<T> extends Dependency<T> {
        Query<T> query();
    }

    /** A key that has to exist before its template can be rendered. */
    record RequiredKey(String path, String datacenter) implements OfRegistry<Optional<KeyValue>> {
        @Override
        public Query<Optional<KeyValue>> query() {
            return new Query.Key(path, scope(datacenter));
        }

        @Override
        public String toString() {
            return "kv.block(" + path + at(datacenter) + ")";
        }
    }

    /** A key that may be absent. */
    record OptionalKey(String path, String datacenter) implements OfRegistry<Optional<KeyValue>> {
        @Override
        public Query<Optional<KeyValue>> query() {
            return new Query.Key(path, scope(datacenter));
        }

        @Override
        public String toString() {
            return "kv.get(" + path + at(datacenter) + ")";
        }
    }

    /** All entries under a prefix. */
    record Pairs(String prefix, String datacenter) implements OfRegistry<List<KeyValue>> {
        @Override
        public Query<List<KeyValue>> query() {
            return new Query.Entries(prefix, scope(datacenter));
        }

        @Override
        public String toString() {
            return "kv.list(" + prefix + at(datacenter) + ")";
        }
    }

    /**
     * Instances of a service whose aggregated state is one of {@code states}; an empty list of states is any.
     *
     * @param tag "" for none
     * @param near a node to sort by distance from, "" for none
     */
    record Service(String name, String tag, String datacenter, String near, List<HealthCheck.Status> states)
            implements OfRegistry<List<ServiceInstance>> {
        public Service {
            states = List.copyOf(states);
        }

        @Override
        public Query<List<ServiceInstance>> query() {
            boolean passingOnly = states.equals(List.of(HealthCheck.Status.PASSING));
            return new Query.HealthService(
                    name, tag.isEmpty() ? List.of() : List.of(tag), passingOnly, near, scope(datacenter));
        }

        @Override
        public String toString() {
            String wanted = String.join(",", states.stream().map(HealthCheck.Status::toString).sorted().toList());
            return "health.service(" + (tag.isEmpty() ? "" : tag + ".") + name + at(datacenter)
                    + (near.isEmpty() ? "" : "~" + near) + (wanted.isEmpty() ? "" : "|" + wanted) + ")";
        }
    }

    /** Names and tags of all services. */
    record Services(String datacenter) implements OfRegistry<List<ServiceSummary>> {
        @Override
        public Query<List<ServiceSummary>> query() {
            return new Query.Services(scope(datacenter));
        }

        @Override
        public String toString() {
            return "catalog.services" + (datacenter.isEmpty() ? "" : "(@" + datacenter + ")");
        }
    }

    /** All nodes. */
    record Nodes(String datacenter, String near) implements OfRegistry<List<Node>> {
        @Override
        public Query<List<Node>> query() {
            return new Query.Nodes(near, scope(datacenter));
        }

        @Override
        public String toString() {
            String where = at(datacenter) + (near.isEmpty() ? "" : "~" + near);
            return "catalog.nodes" + (where.isEmpty() ? "" : "(" + where + ")");
        }
    }

    /** A node with its services; an empty name is the local agent's node. */
    record NodeDetail(String name, String datacenter) implements OfRegistry<Optional<NodeWithServices>> {
        @Override
        public Query<Optional<NodeWithServices>> query() {
            return new Query.NodeServices(name, scope(datacenter));
        }

        @Override
        public String toString() {
            String which = name + at(datacenter);
            return "catalog.node" + (which.isEmpty() ? "" : "(" + which + ")");
        }
    }

    /** Names of the datacenters. */
    record Datacenters() implements OfRegistry<List<String>> {
        @Override
        public Query<List<String>> query() {
            return new Query.Datacenters();
        }

        @Override
        public String toString() {
            return "catalog.datacenters";
        }
    }

    /** The contents of a local file, by the path as written in the template. */
    record FileContents(String path) implements Dependency<String> {
        @Override
        public String toString() {
            return "file(" + path + ")";
        }
    }

    private static Query.Scope scope(String datacenter) {
        return new Query.Scope(datacenter, Query.Consistency.DEFAULT);
    }

    private static String at(String datacenter) {
        return datacenter.isEmpty() ? "" : "@" + datacenter;
    }
}
