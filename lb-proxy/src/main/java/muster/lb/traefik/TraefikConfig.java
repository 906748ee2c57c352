package muster.lb.traefik;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import muster.lb.exchange.Listener;
import muster.lb.route.AccessRules;
import muster.lb.trace.Tracing;
import muster.lb.tree.Values;
import muster.registry.client.HealthCheck;

/**
 * Traefik's static configuration in force; made by {@link TraefikSettings}.
 *
 * @param entryPoints in the order of the file
 * @param transport how servers are spoken to unless their service says otherwise
 * @param notes settings that were read but do nothing here
 */
public record TraefikConfig(
        List<EntryPoint> entryPoints, Api api, Optional<Ping> ping, Optional<Metrics> metrics, Optional<AccessLog> accessLog,
        Optional<Tracing.Settings> tracing, Optional<Provider> provider, Optional<FileProvider> file, Values transport, RuleSyntax ruleSyntax, Lifecycle lifecycle,
        List<String> notes) {
    /** The name of the entry point that api.insecure and ping use. */
    public static final String INTERNAL = "traefik";

    /**
     * A listener.
     *
     * @param address as written, {@code :8080}
     * @param protocol tcp or udp
     * @param middlewares of all its routers, complete names
     * @param tls of all its routers, as a router's
     * @param redirect where all its requests are sent
     * @param requests what is done with all of them
     */
    public record EntryPoint(
            String name, String address, String host, int port, String protocol, boolean isDefault, Forwarded forwarded,
            Optional<Listener.ProxyHeader> proxyHeader, List<String> middlewares, Optional<Values> tls, Optional<Redirect> redirect,
            Listener.Limits limits, Requests requests) {
        EntryPoint at(String otherHost, int otherPort) {
            return new EntryPoint(name, address, otherHost, otherPort, protocol, isDefault, forwarded, proxyHeader, middlewares, tls, redirect, limits,
                    requests);
        }

        /** The key of a TLS listener or a plain one in lookups. */
        boolean isTls() {
            return tls.isPresent();
        }
    }

    /** What is done with every request of an entry point: the form of its path, and who hears of it. */
    public record Requests(EntryPaths paths, Observed observed) {
        static final Requests DEFAULTS = new Requests(EntryPaths.DEFAULTS, Observed.BY_ALL);
    }

    /** Whose forwarding headers are believed. */
    public record Forwarded(boolean isInsecure, AccessRules trusted) {
        boolean isBelieved(String address) {
            return isInsecure || !trusted.blocks().isEmpty() && AccessRules.block(address).isPresent() && trusted.admits(List.of(address));
        }
    }

    /**
     * A redirection of a whole entry point.
     *
     * @param to an entry point's name or {@code :PORT}
     */
    public record Redirect(String to, String scheme, boolean isPermanent, long priority) {}

    /** Whether there is an API, a dashboard, and whether both are on the internal entry point without any guard. */
    public record Api(boolean isEnabled, boolean hasDashboard, boolean isInsecure, String basePath) {}

    /** The health of the program itself. */
    public record Ping(String entryPoint, boolean isManual, int terminatingStatus) {}

    /** Prometheus metrics. Buckets are in seconds. */
    public record Metrics(String entryPoint, boolean isManual, boolean byEntryPoint, boolean byRouter, boolean byService, List<Double> buckets) {}

    /**
     * The access log.
     *
     * @param path "" for standard output
     * @param statuses that are logged, as ranges; empty for all
     * @param isRetriesOnly logs requests with retries whatever their status
     * @param fields by lower-case name: keep or drop
     * @param headers by lower-case name: keep, drop or redact
     */
    public record AccessLog(
            String path, boolean isJson, List<String> statuses, boolean isRetriesOnly, Duration minDuration, boolean keepsFields,
            Map<String, String> fields, String headerMode, Map<String, String> headers) {}

    /** Files with dynamic configuration: one, or all of a folder. */
    public record FileProvider(Optional<Path> file, Optional<Path> folder, boolean isWatched) {}

    /** How it ends: for so long it still accepts, then requests in progress have so long. */
    public record Lifecycle(Duration accepting, Duration draining) {}

    /** Which form rules have unless they say so themselves. */
    public enum RuleSyntax {
        V2, V3
    }

    /**
     * The registry.
     *
     * @param address HOST:PORT of the agent
     * @param statuses of instances that get requests
     * @param constraint on an instance's tags
     */
    public record Provider(
            String prefix, boolean isExposedByDefault, String address, String scheme, String token, DefaultRule defaultRule,
            Predicate<List<String>> constraint, Set<HealthCheck.Status> statuses) {}

    /** The same with other addresses, for those who embed it or test it; names that are missing keep theirs. */
    public TraefikConfig at(Map<String, Integer> ports, String host) {
        List<EntryPoint> moved = entryPoints.stream().map(e -> e.at(host, ports.getOrDefault(e.name(), e.port()))).toList();
        return new TraefikConfig(moved, api, ping, metrics, accessLog, tracing, provider, file, transport, ruleSyntax, lifecycle, notes);
    }

    Optional<EntryPoint> entryPoint(String name) {
        return entryPoints.stream().filter(entry -> entry.name().equals(name)).findFirst();
    }
}
