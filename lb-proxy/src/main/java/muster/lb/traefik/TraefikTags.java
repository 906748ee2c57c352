package muster.lb.traefik;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import muster.lb.middleware.MiddlewareOptions;
import muster.lb.route.Problem;
import muster.lb.route.TargetUrl;
import muster.registry.client.ServiceInstance;
import muster.wire.GoDuration;

/**
 * What one instance's tags define (Traefik: "Consul Catalog"). An unknown key or a bad value drops the whole instance with a
 * problem that names it. Pure; one use.
 */
final class TraefikTags {
    private final ServiceInstance instance;
    private final TraefikConfig.Provider provider;
    private final Map<String, Map<String, String>> routers = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> services = new LinkedHashMap<>();
    private final Map<String, Map<String, String>> middlewares = new LinkedHashMap<>();
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, String> labels = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private Optional<Boolean> enabled = Optional.empty();
    private boolean hasOtherProtocol;

    private TraefikTags(ServiceInstance instance, TraefikConfig.Provider provider) {
        this.instance = instance;
        this.provider = provider;
    }

    /** The definitions; empty when the instance is not exposed. */
    static Optional<DynamicConfig> of(ServiceInstance instance, TraefikConfig.Provider provider) {
        TraefikTags tags = new TraefikTags(instance, provider);
        try {
            tags.read();
            if (!tags.enabled.orElse(provider.isExposedByDefault()) || !provider.constraint().test(instance.tags())) {
                return Optional.empty();
            }
            return Optional.of(tags.config());
        } catch (IllegalArgumentException e) {
            Problem problem = new Problem("service " + instance.name() + ", instance " + instance.id(), e.getMessage() + "; the instance was skipped");
            return Optional.of(new DynamicConfig(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), List.of(problem)));
        }
    }

    private void read() {
        String prefix = provider.prefix() + ".";
        for (String tag : instance.tags()) {
            int equals = tag.indexOf('=');
            if (equals > prefix.length() && tag.regionMatches(true, 0, prefix, 0, prefix.length())) {
                String key = tag.substring(prefix.length(), equals);
                labels.put("traefik." + key, tag.substring(equals + 1));
                read(key.split("\\.", -1), tag.substring(equals + 1));
            }
        }
    }

    private void read(String[] words, String value) {
        String section = words[0].toLowerCase(Locale.ROOT);
        switch (section) {
            case "enable" -> enabled = Optional.of(MiddlewareOptions.flag(provider.prefix(), "enable", value));
            case "http" -> http(words, value);
            case "consulcatalog" -> {
                if (words.length == 2 && words[1].equalsIgnoreCase("connect") && MiddlewareOptions.flag("consulcatalog", "connect", value)) {
                    throw new IllegalArgumentException("consulcatalog.connect needs the service mesh, which is not supported");
                }
                if (words.length == 2 && words[1].equalsIgnoreCase("canary")) {
                    problems.add(new Problem("service " + instance.name() + ", instance " + instance.id(), "consulcatalog.canary is not supported"));
                }
            }
            case "tcp", "udp" -> {
                hasOtherProtocol = true;
                problems.add(new Problem("service " + instance.name() + ", tag " + provider.prefix() + "." + String.join(".", words),
                        section + " routers are not supported"));
            }
            default -> { }
        }
    }

    private void http(String[] words, String value) {
        if (words.length < 4) {
            throw new IllegalArgumentException("the tag " + String.join(".", words) + " is too short: http.routers.NAME.rule is right");
        }
        String name = words[2];
        switch (words[1].toLowerCase(Locale.ROOT)) {
            case "routers" -> routers.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(rest(words, 3), value);
            case "services" -> services.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(rest(words, 3), value);
            case "middlewares" -> {
                types.put(name, words[3]);
                Map<String, String> options = middlewares.computeIfAbsent(name, n -> new LinkedHashMap<>());
                if (words.length > 4) {
                    options.put(words[4].toLowerCase(Locale.ROOT) + (words.length > 5 ? "." + String.join(".", List.of(words).subList(5, words.length)) : ""), value);
                }
            }
            default -> throw new IllegalArgumentException("there is no http." + words[1] + ": routers, services or middlewares");
        }
    }

    private static String rest(String[] words, int from) {
        return String.join(".", List.of(words).subList(from, words.length)).toLowerCase(Locale.ROOT);
    }

    private DynamicConfig config() {
        SortedMap<String, DynamicConfig.Service> builtServices = new TreeMap<>();
        services.forEach((name, options) -> builtServices.put(name, service(name, options)));
        boolean isHttp = !hasOtherProtocol || !routers.isEmpty() || !services.isEmpty();
        String ownName = DefaultRule.normalize(instance.name());
        if (services.isEmpty() && isHttp) {
            builtServices.put(ownName, service(ownName, Map.of()));
        }
        if (routers.isEmpty() && isHttp && builtServices.size() == 1) {
            routers.put(ownName, Map.of());
        }
        SortedMap<String, DynamicConfig.Router> builtRouters = new TreeMap<>();
        routers.forEach((name, options) -> router(name, options, builtServices.keySet()).ifPresent(router -> builtRouters.put(name, router)));
        SortedMap<String, MiddlewareOptions> builtMiddlewares = new TreeMap<>();
        middlewares.forEach((name, options) -> builtMiddlewares.put(name, MiddlewareOptions.of(types.get(name), options)));
        return new DynamicConfig(builtRouters, builtServices, builtMiddlewares, List.copyOf(problems));
    }

    private Optional<DynamicConfig.Router> router(String name, Map<String, String> options, Set<String> serviceNames) {
        Set<String> unsupported = new LinkedHashSet<>();
        List<String> entryPoints = new ArrayList<>();
        List<String> used = new ArrayList<>();
        String rule = "";
        String service = "";
        String syntax = "";
        int priority = 0;
        for (Map.Entry<String, String> option : options.entrySet()) {
            String key = option.getKey().replaceFirst("\\[\\d+\\]$", "");
            switch (key) {
                case "rule" -> rule = option.getValue();
                case "service" -> service = option.getValue();
                case "rulesyntax" -> syntax = option.getValue();
                case "priority" -> priority = Math.toIntExact(MiddlewareOptions.number("routers." + name, "priority", option.getValue()));
                case "entrypoints" -> entryPoints.addAll(MiddlewareOptions.list(option.getValue()));
                case "middlewares" -> used.addAll(MiddlewareOptions.list(option.getValue()));
                default -> {
                    if (key.equals("tls") && option.getValue().equals("false") || key.startsWith("observability.")) {
                        continue;
                    }
                    if (!key.equals("tls") && !key.startsWith("tls.")) {
                        throw new IllegalArgumentException("a router has no option " + option.getKey());
                    }
                    unsupported.add("tls");
                }
            }
        }
        if (service.isEmpty() && serviceNames.size() != 1) {
            problems.add(new Problem("router " + name, "it does not say which of the services " + serviceNames + " it means; it was dropped"));
            return Optional.empty();
        }
        return Optional.of(new DynamicConfig.Router(
                rule.isEmpty() ? provider.defaultRule().of(instance.name(), labels) : rule,
                priority, List.copyOf(entryPoints), service.isEmpty() ? serviceNames.iterator().next() : service, List.copyOf(used), syntax,
                List.copyOf(unsupported)));
    }

    private DynamicConfig.Service service(String name, Map<String, String> options) {
        Map<String, Object> shown = new TreeMap<>();
        List<String> unsupported = new ArrayList<>();
        String scheme = "http";
        String port = "";
        String url = "";
        String error = "";
        boolean passHost = true;
        shown.put("strategy", "wrr");
        shown.put("responseForwarding", Map.of("flushInterval", "100ms"));
        for (Map.Entry<String, String> option : options.entrySet()) {
            String value = option.getValue();
            if (!option.getKey().startsWith("loadbalancer.")) {
                throw new IllegalArgumentException("services." + name + "." + option.getKey() + " can't be set by tags");
            }
            String key = option.getKey().substring("loadbalancer.".length());
            switch (key) {
                case "server.port" -> port = value;
                case "server.scheme" -> scheme = value;
                case "server.url" -> url = value;
                case "passhostheader" -> passHost = MiddlewareOptions.flag("services." + name, "passHostHeader", value);
                case "serverstransport" -> shown.put("serversTransport", value);
                case "responseforwarding.flushinterval" -> shown.put("responseForwarding", Map.of("flushInterval", duration(name, value)));
                case "strategy" -> {
                    shown.put("strategy", value);
                    if (Set.of("p2c", "hrw", "leasttime").contains(value)) {
                        unsupported.add("strategy " + value);
                    } else if (!value.equals("wrr")) {
                        error = "unsupported load-balancer strategy \"" + value + "\"";
                    }
                }
                default -> {
                    String head = key.replaceFirst("\\..*", "");
                    if (!Set.of("sticky", "healthcheck", "passivehealthcheck").contains(head)) {
                        throw new IllegalArgumentException("services." + name + ".loadbalancer has no option " + key);
                    }
                    if (!unsupported.contains(head)) {
                        unsupported.add(head);
                    }
                }
            }
        }
        shown.put("passHostHeader", passHost);
        if (!url.isEmpty() && (!port.isEmpty() || options.containsKey("loadbalancer.server.scheme"))) {
            throw new IllegalArgumentException("services." + name + ": server.url goes without server.port and server.scheme");
        }
        String address = instance.effectiveAddress();
        String server = url.isEmpty()
                ? scheme + "://" + (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + (port.isEmpty() ? "" + instance.port() : port)
                : url;
        TargetUrl.parse(server);
        return new DynamicConfig.Service(List.of(server), passHost, shown, List.copyOf(unsupported), error);
    }

    private static String duration(String name, String value) {
        if (value.matches("-?[0-9]{1,9}")) {
            return value + "s";
        }
        return GoDuration.format(GoDuration.tryParse(value).orElseThrow(() -> new IllegalArgumentException(
                "services." + name + ".responseForwarding.flushInterval: \"" + value + "\" is no duration: 100ms is right")));
    }
}
