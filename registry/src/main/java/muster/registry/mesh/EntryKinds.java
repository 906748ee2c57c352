package muster.registry.mesh;

import static muster.registry.mesh.Form.BOOL;
import static muster.registry.mesh.Form.DURATION;
import static muster.registry.mesh.Form.INT;
import static muster.registry.mesh.Form.REAL;
import static muster.registry.mesh.Form.TEXT;
import static muster.registry.mesh.Form.TEXTS;
import static muster.registry.mesh.Form.TEXT_MAP;
import static muster.registry.mesh.Form.struct;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The kinds of config entries with their forms: how one is read from what a client sends, and how it is shown. Pure. */
public final class EntryKinds {
    public static final String SERVICE_DEFAULTS = "service-defaults";
    public static final String PROXY_DEFAULTS = "proxy-defaults";
    public static final String ROUTER = "service-router";
    public static final String SPLITTER = "service-splitter";
    public static final String RESOLVER = "service-resolver";
    public static final String INGRESS = "ingress-gateway";
    public static final String TERMINATING = "terminating-gateway";
    public static final String INTENTIONS = "service-intentions";
    public static final String MESH = "mesh";
    public static final String EXPORTED = "exported-services";

    private static final Form MESH_GATEWAY = struct("Mode", TEXT);
    private static final Form EXPOSE = struct("Checks", BOOL, "Paths", new Form.ListOf(struct("ListenerPort", INT, "Path", TEXT,
            "LocalPathPort", INT, "Protocol", TEXT, "ParsedFromCheck", BOOL)));
    private static final Form TRANSPARENT_PROXY = struct("OutboundListenerPort", INT, "DialedDirectly", BOOL);
    private static final Form LIMITS =
            struct("MaxConnections", INT, "MaxPendingRequests", INT, "MaxConcurrentRequests", INT);
    private static final Form PASSIVE_HEALTH = struct("Interval", DURATION, "MaxFailures", INT);
    private static final Form UPSTREAM = struct("Name", TEXT, "Namespace", TEXT, "EnvoyListenerJSON", TEXT,
            "EnvoyClusterJSON", TEXT, "Protocol", TEXT, "ConnectTimeoutMs", INT, "Limits", LIMITS, "PassiveHealthCheck",
            PASSIVE_HEALTH, "MeshGateway", MESH_GATEWAY);
    private static final Form HEADERS = struct("Add", TEXT_MAP, "Set", TEXT_MAP, "Remove", TEXTS);
    private static final Form HEADER_MATCH = struct("Name!", TEXT, "Present", BOOL, "Exact", TEXT, "Prefix", TEXT, "Suffix",
            TEXT, "Regex", TEXT, "Invert", BOOL);
    private static final Form HTTP_MATCH = struct("PathExact", TEXT, "PathPrefix", TEXT, "PathRegex", TEXT, "Header",
            new Form.ListOf(HEADER_MATCH), "QueryParam", new Form.ListOf(struct("Name!", TEXT, "Present", BOOL, "Exact", TEXT,
                    "Regex", TEXT)), "Methods", TEXTS);
    private static final Form DESTINATION = struct("RequestTimeout", DURATION, "IdleTimeout", DURATION, "Service", TEXT,
            "ServiceSubset", TEXT, "Namespace", TEXT, "PrefixRewrite", TEXT, "NumRetries", INT, "RetryOnConnectFailure", BOOL,
            "RetryOn", TEXTS, "RetryOnStatusCodes", new Form.ListOf(INT), "RequestHeaders", HEADERS, "ResponseHeaders",
            HEADERS);
    private static final Form ROUTE = struct("Match", struct("HTTP", HTTP_MATCH), "Destination", DESTINATION);
    private static final Form SPLIT = struct("Weight!", REAL, "Service", TEXT, "ServiceSubset", TEXT, "Namespace", TEXT,
            "RequestHeaders", HEADERS, "ResponseHeaders", HEADERS);
    private static final Form SUBSET = struct("Filter", TEXT, "OnlyPassing", BOOL);
    private static final Form REDIRECT = struct("Service", TEXT, "ServiceSubset", TEXT, "Namespace", TEXT, "Datacenter", TEXT);
    private static final Form FAILOVER = struct("Service", TEXT, "ServiceSubset", TEXT, "Namespace", TEXT, "Datacenters",
            TEXTS);
    private static final Form LOAD_BALANCER = struct("Policy", TEXT, "RingHashConfig",
            struct("MinimumRingSize", INT, "MaximumRingSize", INT), "LeastRequestConfig", struct("ChoiceCount", INT),
            "HashPolicies", new Form.ListOf(struct("Field", TEXT, "FieldValue", TEXT, "CookieConfig",
                    struct("Session", BOOL, "TTL", DURATION, "Path", TEXT), "SourceIP", BOOL, "Terminal", BOOL)));
    private static final Form PERMISSION = struct("Action", TEXT, "HTTP", struct("PathExact", TEXT, "PathPrefix", TEXT,
            "PathRegex", TEXT, "Header", new Form.ListOf(HEADER_MATCH), "Methods", TEXTS));
    private static final Form SOURCE = struct("Name", TEXT, "Namespace", TEXT, "Action", TEXT, "Permissions",
            new Form.ListOf(PERMISSION), "Precedence", INT, "LegacyID", TEXT, "Type", TEXT, "Description", TEXT, "LegacyMeta",
            TEXT_MAP, "LegacyCreateTime", TEXT, "LegacyUpdateTime", TEXT);
    private static final Form TLS_DIRECTION =
            struct("TLSMinVersion", TEXT, "TLSMaxVersion", TEXT, "CipherSuites", TEXTS);

    private static final Map<String, Form.Struct> FORMS = Map.of(
            SERVICE_DEFAULTS, struct("Protocol!", TEXT, "Mode", TEXT, "TransparentProxy", TRANSPARENT_PROXY, "MeshGateway!",
                    MESH_GATEWAY, "Expose!", EXPOSE, "ExternalSNI", TEXT, "UpstreamConfig", struct("Overrides",
                            new Form.ListOf(UPSTREAM), "Defaults", UPSTREAM), "Destination", struct("Addresses", TEXTS, "Port",
                            INT), "MaxInboundConnections", INT, "LocalConnectTimeoutMs", INT, "LocalRequestTimeoutMs", INT,
                    "Meta", TEXT_MAP),
            PROXY_DEFAULTS, struct("Config!", Form.ANY, "Mode", TEXT, "TransparentProxy", TRANSPARENT_PROXY, "MeshGateway!",
                    MESH_GATEWAY, "Expose!", EXPOSE, "Meta", TEXT_MAP),
            ROUTER, struct("Routes!", new Form.ListOf(ROUTE), "Meta", TEXT_MAP),
            SPLITTER, struct("Splits!", new Form.ListOf(SPLIT), "Meta", TEXT_MAP),
            RESOLVER, struct("ConnectTimeout", DURATION, "RequestTimeout", DURATION, "DefaultSubset", TEXT, "Subsets",
                    new Form.MapOf(SUBSET), "Redirect", REDIRECT, "Failover", new Form.MapOf(FAILOVER), "LoadBalancer",
                    LOAD_BALANCER, "Meta", TEXT_MAP),
            INGRESS, struct("TLS!", struct("Enabled!", BOOL), "Listeners!", new Form.ListOf(struct("Port!", INT, "Protocol!",
                    TEXT, "Services!", new Form.ListOf(struct("Name!", TEXT, "Hosts!", TEXTS, "RequestHeaders", HEADERS,
                            "ResponseHeaders", HEADERS)))), "Meta", TEXT_MAP),
            TERMINATING, struct("Services!", new Form.ListOf(struct("Name", TEXT, "CAFile", TEXT, "CertFile", TEXT, "KeyFile",
                    TEXT, "SNI", TEXT)), "Meta", TEXT_MAP),
            INTENTIONS, struct("Sources!", new Form.ListOf(SOURCE), "Meta", TEXT_MAP),
            MESH, struct("TransparentProxy!", struct("MeshDestinationsOnly!", BOOL), "TLS", struct("Incoming", TLS_DIRECTION,
                    "Outgoing", TLS_DIRECTION), "HTTP", struct("SanitizeXForwardedClientCert", BOOL), "Meta", TEXT_MAP),
            EXPORTED, struct("Services!", new Form.ListOf(struct("Name", TEXT, "Namespace", TEXT, "Consumers",
                    new Form.ListOf(struct("Peer", TEXT, "Partition", TEXT)))), "Meta", TEXT_MAP));

    private EntryKinds() {}

    /** Fails with Consul's text for an entry that can't be read. */
    public static final class EntryException extends RuntimeException {
        public EntryException(String message) {
            super(message, null, false, false);
        }
    }

    public static boolean isKnown(String kind) {
        return FORMS.containsKey(kind);
    }

    /** Fails unless there is such a kind. */
    public static void require(String kind) {
        if (!isKnown(kind)) {
            throw new EntryException("invalid config entry kind: " + kind);
        }
    }

    /** The only name that entries of a kind have; {@code name} itself where each service has its own. */
    public static String nameOf(String kind, String name) {
        return switch (kind) {
            case PROXY_DEFAULTS -> "global";
            case MESH -> "mesh";
            case EXPORTED -> name.isEmpty() ? "default" : name;
            default -> name;
        };
    }

    /** Reads an entry from a tree as clients and configuration files have it, and puts it in order. */
    public static ConfigEntry read(Map<String, Object> tree) {
        Object kind = tree.containsKey("Kind") ? tree.get("Kind") : tree.get("kind");
        if (!tree.containsKey("Kind") && !tree.containsKey("kind")) {
            throw new EntryException("Payload does not contain a kind/Kind key at the top level");
        }
        if (!(kind instanceof String text)) {
            throw new EntryException("Kind value in payload is not a string");
        }
        require(text);
        Map<String, Object> rest = new LinkedHashMap<>(tree);
        String name = "";
        for (Map.Entry<String, Object> entry : tree.entrySet()) {
            switch (Form.plain(entry.getKey())) {
                case "name" -> {
                    name = entry.getValue() == null ? "" : String.valueOf(entry.getValue());
                    rest.remove(entry.getKey());
                }
                case "kind", "createindex", "modifyindex", "namespace" -> rest.remove(entry.getKey());
                default -> { }
            }
        }
        List<String> unknown = new ArrayList<>();
        ConfigEntry entry;
        try {
            @SuppressWarnings("unchecked") // a structure reads as a map
            Map<String, Object> fields = (Map<String, Object>) Form.read(FORMS.get(text), rest, "", unknown);
            entry = new ConfigEntry(text, nameOf(text, name), normal(text, fields), 0, 0);
        } catch (Form.MisfitException e) {
            throw new EntryException(e.getMessage());
        }
        if (!unknown.isEmpty()) {
            throw new EntryException((unknown.size() == 1 ? "1 error" : unknown.size() + " errors") + " occurred:\n"
                    + unknown.stream().map(key -> "\t* invalid config key \"" + key + "\"\n").collect(Collectors.joining())
                    + "\n");
        }
        return entry;
    }

    /** What the original changes before it keeps an entry: letter case of words that are compared, and defaults. */
    private static Map<String, Object> normal(String kind, Map<String, Object> fields) {
        Map<String, Object> normal = new LinkedHashMap<>(fields);
        switch (kind) {
            case SERVICE_DEFAULTS -> normal.computeIfPresent("Protocol", (key, word) -> lower(word));
            case ROUTER -> normal.computeIfPresent("Routes", (key, routes) -> each(routes, route ->
                    within(route, "Match", match -> within(match, "HTTP", http -> {
                        http.computeIfPresent("Methods", (name, methods) -> ((List<?>) methods).stream()
                                .map(method -> (Object) String.valueOf(method).toUpperCase(Locale.ROOT)).toList());
                        return http;
                    }))));
            case SPLITTER -> normal.computeIfPresent("Splits", (key, splits) -> each(splits, split -> {
                split.computeIfPresent("Weight", (name, weight) ->
                        Math.round(((Number) weight).doubleValue() * 100) / 100.0);
                return split;
            }));
            case INGRESS -> normal.computeIfPresent("Listeners", (key, listeners) -> each(listeners, listener -> {
                listener.merge("Protocol", "tcp", (given, tcp) -> lower(given));
                return listener;
            }));
            default -> { }
        }
        return normal;
    }

    private interface Change {
        Map<String, Object> of(Map<String, Object> map);
    }

    private static Object each(Object list, Change change) {
        return ((List<?>) list).stream().map(element -> (Object) change.of(copy(element))).toList();
    }

    private static Map<String, Object> within(Map<String, Object> map, String name, Change change) {
        map.computeIfPresent(name, (key, inner) -> change.of(copy(inner)));
        return map;
    }

    private static Map<String, Object> copy(Object map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        ((Map<?, ?>) map).forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }

    private static Object lower(Object word) {
        return String.valueOf(word).toLowerCase(Locale.ROOT);
    }

    /** An entry as Consul's JSON, in its order. */
    public static Map<String, Object> show(ConfigEntry entry) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("Kind", entry.kind());
        shown.put("Name", entry.name());
        shown.putAll(show(FORMS.get(entry.kind()), entry.fields()));
        shown.put("CreateIndex", entry.createIndex());
        shown.put("ModifyIndex", entry.modifyIndex());
        return shown;
    }

    /** A route of a router, as {@link #show(ConfigEntry)} shows it. */
    public static Map<String, Object> showRoute(Map<String, Object> route) {
        return show(ROUTE, route);
    }


    @SuppressWarnings("unchecked") // a structure is shown as a map
    private static Map<String, Object> show(Form form, Map<String, Object> fields) {
        return (Map<String, Object>) Form.show(form, fields);
    }
}
