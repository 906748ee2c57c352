package muster.registry.http;

import static muster.registry.http.Bodies.object;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import muster.registry.state.Catalog;
import muster.registry.state.Check;
import muster.registry.state.KeyValue;
import muster.registry.state.Node;
import muster.registry.state.Service;
import muster.registry.state.Session;
import muster.wire.GoDuration;
import muster.wire.filter.Shape;

/** The rows of the state as Consul's JSON, fields in its order, and their shapes for filters. Pure. */
public final class Rows {
    static final Shape.Struct NODE = Shape.struct("ID", Shape.TEXT, "Node", Shape.TEXT, "Address", Shape.TEXT,
            "Datacenter", Shape.TEXT, "TaggedAddresses", Shape.TEXT_MAP, "Meta", Shape.TEXT_MAP);
    private static final Shape ADDRESSES =
            new Shape.MapOf(Shape.struct("Address", Shape.TEXT, "Port", Shape.NUMBER));
    private static final Shape WEIGHTS = Shape.struct("Passing", Shape.NUMBER, "Warning", Shape.NUMBER);
    private static final Shape PROXY = Shape.struct("DestinationServiceName", Shape.TEXT, "DestinationServiceID",
            Shape.TEXT, "LocalServiceAddress", Shape.TEXT, "LocalServicePort", Shape.NUMBER, "MeshGateway",
            Shape.struct("Mode", Shape.TEXT), "Upstreams", new Shape.ListOf(Shape.struct("DestinationType", Shape.TEXT,
                    "DestinationName", Shape.TEXT, "Datacenter", Shape.TEXT, "LocalBindAddress", Shape.TEXT,
                    "LocalBindPort", Shape.NUMBER)));
    private static final Shape CONNECT = Shape.struct("Native", Shape.BOOL);
    /** A service as on its node and with the agent. */
    public static final Shape.Struct SERVICE = Shape.struct("Kind", Shape.TEXT, "ID", Shape.TEXT, "Service", Shape.TEXT,
            "Tags", Shape.TEXTS, "Address", Shape.TEXT, "TaggedAddresses", ADDRESSES, "Meta", Shape.TEXT_MAP, "Port",
            Shape.NUMBER, "Weights", WEIGHTS, "EnableTagOverride", Shape.BOOL, "Proxy", PROXY, "Connect", CONNECT);
    static final Shape.Struct CATALOG_SERVICE = Shape.struct("ID", Shape.TEXT, "Node", Shape.TEXT, "Address", Shape.TEXT,
            "Datacenter", Shape.TEXT, "TaggedAddresses", Shape.TEXT_MAP, "NodeMeta", Shape.TEXT_MAP, "ServiceKind",
            Shape.TEXT, "ServiceID", Shape.TEXT, "ServiceName", Shape.TEXT, "ServiceTags", Shape.TEXTS, "ServiceAddress",
            Shape.TEXT, "ServiceTaggedAddresses", ADDRESSES, "ServiceWeights", WEIGHTS, "ServiceMeta", Shape.TEXT_MAP,
            "ServicePort", Shape.NUMBER, "ServiceEnableTagOverride", Shape.BOOL, "ServiceProxy", PROXY,
            "ServiceConnect", CONNECT);
    /** A check, everywhere. */
    public static final Shape.Struct CHECK = Shape.struct("Node", Shape.TEXT, "CheckID", Shape.TEXT, "Name", Shape.TEXT,
            "Status", Shape.TEXT, "Notes", Shape.TEXT, "Output", Shape.TEXT, "ServiceID", Shape.TEXT, "ServiceName",
            Shape.TEXT, "ServiceTags", Shape.TEXTS);
    static final Shape.Struct INSTANCE =
            Shape.struct("Node", NODE, "Service", SERVICE, "Checks", new Shape.ListOf(CHECK));

    private Rows() {}

    static Map<String, Object> keyValue(KeyValue entry) {
        return keyValue(entry, entry.value().length == 0 ? null : entry.value());
    }

    /** As {@link #keyValue} but with a null value, as a transaction answers a write. */
    static Map<String, Object> keyWithoutValue(KeyValue entry) {
        return keyValue(entry, null);
    }

    private static Map<String, Object> keyValue(KeyValue entry, byte[] value) {
        Map<String, Object> row = object("LockIndex", entry.lockIndex(), "Key", entry.key(),
                "Flags", entry.flags() >= 0 ? (Object) entry.flags() : new BigInteger(Long.toUnsignedString(entry.flags())),
                "Value", value);
        if (!entry.session().isEmpty()) {
            row.put("Session", entry.session());
        }
        return indexes(row, entry.createIndex(), entry.modifyIndex());
    }

    static Map<String, Object> node(Node node) {
        return indexes(object("ID", node.id(), "Node", node.name(), "Address", node.address(),
                "Datacenter", node.datacenter(), "TaggedAddresses", nullIfEmpty(node.taggedAddresses()),
                "Meta", nullIfEmpty(node.meta())), node.createIndex(), node.modifyIndex());
    }

    /** A service as an instance of catalog/service shows it. */
    static Map<String, Object> catalogService(Node node, Service service) {
        Map<String, Object> row = object("ID", node.id(), "Node", node.name(), "Address", node.address(),
                "Datacenter", node.datacenter(), "TaggedAddresses", nullIfEmpty(node.taggedAddresses()),
                "NodeMeta", nullIfEmpty(node.meta()), "ServiceKind", service.kind(), "ServiceID", service.id(),
                "ServiceName", service.name(), "ServiceTags", service.tags(), "ServiceAddress", service.address());
        if (!service.taggedAddresses().isEmpty()) {
            row.put("ServiceTaggedAddresses", addresses(service));
        }
        row.put("ServiceWeights", weights(service));
        row.put("ServiceMeta", service.meta());
        row.put("ServicePort", service.port());
        row.put("ServiceEnableTagOverride", service.enableTagOverride());
        row.put("ServiceProxy", proxy(service.proxy()));
        row.put("ServiceConnect", connect(service));
        return indexes(row, service.createIndex(), service.modifyIndex());
    }

    /** A service as its node and its health show it. */
    static Map<String, Object> service(Service service) {
        Map<String, Object> row = new LinkedHashMap<>();
        if (!service.kind().isEmpty()) {
            row.put("Kind", service.kind());
        }
        row.put("ID", service.id());
        row.put("Service", service.name());
        row.put("Tags", service.tags());
        row.put("Address", service.address());
        if (!service.taggedAddresses().isEmpty()) {
            row.put("TaggedAddresses", addresses(service));
        }
        row.put("Meta", nullIfEmpty(service.meta()));
        row.put("Port", service.port());
        row.put("Weights", weights(service));
        row.put("EnableTagOverride", service.enableTagOverride());
        row.put("Proxy", proxy(service.proxy()));
        row.put("Connect", connect(service));
        return indexes(row, service.createIndex(), service.modifyIndex());
    }

    static Map<String, Object> check(Check check) {
        return indexes(object("Node", check.node(), "CheckID", check.id(), "Name", check.name(), "Status", check.status(),
                "Notes", check.notes(), "Output", check.output(), "ServiceID", check.serviceId(),
                "ServiceName", check.serviceName(), "ServiceTags", check.serviceTags(), "Type", check.type(),
                "Definition", definition(check.definition())), check.createIndex(), check.modifyIndex());
    }

    static Map<String, Object> instance(Catalog.Instance instance) {
        return object("Node", node(instance.node()), "Service", service(instance.service()),
                "Checks", instance.checks().stream().map(Rows::check).toList());
    }

    static Map<String, Object> session(Session session) {
        return indexes(object("ID", session.id(), "Name", session.name(), "Node", session.node(),
                "LockDelay", session.lockDelay().toNanos(), "Behavior", session.behavior().toString(),
                "TTL", session.ttl(), "NodeChecks", nullIfEmpty(session.nodeChecks()),
                "ServiceChecks", session.serviceChecks().isEmpty() ? null : session.serviceChecks().stream()
                        .map(check -> object("ID", check.id(), "Namespace", check.namespace())).toList()),
                session.createIndex(), session.modifyIndex());
    }

    private static Map<String, Object> definition(Check.Definition definition) {
        Map<String, Object> row = new LinkedHashMap<>();
        putDuration(row, "Interval", definition.interval());
        putDuration(row, "Timeout", definition.timeout());
        putDuration(row, "DeregisterCriticalServiceAfter", definition.deregisterCriticalServiceAfter());
        putText(row, "HTTP", definition.http());
        if (definition.tlsSkipVerify()) {
            row.put("TLSSkipVerify", true);
        }
        if (!definition.header().isEmpty()) {
            row.put("Header", definition.header());
        }
        putText(row, "Method", definition.method());
        putText(row, "Body", definition.body());
        putText(row, "TCP", definition.tcp());
        return row;
    }

    /** A proxy's definition, with the two parts that are shown for any service. */
    public static Map<String, Object> proxy(Optional<Service.Proxy> present) {
        Map<String, Object> row = new LinkedHashMap<>();
        String mode = "";
        if (present.isPresent()) {
            Service.Proxy proxy = present.get();
            mode = proxy.meshGateway();
            putText(row, "DestinationServiceName", proxy.destinationServiceName());
            putText(row, "DestinationServiceID", proxy.destinationServiceId());
            putText(row, "LocalServiceAddress", proxy.localServiceAddress());
            if (proxy.localServicePort() != 0) {
                row.put("LocalServicePort", proxy.localServicePort());
            }
            if (!proxy.config().isEmpty()) {
                row.put("Config", proxy.config());
            }
            if (!proxy.upstreams().isEmpty()) {
                List<Object> upstreams = new ArrayList<>();
                proxy.upstreams().forEach(upstream -> upstreams.add(upstream(upstream)));
                row.put("Upstreams", upstreams);
            }
        }
        row.put("MeshGateway", mode.isEmpty() ? Map.of() : object("Mode", mode));
        row.put("Expose", Map.of());
        return row;
    }

    private static Map<String, Object> upstream(Service.Upstream upstream) {
        Map<String, Object> row = object("DestinationType", upstream.destinationType(),
                "DestinationName", upstream.destinationName());
        putText(row, "Datacenter", upstream.datacenter());
        putText(row, "LocalBindAddress", upstream.localBindAddress());
        if (upstream.localBindPort() != 0) {
            row.put("LocalBindPort", upstream.localBindPort());
        }
        if (!upstream.config().isEmpty()) {
            row.put("Config", upstream.config());
        }
        row.put("MeshGateway", upstream.meshGateway().isEmpty() ? Map.of() : object("Mode", upstream.meshGateway()));
        return row;
    }

    private static Map<String, Object> connect(Service service) {
        return service.connectNative() ? object("Native", true) : Map.of();
    }

    private static Map<String, Object> weights(Service service) {
        return object("Passing", service.weights().passing(), "Warning", service.weights().warning());
    }

    private static Map<String, Object> addresses(Service service) {
        Map<String, Object> addresses = new LinkedHashMap<>();
        service.taggedAddresses().forEach(
                (name, address) -> addresses.put(name, object("Address", address.address(), "Port", address.port())));
        return addresses;
    }

    private static Map<String, Object> indexes(Map<String, Object> row, long create, long modify) {
        row.put("CreateIndex", create);
        row.put("ModifyIndex", modify);
        return row;
    }

    private static void putDuration(Map<String, Object> row, String name, Duration duration) {
        if (!duration.isZero()) {
            row.put(name, GoDuration.format(duration));
        }
    }

    private static void putText(Map<String, Object> row, String name, String text) {
        if (!text.isEmpty()) {
            row.put(name, text);
        }
    }

    static Map<String, String> nullIfEmpty(Map<String, String> map) {
        return map.isEmpty() ? null : map;
    }

    static List<String> nullIfEmpty(List<String> list) {
        return list.isEmpty() ? null : list;
    }
}
