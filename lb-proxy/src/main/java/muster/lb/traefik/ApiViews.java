package muster.lb.traefik;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import muster.lb.middleware.MiddlewareType;
import muster.lb.tree.Values;

/** A table's routers, services and middlewares as the API shows them. Pure. */
final class ApiViews {
    private static final List<String> SERVICE_TYPES = List.of("loadBalancer", "weighted", "mirroring", "failover", "highestRandomWeight");

    private ApiViews() {}

    /** All of a kind, by name. */
    static List<Map<String, Object>> list(TraefikTable table, Kind kind) {
        List<Map<String, Object>> shown = new ArrayList<>();
        switch (kind) {
            case HTTP_ROUTER, TCP_ROUTER, UDP_ROUTER -> table.routers(kind).forEach(router -> shown.add(router(router)));
            case HTTP_SERVICE, TCP_SERVICE, UDP_SERVICE -> table.items(kind).forEach(item -> shown.add(service(table, item)));
            case HTTP_MIDDLEWARE, TCP_MIDDLEWARE -> table.items(kind).forEach(item -> shown.add(middleware(item)));
            case HTTP_TRANSPORT, TCP_TRANSPORT, TLS_OPTIONS, TLS_STORE -> { }
        }
        shown.sort(Comparator.comparing(item -> (String) item.get("name")));
        return shown;
    }

    private static Map<String, Object> router(TraefikTable.Router router) {
        Map<String, Object> spec = router.spec().shown();
        Map<String, Object> shown = fields("entryPoints", router.entryPoints());
        if (!router.middlewares().isEmpty()) {
            shown.put("middlewares", router.middlewares());
        }
        shown.put("service", router.spec().text("service"));
        if (router.kind() != Kind.UDP_ROUTER) {
            shown.putAll(fields("rule", router.rule(), "priority", router.priority(), "priorityStr", "" + router.priority()));
        }
        for (String key : List.of("ruleSyntax", "tls", "observability")) {
            if (spec.containsKey(key)) {
                shown.put(key, key.equals("tls") && router.kind() == Kind.HTTP_ROUTER ? withOptions(spec.get(key)) : spec.get(key));
            }
        }
        end(shown, router.name(), router.status(), router.errors(), List.of());
        shown.put("using", router.using());
        return shown;
    }

    /** The options that hold where a router names none. */
    private static Map<String, Object> withOptions(Object tls) {
        Map<String, Object> shown = fields("options", "default");
        if (tls instanceof Map<?, ?> set) {
            set.forEach((key, value) -> shown.put((String) key, value));
        }
        return shown;
    }

    private static Map<String, Object> service(TraefikTable table, TraefikTable.Item item) {
        Map<String, Object> shown = new LinkedHashMap<>(item.spec().shown());
        end(shown, item.name(), item.status(), item.errors(), item.usedBy());
        table.service(item.name()).filter(found -> item.kind() == Kind.HTTP_SERVICE).map(LiveService::serverStatus)
                .filter(status -> !status.isEmpty()).ifPresent(status -> shown.put("serverStatus", new TreeMap<>(status)));
        if (item.kind() != Kind.HTTP_SERVICE) {
            table.parts().tcpServices().get(item.kind() + item.name()).map(TcpService::serverStatus)
                    .filter(status -> !status.isEmpty()).ifPresent(status -> shown.put("serverStatus", status));
        }
        SERVICE_TYPES.stream().filter(shown::containsKey).findFirst().ifPresent(type -> shown.put("type", type.toLowerCase(Locale.ROOT)));
        return shown;
    }

    private static Map<String, Object> middleware(TraefikTable.Item item) {
        Map<String, Object> shown = new LinkedHashMap<>(item.spec().shown());
        String type = item.kind() == Kind.TCP_MIDDLEWARE ? TcpMiddleware.type(item.spec())
                : MiddlewareType.of(item.spec()).map(MiddlewareType::text).orElse("");
        end(shown, item.name(), item.status(), item.errors(), item.usedBy());
        shown.put("type", type.toLowerCase(Locale.ROOT));
        return shown;
    }

    private static void end(Map<String, Object> shown, String name, TraefikTable.Status status, List<String> errors, List<String> usedBy) {
        if (!errors.isEmpty()) {
            shown.put("error", errors);
        }
        shown.put("status", status.toString());
        if (!usedBy.isEmpty()) {
            shown.put("usedBy", usedBy);
        }
        shown.put("name", name);
        shown.put("provider", name.substring(name.lastIndexOf('@') + 1));
    }

    /** An entry point. */
    static Map<String, Object> entryPoint(TraefikConfig.EntryPoint entry) {
        Map<String, Object> http = new LinkedHashMap<>();
        if (!entry.middlewares().isEmpty()) {
            http.put("middlewares", entry.middlewares());
        }
        entry.redirect().ifPresent(redirect -> http.put("redirections", fields("entryPoint",
                fields("to", redirect.to(), "scheme", redirect.scheme(), "permanent", redirect.isPermanent()))));
        entry.tls().map(Values::shown).ifPresent(tls -> http.put("tls", tls));
        Map<String, Object> shown = fields("address", entry.address());
        if (entry.isDefault()) {
            shown.put("asDefault", true);
        }
        if (entry.forwarded().isInsecure()) {
            shown.put("forwardedHeaders", fields("insecure", true));
        }
        shown.put("http", http);
        shown.put("name", entry.name());
        return shown;
    }

    /** How many there are, by state. */
    static Map<String, Object> count(List<Map<String, Object>> items) {
        return fields("total", items.size(),
                "warnings", items.stream().filter(item -> "warning".equals(item.get("status"))).count(),
                "errors", items.stream().filter(item -> "disabled".equals(item.get("status"))).count());
    }

    /** By name. */
    static Map<String, Object> byName(List<Map<String, Object>> items) {
        Map<String, Object> map = new TreeMap<>();
        items.forEach(item -> map.put((String) item.get("name"), item));
        return map;
    }

    static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    /** The kind of {@code /api/PROTOCOL/KIND}; empty for a path that is none. */
    static Optional<Kind> kind(String protocol, String words) {
        return java.util.Arrays.stream(Kind.values())
                .filter(kind -> kind.section().equals(protocol) && kind.key().equals(words))
                .filter(kind -> List.of("router", "service", "middleware").contains(kind.word()))
                .findFirst();
    }
}
