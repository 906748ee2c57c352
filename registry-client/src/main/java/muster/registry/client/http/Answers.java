package muster.registry.client.http;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.registry.client.HealthCheck;
import muster.registry.client.Indexed;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.Query;
import muster.registry.client.PreparedAnswer;
import muster.registry.client.RegistryClient;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceSummary;
import muster.wire.GoDuration;
import muster.wire.Json;
import muster.wire.Json.Unknown;
import muster.wire.JsonException;

/**
 * Values out of answers' JSON. Fields that an older or another server leaves out are empty; unknown ones are ignored, since
 * later servers only add. Throws {@link JsonException} or {@link IllegalArgumentException} for what can't be read.
 */
final class Answers {
    private record WireKey(
            String key, byte[] value, long flags, String session, long lockIndex, long createIndex, long modifyIndex) {
        KeyValue toValue() {
            return new KeyValue(
                    text(key), value == null ? new byte[0] : value, flags, text(session), lockIndex, createIndex, modifyIndex);
        }
    }

    private record WireAddress(String address, int port) {}

    private record WireWeights(int passing, int warning) {}

    private record WireNode(String iD, String node, String address, String datacenter, Map<String, String> taggedAddresses,
            Map<String, String> meta, long createIndex, long modifyIndex) {
        Node toValue() {
            return new Node(text(iD), text(node), text(address), text(datacenter), map(taggedAddresses), map(meta), createIndex,
                    modifyIndex);
        }
    }

    private record WireService(String kind, String iD, String service, List<String> tags, String address, int port,
            Map<String, WireAddress> taggedAddresses, Map<String, String> meta, WireWeights weights, boolean enableTagOverride,
            long createIndex, long modifyIndex) {
        ServiceInstance toValue(Node node, List<HealthCheck> checks) {
            return new ServiceInstance(node, text(kind), text(iD), text(service), list(tags), text(address), port,
                    addresses(taggedAddresses), map(meta), Answers.weights(weights), enableTagOverride, checks, createIndex,
                    modifyIndex);
        }
    }

    private record WireCheck(String node, String checkID, String name, String status, String notes, String output,
            String serviceID, String serviceName, List<String> serviceTags, String type, long createIndex, long modifyIndex) {
        HealthCheck toValue() {
            return new HealthCheck(text(node), text(checkID), text(name), HealthCheck.Status.of(text(status)), text(notes),
                    text(output), text(serviceID), text(serviceName), list(serviceTags), text(type), createIndex, modifyIndex);
        }
    }

    private record WireEntry(WireNode node, WireService service, List<WireCheck> checks) {
        ServiceInstance toValue() {
            return service.toValue(node.toValue(), list(checks).stream().map(WireCheck::toValue).toList());
        }
    }

    /** A row of catalog/service: node and service in one, with one pair of indexes, which are the service's. */
    private record WireCatalogRow(String iD, String node, String address, String datacenter,
            Map<String, String> taggedAddresses, Map<String, String> nodeMeta, String serviceKind, String serviceID,
            String serviceName, List<String> serviceTags, String serviceAddress, int servicePort,
            Map<String, WireAddress> serviceTaggedAddresses, Map<String, String> serviceMeta, WireWeights serviceWeights,
            boolean serviceEnableTagOverride, long createIndex, long modifyIndex) {
        ServiceInstance toValue() {
            Node owner = new Node(
                    text(iD), text(node), text(address), text(datacenter), map(taggedAddresses), map(nodeMeta), 0, 0);
            return new ServiceInstance(owner, text(serviceKind), text(serviceID), text(serviceName), list(serviceTags),
                    text(serviceAddress), servicePort, addresses(serviceTaggedAddresses), map(serviceMeta),
                    Answers.weights(serviceWeights), serviceEnableTagOverride, List.of(), createIndex, modifyIndex);
        }
    }

    private record WireNodeServices(WireNode node, Map<String, WireService> services) {
        NodeWithServices toValue() {
            Node owner = node.toValue();
            return new NodeWithServices(owner, services == null ? List.of()
                    : new TreeMap<>(services).values().stream().map(service -> service.toValue(owner, List.of())).toList());
        }
    }

    private record WireDns(String tTL) {}

    private record WireExecution(String service, List<WireEntry> nodes, WireDns dNS, String datacenter) {
        PreparedAnswer toValue() {
            Optional<Duration> ttl = dNS == null ? Optional.empty() : GoDuration.tryParse(text(dNS.tTL()));
            return new PreparedAnswer(
                    text(service), list(nodes).stream().map(WireEntry::toValue).toList(), ttl, text(datacenter));
        }
    }

    private record WireAgent(WireAgentConfig config) {}

    private record WireAgentConfig(String nodeName, String datacenter) {}

    private Answers() {}

    /**
     * The value of a 200 answer.
     *
     * @param memory of the answers before, of the same query
     */
    static <T> T of(Query<T> query, byte[] body, long index, ListMemory memory) {
        return cast(switch (query) {
            case Query.Key q -> entries(body).stream().findFirst();
            case Query.Entries q -> memory.decode(body, Answers::entries);
            case Query.Keys q -> texts(Json.parse(body));
            case Query.Services q -> services(body);
            case Query.CatalogService q -> Json.readList(WireCatalogRow.class, body, Unknown.IGNORE).stream()
                    .map(WireCatalogRow::toValue)
                    .toList();
            case Query.HealthService q -> memory.decode(body, Answers::instances);
            case Query.ConnectService q -> instances(body);
            case Query.IngressService q -> instances(body);
            case Query.Execute q -> Optional.ofNullable(Json.read(WireExecution.class, body, Unknown.IGNORE))
                    .map(WireExecution::toValue);
            case Query.ChecksInState q -> memory.decode(body, Answers::checks);
            case Query.Nodes q -> Json.readList(WireNode.class, body, Unknown.IGNORE).stream().map(WireNode::toValue).toList();
            case Query.NodeServices q -> Optional.ofNullable(Json.read(WireNodeServices.class, body, Unknown.IGNORE))
                    .filter(found -> found.node() != null)
                    .map(WireNodeServices::toValue);
            case Query.Datacenters q -> texts(Json.parse(body));
            case Query.Stamped<?> q -> new Indexed<>(of(q.of(), body, index, memory), index);
        });
    }

    /** The value of a 404, where the endpoint says "nothing there" by it; empty where a 404 is a refusal. */
    static <T> Optional<T> ofNotFound(Query<T> query, long index) {
        return switch (query) {
            case Query.Key q -> Optional.of(cast(Optional.empty()));
            case Query.Entries q -> Optional.of(cast(List.of()));
            case Query.Keys q -> Optional.of(cast(List.of()));
            case Query.NodeServices q -> Optional.of(cast(Optional.empty()));
            case Query.Services q -> Optional.empty();
            case Query.CatalogService q -> Optional.empty();
            case Query.HealthService q -> Optional.empty();
            case Query.ConnectService q -> Optional.empty();
            case Query.IngressService q -> Optional.empty();
            case Query.Execute q -> Optional.of(cast(Optional.empty()));
            case Query.ChecksInState q -> Optional.empty();
            case Query.Nodes q -> Optional.empty();
            case Query.Datacenters q -> Optional.empty();
            case Query.Stamped<?> q -> cast(ofNotFound(q.of(), index).map(value -> new Indexed<>(value, index)));
        };
    }

    static RegistryClient.AgentSelf self(byte[] body) {
        WireAgent agent = Json.read(WireAgent.class, body, Unknown.IGNORE);
        if (agent == null || agent.config() == null) {
            throw new JsonException("it has no Config");
        }
        return new RegistryClient.AgentSelf(text(agent.config().nodeName()), text(agent.config().datacenter()));
    }

    private static List<KeyValue> entries(byte[] body) {
        return Json.readList(WireKey.class, body, Unknown.IGNORE).stream().map(WireKey::toValue).toList();
    }

    private static List<ServiceInstance> instances(byte[] body) {
        return Json.readList(WireEntry.class, body, Unknown.IGNORE).stream().map(WireEntry::toValue).toList();
    }

    private static List<HealthCheck> checks(byte[] body) {
        return Json.readList(WireCheck.class, body, Unknown.IGNORE).stream().map(WireCheck::toValue).toList();
    }

    private static List<ServiceSummary> services(byte[] body) {
        if (!(Json.parse(body) instanceof Map<?, ?> names)) {
            throw new JsonException("an object of service names is wanted");
        }
        return new TreeMap<>(names).entrySet().stream()
                .map(entry -> new ServiceSummary(entry.getKey().toString(), texts(entry.getValue()).stream().sorted().toList()))
                .toList();
    }

    private static List<String> texts(Object tree) {
        return switch (tree) {
            case null -> List.of();
            case List<?> items -> items.stream().map(String::valueOf).toList();
            default -> throw new JsonException("a list of texts is wanted");
        };
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    private static <T> List<T> list(List<T> value) {
        return value == null ? List.of() : value;
    }

    private static <T> Map<String, T> map(Map<String, T> value) {
        return value == null ? Map.of() : value;
    }

    private static ServiceInstance.Weights weights(WireWeights value) {
        return value == null
                ? ServiceInstance.Weights.DEFAULT
                : new ServiceInstance.Weights(value.passing(), value.warning());
    }

    private static Map<String, ServiceInstance.TaggedAddress> addresses(Map<String, WireAddress> value) {
        Map<String, ServiceInstance.TaggedAddress> addresses = new TreeMap<>();
        map(value).forEach((name, at) -> addresses.put(name, new ServiceInstance.TaggedAddress(text(at.address()), at.port())));
        return addresses;
    }

    @SuppressWarnings("unchecked")
    private static <T> T cast(Object value) {
        return (T) value;
    }
}
