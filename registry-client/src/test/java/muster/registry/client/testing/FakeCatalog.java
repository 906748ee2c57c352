package muster.registry.client.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.registry.client.HealthCheck;
import muster.registry.client.Indexed;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceSummary;

/** The tables of a fake registry and the answers read from them. Not safe for threads: {@link FakeRegistry} holds the lock. */
final class FakeCatalog {
    private record RowId(String node, String id) implements Comparable<RowId> {
        @Override
        public int compareTo(RowId other) {
            return Comparator.comparing(RowId::node).thenComparing(RowId::id).compare(this, other);
        }
    }

    final String datacenter;
    private final Map<String, KeyValue> entries = new TreeMap<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Map<RowId, ServiceInstance> instances = new TreeMap<>();
    private final Map<RowId, HealthCheck> checks = new TreeMap<>();
    private long index = 1;

    FakeCatalog(String datacenter) {
        this.datacenter = datacenter;
    }

    long index() {
        return index;
    }

    <T> Reading<T> read(Query<T> query) {
        String wanted = query.scope().datacenter();
        if (!wanted.isEmpty() && !wanted.equals(datacenter)) {
            throw new RegistryException("No path to datacenter", 500, null);
        }
        return new Reading<>(answer(query), index, true, Duration.ZERO);
    }

    @SuppressWarnings("unchecked")
    private <T> T answer(Query<T> query) {
        return (T) switch (query) {
            case Query.Key q -> Optional.ofNullable(entries.get(q.key()));
            case Query.Entries q -> below(q.prefix());
            case Query.Keys q -> below(q.prefix()).stream()
                    .map(entry -> cut(entry.key(), q.prefix(), q.separator()))
                    .distinct()
                    .toList();
            case Query.Services q -> services();
            case Query.CatalogService q -> instances.values().stream()
                    .filter(instance -> instance.name().equalsIgnoreCase(q.service()) && tagged(instance, q.tags()))
                    .toList();
            case Query.HealthService q -> instances.values().stream()
                    .filter(instance -> instance.name().equalsIgnoreCase(q.service()) && tagged(instance, q.tags()))
                    .map(this::withChecks)
                    .filter(instance -> !q.passingOnly() || instance.status() == HealthCheck.Status.PASSING)
                    .toList();
            case Query.ConnectService q -> List.of();
            case Query.IngressService q -> List.of();
            case Query.Execute q -> Optional.empty();
            case Query.ChecksInState q -> checks.values().stream()
                    .filter(check -> q.state().equals("any") || check.status().toString().equals(q.state()))
                    .toList();
            case Query.Nodes q -> List.copyOf(nodes.values());
            case Query.NodeServices q -> Optional.ofNullable(nodes.get(q.node())).map(node -> new NodeWithServices(node,
                    instances.values().stream().filter(instance -> instance.node().name().equals(node.name())).toList()));
            case Query.Datacenters q -> List.of(datacenter);
            case Query.Stamped<?> q -> new Indexed<>(answer(q.of()), index);
        };
    }

    private List<KeyValue> below(String prefix) {
        return entries.values().stream().filter(entry -> entry.key().startsWith(prefix)).toList();
    }

    private static String cut(String key, String prefix, String separator) {
        int at = separator.isEmpty() ? -1 : key.indexOf(separator, prefix.length());
        return at < 0 ? key : key.substring(0, at + separator.length());
    }

    private List<ServiceSummary> services() {
        Map<String, TreeSet<String>> tags = new TreeMap<>();
        for (ServiceInstance instance : instances.values()) {
            tags.computeIfAbsent(instance.name(), name -> new TreeSet<>()).addAll(instance.tags());
        }
        return tags.entrySet().stream().map(e -> new ServiceSummary(e.getKey(), List.copyOf(e.getValue()))).toList();
    }

    private static boolean tagged(ServiceInstance instance, List<String> wanted) {
        return wanted.stream().allMatch(tag -> instance.tags().stream().anyMatch(tag::equalsIgnoreCase));
    }

    private ServiceInstance withChecks(ServiceInstance of) {
        List<HealthCheck> own = checks.values().stream()
                .filter(check -> check.node().equals(of.node().name())
                        && (check.serviceId().isEmpty() || check.serviceId().equals(of.id())))
                .toList();
        return with(of, of.node(), own, of.createIndex(), of.modifyIndex());
    }

    private static ServiceInstance with(ServiceInstance of, Node node, List<HealthCheck> checks, long created, long modified) {
        return new ServiceInstance(node, of.kind(), of.id(), of.name(), of.tags(), of.address(), of.port(),
                of.taggedAddresses(), of.meta(), of.weights(), of.enableTagOverride(), checks, created, modified);
    }

    boolean put(String key, byte[] value, long flags, Optional<Long> cas) {
        KeyValue old = entries.get(key);
        if (cas.isPresent() && cas.get() != (old == null ? 0 : old.modifyIndex())) {
            return false;
        }
        if (old != null && old.flags() == flags && Arrays.equals(old.value(), value)) {
            return true;
        }
        index++;
        entries.put(key, new KeyValue(key, value, flags, "", 0, old == null ? index : old.createIndex(), index));
        return true;
    }

    boolean acquire(String key, byte[] value, String session) {
        KeyValue old = entries.get(key);
        if (old != null && !old.session().isEmpty() && !old.session().equals(session)) {
            return false;
        }
        index++;
        entries.put(key, new KeyValue(key, value, 0, session, 1, old == null ? index : old.createIndex(), index));
        return true;
    }

    void release(String session) {
        if (entries.values().removeIf(entry -> entry.session().equals(session))) {
            index++;
        }
    }

    void delete(String key, boolean recurse) {
        if (entries.keySet().removeIf(k -> recurse ? k.startsWith(key) : k.equals(key))) {
            index++;
        }
    }

    void node(String id, String name, String address, Map<String, String> meta) {
        Node old = nodes.get(name);
        index++;
        Node node = new Node(id, name, address, datacenter, Map.of("lan", address, "wan", address), meta,
                old == null ? index : old.createIndex(), index);
        nodes.put(name, node);
        instances.replaceAll((row, instance) -> row.node().equals(name)
                ? with(instance, node, List.of(), instance.createIndex(), instance.modifyIndex())
                : instance);
    }

    void removeNode(String name) {
        index++;
        nodes.remove(name);
        instances.keySet().removeIf(row -> row.node().equals(name));
        checks.keySet().removeIf(row -> row.node().equals(name));
    }

    /** Stores the instance and its checks; checks of its node stay. */
    void instance(ServiceInstance instance) {
        Node node = instance.node();
        if (!nodes.containsKey(node.name())) {
            node(node.id(), node.name(), node.address(), node.meta());
        }
        index++;
        RowId row = new RowId(node.name(), instance.id());
        ServiceInstance old = instances.get(row);
        instances.put(row, with(instance, nodes.get(node.name()), List.of(), old == null ? index : old.createIndex(), index));
        checks.values().removeIf(check -> check.node().equals(node.name()) && check.serviceId().equals(instance.id()));
        instance.checks().forEach(this::check);
    }

    void check(HealthCheck check) {
        index++;
        checks.put(new RowId(check.node(), check.checkId()), new HealthCheck(check.node(), check.checkId(), check.name(),
                check.status(), check.notes(), check.output(), check.serviceId(), check.serviceName(), check.serviceTags(),
                check.type(), index, index));
    }

    boolean removeInstance(String node, String serviceId) {
        boolean there = instances.remove(new RowId(node, serviceId)) != null;
        if (there) {
            index++;
            checks.values().removeIf(check -> check.node().equals(node) && check.serviceId().equals(serviceId));
        }
        return there;
    }

    boolean updateCheck(String node, String checkId, HealthCheck.Status status, String output) {
        HealthCheck old = checks.get(new RowId(node, checkId));
        if (old == null) {
            return false;
        }
        if (old.status() != status || !old.output().equals(output)) {
            check(new HealthCheck(old.node(), old.checkId(), old.name(), status, old.notes(), output, old.serviceId(),
                    old.serviceName(), old.serviceTags(), old.type(), 0, 0));
        }
        return true;
    }

    List<HealthCheck> checksOf(String serviceId) {
        return checks.values().stream().filter(check -> check.serviceId().equals(serviceId)).toList();
    }

    void register(String onNode, ServiceRegistration registration) {
        Node node = nodes.get(onNode);
        String id = registration.id().isEmpty() ? registration.name() : registration.id();
        List<HealthCheck> made = new ArrayList<>();
        for (int i = 0; i < registration.checks().size(); i++) {
            ServiceRegistration.Check check = registration.checks().get(i);
            String own = registration.checks().size() == 1 ? "service:" + id : "service:" + id + ":" + (i + 1);
            made.add(new HealthCheck(onNode, check.id().isEmpty() ? own : check.id(),
                    check.name().isEmpty() ? "Service '" + registration.name() + "' check" : check.name(),
                    check.status().orElse(HealthCheck.Status.CRITICAL), "", "", id, registration.name(), registration.tags(),
                    typeOf(check.probe()), 0, 0));
        }
        instance(new ServiceInstance(node, "", id, registration.name(), registration.tags(), registration.address(),
                registration.port(), registration.taggedAddresses(), registration.meta(), registration.weights(), registration.enableTagOverride(),
                made, 0, 0));
    }

    private static String typeOf(ServiceRegistration.Probe probe) {
        return switch (probe) {
            case ServiceRegistration.Probe.Http h -> "http";
            case ServiceRegistration.Probe.Tcp t -> "tcp";
            case ServiceRegistration.Probe.Ttl t -> "ttl";
            case ServiceRegistration.Probe.Grpc g -> "grpc";
            case ServiceRegistration.Probe.Script s -> "script";
        };
    }
}
