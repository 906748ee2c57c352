package muster.lb.traefik;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import muster.lb.tree.Values;

/** The routers and services of the program itself, provider {@code internal}: API, dashboard, ping, metrics, redirections. Pure. */
final class InternalConfig {
    private static final long FIRST = Long.MAX_VALUE;

    private final TraefikConfig config;
    private final SortedMap<String, Values> routers = new TreeMap<>();
    private final SortedMap<String, Values> services = new TreeMap<>();
    private final SortedMap<String, Values> middlewares = new TreeMap<>();

    private InternalConfig(TraefikConfig config) {
        this.config = config;
    }

    static DynamicConfig of(TraefikConfig config) {
        return new InternalConfig(config).made();
    }

    private DynamicConfig made() {
        services.put("noop", Values.NONE);
        String root = config.api().basePath();
        if (config.api().isEnabled()) {
            services.put("api", Values.NONE);
        }
        if (config.api().isEnabled() && config.api().hasDashboard()) {
            services.put("dashboard", Values.NONE);
        }
        if (config.api().isInsecure()) {
            router("api", TraefikConfig.INTERNAL, "PathPrefix(`" + root + "/api`)", FIRST - 1, List.of(), "api");
        }
        if (config.api().isInsecure() && config.api().hasDashboard()) {
            middlewares.put("dashboard_redirect", new Values(Map.of("redirectRegex", new Values(fields(
                    "regex", "^(http:\\/\\/(\\[[\\w:.]+\\]|[\\w\\._-]+)(:\\d+)?)" + root + "\\/$", "replacement", "${1}" + root + "/dashboard/")))));
            middlewares.put("dashboard_stripprefix", new Values(Map.of("stripPrefix", new Values(fields(
                    "prefixes", List.of(root + "/dashboard/", root + "/dashboard"))))));
            router("dashboard", TraefikConfig.INTERNAL, "PathPrefix(`" + root + "/`)", FIRST - 2,
                    List.of("dashboard_redirect@internal", "dashboard_stripprefix@internal"), "dashboard");
        }
        config.ping().ifPresent(ping -> {
            services.put("ping", Values.NONE);
            if (!ping.isManual()) {
                router("ping", ping.entryPoint(), "PathPrefix(`/ping`)", FIRST, List.of(), "ping");
            }
        });
        config.metrics().ifPresent(metrics -> {
            services.put("prometheus", Values.NONE);
            if (!metrics.isManual()) {
                router("prometheus", metrics.entryPoint(), "PathPrefix(`/metrics`)", FIRST, List.of(), "prometheus");
            }
        });
        config.entryPoints().forEach(entry -> entry.redirect().ifPresent(redirect -> redirection(entry, redirect)));
        Map<Kind, SortedMap<String, Values>> items = new EnumMap<>(Kind.class);
        items.put(Kind.HTTP_ROUTER, routers);
        items.put(Kind.HTTP_SERVICE, services);
        items.put(Kind.HTTP_MIDDLEWARE, middlewares);
        return new DynamicConfig(items, List.of(), List.of());
    }

    private void redirection(TraefikConfig.EntryPoint entry, TraefikConfig.Redirect redirect) {
        boolean isPort = redirect.to().startsWith(":");
        String port = isPort ? redirect.to().substring(1)
                : config.entryPoint(redirect.to()).map(to -> "" + to.port()).orElse("");
        String name = entry.name() + "-to-" + (isPort ? port : redirect.to());
        middlewares.put("redirect-" + name, new Values(Map.of("redirectScheme", new Values(fields(
                "scheme", redirect.scheme(), "port", port, "permanent", redirect.isPermanent())))));
        router(name, entry.name(), "HostRegexp(`^.+$`)", redirect.priority() == 0 ? FIRST - 1 : redirect.priority(),
                List.of("redirect-" + name + "@internal"), "noop");
    }

    private void router(String name, String entryPoint, String rule, long priority, List<String> used, String service) {
        Map<String, Object> fields = fields("entryPoints", List.of(entryPoint));
        if (!used.isEmpty()) {
            fields.put("middlewares", used);
        }
        fields.putAll(fields("service", service + "@internal", "rule", rule, "ruleSyntax", "v3", "priority", priority));
        routers.put(name, new Values(fields));
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
