package muster.template.function;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import muster.registry.client.HealthCheck;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.template.dependency.ApiDependency;
import muster.template.dependency.Dependency;

/** The registry's state of one recorded case: a lone agent {@code agent1} with the case's keys, services and nodes. */
final class RecordedData {
    private final Map<String, KeyValue> keys = new TreeMap<>();
    private final Map<String, Node> nodes = new TreeMap<>();
    private final List<ServiceInstance> instances = new ArrayList<>();
    private final List<HealthCheck> checks = new ArrayList<>();
    private final Map<String, String> files;
    private final List<Map<?, ?>> nomadServices;
    private final List<Map<?, ?>> nomadVariables;
    private final Map<?, ?> vault;

    RecordedData(Map<?, ?> c) {
        Node agent = new Node("11111111-2222-3333-4444-555555555555", "agent1", "127.0.0.1", "dc1",
                Map.of("lan", "127.0.0.1", "lan_ipv4", "127.0.0.1", "wan", "127.0.0.1", "wan_ipv4", "127.0.0.1"),
                Map.of("consul-network-segment", ""), 1, 1);
        nodes.put("agent1", agent);
        checks.add(check("agent1", "serfHealth", "passing", ""));
        instances.add(instance(agent, Map.of("ID", "consul", "Service", "consul", "Port", 8300L)));
        texts(c.get("kv")).forEach((key, value) -> keys.put(key,
                new KeyValue(key, value.getBytes(StandardCharsets.UTF_8), 0, "", 0, 10, 10)));
        list(c.get("services")).forEach(service -> agentService(agent, service));
        list(c.get("catalog")).forEach(this::catalogEntry);
        files = texts(c.get("files"));
        nomadServices = list(c.get("nomad_services"));
        nomadVariables = list(c.get("nomad_vars"));
        vault = c.get("vault") instanceof Map<?, ?> secrets ? secrets : Map.of();
    }

    private void agentService(Node agent, Map<?, ?> service) {
        Map<Object, Object> renamed = new LinkedHashMap<>(service);
        renamed.put("Service", service.get("Name"));
        renamed.putIfAbsent("ID", service.get("Name"));
        instances.add(instance(agent, renamed));
        if (service.get("Check") instanceof Map<?, ?> check) {
            checks.add(check("agent1", text(check, "CheckID"), text(check, "Status"), text(renamed, "ID")));
        }
    }

    private void catalogEntry(Map<?, ?> entry) {
        String name = text(entry, "Node");
        Node node = new Node("", name, text(entry, "Address"), "dc1", texts(entry.get("TaggedAddresses")),
                texts(entry.get("NodeMeta")), 1, 1);
        nodes.merge(name, node, (old, added) -> added.meta().isEmpty() && added.taggedAddresses().isEmpty() ? old : added);
        if (entry.get("Service") instanceof Map<?, ?> service) {
            instances.add(instance(nodes.get(name), service));
        }
        for (Map<?, ?> check : list(entry.get("Checks"))) {
            checks.add(check(name, text(check, "CheckID"), text(check, "Status"), text(check, "ServiceID")));
        }
    }

    private static ServiceInstance instance(Node node, Map<?, ?> s) {
        Map<String, ServiceInstance.TaggedAddress> tagged = new LinkedHashMap<>();
        if (s.get("TaggedAddresses") instanceof Map<?, ?> addresses) {
            addresses.forEach((name, value) -> tagged.put((String) name, new ServiceInstance.TaggedAddress(
                    text((Map<?, ?>) value, "Address"), ((Number) ((Map<?, ?>) value).get("Port")).intValue())));
        }
        String name = text(s, "Service");
        return new ServiceInstance(node, text(s, "Kind"), text(s, "ID").isEmpty() ? name : text(s, "ID"), name,
                s.get("Tags") instanceof List<?> tags ? tags.stream().map(String::valueOf).toList() : List.of(),
                text(s, "Address"), s.get("Port") instanceof Number port ? port.intValue() : 0, tagged, texts(s.get("Meta")),
                ServiceInstance.Weights.DEFAULT, false, List.of(), 1, 1);
    }

    private static HealthCheck check(String node, String id, String status, String service) {
        return new HealthCheck(node, id, id, HealthCheck.Status.of(status), "", "", service, "", List.of(), "", 1, 1);
    }

    /** The answer to a dependency; fails as the real fetch did. */
    Object answer(Dependency<?> dependency) {
        return switch (dependency) {
            case Dependency.RequiredKey key -> Optional.ofNullable(keys.get(key.path()));
            case Dependency.OptionalKey key -> Optional.ofNullable(keys.get(key.path()));
            case Dependency.Pairs pairs -> keys.values().stream().filter(e -> e.key().startsWith(pairs.prefix())).toList();
            case Dependency.Service service -> service(service);
            case Dependency.Services ignored -> summaries();
            case Dependency.Nodes ignored -> List.copyOf(nodes.values());
            case Dependency.NodeDetail detail -> Optional.ofNullable(nodes.get(detail.name().isEmpty() ? "agent1" : detail.name()))
                    .map(node -> new NodeWithServices(node, onNode(node)));
            case Dependency.Datacenters ignored -> List.of("dc1");
            case ApiDependency.Read read -> json(read);
            case ApiDependency.OfVault secret -> Optional.ofNullable(vault.get(secret.path()))
                    .map(data -> Map.of("data", data));
            case Dependency.FileContents file -> {
                if (!files.containsKey(file.path())) {
                    boolean folder = files.keySet().stream().anyMatch(name -> name.startsWith(file.path() + "/"));
                    throw new IllegalStateException(file + (folder
                            ? ": read " + file.path() + ": is a directory"
                            : ": stat " + file.path() + ": no such file or directory"));
                }
                yield files.get(file.path());
            }
        };
    }

    /** What the HTTP APIs would give. */
    private Optional<Object> json(ApiDependency.Read read) {
        String path = read.path();
        String namespace = read.parameters().getOrDefault("namespace", "default");
        if (path.equals("services")) {
            return Optional.of(nomadServices.isEmpty() ? List.of() : List.of(Map.of("Namespace", "default", "Services", nomadServices)));
        }
        if (path.startsWith("service/")) {
            return Optional.of(nomadServices.stream().filter(s -> s.get("ServiceName").equals(path.substring(8))).toList());
        }
        if (path.startsWith("var/")) {
            return nomadVariables.stream().filter(v -> v.get("Path").equals(path.substring(4)) && v.get("Namespace").equals(namespace))
                    .findFirst().map(v -> v);
        }
        if (path.equals("vars")) {
            return Optional.of(nomadVariables.stream().filter(v -> v.get("Namespace").equals(namespace)
                            && text(v, "Path").startsWith(read.parameters().getOrDefault("prefix", "")))
                    .sorted(Comparator.comparing(v -> text(v, "Path"))).toList());
        }
        if (path.startsWith("health/connect/")) {
            return Optional.of(instances.stream().filter(i -> i.kind().equals("connect-proxy"))
                    .map(i -> Map.of("Node", Map.of("Node", i.node().name(), "Address", i.node().address()),
                            "Service", Map.of("ID", i.id(), "Service", i.name(), "Port", (long) i.port(), "Tags", List.of()),
                            "Checks", List.of())).toList());
        }
        return switch (path) {
            case "agent/connect/ca/roots" -> Optional.of(Map.of("Roots", List.of(
                    Map.of("RootCertPEM", "-----BEGIN CERTIFICATE-----\n", "Active", true))));
            case "agent/connect/ca/leaf/web" -> Optional.of(Map.of("CertPEM", "-----BEGIN CERTIFICATE-----\n",
                    "PrivateKeyPEM", "-----BEGIN EC PRIVATE KEY-----\n", "Service", "web"));
            default -> Optional.empty();
        };
    }

    private List<ServiceInstance> onNode(Node node) {
        return instances.stream().filter(i -> i.node().name().equals(node.name())).toList();
    }

    private List<ServiceSummary> summaries() {
        Map<String, TreeSet<String>> tags = new TreeMap<>();
        instances.forEach(i -> tags.computeIfAbsent(i.name(), name -> new TreeSet<>()).addAll(i.tags()));
        return tags.entrySet().stream().map(e -> new ServiceSummary(e.getKey(), List.copyOf(e.getValue()))).toList();
    }

    private List<ServiceInstance> service(Dependency.Service wanted) {
        if (!wanted.datacenter().isEmpty() && !wanted.datacenter().equals("dc1")) {
            throw new IllegalStateException(wanted + ": Unexpected response code: 500 (No path to datacenter)");
        }
        return instances.stream()
                .filter(i -> i.name().equals(wanted.name()))
                .filter(i -> wanted.tag().isEmpty() || i.tags().contains(wanted.tag()))
                .map(i -> new ServiceInstance(i.node(), i.kind(), i.id(), i.name(), i.tags(), i.address(), i.port(),
                        i.taggedAddresses(), i.meta(), i.weights(), false,
                        checks.stream().filter(k -> k.node().equals(i.node().name())
                                && (k.serviceId().isEmpty() || k.serviceId().equals(i.id())))
                                .sorted(Comparator.comparing(k -> k.serviceId().isEmpty() ? 0 : 1)).toList(), 1, 1))
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<?, ?>> list(Object value) {
        return value instanceof List<?> list ? (List<Map<?, ?>>) list : List.of();
    }

    private static Map<String, String> texts(Object value) {
        Map<String, String> texts = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, text) -> texts.put((String) key, String.valueOf(text)));
        }
        return texts;
    }

    private static String text(Map<?, ?> map, String name) {
        return map.get(name) instanceof String text ? text : "";
    }
}
