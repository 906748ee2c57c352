import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code java bench/Balancer.java [-root CHECKOUT] [-rounds N] [-seconds N] [-warm N] [small|routes|tls|websocket|changes|shows]...}: the balancer
 * beside nginx and HAProxy, in turns, before the same target; without words all of it.
 * Needs nginx, haproxy, wrk, ab, gcc and openssl. Prints rows of Markdown tables: medians, and medians of the ratios within a round.
 */
final class Balancer {
    private static final List<String> ALL = List.of("small", "routes", "tls", "websocket", "changes", "shows");
    private static final String HEADER =
            "| per s | × nginx | × HAProxy | p50 ms | p99 ms | p99 added | CPU s per 100,000 | × nginx | × HAProxy | rounds | load |\n"
                    + "|---|---|---|---|---|---|---|---|---|---|---|---|";

    private final Path root;
    private final int rounds;
    private final int seconds;
    private final int warm;

    private record Figure(double rate, double p50, double p99, double cpu) {}

    /** What one peer does for a while. */
    private interface Run {
        Figure of(Peers.Peer peer, int forSeconds) throws Exception;
    }

    private Balancer(Path root, int rounds, int seconds, int warm) {
        this.root = root;
        this.rounds = rounds;
        this.seconds = seconds;
        this.warm = warm;
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 4;
        int seconds = 3;
        int warm = 15;
        List<String> words = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-root" -> root = Path.of(args[++i]).toAbsolutePath();
                case "-rounds" -> rounds = Integer.parseInt(args[++i]);
                case "-seconds" -> seconds = Integer.parseInt(args[++i]);
                case "-warm" -> warm = Integer.parseInt(args[++i]);
                default -> words.add(args[i]);
            }
        }
        if (!ALL.containsAll(words)) {
            throw new IllegalArgumentException("unknown words in " + words + ": " + String.join(", ", ALL) + " are known");
        }
        Balancer bench = new Balancer(root, rounds, seconds, warm);
        for (String word : words.isEmpty() ? ALL : words) {
            long begun = System.nanoTime();
            try (Peers peers = new Peers(root)) {
                switch (word) {
                    case "small" -> bench.small(peers);
                    case "routes" -> bench.routes(peers);
                    case "tls" -> bench.tls(peers);
                    case "websocket" -> bench.webSocket(peers);
                    case "changes" -> bench.changes();
                    default -> bench.shows(peers);
                }
            }
            System.out.printf(Locale.ROOT, "%n`%s` took %.0f s%n", word, (System.nanoTime() - begun) / 1e9);
        }
    }

    private void small(Peers peers) throws Exception {
        Peers.Peer target = peers.target();
        List<Peers.Peer> all = List.of(target, peers.nginx(target.port(), ""), peers.haproxy(target.port(), ""),
                peers.pipe(target.port()), peers.muster("muster", oneRoute(target.port()), "", ""));
        warm(all, (peer, forSeconds) -> wrk(peer, "http", "/", 64, forSeconds), warm);
        for (int connections : new int[] {64, 256}) {
            compare("`small`, " + connections + " connections", all, (peer, forSeconds) -> wrk(peer, "http", "/", connections, forSeconds));
        }
        for (Peers.Peer peer : all.subList(1, all.size())) {
            System.out.printf(Locale.ROOT, "resident memory, %s: %.0f MB%n", peer.name(), peer.resident());
        }
    }

    private static String oneRoute(int target) {
        return "route add web / http://127.0.0.1:" + target + "/";
    }

    private void routes(Peers peers) throws Exception {
        Peers.Peer target = peers.target();
        List<Peers.Peer> all = List.of(peers.muster("muster, 10 routes", table(10, target.port()), "", ""),
                peers.muster("muster, 50,000 routes", table(50_000, target.port()), "", ""));
        warm(all, (peer, forSeconds) -> wrk(peer, "http", "/route/7/", 64, forSeconds), warm);
        compare("`routes`, 64 connections", all, (peer, forSeconds) -> wrk(peer, "http", "/route/7/", 64, forSeconds));
        for (Peers.Peer peer : all) {
            String pid = Long.toString(peer.process().orElseThrow().pid());
            Peers.run("jcmd", pid, "GC.run");
            String heap = Peers.run("jcmd", pid, "GC.heap_info");
            double used = number(heap, "DefNew[^\n]*used ([0-9]+)K") + number(heap, "Tenured[^\n]*used ([0-9]+)K");
            System.out.printf(Locale.ROOT, "%s: %.0f MB of heap in use, %.0f MB resident%n", peer.name(), used / 1024, peer.resident());
        }
    }

    private static String table(int routes, int target) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < routes; i++) {
            text.append("route add service-").append(i).append(i < 10 ? " /route/" + i + "/" : " host-" + i + ".test/").append(" http://127.0.0.1:")
                    .append(target).append("/\\n");
        }
        return text.toString();
    }

    /**
     * Requests on connections that stay; connections that each bring a full handshake with RSA (with ab, whose one thread bounds the rate); and such
     * that resume a session, one after the other (with openssl).
     */
    private void tls(Peers peers) throws Exception {
        Path folder = peers.folder;
        Peers.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=localhost", "-keyout", folder + "/key.pem", "-out",
                folder + "/cert.pem");
        Files.writeString(folder.resolve("both.pem"), Files.readString(folder.resolve("cert.pem")) + Files.readString(folder.resolve("key.pem")));
        int target = peers.target().port();
        String source = "proxy.cs = cs=own;type=file;cert=" + folder + "/cert.pem;key=" + folder + "/key.pem";
        List<Peers.Peer> all = List.of(
                peers.nginx(target, " ssl; ssl_certificate " + folder + "/cert.pem; ssl_certificate_key " + folder + "/key.pem; ssl_protocols TLSv1.2 TLSv1.3"),
                peers.haproxy(target, " ssl crt " + folder + "/both.pem"), peers.muster("muster", oneRoute(target), ";proto=https;cs=own", source),
                peers.musterWithJdkTls(oneRoute(target), ";proto=https;cs=own", source));
        warm(all, Balancer::handshakes, warm / 2);
        warm(all, (peer, forSeconds) -> wrk(peer, "https", "/", 64, forSeconds), warm / 2);
        compare("`tls`, 64 kept connections", all, (peer, forSeconds) -> wrk(peer, "https", "/", 64, forSeconds));
        compare("`tls`, a full handshake each, 16 at once", all, Balancer::handshakes, Math.max(2, seconds - 1));
        compare("`tls`, a resumed session each, one at once", all, Balancer::resumed, Math.max(2, seconds - 1));
    }

    private static Figure handshakes(Peers.Peer peer, int forSeconds) throws Exception {
        double before = peer.processor();
        String out = Peers.run("ab", "-q", "-c", "16", "-t", "" + forSeconds, "-n", "1000000", "https://127.0.0.1:" + peer.port() + "/");
        return new Figure(number(out, "Requests per second: +([0-9.]+)"), number(out, " 50% +([0-9]+)"), number(out, " 99% +([0-9]+)"),
                (peer.processor() - before) * 100_000 / number(out, "Complete requests: +([0-9]+)"));
    }

    private static Figure resumed(Peers.Peer peer, int forSeconds) throws Exception {
        double before = peer.processor();
        String out = Peers.run("openssl", "s_time", "-connect", "127.0.0.1:" + peer.port(), "-www", "/", "-reuse", "-time", "" + forSeconds);
        double connections = number(out, "\n([0-9]+) connections in [0-9]+ real");
        if (out.contains("*")) {
            System.err.println(peer.name() + " does not resume each session");
        }
        return new Figure(connections / forSeconds, 1000.0 * forSeconds / connections, Double.NaN, (peer.processor() - before) * 100_000 / connections);
    }

    private void webSocket(Peers peers) throws Exception {
        try (Messages echo = new Messages()) {
            List<Peers.Peer> all = List.of(new Peers.Peer("direct", echo.port(), java.util.Optional.empty()), peers.nginx(echo.port(), ""),
                    peers.haproxy(echo.port(), ""), peers.muster("muster", oneRoute(echo.port()), "", ""));
            warm(all, this::messages, warm / 2);
            compare("`websocket`, 64 connections", all, this::messages);
        }
    }

    private Figure messages(Peers.Peer peer, int forSeconds) throws Exception {
        double before = peer.processor();
        long[] times = Messages.exchange(peer, 64, forSeconds);
        if (times.length == 0) {
            throw new IllegalStateException(peer.name() + " passed no message");
        }
        return new Figure(times.length / (double) forSeconds, times[times.length / 2] / 1e6, times[times.length * 99 / 100] / 1e6,
                (peer.processor() - before) * 100_000 / times.length);
    }

    /** A registration to the first request that its route serves, in an agent that does all. */
    private void changes() throws Exception {
        System.out.println("\n" + Peers.run(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmx1g",
                "-Dslf4j.internal.verbosity=ERROR", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
                root + "/target/dist/lib/*", root.resolve("bench/Changes.java").toString()).lines().filter(line -> line.startsWith("|"))
                .reduce("", (a, b) -> a + b + "\n").strip());
    }

    /** A new service is registered at an agent that does all: how long the write takes, and from its answer to the first request that is led to it. */
    private void shows(Peers peers) throws Exception {
        int target = peers.target().port();
        double[] writes = new double[rounds * 10];
        double[] shown = new double[rounds * 10];
        try (Suite suite = Suite.start(root, "muster"); Http registry = new Http(suite.ports.registry()); Http client = new Http(suite.ports.balancer())) {
            for (int i = -rounds * 5; i < shown.length; i++) {
                String body = "{\"ID\":\"s%1$d\",\"Name\":\"s%1$d\",\"Address\":\"127.0.0.1\",\"Port\":%2$d,\"Tags\":[\"urlprefix-/shows-%1$d\"],\"Check\":{\"TTL\":\"1h\",\"Status\":\"passing\"}}".formatted(i, target);
                long begun = System.nanoTime();
                registry.send("PUT", "/v1/agent/service/register", body);
                long written = System.nanoTime();
                while (client.get("/shows-" + i).status() != 200) {
                    if (System.nanoTime() - begun > 20e9) {
                        throw new IllegalStateException("the route does not show");
                    }
                }
                if (i >= 0) {
                    writes[i] = (written - begun) / 1e6;
                    shown[i] = (System.nanoTime() - written) / 1e6;
                }
            }
        }
        Arrays.sort(writes);
        Arrays.sort(shown);
        int n = shown.length;
        System.out.println("\n| `shows` | median ms | least | nine of ten | most | rounds | load |\n|---|---|---|---|---|---|---|");
        System.out.printf(Locale.ROOT, "| the registry's write | %.1f | %.1f | %.1f | %.1f | %d | %s |%n", writes[n / 2], writes[0], writes[n * 9 / 10], writes[n - 1], n, load());
        System.out.printf(Locale.ROOT, "| from there to the first request | %.1f | %.1f | %.1f | %.1f | %d | %s |%n", shown[n / 2], shown[0], shown[n * 9 / 10], shown[n - 1], n, load());
    }

    /** Those that are compiled as they run. */
    private static void warm(List<Peers.Peer> all, Run run, int forSeconds) throws Exception {
        for (Peers.Peer peer : all) {
            if (peer.name().startsWith("muster") || peer.name().equals("bare pipe")) {
                run.of(peer, peer.name().startsWith("muster") ? forSeconds : Math.max(1, forSeconds / 3));
            }
        }
    }

    private void compare(String what, List<Peers.Peer> all, Run run) throws Exception {
        compare(what, all, run, seconds);
    }

    private void compare(String what, List<Peers.Peer> all, Run run, int forSeconds) throws Exception {
        Map<String, List<Figure>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Peers.Peer peer : all) {
                figures.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(run.of(peer, forSeconds));
            }
        }
        print(what, figures);
    }

    private static Figure wrk(Peers.Peer peer, String scheme, String path, int connections, int forSeconds) throws Exception {
        double before = peer.processor();
        String out = Peers.run("wrk", "-t2", "-c" + connections, "-d" + forSeconds, "--latency", scheme + "://127.0.0.1:" + peer.port() + path);
        if (out.contains("Non-2xx") || out.contains("Socket errors")) {
            System.err.println(peer.name() + ":\n" + out);
        }
        return new Figure(number(out, "Requests/sec: +([0-9.]+)"), millis(out, "50%"), millis(out, "99%"),
                (peer.processor() - before) * 100_000 / number(out, "([0-9]+) requests in"));
    }

    private static double number(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("nothing like " + pattern + " in\n" + text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static double millis(String text, String percentile) {
        Matcher matcher = Pattern.compile(percentile + " +([0-9.]+)(us|ms|s)").matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no " + percentile + " in\n" + text);
        }
        double value = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> value / 1000;
            case "s" -> value * 1000;
            default -> value;
        };
    }

    private static void print(String what, Map<String, List<Figure>> figures) throws IOException {
        System.out.println("\n| " + what + " " + HEADER);
        for (Map.Entry<String, List<Figure>> entry : figures.entrySet()) {
            List<Figure> all = entry.getValue();
            boolean isDirect = entry.getKey().equals("direct");
            String added = figures.containsKey("direct") && !isDirect
                    ? "%.1f".formatted(median(all, Figure::p99) - median(figures.get("direct"), Figure::p99)) : "";
            double p99 = median(all, Figure::p99);
            System.out.printf(Locale.ROOT, "| %s | %.0f | %s | %s | %.2f | %s | %s | %s | %s | %s | %d | %s |%n", entry.getKey(), median(all, Figure::rate),
                    ratio(figures, entry.getKey(), "nginx", Figure::rate), ratio(figures, entry.getKey(), "haproxy", Figure::rate), median(all, Figure::p50),
                    Double.isNaN(p99) ? "" : "%.1f".formatted(p99), added, isDirect ? "" : "%.2f".formatted(median(all, Figure::cpu)),
                    isDirect ? "" : ratio(figures, entry.getKey(), "nginx", Figure::cpu), isDirect ? "" : ratio(figures, entry.getKey(), "haproxy", Figure::cpu), all.size(), load());
        }
    }

    /** The median of what it is of another's in the same round. */
    private static String ratio(Map<String, List<Figure>> figures, String one, String other, ToDoubleFunction<Figure> part) {
        if (!figures.containsKey(other) || one.equals(other)) {
            return "";
        }
        double[] ratios = new double[figures.get(one).size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = part.applyAsDouble(figures.get(one).get(i)) / part.applyAsDouble(figures.get(other).get(i));
        }
        return "%.2f".formatted(median(ratios));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static double median(List<Figure> all, ToDoubleFunction<Figure> part) {
        return median(all.stream().mapToDouble(part).toArray());
    }

    private static String load() throws IOException {
        return Figures.load();
    }
}
