import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code java bench/Balancer.java [-root CHECKOUT] [-rounds N] [-seconds N] [-warm N] [small|routes|tls|websocket]...}: the balancer beside
 * nginx and HAProxy, in turns, before the same target (nginx). Needs nginx, haproxy, wrk and openssl. Prints Markdown table rows.
 */
final class Balancer {
    private static final List<String> ALL = List.of("small", "routes", "tls", "websocket");

    private final Path root;
    private final Path folder = Files.createTempDirectory("balancer");
    private final int rounds;
    private final int seconds;
    private final int warm;
    private final List<Process> running = new ArrayList<>();

    private record Peer(String name, int port, Process process) {}

    private record Figure(double rate, double p50, double p99, double cpu) {}

    private Balancer(Path root, int rounds, int seconds, int warm) throws IOException {
        this.root = root;
        this.rounds = rounds;
        this.seconds = seconds;
        this.warm = warm;
    }

    public static void main(String[] args) throws Exception {
        Path root = Path.of("").toAbsolutePath();
        int rounds = 5;
        int seconds = 8;
        int warm = 20;
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
        try {
            for (String word : words.isEmpty() ? ALL : words) {
                switch (word) {
                    case "small" -> bench.small();
                    case "routes" -> bench.routes();
                    case "tls" -> bench.tls();
                    case "websocket" -> bench.webSocket();
                    default -> throw new IllegalArgumentException("unknown word " + word + ": " + String.join(", ", ALL));
                }
                bench.stop();
            }
        } finally {
            bench.stop();
        }
    }

    private void small() throws Exception {
        int target = target();
        List<Peer> peers = List.of(new Peer("direct", target, null), nginx(target, ""), haproxy(target, ""), muster("route add web / http://127.0.0.1:" + target + "/"));
        for (int connections : new int[] {64, 256}) {
            compare("small answers, " + connections + " connections", peers, "http", "/", connections);
        }
        memory(peers.getLast());
    }

    private void routes() throws Exception {
        int target = target();
        Peer few = muster(table(10, target));
        Peer many = muster(table(50_000, target));
        compare("the last of its routes, 64 connections",
                List.of(new Peer("muster, 10 routes", few.port(), few.process()), new Peer("muster, 50,000 routes", many.port(), many.process())),
                "http", "/route/7/", 64);
        memory(new Peer("10 routes", few.port(), few.process()));
        memory(new Peer("50,000 routes", many.port(), many.process()));
    }

    private static String table(int routes, int target) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < routes; i++) {
            text.append("route add service-").append(i).append(i < 10 ? " /route/" + i + "/" : " host-" + i + ".test/").append(" http://127.0.0.1:")
                    .append(target).append("/\\n");
        }
        return text.toString();
    }

    private void tls() throws Exception {
        int target = target();
        exec("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=localhost", "-keyout", folder + "/key.pem", "-out",
                folder + "/cert.pem");
        Files.writeString(folder.resolve("both.pem"), Files.readString(folder.resolve("cert.pem")) + Files.readString(folder.resolve("key.pem")));
        List<Peer> peers = List.of(
                nginx(target, " ssl; ssl_certificate " + folder + "/cert.pem; ssl_certificate_key " + folder + "/key.pem"),
                haproxy(target, " ssl crt " + folder + "/both.pem"),
                muster("route add web / http://127.0.0.1:" + target + "/", ";proto=https;cs=own",
                        "proxy.cs = cs=own;type=file;cert=" + folder + "/cert.pem;key=" + folder + "/key.pem"));
        compare("small answers over TLS, 64 connections", peers, "https", "/", 64);
    }

    /** Sixty-four connections that send one message after another through each balancer to a target that sends them back. */
    private void webSocket() throws Exception {
        try (ServerSocket echo = new ServerSocket(0, 500, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> accept(echo));
            int target = echo.getLocalPort();
            List<Peer> peers = List.of(new Peer("direct", target, null), nginx(target, ""), haproxy(target, ""),
                    muster("route add web / http://127.0.0.1:" + target + "/"));
            messages(peers.getLast(), warm);
            Map<String, List<Figure>> figures = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (Peer peer : peers) {
                    figures.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(messages(peer, seconds));
                }
            }
            print("WebSocket messages there and back, 64 connections", figures);
        }
    }

    private static void accept(ServerSocket echo) {
        while (!echo.isClosed()) {
            try {
                Socket socket = echo.accept();
                socket.setTcpNoDelay(true);
                Thread.ofPlatform().daemon().start(() -> {
                    try (socket) {
                        head(new DataInputStream(socket.getInputStream()));
                        OutputStream out = socket.getOutputStream();
                        out.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        byte[] bytes = new byte[4096];
                        for (int n = socket.getInputStream().read(bytes); n >= 0; n = socket.getInputStream().read(bytes)) {
                            out.write(bytes, 0, n);
                        }
                    } catch (IOException e) {
                        // The balancer has gone.
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void head(DataInputStream in) throws IOException {
        for (int last = 0; last != 0x0d0a0d0a; last = last << 8 | in.readUnsignedByte()) { }
    }

    private Figure messages(Peer peer, int forSeconds) throws Exception {
        AtomicLong count = new AtomicLong();
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(forSeconds);
        long before = processor(peer);
        List<Thread> clients = new ArrayList<>();
        long[][] times = new long[64][];
        for (int i = 0; i < 64; i++) {
            int index = i;
            clients.add(Thread.ofPlatform().start(() -> {
                long[] own = new long[1_000_000];
                int n = 0;
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), peer.port())) {
                    socket.setTcpNoDelay(true);
                    socket.getOutputStream().write(("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    head(in);
                    byte[] message = new byte[70];
                    message[0] = (byte) 0x82;
                    message[1] = (byte) 0xc0;
                    while (System.nanoTime() < until && n < own.length) {
                        long begun = System.nanoTime();
                        socket.getOutputStream().write(message);
                        in.readFully(message);
                        own[n++] = System.nanoTime() - begun;
                    }
                } catch (IOException e) {
                    System.err.println(peer.name() + ": " + e);
                }
                times[index] = Arrays.copyOf(own, n);
                count.addAndGet(n);
            }));
        }
        for (Thread client : clients) {
            client.join();
        }
        long[] all = Arrays.stream(times).flatMapToLong(Arrays::stream).sorted().toArray();
        return new Figure(count.get() / (double) forSeconds, all[all.length / 2] / 1e6, all[all.length * 99 / 100] / 1e6,
                peer.process() == null ? 0 : (processor(peer) - before) * 1000.0 / count.get());
    }

    private void compare(String what, List<Peer> peers, String scheme, String path, int connections) throws Exception {
        for (Peer peer : peers) {
            if (peer.name().startsWith("muster")) {
                wrk(peer, scheme, path, connections, warm);
            }
        }
        Map<String, List<Figure>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : peers) {
                figures.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(wrk(peer, scheme, path, connections, seconds));
            }
        }
        print(what, figures);
    }

    private Figure wrk(Peer peer, String scheme, String path, int connections, int forSeconds) throws Exception {
        long before = processor(peer);
        String out = exec("wrk", "-t2", "-c" + connections, "-d" + forSeconds, "--latency", scheme + "://127.0.0.1:" + peer.port() + path);
        if (out.contains("Non-2xx") || out.contains("Socket errors")) {
            System.err.println(peer.name() + ":\n" + out);
        }
        double requests = number(out, "([0-9]+) requests in");
        return new Figure(number(out, "Requests/sec: +([0-9.]+)"), millis(out, "50%"), millis(out, "99%"),
                peer.process() == null ? 0 : (processor(peer) - before) * 1000.0 / requests);
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
        matcher.find();
        double value = Double.parseDouble(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us" -> value / 1000;
            case "s" -> value * 1000;
            default -> value;
        };
    }

    private static void print(String what, Map<String, List<Figure>> figures) throws IOException {
        String load = Files.readString(Path.of("/proc/loadavg")).split(" ")[0];
        System.out.println("\n| " + what + " | per s | p50 ms | p99 ms | CPU s per 100,000 | rounds | load |\n|---|---|---|---|---|---|---|");
        figures.forEach((name, all) -> System.out.printf(Locale.ROOT, "| %s | %.0f | %.2f | %.1f | %.2f | %d | %s |%n", name,
                median(all.stream().mapToDouble(Figure::rate).toArray()), median(all.stream().mapToDouble(Figure::p50).toArray()),
                median(all.stream().mapToDouble(Figure::p99).toArray()), median(all.stream().mapToDouble(Figure::cpu).toArray()), all.size(), load));
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    private static void memory(Peer peer) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + peer.process().pid() + "/status"))) {
            if (line.startsWith("VmRSS")) {
                System.out.println("resident memory, " + peer.name() + ": " + line.replaceAll("[^0-9]", "") + " kB");
            }
        }
    }

    /** Hundredths of a second of processor time, children's included. */
    private static long processor(Peer peer) throws IOException {
        if (peer.process() == null) {
            return 0;
        }
        List<Long> pids = new ArrayList<>(List.of(peer.process().pid()));
        peer.process().descendants().forEach(child -> pids.add(child.pid()));
        long ticks = 0;
        for (long pid : pids) {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks;
    }

    private int target() throws Exception {
        int port = port();
        write("target.conf", """
                worker_processes 1; daemon off; pid %1$s/target.pid; error_log %1$s/target.log;
                events { worker_connections 8192; }
                http { access_log off; keepalive_requests 100000000; server { listen 127.0.0.1:%2$d;
                  location / { return 200 "a small answer of about sixty-four bytes, as a service gives it\\n"; } } }
                """.formatted(folder, port));
        start(port, "nginx", "-c", folder + "/target.conf");
        return port;
    }

    private Peer nginx(int target, String tls) throws Exception {
        int port = port();
        write("nginx.conf", """
                worker_processes 2; daemon off; pid %1$s/nginx.pid; error_log %1$s/nginx.log;
                events { worker_connections 8192; }
                http { access_log off; keepalive_requests 100000000; upstream target { server 127.0.0.1:%2$d; keepalive 512; keepalive_requests 100000000; }
                  map $http_upgrade $connection_word { default upgrade; "" ""; }
                  server { listen 127.0.0.1:%3$d%4$s; location / { proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Host $host;
                    proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_word;
                    proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }
                """.formatted(folder, target, port, tls));
        return new Peer("nginx", port, start(port, "nginx", "-c", folder + "/nginx.conf"));
    }

    private Peer haproxy(int target, String tls) throws Exception {
        int port = port();
        write("haproxy.cfg", """
                global
                  nbthread 2
                  maxconn 8192
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  option forwardfor
                frontend in
                  bind 127.0.0.1:%d%s
                  default_backend out
                backend out
                  http-reuse always
                  server target 127.0.0.1:%d
                """.formatted(port, tls, target));
        return new Peer("haproxy", port, start(port, "haproxy", "-f", folder + "/haproxy.cfg"));
    }

    private Peer muster(String routes, String... more) throws Exception {
        int port = port();
        write("muster-" + port + ".properties", "registry.backend = static\nregistry.consul.register.enabled = false\nproxy.addr = 127.0.0.1:" + port
                + (more.length > 0 ? more[0] : "") + "\nui.addr = 127.0.0.1:" + port() + "\n" + (more.length > 1 ? more[1] + "\n" : "")
                + "registry.static.routes = " + routes + "\n");
        return new Peer("muster", port, start(port, root + "/bin/fabio", "-insecure", "-cfg", folder + "/muster-" + port + ".properties"));
    }

    private Process start(int port, String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(folder.resolve(Path.of(command[0]).getFileName() + "-" + port + ".out").toFile()).start();
        running.add(process);
        for (int i = 0; i < 600 && process.isAlive(); i++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return process;
            } catch (IOException e) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        throw new IllegalStateException(String.join(" ", command) + " does not listen on " + port + "; its output is in " + folder);
    }

    private static String exec(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + out);
        }
        return out;
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private static int port() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void stop() throws InterruptedException {
        for (Process process : running) {
            process.destroy();
        }
        for (Process process : running) {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        running.clear();
    }
}
