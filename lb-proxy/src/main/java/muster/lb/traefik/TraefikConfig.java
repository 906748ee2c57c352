package muster.lb.traefik;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import muster.registry.client.HealthCheck;

/**
 * Traefik's static configuration in force; made by {@link TraefikSettings}.
 *
 * @param entryPoints in the order of the file
 * @param notes settings that were read but do nothing here
 */
public record TraefikConfig(
        List<EntryPoint> entryPoints, Api api, Optional<String> ping, Optional<Provider> provider, RuleSyntax ruleSyntax,
        Duration drain, List<String> notes) {
    /** The name of the entry point that api.insecure and ping use. */
    public static final String INTERNAL = "traefik";

    /**
     * A listener.
     *
     * @param address as written, {@code :8080}
     * @param protocol tcp or udp
     */
    public record EntryPoint(String name, String address, String host, int port, String protocol, boolean isDefault) {}

    /** Whether there is an API, a dashboard, and whether both are on the internal entry point without any guard. */
    public record Api(boolean isEnabled, boolean hasDashboard, boolean isInsecure) {}

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
        List<EntryPoint> moved = entryPoints.stream()
                .map(e -> new EntryPoint(e.name(), e.address(), host, ports.getOrDefault(e.name(), e.port()), e.protocol(), e.isDefault()))
                .toList();
        return new TraefikConfig(moved, api, ping, provider, ruleSyntax, drain, notes);
    }
}
