import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code java bench/Balancer.java [-root CHECKOUT] [-rounds N] [-seconds N] [-warm N] [small|routes|tls|websocket|shows]...}: the balancer beside
 * nginx and HAProxy, in turns, before the same target. Needs nginx, haproxy, wrk, gcc and openssl. Prints rows of Markdown tables.
 */
final class Balancer {
    private static final List<String> ALL = List.of("small", "routes", "tls", "websocket", "shows");
    private static final String HEADER = "| per s | p50 ms | p99 ms | CPU s per 100,000 | rounds | load |\n|---|---|---|---|---|---|---|";

    private final Path root;
    private final int rounds;
    private final int seconds;
    private final int warm;

    private record Figure(double rate, double p50, double p99, double cpu) {}

    private Balancer(Path root, int rounds, int seconds, int warm) {
        this.root = root;
        this.rounds = rounds;
        this.seconds = seconds;
        this.warm = warm;
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 5;
        int seconds = 8;
        int warm = 30;
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
        Balancer bench = new Balancer(root, rounds, seconds, warm);
        for (String word : words.isEmpty() ? ALL : words) {
            try (Peers peers = new Peers(root)) {
                switch (word) {
                    case "small" -> bench.small(peers);
                    case "routes" -> bench.routes(peers);
                    case "tls" -> bench.tls(peers);
                    case "websocket" -> bench.webSocket(peers);
                    case "shows" -> bench.shows(peers);
                    default -> throw new IllegalArgumentException("unknown word " + word + ": " + String.join(", ", ALL));
                }
            }
        }
    }

    private void small(Peers peers) throws Exception {
        Peers.Peer target = peers.target();
        List<Peers.Peer> all = List.of(target, peers.nginx(target.port(), ""), peers.haproxy(target.port(), ""),
                peers.muster("muster", oneRoute(target.port()), "", ""));
        for (int connections : new int[] {64, 256}) {
            compare("small answers, " + connections + " connections", all, "http", "/", connections);
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
        compare("one of its routes, 64 connections", all, "http", "/route/7/", 64);
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

    private void tls(Peers peers) throws Exception {
        Path folder = peers.folder;
        Peers.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=localhost", "-keyout", folder + "/key.pem", "-out",
                folder + "/cert.pem");
        Files.writeString(folder.resolve("both.pem"), Files.readString(folder.resolve("cert.pem")) + Files.readString(folder.resolve("key.pem")));
        int target = peers.target().port();
        compare("small answers over TLS, 64 connections", List.of(
                peers.nginx(target, " ssl; ssl_certificate " + folder + "/cert.pem; ssl_certificate_key " + folder + "/key.pem"),
                peers.haproxy(target, " ssl crt " + folder + "/both.pem"),
                peers.muster("muster", oneRoute(target), ";proto=https;cs=own",
                        "proxy.cs = cs=own;type=file;cert=" + folder + "/cert.pem;key=" + folder + "/key.pem")), "https", "/", 64);
    }

    private void webSocket(Peers peers) throws Exception {
        try (Messages echo = new Messages()) {
            Peers.Peer muster = peers.muster("muster", oneRoute(echo.port()), "", "");
            List<Peers.Peer> all = List.of(new Peers.Peer("direct", echo.port(), java.util.Optional.empty()), peers.nginx(echo.port(), ""),
                    peers.haproxy(echo.port(), ""), muster);
            messages(muster, warm);
            Map<String, List<Figure>> figures = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Peers.Peer peer : all) {
                    figures.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(messages(peer, seconds));
                }
            }
            print("WebSocket messages there and back, 64 connections", figures);
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
    private void shows(Peers peers) throws Exception {
        int target = peers.target().port();
        List<Double> times = new ArrayList<>();
        try (Suite suite = Suite.start(root, "muster")) {
            for (int i = 0; i < rounds * 10; i++) {
                String body = "{\"ID\":\"s%1$d\",\"Name\":\"s%1$d\",\"Address\":\"127.0.0.1\",\"Port\":%2$d,\"Tags\":[\"urlprefix-/shows-%1$d\"],\"Check\":{\"TTL\":\"1h\",\"Status\":\"passing\"}}".formatted(i, target);
                long begun = System.nanoTime();
                Http.once(suite.ports.registry(), "PUT", "/v1/agent/service/register", body);
                long written = System.nanoTime();
                while (Http.once(suite.ports.balancer(), "GET", "/shows-" + i, "").status() != 200) {
                    if (System.nanoTime() - begun > 20e9) {
                        throw new IllegalStateException("the route does not show");
                    }
                }
                times.add((System.nanoTime() - written) / 1e6);
            }
        }
        double[] sorted = times.stream().skip(times.size() / 5).mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(Locale.ROOT, "a registration shows after: median %.1f ms, least %.1f, most %.1f, %d rounds, load %s%n", sorted[sorted.length / 2], sorted[0],
                sorted[sorted.length - 1], sorted.length, load());
    }

    private void compare(String what, List<Peers.Peer> all, String scheme, String path, int connections) throws Exception {
        for (Peers.Peer peer : all) {
            if (peer.name().startsWith("muster")) {
                wrk(peer, scheme, path, connections, warm);
            }
        }
        Map<String, List<Figure>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Peers.Peer peer : all) {
                figures.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(wrk(peer, scheme, path, connections, seconds));
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
            System.out.printf(Locale.ROOT, "| %s | %.0f | %.2f | %.1f | %.2f | %d | %s |%n", entry.getKey(), median(all, Figure::rate), median(all, Figure::p50),
                    median(all, Figure::p99), median(all, Figure::cpu), all.size(), load());
        }
    }

    private static double median(List<Figure> all, ToDoubleFunction<Figure> part) {
        double[] values = all.stream().mapToDouble(part).sorted().toArray();
        return values[values.length / 2];
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
    }
}
