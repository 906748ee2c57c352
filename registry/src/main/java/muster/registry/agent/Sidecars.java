package muster.registry.agent;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.registry.state.Service;

/**
 * Proxies that come with their service: {@code connect { sidecar_service {} }} stands for a registration of its own, with
 * what it does not say taken from its service. Pure. (Consul: Sidecar Service Registration)
 */
final class Sidecars {
    private static final String SUFFIX = "-sidecar-proxy";
    private static final int FIRST_PORT = 21_000;
    private static final int LAST_PORT = 21_255;
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

    private Sidecars() {}

    /** The definition without its sidecar, which is registered by itself. */
    static Bodies.ServiceBody alone(Bodies.ServiceBody service) {
        return with(service, service.connect().filter(Bodies.ConnectBody::isNative).map(connect -> new Bodies.ConnectBody(true, null)));
    }

    private static Bodies.ServiceBody with(Bodies.ServiceBody service, Optional<Bodies.ConnectBody> connect) {
        return new Bodies.ServiceBody(service.kind(), service.id(), service.name(), service.tags(), service.address(),
                service.taggedAddresses(), service.meta(), service.port(), service.weights(), service.enableTagOverride(), service.check(),
                service.checks(), service.proxy(), connect, service.token(), service.namespace());
    }

    /** The sidecar's definition, if the service's asks for one. Throws {@link RefusedException}. */
    static Optional<Bodies.ServiceBody> of(Bodies.ServiceBody service, LocalState state) {
        Object asked = service.connect().map(Bodies.ConnectBody::sidecarService).orElse(null);
        if (asked == null) {
            return Optional.empty();
        }
        Bodies.ServiceBody given = Bodies.fromTree(Bodies.ServiceBody.class, asked);
        if (!given.id().isEmpty()) {
            throw new RefusedException(400, "Invalid Service: A SidecarService cannot specify an ID as this is managed by the agent");
        }
        if (given.connect().map(Bodies.ConnectBody::sidecarService).isPresent()) {
            throw new RefusedException(400, "Invalid Service: A SidecarService cannot have a nested SidecarService");
        }
        String parent = service.id().isEmpty() ? service.name() : service.id();
        String id = parent + SUFFIX;
        int port = given.port() > 0 ? given.port() : freePort(id, state);
        boolean hasChecks = given.check().isPresent() || !given.checks().isEmpty();
        return Optional.of(new Bodies.ServiceBody(given.kind().isEmpty() ? "connect-proxy" : given.kind(), id,
                given.name().isEmpty() ? service.name() + SUFFIX : given.name(), given.tags().isEmpty() ? service.tags() : given.tags(),
                given.address(), given.taggedAddresses(), given.meta().isEmpty() ? service.meta() : given.meta(), port,
                given.weights(), given.enableTagOverride(), given.check(),
                hasChecks ? given.checks() : checks(parent, given.address(), port), Optional.of(proxy(given, service, parent)),
                Optional.empty(), given.token().isEmpty() ? service.token() : given.token(), given.namespace()));
    }

    /** The same port as before where the sidecar is there already; else the first that no service here has. */
    private static int freePort(String id, LocalState state) {
        Service present = state.services().get(id);
        if (present != null && present.port() >= FIRST_PORT && present.port() <= LAST_PORT) {
            return present.port();
        }
        Set<Integer> taken = new HashSet<>();
        state.services().values().forEach(service -> taken.add(service.port()));
        for (int port = FIRST_PORT; port <= LAST_PORT; port++) {
            if (!taken.contains(port)) {
                return port;
            }
        }
        throw new RefusedException(500, "none left in the configured range [" + FIRST_PORT + ", " + LAST_PORT + "]");
    }

    private static Bodies.ProxyBody proxy(Bodies.ServiceBody given, Bodies.ServiceBody service, String parent) {
        Optional<Bodies.ProxyBody> own = given.proxy();
        String address = own.map(Bodies.ProxyBody::localServiceAddress).orElse(null);
        int port = own.map(Bodies.ProxyBody::localServicePort).orElse(0);
        return new Bodies.ProxyBody(service.name(), parent, address == null || address.isEmpty() ? LOOPBACK : address,
                port > 0 ? port : service.port(), own.map(Bodies.ProxyBody::config).orElse(null),
                own.map(Bodies.ProxyBody::upstreams).orElse(null), own.map(Bodies.ProxyBody::meshGateway).orElse(null),
                own.map(Bodies.ProxyBody::expose).orElse(null));
    }

    /** That the proxy listens, and that its service is well. */
    private static List<Bodies.CheckBody> checks(String parent, String address, int port) {
        String host = address.isEmpty() ? LOOPBACK : address;
        return List.of(
                check(Map.of("Name", "Connect Sidecar Listening", "TCP", (host.contains(":") ? "[" + host + "]" : host) + ":" + port,
                        "Interval", CHECK_INTERVAL.toNanos())),
                check(Map.of("Name", "Connect Sidecar Aliasing " + parent, "AliasService", parent)));
    }

    private static Bodies.CheckBody check(Map<String, Object> fields) {
        return Bodies.fromTree(Bodies.CheckBody.class, new LinkedHashMap<>(fields));
    }

    /** The id of the sidecar that goes with a service, if it has one: one that was registered by itself stays. */
    static Optional<String> belongingTo(String id, LocalState state) {
        return Optional.ofNullable(state.services().get(id + SUFFIX))
                .filter(sidecar -> sidecar.proxy().map(proxy -> proxy.destinationServiceId().equals(id)).orElse(false))
                .map(Service::id);
    }
}
