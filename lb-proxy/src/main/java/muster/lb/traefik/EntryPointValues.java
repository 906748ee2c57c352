package muster.lb.traefik;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import muster.lb.exchange.Listener;
import muster.lb.middleware.EncodedCharacters;
import muster.lb.route.AccessRules;
import muster.lb.traefik.TraefikSettings.Setting;
import muster.lb.tree.Shape;
import muster.lb.tree.TreeReader;
import muster.lb.tree.Values;

/** Entry points out of settings (Traefik: "EntryPoints"). One use. */
final class EntryPointValues {
    private static final Duration PROXY_HEADER = Duration.ofSeconds(5);
    private static final AccessRules.Block[] ANYBODY = {AccessRules.block("0.0.0.0/0").orElseThrow(), AccessRules.block("::/0").orElseThrow()};

    private final StaticValues values;
    private final List<Setting> settings;
    private final List<String> problems;

    EntryPointValues(StaticValues values, List<Setting> settings, List<String> problems) {
        this.values = values;
        this.settings = settings;
        this.problems = problems;
    }

    /** One with nothing but an address. */
    static TraefikConfig.EntryPoint plain(String name, String address, int port) {
        return new TraefikConfig.EntryPoint(name, address, "", port, "tcp", false, new TraefikConfig.Forwarded(false, new AccessRules(true, List.of())),
                Optional.empty(), List.of(), Optional.empty(), Optional.empty(), limits(Duration.ofSeconds(60), Duration.ZERO, Duration.ofSeconds(180), 1_048_576, 250),
                TraefikConfig.Requests.DEFAULTS);
    }

    private static Listener.Limits limits(Duration read, Duration write, Duration idle, int head, int streams) {
        Listener.Limits usual = Listener.Limits.DEFAULTS;
        return new Listener.Limits(read.isZero() || read.compareTo(usual.headTimeout()) > 0 ? usual.headTimeout() : read, read, write, idle, usual.stallTimeout(), usual.tunnelTimeout(),
                head, usual.maxHeaders(), usual.maxConnections(), usual.maxConnectionsPerClient(), streams);
    }

    List<TraefikConfig.EntryPoint> read() {
        Map<String, String> names = new LinkedHashMap<>();
        for (Setting setting : settings) {
            String[] words = setting.path().split("\\.");
            if (words.length > 1 && words[0].equalsIgnoreCase("entrypoints")) {
                names.putIfAbsent(words[1].toLowerCase(Locale.ROOT), words[1]);
            }
        }
        List<TraefikConfig.EntryPoint> entryPoints = new ArrayList<>();
        names.forEach((key, name) -> one(key, name).ifPresent(entryPoints::add));
        entryPoints.forEach(entry -> entry.redirect().ifPresent(redirect -> {
            if (!redirect.to().matches(":[0-9]{1,5}") && entryPoints.stream().noneMatch(other -> other.name().equals(redirect.to()))) {
                problems.add("entryPoints." + entry.name() + ".http.redirections.entryPoint.to: there is no entry point \"" + redirect.to() + "\"");
            }
        }));
        return entryPoints;
    }

    private Optional<TraefikConfig.EntryPoint> one(String key, String name) {
        String at = "entrypoints." + key + ".";
        String written = values.text(at + "address").orElse(":80");
        String protocol = written.endsWith("/udp") ? "udp" : "tcp";
        String address = written.replaceFirst("/(udp|tcp)$", "");
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535) {
            problems.add("entryPoints." + name + ".address: \"" + written + "\" is no address: :PORT or HOST:PORT is right");
            return Optional.empty();
        }
        TraefikConfig.Forwarded forwarded = new TraefikConfig.Forwarded(values.flag(at + "forwardedheaders.insecure", false),
                new AccessRules(true, values.blocks(at + "forwardedheaders.trustedips")));
        String timeouts = at + "transport.respondingtimeouts.";
        Listener.Limits limits = limits(values.duration(timeouts + "readtimeout", Duration.ofSeconds(60)),
                values.duration(timeouts + "writetimeout", Duration.ZERO),
                protocol.equals("udp") ? values.duration(at + "udp.timeout", Duration.ofSeconds(3)) : values.duration(timeouts + "idletimeout", Duration.ofSeconds(180)),
                values.whole(at + "http.maxheaderbytes", 1_048_576), values.whole(at + "http2.maxconcurrentstreams", 250));
        List<String> middlewares = values.text(at + "http.middlewares").map(TreeReader::cut).orElse(List.of());
        middlewares.stream().filter(used -> used.indexOf('@') < 0).forEach(used ->
                problems.add("entryPoints." + name + ".http.middlewares: \"" + used + "\" needs its provider, NAME@PROVIDER"));
        return Optional.of(new TraefikConfig.EntryPoint(name, written, address.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(port),
                protocol, values.flag(at + "asdefault", false), forwarded, proxyHeader(at), middlewares, tls(at), redirect(at), limits,
                requests(at)));
    }

    private TraefikConfig.Requests requests(String at) {
        EncodedCharacters encoded = EncodedCharacters.of(option -> values.flag(at + "http.encodedcharacters." + option.toLowerCase(Locale.ROOT), true));
        EntryPaths paths = new EntryPaths(values.flag(at + "http.sanitizepath", true), encoded, values.flag(at + "http.encodequerysemicolons", false));
        return new TraefikConfig.Requests(paths, new Observed(values.flag(at + "observability.accesslogs", true),
                values.flag(at + "observability.metrics", true), values.flag(at + "observability.tracing", true)));
    }

    private Optional<Listener.ProxyHeader> proxyHeader(String at) {
        List<AccessRules.Block> trusted = values.flag(at + "proxyprotocol.insecure", false) ? List.of(ANYBODY) : values.blocks(at + "proxyprotocol.trustedips");
        return trusted.isEmpty() ? Optional.empty() : Optional.of(new Listener.ProxyHeader(trusted, PROXY_HEADER));
    }

    private Optional<Values> tls(String at) {
        if (!values.has(at + "http.tls")) {
            return Optional.empty();
        }
        Shape.Fields shape = Shape.fields("options", Shape.Leaf.TEXT, "certResolver", Shape.Leaf.TEXT, "domains",
                new Shape.Each(Shape.fields("main", Shape.Leaf.TEXT, "sans", Shape.Leaf.TEXTS)));
        return Optional.of(values.section(shape, at + "http.tls.", at + "http.tls"));
    }

    private Optional<TraefikConfig.Redirect> redirect(String at) {
        String below = at + "http.redirections.entrypoint.";
        return values.text(below + "to").map(to -> new TraefikConfig.Redirect(to, values.text(below + "scheme").orElse("https"),
                values.flag(below + "permanent", true), values.whole(below + "priority", 0)));
    }
}
