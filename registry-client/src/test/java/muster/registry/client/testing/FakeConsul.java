package muster.registry.client.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import muster.registry.client.HealthCheck;
import muster.registry.client.Indexed;
import muster.registry.client.KeyValue;
import muster.registry.client.Node;
import muster.registry.client.NodeWithServices;
import muster.registry.client.PreparedAnswer;
import muster.registry.client.Query;
import muster.registry.client.Reading;
import muster.registry.client.RegistryException;
import muster.registry.client.ServiceInstance;
import muster.registry.client.ServiceRegistration;
import muster.registry.client.ServiceSummary;
import muster.wire.GoDuration;
import muster.wire.Json;

/**
 * A {@link FakeRegistry} behind Consul's HTTP API, as far as a registry client uses it, blocking queries included; on a free
 * port of loopback. Its one index counts all tables, so it wakes more than a real server does, as a server may.
 */
public final class FakeConsul implements AutoCloseable {
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);

    private final FakeRegistry registry;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger reads = new AtomicInteger();

    public FakeConsul(FakeRegistry registry) {
        this.registry = registry;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** {@code host:port}. */
    public String address() {
        return server.getAddress().getHostString() + ":" + server.getAddress().getPort();
    }

    /** How many GET requests have arrived so far. */
    public int reads() {
        return reads.get();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private record Request(String method, List<String> path, Map<String, List<String>> parameters, byte[] body) {
        String one(String name) {
            return parameters.getOrDefault(name, List.of("")).getFirst();
        }

        boolean has(String name) {
            return parameters.containsKey(name);
        }

        String rest(int from) {
            return String.join("/", path.subList(from, path.size()));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = request(exchange);
            try {
                switch (request.method()) {
                    case "GET" -> {
                        reads.incrementAndGet();
                        get(exchange, request);
                    }
                    case "PUT", "DELETE" -> send(exchange, 200, 0, write(request));
                    default -> send(exchange, 405, 0, new byte[0]);
                }
            } catch (RegistryException e) {
                send(exchange, e.status() == 0 ? 500 : e.status(), 0, e.getMessage().getBytes(StandardCharsets.UTF_8));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Request request(HttpExchange exchange) throws IOException {
        String raw = exchange.getRequestURI().getRawPath();
        List<String> path = Arrays.stream(raw.substring(1).split("/", -1)).map(FakeConsul::decode).toList();
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        if (query != null && !query.isEmpty()) {
            for (String pair : query.split("&")) {
                String[] parts = pair.split("=", 2);
                parameters.computeIfAbsent(decode(parts[0]), name -> new ArrayList<>())
                        .add(parts.length == 2 ? decode(parts[1]) : "");
            }
        }
        return new Request(exchange.getRequestMethod(), path, parameters, exchange.getRequestBody().readAllBytes());
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private void get(HttpExchange exchange, Request request) throws IOException, InterruptedException {
        if (request.rest(0).equals("v1/agent/self")) {
            Map<String, Object> config = new LinkedHashMap<>();
            config.put("Datacenter", registry.self().datacenter());
            config.put("NodeName", registry.self().nodeName());
            send(exchange, 200, 0, Json.write(new LinkedHashMap<>(Map.of("Config", config))));
            return;
        }
        Optional<Query<?>> query = query(request);
        if (query.isEmpty()) {
            send(exchange, 404, 0, new byte[0]);
            return;
        }
        if (request.has("index")) {
            registry.read(query.get());
            Duration wait = request.has("wait") ? GoDuration.parse(request.one("wait")) : DEFAULT_WAIT;
            registry.awaitIndexAfter(Long.parseUnsignedLong(request.one("index")), wait);
        }
        Reading<?> reading = registry.read(query.get());
        Object value = reading.value();
        boolean nothing = request.path().get(1).equals("kv")
                && (value.equals(Optional.empty()) || value.equals(List.of()));
        byte[] body = nothing ? new byte[0] : Json.write(json(query.get(), value));
        send(exchange, nothing ? 404 : 200, query.get() instanceof Query.Datacenters ? 0 : reading.index(), body);
    }

    private static Optional<Query<?>> query(Request request) {
        Query.Scope scope = new Query.Scope(request.one("dc"), Query.Consistency.DEFAULT);
        List<String> tags = request.parameters().getOrDefault("tag", List.of());
        return Optional.ofNullable(switch (String.join("/", request.path().subList(0, Math.min(3, request.path().size())))) {
            case "v1/catalog/services" -> new Query.Services(scope);
            case "v1/catalog/nodes" -> new Query.Nodes(request.one("near"), scope);
            case "v1/catalog/datacenters" -> new Query.Datacenters();
            case "v1/catalog/service" -> new Query.CatalogService(request.rest(3), tags, request.one("near"), scope);
            case "v1/catalog/node" -> new Query.NodeServices(request.rest(3), scope);
            case "v1/health/service" -> new Query.HealthService(
                    request.rest(3), tags, request.has("passing"), request.one("near"), scope);
            case "v1/health/state" -> new Query.ChecksInState(request.rest(3), scope);
            default -> !request.path().get(1).equals("kv") ? null
                    : request.has("recurse") ? new Query.Entries(request.rest(2), scope)
                    : request.has("keys") ? new Query.Keys(request.rest(2), request.one("separator"), scope)
                    : new Query.Key(request.rest(2), scope);
        });
    }

    private byte[] write(Request request) {
        String rest = request.rest(2);
        if (request.path().get(1).equals("kv")) {
            if (request.method().equals("DELETE")) {
                registry.delete(rest, request.has("recurse"));
                return Json.write(true);
            }
            long flags = request.has("flags") ? Long.parseUnsignedLong(request.one("flags")) : 0;
            Optional<Long> cas = request.has("cas") ? Optional.of(Long.parseUnsignedLong(request.one("cas"))) : Optional.empty();
            return Json.write(registry.put(rest, request.body(), flags, cas));
        }
        if (rest.equals("service/register")) {
            registry.register(registration((Map<?, ?>) Json.parse(request.body())));
        } else if (rest.startsWith("service/deregister/")) {
            registry.deregister(request.rest(4));
        } else if (rest.startsWith("check/update/")) {
            Map<?, ?> body = (Map<?, ?>) Json.parse(request.body());
            registry.updateCheck(request.rest(4), HealthCheck.Status.of((String) body.get("Status")), (String) body.get("Output"));
        } else {
            throw new RegistryException("unknown path " + rest, 404, null);
        }
        return new byte[0];
    }

    @SuppressWarnings("unchecked")
    private static ServiceRegistration registration(Map<?, ?> body) {
        List<ServiceRegistration.Check> checks = new ArrayList<>();
        for (Map<?, ?> check : (List<Map<?, ?>>) body.get("Checks")) {
            checks.add(new ServiceRegistration.Check(text(check, "CheckID"), text(check, "Name"),
                    new ServiceRegistration.Probe.Ttl(GoDuration.parse(text(check, "TTL"))),
                    Optional.ofNullable((String) check.get("Status")).map(HealthCheck.Status::of), 0, 0, Optional.empty()));
        }
        Map<?, ?> weights = (Map<?, ?>) body.get("Weights");
        return new ServiceRegistration(text(body, "ID"), text(body, "Name"), (List<String>) body.get("Tags"),
                text(body, "Address"), (int) (long) body.get("Port"), tagged((Map<String, Map<?, ?>>) body.get("TaggedAddresses")),
                (Map<String, String>) body.get("Meta"),
                new ServiceInstance.Weights((int) (long) weights.get("Passing"), (int) (long) weights.get("Warning")),
                (boolean) body.get("EnableTagOverride"), checks);
    }

    private static Map<String, ServiceInstance.TaggedAddress> tagged(Map<String, Map<?, ?>> body) {
        Map<String, ServiceInstance.TaggedAddress> tagged = new HashMap<>();
        (body == null ? Map.<String, Map<?, ?>>of() : body).forEach((name, at) ->
                tagged.put(name, new ServiceInstance.TaggedAddress(text(at, "Address"), (int) (long) at.get("Port"))));
        return tagged;
    }

    private static Map<String, Object> tagged(ServiceInstance instance) {
        Map<String, Object> tagged = new HashMap<>();
        instance.taggedAddresses().forEach((name, at) -> tagged.put(name, object("Address", at.address(), "Port", at.port())));
        return tagged;
    }

    private static String text(Map<?, ?> body, String name) {
        return body.get(name) == null ? "" : (String) body.get(name);
    }

    private static void send(HttpExchange exchange, int status, long index, byte[] body) throws IOException {
        if (index > 0) {
            exchange.getResponseHeaders().set("X-Consul-Index", Long.toUnsignedString(index));
            exchange.getResponseHeaders().set("X-Consul-KnownLeader", "true");
            exchange.getResponseHeaders().set("X-Consul-LastContact", "0");
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    // JSON.

    private static Object json(Query<?> query, Object value) {
        return switch (query) {
            case Query.Key q -> List.of(key((KeyValue) ((Optional<?>) value).orElseThrow()));
            case Query.Entries q -> ((List<?>) value).stream().map(entry -> key((KeyValue) entry)).toList();
            case Query.Keys q -> value;
            case Query.Services q -> {
                Map<String, Object> names = new LinkedHashMap<>();
                ((List<?>) value).forEach(each -> {
                    ServiceSummary summary = (ServiceSummary) each;
                    names.put(summary.name(), summary.tags());
                });
                yield names;
            }
            case Query.CatalogService q -> ((List<?>) value).stream().map(each -> row((ServiceInstance) each)).toList();
            case Query.HealthService q -> ((List<?>) value).stream().map(each -> entry((ServiceInstance) each)).toList();
            case Query.ConnectService q -> ((List<?>) value).stream().map(each -> entry((ServiceInstance) each)).toList();
            case Query.IngressService q -> ((List<?>) value).stream().map(each -> entry((ServiceInstance) each)).toList();
            case Query.Execute q -> ((Optional<?>) value).map(each -> object("Service", ((PreparedAnswer) each).service(),
                    "Nodes", ((PreparedAnswer) each).instances().stream().map(FakeConsul::entry).toList(),
                    "Datacenter", ((PreparedAnswer) each).datacenter())).orElse(null);
            case Query.ChecksInState q -> ((List<?>) value).stream().map(each -> check((HealthCheck) each)).toList();
            case Query.Nodes q -> ((List<?>) value).stream().map(each -> node((Node) each)).toList();
            case Query.NodeServices q -> ((Optional<?>) value).map(each -> {
                NodeWithServices found = (NodeWithServices) each;
                Map<String, Object> services = new LinkedHashMap<>();
                found.services().forEach(instance -> services.put(instance.id(), service(instance)));
                return object("Node", node(found.node()), "Services", services);
            }).orElse(null);
            case Query.Datacenters q -> value;
            case Query.Stamped<?> q -> json(q.of(), ((Indexed<?>) value).value());
        };
    }

    private static Map<String, Object> object(Object... pairs) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            object.put((String) pairs[i], pairs[i + 1]);
        }
        return object;
    }

    private static Map<String, Object> key(KeyValue entry) {
        return object("LockIndex", entry.lockIndex(), "Key", entry.key(),
                "Flags", new BigInteger(Long.toUnsignedString(entry.flags())),
                "Value", entry.value().length == 0 ? null : entry.value(),
                "CreateIndex", entry.createIndex(), "ModifyIndex", entry.modifyIndex());
    }

    private static Map<String, Object> node(Node node) {
        return object("ID", node.id(), "Node", node.name(), "Address", node.address(), "Datacenter", node.datacenter(),
                "TaggedAddresses", node.taggedAddresses(), "Meta", node.meta(), "CreateIndex", node.createIndex(),
                "ModifyIndex", node.modifyIndex());
    }

    private static Map<String, Object> weights(ServiceInstance.Weights weights) {
        return object("Passing", weights.passing(), "Warning", weights.warning());
    }

    private static Map<String, Object> service(ServiceInstance instance) {
        return object("ID", instance.id(), "Service", instance.name(), "Tags", instance.tags(), "Address", instance.address(),
                "Meta", instance.meta(), "Port", instance.port(), "TaggedAddresses", tagged(instance), "Weights", weights(instance.weights()),
                "EnableTagOverride", instance.enableTagOverride(), "CreateIndex", instance.createIndex(),
                "ModifyIndex", instance.modifyIndex());
    }

    private static Map<String, Object> row(ServiceInstance instance) {
        Node node = instance.node();
        return object("ID", node.id(), "Node", node.name(), "Address", node.address(), "Datacenter", node.datacenter(),
                "TaggedAddresses", node.taggedAddresses(), "NodeMeta", node.meta(), "ServiceKind", instance.kind(),
                "ServiceID", instance.id(), "ServiceName", instance.name(), "ServiceTags", instance.tags(),
                "ServiceAddress", instance.address(), "ServiceTaggedAddresses", tagged(instance), "ServiceWeights", weights(instance.weights()),
                "ServiceMeta", instance.meta(), "ServicePort", instance.port(),
                "ServiceEnableTagOverride", instance.enableTagOverride(),
                "CreateIndex", instance.createIndex(), "ModifyIndex", instance.modifyIndex());
    }

    private static Map<String, Object> check(HealthCheck check) {
        return object("Node", check.node(), "CheckID", check.checkId(), "Name", check.name(),
                "Status", check.status().toString(), "Notes", check.notes(), "Output", check.output(),
                "ServiceID", check.serviceId(), "ServiceName", check.serviceName(), "ServiceTags", check.serviceTags(),
                "Type", check.type(), "Definition", object(), "CreateIndex", check.createIndex(),
                "ModifyIndex", check.modifyIndex());
    }

    private static Map<String, Object> entry(ServiceInstance instance) {
        return object("Node", node(instance.node()), "Service", service(instance),
                "Checks", instance.checks().stream().map(FakeConsul::check).toList());
    }
}
