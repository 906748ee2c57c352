package muster.lb.fabio;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import muster.lb.proxy.ProxySettings;
import muster.lb.route.PathMatcher;
import muster.lb.route.RouteScript;
import muster.registry.client.HealthCheck;
import muster.wire.GoDuration;

/**
 * Reads Fabio's configuration: flags ({@code -proxy.addr :9999}) win over the environment ({@code FABIO_proxy_addr},
 * {@code proxy_addr}, any letter case), which wins over the file ({@code proxy.addr = :9999}). All problems are told at once,
 * with file and line. Pure.
 *
 * @param config empty when there are problems
 * @param problems each in Fabio's words where it has some
 * @param exit the status of the command when there are problems: 2 for a flag that can't be read, as Go's flags have it, else 1
 */
public record FabioSettings(Optional<FabioConfig> config, List<String> problems, int exit) {
    private static final Set<String> PROTOCOLS =
            Set.of("http", "https", "tcp", "tcp+sni", "tcp-dynamic", "https+tcp+sni", "grpc", "grpcs", "prometheus");

    /**
     * @param args without the program's name; {@code -cfg} is skipped, its file is the caller's to read
     * @param fileName for messages
     */
    public static FabioSettings read(List<String> args, Map<String, String> environment, String fileName, String fileText) {
        Draft draft = new Draft();
        draft.file(fileName, fileText);
        draft.environment(environment);
        draft.flags(args);
        draft.checkKinds();
        if (!draft.problems.isEmpty()) {
            return new FabioSettings(Optional.empty(), List.copyOf(draft.problems), draft.exit);
        }
        FabioConfig config = draft.config();
        return draft.problems.isEmpty()
                ? new FabioSettings(Optional.of(config), List.of(), 0)
                : new FabioSettings(Optional.empty(), List.copyOf(draft.problems), 1);
    }

    /** The file that {@code -cfg FILE} names. */
    public static Optional<String> file(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String flag = args.get(i).replaceFirst("^--?", "");
            if (flag.equals("cfg") && i + 1 < args.size()) {
                return Optional.of(args.get(i + 1));
            }
            if (flag.startsWith("cfg=")) {
                return Optional.of(flag.substring(4));
            }
        }
        return Optional.empty();
    }

    /** Values on their way, with what was wrong. One use, one thread. */
    private static final class Draft {
        private final SortedMap<String, FabioKeys.Key> keys = FabioKeys.all();
        private final SortedMap<String, String> values = new TreeMap<>();
        private final Map<String, String> origins = new LinkedHashMap<>();
        private final List<String> problems = new ArrayList<>();
        private int exit = 1;

        Draft() {
            keys.forEach((name, key) -> values.put(name, key.initial()));
        }

        void file(String name, String text) {
            int number = 0;
            for (String line : text.split("\n", -1)) {
                number++;
                String trimmed = line.strip();
                if (trimmed.isEmpty() || trimmed.startsWith("#") || trimmed.startsWith("!")) {
                    continue;
                }
                int equals = trimmed.indexOf('=');
                String key = (equals < 0 ? trimmed : trimmed.substring(0, equals)).strip();
                if (!keys.containsKey(key)) {
                    problems.add(name + ":" + number + ": unknown key " + key);
                } else {
                    set(key, equals < 0 ? "" : trimmed.substring(equals + 1).strip(), name + ":" + number);
                }
            }
        }

        void environment(Map<String, String> environment) {
            Map<String, String> byUpperCase = new TreeMap<>();
            environment.forEach((name, value) -> byUpperCase.put(name.toUpperCase(Locale.ROOT), value));
            for (String key : keys.keySet()) {
                String plain = key.replace('.', '_').toUpperCase(Locale.ROOT);
                for (String name : List.of(plain, "FABIO_" + plain)) {
                    if (byUpperCase.containsKey(name) && key.indexOf('.') >= 0) {
                        set(key, byUpperCase.get(name), "environment " + name);
                    }
                }
            }
        }

        void flags(List<String> args) {
            for (int i = 0; i < args.size(); i++) {
                String arg = args.get(i);
                String flag = arg.replaceFirst("^--?", "");
                int equals = flag.indexOf('=');
                String name = equals < 0 ? flag : flag.substring(0, equals);
                FabioKeys.Key key = keys.get(name);
                if (!arg.startsWith("-") || key == null && !name.equals("cfg")) {
                    problems.add(arg.startsWith("-") ? "flag provided but not defined: -" + name : "unexpected argument " + arg);
                    exit = 2;
                    return;
                }
                boolean isSwitch = key != null && key.kind() == FabioKeys.Kind.FLAG;
                if (equals < 0 && !isSwitch && i + 1 >= args.size()) {
                    problems.add("flag needs an argument: -" + name);
                    exit = 2;
                    return;
                }
                String value = equals >= 0 ? flag.substring(equals + 1) : isSwitch ? "true" : args.get(++i);
                if (key != null) {
                    set(name, value, "flag -" + name);
                }
            }
        }

        private void set(String key, String value, String origin) {
            values.put(key, value);
            origins.put(key, origin);
        }

        void checkKinds() {
            values.forEach((name, value) -> {
                boolean isGood = switch (keys.get(name).kind()) {
                    case TEXT -> true;
                    case FLAG -> Set.of("true", "false", "1", "0", "t", "f").contains(value.toLowerCase(Locale.ROOT));
                    case NUMBER -> value.matches("-?[0-9]{1,9}");
                    case DECIMAL -> value.matches("-?[0-9]*\\.?[0-9]+");
                    case DURATION -> GoDuration.tryParse(value).isPresent();
                };
                if (!isGood) {
                    String origin = origins.getOrDefault(name, "default");
                    boolean isFlag = origin.startsWith("flag");
                    problems.add((isFlag ? "" : origin + ": ") + "invalid value \"" + value + "\" for flag -" + name);
                    exit = isFlag ? 2 : exit;
                }
            });
        }

        private String text(String key) {
            return values.get(key);
        }

        private java.time.Duration duration(String key) {
            return GoDuration.parse(values.get(key));
        }

        private boolean flag(String key) {
            return values.get(key).toLowerCase(Locale.ROOT).matches("true|t|1");
        }

        private List<String> list(String key) {
            return Arrays.stream(text(key).split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
        }

        FabioConfig config() {
            Optional<PathMatcher> matcher = PathMatcher.of(text("proxy.matcher"));
            require(matcher.isPresent(), "invalid proxy.matcher: " + text("proxy.matcher"));
            require(Set.of("rnd", "rr").contains(text("proxy.strategy")), "invalid proxy.strategy: " + text("proxy.strategy"));
            require(Set.of("ro", "rw").contains(text("ui.access")), "invalid ui.access: " + text("ui.access"));
            int noRoute = Integer.parseInt(text("proxy.noroutestatus"));
            require(noRoute >= 100 && noRoute <= 999, "proxy.noroutestatus must be between 100 and 999");
            require(isPattern(text("proxy.gzip.contenttype")),
                    "invalid expression for content types: " + text("proxy.gzip.contenttype"));
            require(Set.of("consul", "static").contains(text("registry.backend")),
                    "registry.backend " + text("registry.backend") + " is not supported: consul or static");
            require(Set.of("one", "all").contains(text("registry.consul.checksRequired")),
                    "registry.consul.checksRequired must be either 'one' or 'all'");
            RouteScript routes = RouteScript.parse(text("registry.static.routes").replace("\\n", "\n"));
            routes.problems().forEach(problem -> problems.add("registry.static.routes: " + problem));
            try {
                AccessFormat.parse(text("log.access.format"));
            } catch (IllegalArgumentException e) {
                problems.add("log.access.format: " + e.getMessage());
            }
            require(Set.of("", "stdout").contains(text("log.access.target")), "invalid log.access.target: " + text("log.access.target"));
            Address ui = address("ui.addr", text("ui.addr"));
            String register = text("registry.consul.register.addr").isEmpty() ? text("ui.addr") : text("registry.consul.register.addr");
            address("registry.consul.register.addr", register);
            return new FabioConfig(
                    new FabioConfig.Proxy(listeners(), text("proxy.strategy"), matcher.orElse(PathMatcher.PREFIX),
                            !flag("glob.matching.disabled"), noRoute, text("proxy.localip"), duration("proxy.shutdownwait"),
                            duration("proxy.deregistergraceperiod"), connections(),
                            new FabioConfig.Headers(text("proxy.header.clientip"), text("proxy.header.requestid"))),
                    consul(routes),
                    new FabioConfig.Register(flag("registry.consul.register.enabled"), register, text("registry.consul.register.name"),
                            list("registry.consul.register.tags"), duration("registry.consul.register.checkInterval"),
                            duration("registry.consul.register.checkTimeout")),
                    new FabioConfig.Ui(ui.host(), ui.port(), text("ui.access").equals("rw"), text("ui.title"), text("ui.color")),
                    Collections.unmodifiableSortedMap(values),
                    notes());
        }

        private ProxySettings connections() {
            return new ProxySettings(duration("proxy.dialtimeout"), duration("proxy.responseheadertimeout"),
                    duration("proxy.idleconntimeout"), Math.max(1, Integer.parseInt(text("proxy.maxconn"))),
                    ProxySettings.DEFAULTS.maxHeaderBytes());
        }

        private FabioConfig.Consul consul(RouteScript routes) {
            String address = text("registry.consul.addr");
            String scheme = address.startsWith("https://") ? "https" : "http";
            return new FabioConfig.Consul(address.replaceFirst("^https?://", ""), scheme, text("registry.consul.token"),
                    key("registry.consul.kvpath"), key("registry.consul.noroutehtmlpath"), text("registry.consul.tagprefix"), statuses(),
                    text("registry.consul.checksRequired").equals("all"), duration("registry.timeout"), routes.commands());
        }

        private String key(String name) {
            return text(name).replaceFirst("^/+", "").replaceFirst("/+$", "");
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

        private List<FabioConfig.Listen> listeners() {
            List<FabioConfig.Listen> listeners = new ArrayList<>();
            for (String entry : list("proxy.addr")) {
                String[] parts = entry.split(";");
                Address address = address("proxy.addr", parts[0]);
                Map<String, String> options = new LinkedHashMap<>();
                for (int i = 1; i < parts.length; i++) {
                    int equals = parts[i].indexOf('=');
                    options.put(equals < 0 ? parts[i] : parts[i].substring(0, equals), equals < 0 ? "" : parts[i].substring(equals + 1));
                }
                String source = options.getOrDefault("cs", "");
                require(source.isEmpty() || text("proxy.cs").contains("cs=" + source), "unknown certificate source \"" + source + "\"");
                String protocol = Optional.ofNullable(options.remove("proto")).orElse(source.isEmpty() ? "http" : "https");
                require(PROTOCOLS.contains(protocol), "unknown protocol \"" + protocol + "\"");
                listeners.add(new FabioConfig.Listen(address.host(), address.port(), protocol, Collections.unmodifiableMap(options)));
            }
            return List.copyOf(listeners);
        }

        private record Address(String host, int port) {}

        private Address address(String key, String text) {
            int colon = text.lastIndexOf(':');
            String port = text.substring(colon + 1);
            if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
                problems.add(key + ": \"" + text + "\" is no address: :PORT or HOST:PORT is right");
                return new Address("", 0);
            }
            return new Address(text.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(port));
        }

        private List<String> notes() {
            List<String> notes = new ArrayList<>();
            values.forEach((name, value) -> {
                if (keys.get(name).isInert() && !value.equals(keys.get(name).initial())) {
                    notes.add(name + " has no effect here (" + origins.get(name) + ")");
                }
            });
            return List.copyOf(notes);
        }

        private void require(boolean isTrue, String problem) {
            if (!isTrue) {
                problems.add(problem);
            }
        }

        private static boolean isPattern(String text) {
            try {
                Pattern.compile(text);
                return true;
            } catch (com.google.re2j.PatternSyntaxException e) {
                return false;
            }
        }
    }
}
