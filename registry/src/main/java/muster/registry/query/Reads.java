package muster.registry.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.registry.mesh.EntryKinds;
import muster.registry.state.Autopilot;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.KeyValue;
import muster.registry.state.Node;
import muster.registry.state.Part;
import muster.registry.state.Part.Table;
import muster.registry.state.Service;
import muster.registry.state.Session;
import muster.registry.state.State;

/**
 * The reads of Consul's HTTP API, without what the edge does to their answers (filters, tags, sorting by distance). Which
 * index each of them carries is the API's: one key its own, a prefix the newest under it, a service that of its name, a
 * list its table's.
 */
public final class Reads {
    private Reads() {}

    /** GET kv/KEY */
    public record Key(String key) implements StateQuery<Optional<KeyValue>> {
        @Override
        public Answer<Optional<KeyValue>> answer(State state) {
            return Answer.of(state.keys().get(key), state.keys().indexOf(key), new Part.Key(key));
        }
    }

    /** GET kv/PREFIX?recurse */
    public record Entries(String prefix) implements StateQuery<List<KeyValue>> {
        @Override
        public Answer<List<KeyValue>> answer(State state) {
            return Answer.of(state.keys().under(prefix), state.keys().indexUnder(prefix), new Part.Prefix(prefix));
        }
    }

    /** GET kv/PREFIX?keys; an empty separator cuts nothing. */
    public record KeyNames(String prefix, String separator) implements StateQuery<List<String>> {
        @Override
        public Answer<List<String>> answer(State state) {
            return Answer.of(state.keys().keys(prefix, separator), state.keys().indexUnder(prefix),
                    new Part.Prefix(prefix));
        }
    }

    /** GET catalog/nodes, in the order of their names. */
    public record Nodes() implements StateQuery<List<Node>> {
        @Override
        public Answer<List<Node>> answer(State state) {
            return Answer.of(state.catalog().nodes().all(), state.catalog().indexes().nodes(),
                    new Part.Whole(Table.NODES));
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().indexes().nodes());
        }
    }

    /** GET catalog/services: names with the union of tags, of instances on nodes with all these metadata. */
    public record ServiceNames(Map<String, String> nodeMeta) implements StateQuery<Map<String, TreeSet<String>>> {
        public ServiceNames {
            nodeMeta = Map.copyOf(nodeMeta);
        }

        @Override
        public Answer<Map<String, TreeSet<String>>> answer(State state) {
            Catalog catalog = state.catalog();
            if (nodeMeta.isEmpty()) {
                return Answer.of(catalog.names(), catalog.indexes().services(), new Part.Whole(Table.SERVICES));
            }
            Map<String, TreeSet<String>> names = new TreeMap<>();
            for (Service service : catalog.services().all()) {
                if (catalog.nodeOf(service).meta().entrySet().containsAll(nodeMeta.entrySet())) {
                    names.computeIfAbsent(service.name(), name -> new TreeSet<>()).addAll(service.tags());
                }
            }
            return Answer.of(names, Math.max(catalog.indexes().services(), catalog.indexes().nodes()),
                    new Part.Whole(Table.SERVICES), new Part.Whole(Table.NODES));
        }

        @Override
        public OptionalLong index(State state) {
            Catalog.Indexes indexes = state.catalog().indexes();
            return OptionalLong.of(nodeMeta.isEmpty() ? indexes.services() : Math.max(indexes.services(), indexes.nodes()));
        }
    }

    /** GET health/service/NAME and catalog/service/NAME. */
    public record Instances(String service) implements StateQuery<List<Catalog.Instance>> {
        @Override
        public Answer<List<Catalog.Instance>> answer(State state) {
            Catalog catalog = state.catalog();
            return Answer.of(catalog.instances(service).stream().map(catalog::withHealth).toList(),
                    catalog.serviceIndex(service), new Part.ServiceNamed(service));
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().serviceIndex(service));
        }
    }

    /** GET health/connect/NAME and catalog/connect/NAME. */
    public record Connectable(String service) implements StateQuery<List<Catalog.Instance>> {
        @Override
        public Answer<List<Catalog.Instance>> answer(State state) {
            Catalog catalog = state.catalog();
            List<Catalog.Instance> found = new ArrayList<>(catalog.connectable(service).stream().map(catalog::withHealth).toList());
            found.addAll(MeshReads.gateways(service, EntryKinds.TERMINATING, state));
            return Answer.of(found, Math.max(catalog.indexes().max(), state.mesh().indexes().entries()),
                    new Part.Whole(Table.NODES), new Part.Whole(Table.SERVICES), new Part.Whole(Table.CHECKS),
                    new Part.Whole(Table.CONFIG_ENTRIES));
        }
    }

    /** A node with its services. */
    public record NodeServices(Node node, List<Service> services) {}

    /** GET catalog/node/NAME and catalog/node-services/NAME; empty if there is no such node. */
    public record ServicesOfNode(String node) implements StateQuery<Optional<NodeServices>> {
        @Override
        public Answer<Optional<NodeServices>> answer(State state) {
            Catalog catalog = state.catalog();
            return Answer.of(catalog.node(node).map(found -> new NodeServices(found, catalog.servicesOf(node))),
                    Math.max(catalog.indexes().nodes(), catalog.indexes().services()), new Part.NodeNamed(node));
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(Math.max(state.catalog().indexes().nodes(), state.catalog().indexes().services()));
        }
    }

    /** GET health/node/NAME */
    public record ChecksOfNode(String node) implements StateQuery<List<Check>> {
        @Override
        public Answer<List<Check>> answer(State state) {
            return Answer.of(state.catalog().checksOf(node), state.catalog().indexes().checks(), new Part.NodeNamed(node));
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().indexes().checks());
        }
    }

    /** GET health/checks/NAME */
    public record ChecksOfService(String service) implements StateQuery<List<Check>> {
        @Override
        public Answer<List<Check>> answer(State state) {
            return Answer.of(state.catalog().checksOfService(service), state.catalog().serviceIndex(service),
                    new Part.ServiceNamed(service));
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().serviceIndex(service));
        }
    }

    /** GET health/state/STATE; {@code any} is every state. */
    public record ChecksInState(String status) implements StateQuery<List<Check>> {
        @Override
        public Answer<List<Check>> answer(State state) {
            List<Check> checks = state.catalog().checks().all();
            return Answer.of(
                    status.equals("any") ? checks : checks.stream().filter(check -> check.status().equals(status)).toList(),
                    state.catalog().indexes().checks(), new Part.Whole(Table.CHECKS));
        }

        @Override
        public OptionalLong index(State state) {
            return OptionalLong.of(state.catalog().indexes().checks());
        }
    }

    /** GET session/list */
    public record AllSessions() implements StateQuery<List<Session>> {
        @Override
        public Answer<List<Session>> answer(State state) {
            return Answer.of(state.sessions().all(), state.sessions().lastIndex(), new Part.Whole(Table.SESSIONS));
        }
    }

    /** GET session/node/NAME */
    public record SessionsOfNode(String node) implements StateQuery<List<Session>> {
        @Override
        public Answer<List<Session>> answer(State state) {
            return Answer.of(state.sessions().of(node), state.sessions().lastIndex(), new Part.Whole(Table.SESSIONS));
        }
    }

    /** GET session/info/ID */
    public record OneSession(String id) implements StateQuery<Optional<Session>> {
        @Override
        public Answer<Optional<Session>> answer(State state) {
            Optional<Session> session = state.sessions().get(id);
            return Answer.of(session, session.map(Session::modifyIndex).orElse(state.sessions().lastIndex()),
                    new Part.SessionOf(id));
        }
    }

    /** GET operator/autopilot/configuration */
    public record AutopilotRules() implements StateQuery<Autopilot> {
        @Override
        public Answer<Autopilot> answer(State state) {
            return Answer.of(state.autopilot(), state.autopilot().modifyIndex(), new Part.Whole(Table.AUTOPILOT));
        }
    }
}
