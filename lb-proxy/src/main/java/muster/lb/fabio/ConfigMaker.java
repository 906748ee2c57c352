package muster.lb.fabio;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import muster.lb.choose.Policy;
import muster.lb.choose.Strategy;
import muster.lb.exchange.Histogram;
import muster.lb.exchange.Transport;
import muster.lb.proxy.ProxySettings;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteScript;
import muster.lb.route.TargetUrl;
import muster.lb.source.CustomSource;
import muster.lb.trace.Tracing;
import muster.registry.client.HealthCheck;
import muster.wire.GoDuration;

/** Makes the configuration out of every key's text, whose form has been checked; what does not fit together is added to the problems. */
final class ConfigMaker {
    private final SortedMap<String, String> values;
    private final List<String> problems;

    ConfigMaker(SortedMap<String, String> values, List<String> problems) {
        this.values = values;
        this.problems = problems;
    }

    FabioConfig config(List<String> notes) {
        Optional<PathMatcher> matcher = PathMatcher.of(text("proxy.matcher"));
        require(matcher.isPresent(), "invalid proxy.matcher: " + text("proxy.matcher"));
        require(Set.of("ro", "rw").contains(text("ui.access")), "invalid ui.access: " + text("ui.access"));
        int noRoute = number("proxy.noroutestatus");
        require(noRoute >= 100 && noRoute <= 999, "proxy.noroutestatus must be between 100 and 999");
        require(Set.of("one", "all").contains(text("registry.consul.checksRequired")),
                "registry.consul.checksRequired must be either 'one' or 'all'");
        try {
            AccessFormat.parse(text("log.access.format"));
        } catch (IllegalArgumentException e) {
            problems.add("log.access.format: " + e.getMessage());
        }
        require(Set.of("", "stdout").contains(text("log.access.target")), "invalid log.access.target: " + text("log.access.target"));
        FabioConfig.Metrics metrics = metrics();
        Address ui = address("ui.addr", text("ui.addr"));
        String register = text("registry.consul.register.addr").isEmpty() ? text("ui.addr") : text("registry.consul.register.addr");
        address("registry.consul.register.addr", register);
        FabioConfig.Backend backend = backend();
        boolean registers = flag("registry.consul.register.enabled") && backend instanceof FabioConfig.Backend.Registry;
        return new FabioConfig(
                new FabioConfig.Proxy(new ListenerMaker(text("proxy.cs"), problems).listeners(list("proxy.addr")), choosing(metrics.buckets()),
                        matcher.orElse(PathMatcher.PREFIX), !flag("glob.matching.disabled"), noRoute, text("proxy.localip"),
                        duration("proxy.shutdownwait"), duration("proxy.deregistergraceperiod"), connections(), headers(), auth(), gzip()),
                backend,
                consul(),
                new FabioConfig.Register(registers, register, text("registry.consul.register.name"),
                        list("registry.consul.register.tags"), duration("registry.consul.register.checkInterval"),
                        duration("registry.consul.register.checkTimeout")),
                metrics,
                new FabioConfig.Ui(ui.host(), ui.port(), text("ui.access").equals("rw"), text("ui.title"), text("ui.color")),
                Collections.unmodifiableSortedMap(values),
                wishes(notes));
    }

    private FabioConfig.Choosing choosing(double[] buckets) {
        Optional<Strategy> strategy = Strategy.of(text("proxy.strategy"));
        require(strategy.isPresent(), "invalid proxy.strategy: " + text("proxy.strategy"));
        double share = decimal("proxy.eject.share");
        require(share >= 0 && share <= 1, "proxy.eject.share must be between 0 and 1");
        Policy policy = new Policy(duration("proxy.slowstart"),
                new Policy.Ejection(number("proxy.eject.failures"), number("proxy.eject.errors"), duration("proxy.eject.time"),
                        Policy.Ejection.DEFAULT.longest(), share),
                number("proxy.target.maxconn"), 0);
        return new FabioConfig.Choosing(strategy.orElse(Strategy.RANDOM), policy, duration("proxy.hold"), number("proxy.hold.requests"),
                duration("proxy.keep"), decimal("proxy.retry.share"), new Histogram(buckets));
    }

    private ProxySettings connections() {
        return new ProxySettings(duration("proxy.dialtimeout"), duration("proxy.responseheadertimeout"),
                duration("proxy.idleconntimeout"), Math.max(1, number("proxy.maxconn")), ProxySettings.DEFAULTS.maxHeaderBytes());
    }

    private FabioConfig.Headers headers() {
        int age = number("proxy.header.sts.maxage");
        String strict = age <= 0 ? "" : "max-age=" + age + (flag("proxy.header.sts.subdomains") ? "; includeSubdomains" : "")
                + (flag("proxy.header.sts.preload") ? "; preload" : "");
        return new FabioConfig.Headers(text("proxy.header.clientip"), text("proxy.header.requestid"), text("proxy.header.tls"),
                text("proxy.header.tls.value"), strict, flag("tracing.TracingEnabled"), spans());
    }

    private Optional<Tracing.Settings> spans() {
        String address = text("tracing.ConnectString");
        double rate = decimal("tracing.SamplerRate");
        require(rate <= 1, "tracing.SamplerRate must be between 0 and 1, or negative for all");
        if (!flag("tracing.TracingEnabled") || address.isEmpty() || !text("tracing.CollectorType").equals("otlp")) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Tracing.Settings(TargetUrl.parse(address), Map.of(), text("tracing.ServiceName"), rate < 0 ? 1 : rate));
        } catch (IllegalArgumentException e) {
            problems.add("tracing.ConnectString: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** What the settings ask for together that is not there. */
    private List<String> wishes(List<String> notes) {
        List<String> all = new ArrayList<>(notes);
        if (flag("tracing.TracingEnabled") && !text("tracing.ConnectString").isEmpty() && !text("tracing.CollectorType").equals("otlp")) {
            all.add("no spans are sent: tracing.CollectorType is " + text("tracing.CollectorType") + ", and only otlp is served, with a collector's"
                    + " URL as tracing.ConnectString; requests begin and carry their trace all the same");
        }
        return List.copyOf(all);
    }

    private Optional<Pattern> gzip() {
        String text = text("proxy.gzip.contenttype");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            problems.add("invalid expression for content types: " + text);
            return Optional.empty();
        }
    }

    private Map<String, FabioConfig.Auth> auth() {
        Map<String, FabioConfig.Auth> schemes = new HashMap<>();
        for (String entry : list("proxy.auth")) {
            Map<String, String> options = ListenerMaker.options(entry.split(";"), 0);
            String name = options.getOrDefault("name", "");
            require(!name.isEmpty(), "proxy.auth: \"" + entry + "\" lacks name=");
            require(!schemes.containsKey(name), "proxy.auth: the scheme " + name + " is there twice");
            switch (options.getOrDefault("type", "")) {
                case "basic" -> {
                    require(options.containsKey("file"), "proxy.auth: scheme " + name + " lacks file=");
                    schemes.put(name, new FabioConfig.Auth.Basic(Path.of(options.getOrDefault("file", "")), options.getOrDefault("realm", name),
                            refresh(options)));
                }
                case "external" -> {
                    require(options.getOrDefault("endpoint", "").matches("https?://.+"),
                            "proxy.auth: scheme " + name + " lacks endpoint=http://...");
                    schemes.put(name, new FabioConfig.Auth.External(options.getOrDefault("endpoint", ""),
                            headerNames(options.getOrDefault("set-auth-headers", "")), headerNames(options.getOrDefault("append-auth-headers", ""))));
                }
                default -> problems.add("unknown auth type '" + options.getOrDefault("type", "") + "' of the scheme " + name
                        + ": basic or external");
            }
        }
        return Map.copyOf(schemes);
    }

    private Duration refresh(Map<String, String> options) {
        String text = options.getOrDefault("refresh", "0s");
        require(GoDuration.tryParse(text).isPresent(), "proxy.auth: refresh=" + text + " is no duration");
        Duration refresh = GoDuration.tryParse(text).orElse(Duration.ZERO);
        return refresh.isZero() || refresh.compareTo(Duration.ofSeconds(1)) > 0 ? refresh : Duration.ofSeconds(1);
    }

    private static List<String> headerNames(String text) {
        return Arrays.stream(text.split("[|: ]")).filter(name -> !name.isEmpty()).toList();
    }

    private FabioConfig.Backend backend() {
        switch (text("registry.backend")) {
            case "consul" -> {
                return new FabioConfig.Backend.Registry();
            }
            case "static" -> {
                RouteScript routes = RouteScript.parse(text("registry.static.routes").replace("\\n", "\n"));
                routes.problems().forEach(problem -> problems.add("registry.static.routes: " + problem));
                return new FabioConfig.Backend.Fixed(routes.commands(), text("registry.static.noroutehtml"));
            }
            case "file" -> {
                require(!text("registry.file.path").isEmpty(), "registry.file.path is not set");
                return new FabioConfig.Backend.InFile(Path.of(text("registry.file.path")), text("registry.file.noroutehtmlpath"));
            }
            case "custom" -> {
                return custom();
            }
            default -> {
                problems.add("registry.backend " + text("registry.backend") + " is not supported: consul, static, file or custom");
                return new FabioConfig.Backend.Registry();
            }
        }
    }

    private FabioConfig.Backend custom() {
        String at = "registry.custom.";
        require(!text(at + "host").isEmpty(), "registry.custom.host is not set");
        require(text(at + "scheme").matches("https?"), "registry.custom.scheme: \"" + text(at + "scheme") + "\" is neither http nor https");
        require(duration(at + "pollinterval").isPositive(), "registry.custom.pollinterval has to be above zero");
        require(duration(at + "timeout").isPositive(), "registry.custom.timeout has to be above zero");
        try {
            String path = text(at + "path");
            String query = text(at + "queryparams");
            return new FabioConfig.Backend.Custom(new CustomSource.Settings(TargetUrl.parse(text(at + "scheme") + "://" + text(at + "host")),
                    (path.startsWith("/") ? path : "/" + path) + (query.isEmpty() ? "" : "?" + query),
                    Transport.tls("", flag(at + "checkTLSSkipVerify")), duration(at + "timeout"), duration(at + "pollinterval")));
        } catch (IllegalArgumentException e) {
            problems.add("registry.custom.host: " + e.getMessage());
            return new FabioConfig.Backend.Registry();
        }
    }

    private FabioConfig.Consul consul() {
        String address = text("registry.consul.addr");
        String scheme = address.startsWith("https://") ? "https" : "http";
        return new FabioConfig.Consul(address.replaceFirst("^https?://", ""), scheme, text("registry.consul.token"),
                new FabioConfig.Tls(text("registry.consul.tls.keyfile"), text("registry.consul.tls.certfile"), text("registry.consul.tls.cafile"),
                        text("registry.consul.tls.capath"), flag("registry.consul.tls.insecureskipverify")),
                key("registry.consul.kvpath"), key("registry.consul.noroutehtmlpath"), text("registry.consul.tagprefix"), statuses(),
                text("registry.consul.checksRequired").equals("all"), duration("registry.timeout"));
    }

    private FabioConfig.Metrics metrics() {
        List<String> targets = list("metrics.target");
        Set<String> known = Set.of("stdout", "prometheus", "graphite", "statsd_raw", "dogstatsd", "statsd");
        targets.forEach(target -> require(known.contains(target), "invalid metrics.target: " + target
                + ": stdout, prometheus, graphite, statsd_raw or dogstatsd"));
        List<Double> buckets = new ArrayList<>();
        for (String bound : list("metrics.prometheus.buckets")) {
            if (bound.matches("[0-9]*\\.?[0-9]+")) {
                buckets.add(Double.parseDouble(bound));
            } else {
                problems.add("metrics.prometheus.buckets: \"" + bound + "\" is no number");
            }
        }
        double[] bounds = buckets.stream().sorted().mapToDouble(Double::doubleValue).toArray();
        return new FabioConfig.Metrics(targets, text("metrics.prefix"), text("metrics.prometheus.subsystem"), text("metrics.prometheus.path"),
                bounds, duration("metrics.interval"), text("metrics.graphite.addr"), text("metrics.statsd.addr"), text("metrics.dogstatsd.addr"));
    }

    private Set<HealthCheck.Status> statuses() {
        return list("registry.consul.service.status").stream()
                .filter(word -> {
                    boolean isKnown = Set.of("passing", "warning", "critical").contains(word);
                    require(isKnown, "registry.consul.service.status: " + word + " is no status: passing, warning or critical");
                    return isKnown;
                })
                .map(HealthCheck.Status::of)
                .collect(Collectors.toUnmodifiableSet());
    }

    private record Address(String host, int port) {}

    private Address address(String key, String text) {
        return ListenerMaker.address(text).map(parts -> new Address(parts.getKey(), parts.getValue())).orElseGet(() -> {
            problems.add(key + ": \"" + text + "\" is no address: :PORT or HOST:PORT is right");
            return new Address("", 0);
        });
    }

    private String key(String name) {
        return text(name).replaceFirst("^/+", "").replaceFirst("/+$", "");
    }

    private String text(String key) {
        return values.get(key);
    }

    private int number(String key) {
        return Integer.parseInt(text(key));
    }

    private double decimal(String key) {
        return Double.parseDouble(text(key));
    }

    private Duration duration(String key) {
        return GoDuration.parse(text(key));
    }

    private boolean flag(String key) {
        return text(key).toLowerCase(Locale.ROOT).matches("true|t|1");
    }

    private List<String> list(String key) {
        return Arrays.stream(text(key).split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    private void require(boolean isTrue, String problem) {
        if (!isTrue) {
            problems.add(problem);
        }
    }
}
