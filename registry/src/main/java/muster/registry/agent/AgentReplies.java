package muster.registry.agent;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import muster.http.Call;
import muster.http.Handler;
import muster.http.Handlers;
import muster.http.Reply;
import muster.registry.state.Service;
import muster.wire.GoQuote;
import muster.wire.filter.Filter;
import muster.wire.filter.Shape;

/** The wire forms of the agent's endpoints, and handlers that turn refusals into replies. */
final class AgentReplies {
    private static final Shape GATEWAY = Shape.struct("Mode", Shape.TEXT);

    /** What {@code filter} can name in {@code agent/services}. */
    static final Shape.Struct SERVICE = Shape.struct(
            "Kind", Shape.TEXT, "ID", Shape.TEXT, "Service", Shape.TEXT, "Tags", Shape.TEXTS, "Address", Shape.TEXT,
            "TaggedAddresses", new Shape.MapOf(Shape.struct("Address", Shape.TEXT, "Port", Shape.NUMBER)),
            "Meta", Shape.TEXT_MAP, "Port", Shape.NUMBER,
            "Weights", Shape.struct("Passing", Shape.NUMBER, "Warning", Shape.NUMBER),
            "EnableTagOverride", Shape.BOOL,
            "Proxy", Shape.struct("DestinationServiceName", Shape.TEXT, "DestinationServiceID", Shape.TEXT,
                    "LocalServiceAddress", Shape.TEXT, "LocalServicePort", Shape.NUMBER, "MeshGateway", GATEWAY,
                    "Upstreams", new Shape.ListOf(Shape.struct("DestinationType", Shape.TEXT, "DestinationName", Shape.TEXT,
                            "Datacenter", Shape.TEXT, "LocalBindAddress", Shape.TEXT, "LocalBindPort", Shape.NUMBER,
                            "MeshGateway", GATEWAY))),
            "Connect", Shape.struct("Native", Shape.BOOL));

    /** What it can name in {@code agent/checks}. */
    static final Shape.Struct CHECK = Shape.struct(
            "Node", Shape.TEXT, "CheckID", Shape.TEXT, "Name", Shape.TEXT, "Status", Shape.TEXT, "Notes", Shape.TEXT,
            "Output", Shape.TEXT, "ServiceID", Shape.TEXT, "ServiceName", Shape.TEXT, "ServiceTags", Shape.TEXTS);

    /** Pushing takes a millisecond; without a leader it may take long, and the change is the agent's anyway. */
    private static final Duration SETTLE = Duration.ofMillis(500);

    private final muster.registry.http.Bodies bodies;
    private final String node;

    AgentReplies(AgentSettings settings) {
        bodies = new muster.registry.http.Bodies(settings.pretty());
        node = settings.nodeName();
    }

    /** For functions that only look at memory. */
    static Handler direct(Function<Call, Reply> function) {
        return Handlers.direct(call -> refusing(function, call));
    }

    /** For functions that write to disk, connect or wait. */
    static Handler blocking(Function<Call, Reply> function) {
        return Handlers.blocking(call -> refusing(function, call));
    }

    /** As {@link #blocking}, for functions that change the agent: answered when the catalog has the change, if that is soon. */
    static Handler changing(LocalAgent agent, Function<Call, Reply> function) {
        return blocking(call -> {
            Reply reply = function.apply(call);
            try {
                agent.settle(SETTLE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return reply;
        });
    }

    private static Reply refusing(Function<Call, Reply> function, Call call) {
        try {
            return function.apply(call);
        } catch (RefusedException e) {
            return Reply.text(e.status(), e.getMessage());
        }
    }

    /** The rows that the call's {@code filter} accepts, by their ids. */
    static Map<String, Object> filtered(Call call, Shape.Struct shape, Map<String, Map<String, Object>> rows) {
        Filter filter = Filter.of(call.query("filter"), shape);
        Map<String, Object> kept = new LinkedHashMap<>();
        rows.forEach((id, row) -> {
            if (filter.accepts(row)) {
                kept.put(id, row);
            }
        });
        return kept;
    }

    Reply.Full json(Call call, int status, Object value) {
        return bodies.json(call, status, value);
    }

    /** {@code AgentService}: as the agent's own endpoints show a service. */
    static Map<String, Object> service(Service service) {
        Map<String, Object> tree = new LinkedHashMap<>();
        putUnlessEmpty(tree, "Kind", service.kind());
        tree.put("ID", service.id());
        tree.put("Service", service.name());
        tree.put("Tags", service.tags());
        tree.put("Meta", service.meta());
        tree.put("Port", service.port());
        tree.put("Address", service.address());
        if (!service.taggedAddresses().isEmpty()) {
            Map<String, Object> tagged = new LinkedHashMap<>();
            service.taggedAddresses().forEach((name, address) -> tagged.put(name, address));
            tree.put("TaggedAddresses", tagged);
        }
        tree.put("Weights", service.weights());
        tree.put("EnableTagOverride", service.enableTagOverride());
        service.proxy().ifPresent(proxy -> tree.put("Proxy", proxy(proxy)));
        if (service.connectNative()) {
            tree.put("Connect", Map.of("Native", true));
        }
        return tree;
    }

    private static Map<String, Object> proxy(Service.Proxy proxy) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("DestinationServiceName", proxy.destinationServiceName());
        putUnlessEmpty(tree, "DestinationServiceID", proxy.destinationServiceId());
        putUnlessEmpty(tree, "LocalServiceAddress", proxy.localServiceAddress());
        if (proxy.localServicePort() != 0) {
            tree.put("LocalServicePort", proxy.localServicePort());
        }
        if (!proxy.config().isEmpty()) {
            tree.put("Config", proxy.config());
        }
        if (!proxy.upstreams().isEmpty()) {
            tree.put("Upstreams", proxy.upstreams().stream().map(AgentReplies::upstream).toList());
        }
        tree.put("MeshGateway", gateway(proxy.meshGateway()));
        tree.put("Expose", Map.of());
        return tree;
    }

    private static Map<String, Object> upstream(Service.Upstream upstream) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("DestinationType", upstream.destinationType());
        tree.put("DestinationName", upstream.destinationName());
        putUnlessEmpty(tree, "Datacenter", upstream.datacenter());
        putUnlessEmpty(tree, "LocalBindAddress", upstream.localBindAddress());
        if (upstream.localBindPort() != 0) {
            tree.put("LocalBindPort", upstream.localBindPort());
        }
        if (!upstream.config().isEmpty()) {
            tree.put("Config", upstream.config());
        }
        tree.put("MeshGateway", gateway(upstream.meshGateway()));
        return tree;
    }

    private static Map<String, Object> gateway(String mode) {
        return mode.isEmpty() ? Map.of() : Map.of("Mode", mode);
    }

    private static void putUnlessEmpty(Map<String, Object> tree, String name, String value) {
        if (!value.isEmpty()) {
            tree.put(name, value);
        }
    }

    /** A check as {@code agent/checks} shows it. */
    Map<String, Object> check(LocalCheck check) {
        return check(check, check.serviceTags(), check.definition().type(), Map.of());
    }

    /** A check as {@code agent/health/service} shows it: without its type, with a definition of zeros, no tags as null. */
    Map<String, Object> healthCheck(LocalCheck check) {
        Map<String, Object> definition = new LinkedHashMap<>();
        for (String name : List.of("Interval", "Timeout", "DeregisterCriticalServiceAfter")) {
            definition.put(name, "0s");
        }
        definition.put("HTTP", "");
        definition.put("Header", null);
        definition.put("Method", "");
        definition.put("Body", "");
        definition.put("TLSSkipVerify", false);
        definition.put("TCP", "");
        return check(check, check.serviceTags().isEmpty() ? null : check.serviceTags(), "", definition);
    }

    private Map<String, Object> check(LocalCheck check, Object tags, String type, Map<String, Object> definition) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("Node", node);
        tree.put("CheckID", check.id());
        tree.put("Name", check.name());
        tree.put("Status", check.state().status().toString());
        tree.put("Notes", check.notes());
        tree.put("Output", check.state().output());
        tree.put("ServiceID", check.serviceId());
        tree.put("ServiceName", check.serviceName());
        tree.put("ServiceTags", tags);
        tree.put("Type", type);
        tree.put("Definition", definition);
        tree.put("CreateIndex", 0);
        tree.put("ModifyIndex", 0);
        return tree;
    }

    /** The switch that maintenance endpoints need. */
    static boolean enable(Call call) {
        if (!call.has("enable")) {
            throw new RefusedException(400, "Missing value for enable");
        }
        String value = call.query("enable");
        return switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> throw new RefusedException(400, "Invalid value for enable: " + GoQuote.quote(value));
        };
    }
}
