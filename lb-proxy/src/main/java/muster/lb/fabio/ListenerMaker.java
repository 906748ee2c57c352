package muster.lb.fabio;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.lb.exchange.Listener;
import muster.lb.exchange.Listener.CertificateSource;
import muster.lb.exchange.Listener.Protocol;
import muster.lb.route.AccessRules;
import muster.lb.route.Nearest;
import muster.wire.GoDuration;

/** Reads {@code proxy.addr} and {@code proxy.cs} (Fabio: "Reference"): addresses with options, and certificate sources by name. Pure. */
final class ListenerMaker {
    private static final Map<String, Protocol> PROTOCOLS = Map.of(
            "http", Protocol.HTTP, "https", Protocol.HTTPS, "tcp", Protocol.TCP, "tcp+sni", Protocol.TCP_SNI,
            "https+tcp+sni", Protocol.HTTPS_TCP_SNI, "grpc", Protocol.GRPC, "grpcs", Protocol.GRPCS);
    private static final Set<String> OTHERS = Set.of("prometheus", "tcp-dynamic");
    private static final Set<Protocol> ENDING_TLS = Set.of(Protocol.HTTPS, Protocol.GRPCS, Protocol.HTTPS_TCP_SNI);
    private static final List<String> OPTIONS = List.of("cs", "proto", "strictmatch", "rt", "wt", "it", "pxyproto", "pxytimeout", "maxconn", "clientmaxconn", "refresh",
            "tlsmin", "tlsmax", "tlsciphers");
    private static final List<AccessRules.Block> EVERYBODY =
            List.of(AccessRules.block("0.0.0.0/0").orElseThrow(), AccessRules.block("::/0").orElseThrow());

    private final Map<String, Map<String, String>> sources = new HashMap<>();
    private final List<String> problems;

    /** @param sources the text of {@code proxy.cs} */
    ListenerMaker(String sources, List<String> problems) {
        this.problems = problems;
        for (String entry : sources.split(",")) {
            Map<String, String> options = options(entry.strip().split(";"), 0);
            String name = options.getOrDefault("cs", "");
            if (!name.isEmpty()) {
                this.sources.put(name, options);
            } else if (!entry.isBlank()) {
                problems.add("proxy.cs: \"" + entry.strip() + "\" lacks cs=NAME");
            }
        }
    }

    List<FabioConfig.Listen> listeners(List<String> entries) {
        List<FabioConfig.Listen> listeners = new ArrayList<>();
        for (String entry : entries) {
            String[] parts = entry.split(";");
            Optional<Map.Entry<String, Integer>> address = address(parts[0]);
            if (address.isEmpty()) {
                problems.add("proxy.addr: \"" + parts[0] + "\" is no address: :PORT or HOST:PORT is right");
            } else {
                listeners.add(listener(address.get().getKey(), address.get().getValue(), options(parts, 1)));
            }
        }
        return List.copyOf(listeners);
    }

    private FabioConfig.Listen listener(String host, int port, Map<String, String> options) {
        for (String name : options.keySet()) {
            require(OPTIONS.contains(name), "proxy.addr: unknown option \"" + name + "\""
                    + Nearest.to(name, OPTIONS).map(near -> ", did you mean " + near + "?").orElse(""));
        }
        String source = options.getOrDefault("cs", "");
        String word = options.getOrDefault("proto", source.isEmpty() ? "http" : "https");
        if (OTHERS.contains(word)) {
            return new FabioConfig.Listen(host, port, word, Optional.empty(), "");
        }
        Optional<Protocol> protocol = Optional.ofNullable(PROTOCOLS.get(word));
        require(protocol.isPresent(), "unknown protocol \"" + word + "\"");
        require(source.isEmpty() || sources.containsKey(source), "unknown certificate source \"" + source + "\"");
        require(!source.isEmpty() || protocol.filter(ENDING_TLS::contains).isEmpty(), "proto '" + word + "' requires cert source");
        Listener listener = new Listener(word, host, port, protocol.orElse(Protocol.HTTP), tls(source, options), proxyHeader(options),
                limits(options));
        return new FabioConfig.Listen(host, port, word, Optional.of(listener),
                sources.getOrDefault(source, Map.of()).getOrDefault("clientca", ""));
    }

    private Listener.Limits limits(Map<String, String> options) {
        Listener.Limits usual = Listener.Limits.DEFAULTS;
        return usual.withTimeouts(duration("rt", options, "0s"), duration("wt", options, "0s"), duration("it", options, usual.idleTimeout().toSeconds() + "s"))
                .withConnections(count("maxconn", options, usual.maxConnections()), count("clientmaxconn", options, usual.maxConnectionsPerClient()));
    }

    private int count(String option, Map<String, String> options, int initial) {
        String text = options.getOrDefault(option, Integer.toString(initial));
        boolean isCount = text.matches("[1-9][0-9]{0,8}");
        require(isCount, "proxy.addr: " + option + "=" + text + " is no number of connections: one or more is right");
        return isCount ? Integer.parseInt(text) : initial;
    }

    private Optional<Listener.Tls> tls(String source, Map<String, String> options) {
        if (source.isEmpty() || !sources.containsKey(source)) {
            return Optional.empty();
        }
        return certificates(source, sources.get(source)).map(certificates -> new Listener.Tls(certificates,
                options.getOrDefault("strictmatch", "").equals("true"), "", Listener.Terms.of(version("tlsmin", options), version("tlsmax", options),
                Arrays.stream(options.getOrDefault("tlsciphers", "").split("[+| ]")).filter(cipher -> !cipher.isEmpty()).toList())));
    }

    private Optional<CertificateSource> certificates(String name, Map<String, String> options) {
        String cert = options.getOrDefault("cert", "");
        require(!cert.isEmpty(), "proxy.cs: source " + name + " lacks cert=");
        Duration refresh = duration("refresh", options, "3s");
        return switch (options.getOrDefault("type", "")) {
            case "file" -> Optional.of(new CertificateSource.Files(Path.of(cert), Path.of(options.getOrDefault("key", cert)), refresh));
            case "path" -> Optional.of(new CertificateSource.Folder(Path.of(cert), refresh));
            case "http" -> Optional.of(new CertificateSource.Http(cert, refresh));
            case "consul" -> Optional.of(new CertificateSource.Keys(cert.replaceFirst("^https?://[^/]*/v1/kv/", "").replaceFirst("^/+", "")));
            default -> {
                problems.add("proxy.cs: source " + name + " has the type \"" + options.getOrDefault("type", "")
                        + "\": file, path, http or consul is right");
                yield Optional.empty();
            }
        };
    }

    private Optional<Listener.ProxyHeader> proxyHeader(Map<String, String> options) {
        return options.getOrDefault("pxyproto", "").equals("true")
                ? Optional.of(new Listener.ProxyHeader(EVERYBODY, duration("pxytimeout", options, "250ms")))
                : Optional.empty();
    }

    private String version(String option, Map<String, String> options) {
        String text = options.getOrDefault(option, "");
        String version = switch (text) {
            case "" -> "";
            case "tls10", "0x0301" -> "TLSv1";
            case "tls11", "0x0302" -> "TLSv1.1";
            case "tls12", "0x0303" -> "TLSv1.2";
            case "tls13", "0x0304" -> "TLSv1.3";
            default -> "?";
        };
        require(!version.equals("?"), "proxy.addr: " + option + "=" + text + " is no version: tls10, tls11, tls12 or tls13");
        return version;
    }

    private Duration duration(String option, Map<String, String> options, String initial) {
        String text = options.getOrDefault(option, initial);
        Optional<Duration> read = GoDuration.tryParse(text);
        require(read.isPresent(), option + "=" + text + " is no duration: 10s or 1m30s is right");
        return read.orElse(Duration.ZERO);
    }

    /** Host and port of {@code HOST:PORT}, the host perhaps empty. */
    static Optional<Map.Entry<String, Integer>> address(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        return colon < 0 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 65_535
                ? Optional.empty()
                : Optional.of(Map.entry(text.substring(0, colon).replaceAll("[\\[\\]]", ""), Integer.parseInt(port)));
    }

    /** {@code name=value} parts from one on; a name alone has an empty value. */
    static Map<String, String> options(String[] parts, int from) {
        Map<String, String> options = new LinkedHashMap<>();
        for (int i = from; i < parts.length; i++) {
            String part = parts[i].strip();
            int equals = part.indexOf('=');
            if (!part.isEmpty()) {
                options.put(equals < 0 ? part : part.substring(0, equals), equals < 0 ? "" : part.substring(equals + 1));
            }
        }
        return options;
    }

    private void require(boolean isTrue, String problem) {
        if (!isTrue) {
            problems.add(problem);
        }
    }
}
